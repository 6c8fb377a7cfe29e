// The limits of a server as the WebSocket handshake tells them: `Fullon-Limits: max_message_size=65536, max_topics=20000`.
// Sans-io.
#pragma once

#include <fullon_cache_api/service_limits.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

inline constexpr std::string_view limits_field = "Fullon-Limits";

inline std::string limits_text(const service_limits& limits)
{
    return "max_message_size=" + std::to_string(limits.max_message_size) +
           ", max_topics=" + std::to_string(limits.max_topics);
}

/// What a client must know; nothing where a server does not say it.
struct peer_limits {
    std::optional<std::uint64_t> max_message_size{};
    std::optional<std::uint64_t> max_topics{};
};

/// Never throws; what it does not know it skips.
inline peer_limits read_limits(std::string_view text)
{
    peer_limits result;
    while (!text.empty()) {
        auto one = text.substr(0, text.find(','));
        text.remove_prefix(one.size() < text.size() ? one.size() + 1 : one.size());
        one.remove_prefix(one.find_first_not_of(' ') == one.npos ? one.size() : one.find_first_not_of(' '));
        const auto equals = one.find('=');
        if (equals == one.npos)
            continue;
        const auto value = one.substr(equals + 1);
        std::uint64_t number = 0;
        const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
        if (read.ec != std::errc() || number == 0)
            continue;
        if (one.substr(0, equals) == "max_message_size")
            result.max_message_size = number;
        else if (one.substr(0, equals) == "max_topics")
            result.max_topics = number;
    }
    return result;
}

} // namespace fullon_cache_api::detail
