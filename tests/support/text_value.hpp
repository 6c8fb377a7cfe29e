// Values of topics whose JSON messages are given, for tests of what carries them.
#pragma once

#include <fullon_cache_api/detail/stream/topic_value.hpp>

#include <memory>
#include <string>
#include <utility>

namespace support {

/// `body` is the message without its closing brace.
inline fullon_cache_api::detail::topic_value text_value(std::string body)
{
    static constexpr fullon_cache_api::detail::value_kind kind{
        .body = [](const void* value) -> std::string { return *static_cast<const std::string*>(value); },
        .same = [](const void* one, const void* other) -> bool {
            return *static_cast<const std::string*>(one) == *static_cast<const std::string*>(other);
        },
        .describe = [](const void*, fullon_cache_api::detail::stream_message&) {},
    };
    const auto size = body.size();
    return {std::make_shared<const std::string>(std::move(body)), kind, size};
}

} // namespace support
