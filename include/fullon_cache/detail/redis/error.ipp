// Bodies of error.hpp.
#pragma once

#include <fullon_cache/error.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace fullon_cache {
namespace {

class cache_category_impl final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "fullon.cache"; }

    std::string message(int value) const override
    {
        switch (static_cast<errc>(value)) {
        case errc::unavailable: return "Redis is not available";
        case errc::timeout: return "Redis did not answer in time";
        case errc::serialization: return "the stored value is unreadable";
        case errc::wrong_type: return "the key holds a value of another type";
        case errc::permission_denied: return "the Redis user lacks permission";
        case errc::authentication: return "Redis refused the user or password";
        case errc::out_of_memory: return "Redis is out of memory";
        case errc::read_only: return "Redis refuses writes";
        case errc::server_error: return "Redis answered with an error";
        case errc::protocol: return "Redis answered with an unexpected reply";
        case errc::invalid_argument: return "invalid argument";
        case errc::closed: return "the connection is closed";
        case errc::unknown_outcome: return "it is not known whether Redis has done it";
        case errc::too_many_clients: return "Redis takes no more connections";
        case errc::no_replicas: return "too few replicas follow this Redis";
        case errc::unblocked: return "the wait was ended in Redis";
        case errc::too_large: return "a value is larger than Redis takes";
        }
        return "unknown fullon.cache error";
    }
};

} // namespace

const boost::system::error_category& cache_category() noexcept
{
    static const cache_category_impl category;
    return category;
}

boost::system::error_code make_error_code(errc value) noexcept
{
    return {static_cast<int>(value), cache_category()};
}

cache_error::cache_error(errc code, std::string diagnostics)
    : boost::system::system_error(make_error_code(code), diagnostics), diagnostics_(std::move(diagnostics))
{}

namespace {

// What is refused instead of EXEC, and within a script (as Redis 6 says it), is told behind these.
std::string_view without_preface(std::string_view text)
{
    constexpr std::string_view instead_of_exec = "EXECABORT Transaction discarded because of: ";
    if (text.starts_with(instead_of_exec))
        return text.substr(instead_of_exec.size());
    constexpr std::string_view in_script = "@user_script:";
    if (!text.starts_with("ERR Error running script"))
        return text;
    const auto place = text.rfind(in_script);
    const auto end = place == text.npos ? text.npos : text.find(": ", place + in_script.size());
    if (end == text.npos)
        return text;
    text.remove_prefix(end + 2);
    if (text.starts_with('-'))
        text.remove_prefix(1);
    return text;
}

} // namespace

errc classify_redis_error(const std::string& text) noexcept
{
    // Their first word is ERR.
    static constexpr std::array<std::pair<std::string_view, errc>, 5> sentences{{
        {"ERR max number of clients", errc::too_many_clients},
        {"ERR Protocol error: invalid bulk length", errc::too_large},
        {"ERR Protocol error: invalid multibulk length", errc::too_large},
        {"ERR string exceeds maximum allowed size", errc::too_large},
        {"ERR The user executing the script can't run this command", errc::permission_denied},
    }};
    static constexpr std::array<std::pair<std::string_view, errc>, 13> words{{
        {"WRONGTYPE", errc::wrong_type},
        {"NOPERM", errc::permission_denied},
        {"NOAUTH", errc::authentication},
        {"WRONGPASS", errc::authentication},
        {"OOM", errc::out_of_memory},
        {"READONLY", errc::read_only},
        {"MISCONF", errc::read_only},
        {"LOADING", errc::unavailable},
        {"BUSY", errc::unavailable},
        {"MASTERDOWN", errc::unavailable},
        {"CLUSTERDOWN", errc::unavailable},
        {"NOREPLICAS", errc::no_replicas},
        {"UNBLOCKED", errc::unblocked},
    }};
    const auto said = without_preface(text);
    const auto word = said.substr(0, said.find(' '));
    for (const auto& [known, code] : words)
        if (word == known)
            return code;
    for (const auto& [beginning, code] : sentences)
        if (said.starts_with(beginning))
            return code;
    return errc::server_error;
}

} // namespace fullon_cache
