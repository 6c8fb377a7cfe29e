// Update messages for tests of streams.
#pragma once

#include <fullon_cache_api/detail/stream/stream_sequencer.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace stream_messages {

inline fullon_cache_api::detail::stream_message live(std::string topic, std::uint64_t id, int value,
                                                     std::string item = {})
{
    fullon_cache_api::detail::stream_message result;
    result.type = "int_update";
    result.topic = std::move(topic);
    result.item = std::move(item);
    result.update_id = id;
    result.value = std::make_shared<const int>(value);
    return result;
}

inline fullon_cache_api::detail::stream_message removal(std::string topic, std::uint64_t id, int value,
                                                        std::string item = {})
{
    auto result = live(std::move(topic), id, value, std::move(item));
    result.removed = true;
    return result;
}

inline fullon_cache_api::detail::stream_message snapshot(std::string topic, std::uint64_t id, int value,
                                                         std::string item = {}, std::string key = {})
{
    auto result = live(std::move(topic), id, value, std::move(item));
    result.snapshot = true;
    result.stream_key = std::move(key);
    return result;
}

} // namespace stream_messages
