// One update of a topic on its way to those who hold the topic. Sans-io.
#pragma once

#include <fullon_cache_api/detail/stream/topic_value.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// What is made of the value is made when the first of them needs it, and shared by the others.
class topic_update {
public:
    /// The topic's name and the value must outlive it.
    topic_update(const std::string& topic, const topic_value& value, std::uint64_t id,
                 bool removed = false) noexcept
        : topic_(topic), value_(value), id_(id), removed_(removed)
    {}
    topic_update(const topic_update&) = delete;
    topic_update& operator=(const topic_update&) = delete;

    bool removed() const noexcept { return removed_; }

    /// For a session.
    const frame& message() const;

    /// For a stream in the same process.
    const stream_message& item() const;

    /// The JSON message as an object, with neither id nor `removed`: for the compat dialect. Null where it cannot be read.
    const boost::json::object* members() const;

private:
    const std::string& topic_;
    const topic_value& value_;
    std::uint64_t id_;
    bool removed_;
    mutable frame message_;
    mutable std::optional<stream_message> item_;
    mutable std::optional<std::optional<boost::json::object>> members_;
};

/// The same of an item or event of a snapshot, which is for one stream. `last_id` is the topic's.
frame snapshot_message(const topic_value& value, std::uint64_t last_id, std::string_view stream_key);
stream_message snapshot_item(const std::string& topic, const topic_value& value, std::uint64_t last_id,
                             std::string_view stream_key);
std::optional<boost::json::object> members_of(const topic_value& value);

} // namespace fullon_cache_api::detail
