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

errc classify_redis_error(const std::string& text) noexcept
{
    static constexpr std::array<std::pair<std::string_view, errc>, 11> prefixes{{
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
    }};
    // What is refused instead of EXEC is told behind this.
    constexpr std::string_view instead_of_exec = "EXECABORT Transaction discarded because of: ";
    std::string_view word = text;
    if (word.starts_with(instead_of_exec))
        word.remove_prefix(instead_of_exec.size());
    word = word.substr(0, word.find(' '));
    for (const auto& [prefix, code] : prefixes)
        if (word == prefix)
            return code;
    return errc::server_error;
}

} // namespace fullon_cache
