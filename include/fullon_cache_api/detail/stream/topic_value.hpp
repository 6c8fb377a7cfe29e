// What a topic holds and hands on: typed values, and what is made of them when somebody needs it. Sans-io.
#pragma once

#include <fullon_cache_api/detail/stream/stream_message.hpp>
#include <fullon_cache_api/detail/stream/stream_traits.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/container_hash/hash.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace fullon_cache_api::detail {

/// What the values of one stream operation have in common.
struct value_kind {
    std::string (*body)(const void* value); ///< its JSON message without the closing brace
    bool (*same)(const void* one, const void* other); ///< one is no news after the other
    void (*describe)(const void* value, stream_message& to); ///< all but the topic and the update
};

/// A state of an item, or an event. Everybody who holds the topic gets the same value; the JSON message is made for the first
/// peer that is to be sent it, and kept. Copies share the value. Not safe for several threads.
class topic_value {
public:
    /// `stored`: bytes of what it was made from in Redis, where that may be long.
    topic_value(std::shared_ptr<const void> value, const value_kind& kind, std::size_t stored = 0) noexcept
        : value_(std::move(value)), kind_(&kind), stored_(stored)
    {}

    const void* get() const noexcept { return value_.get(); }

    const std::string& body() const
    {
        if (body_.empty())
            body_ = kind_->body(value_.get());
        return body_;
    }

    bool is_same(const topic_value& other) const
    {
        return kind_ == other.kind_ && kind_->same(value_.get(), other.value_.get());
    }

    /// As a client's decoder would have it.
    void describe(stream_message& to) const
    {
        kind_->describe(value_.get(), to);
        to.value = value_;
    }

    /// Whether its body has at most so many bytes. None is made where what was stored says so.
    bool fits(std::size_t most) const
    {
        constexpr std::size_t growth = 16,
                              names = 1024; // escapes of 6 bytes, what is told twice; names of members
        return stored_ * growth + names <= most || body().size() <= most;
    }

private:
    std::shared_ptr<const void> value_;
    const value_kind* kind_;
    std::size_t stored_;
    mutable std::string body_;
};

template <class T>
std::string message_body(std::string_view type, const T& value)
{
    constexpr std::size_t usual = 256;
    std::string body;
    body.reserve(usual);
    body.append(R"({"type":)");
    fullon_orm::append_string(body, type, fullon_orm::json_style::wire);
    body.push_back(',');
    fullon_orm::write_members(body, value, fullon_orm::json_style::wire);
    return body;
}

template <class Operation>
void describe_item(const typename Operation::item& value, stream_message& to)
{
    using traits = stream_traits<Operation>;
    to.type = Operation::message_type;
    to.item = traits::item(value);
    if constexpr (requires { traits::is_event(value); })
        to.event = traits::is_event(value);
    if constexpr (traits::content == stream_content::events) {
        to.event = true;
        to.fingerprint = boost::hash<typename Operation::item>()(value);
    }
}

template <class Operation>
inline constexpr value_kind kind_of{
    .body = [](const void* value) -> std::string {
        return message_body(Operation::message_type, *static_cast<const typename Operation::item*>(value));
    },
    .same = [](const void* one, const void* other) -> bool {
        const auto& a = *static_cast<const typename Operation::item*>(one);
        const auto& b = *static_cast<const typename Operation::item*>(other);
        if constexpr (requires { stream_traits<Operation>::same(a, b); })
            return stream_traits<Operation>::same(a, b);
        else
            return a == b;
    },
    .describe =
        [](const void* value, stream_message& to) {
            describe_item<Operation>(*static_cast<const typename Operation::item*>(value), to);
        },
};

template <class Operation>
topic_value make_value(typename Operation::item value, std::size_t stored = 0)
{
    return {std::make_shared<const typename Operation::item>(std::move(value)), kind_of<Operation>, stored};
}

} // namespace fullon_cache_api::detail
