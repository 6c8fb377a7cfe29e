// Bodies of topic_update.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/topic_update.hpp>

#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/number_text.hpp>
#include <fullon_orm/parse_message.hpp>

#include <memory>
#include <utility>

namespace fullon_cache_api::detail {

const frame& topic_update::message() const
{
    if (!message_) {
        const auto& body = value_.body();
        constexpr std::size_t most_behind = 64;
        std::string text;
        text.reserve(body.size() + most_behind);
        text.append(body).append(removed_ ? R"(,"removed":true)" : "").append(R"(,"update_id":)");
        fullon_orm::append_number(text, id_);
        text.push_back('}');
        message_ = std::make_shared<const std::string>(std::move(text));
    }
    return message_;
}

const stream_message& topic_update::item() const
{
    if (!item_) {
        auto& made = item_.emplace();
        value_.describe(made);
        made.topic = topic_;
        made.update_id = id_;
        made.removed = removed_;
    }
    return *item_;
}

const boost::json::object* topic_update::members() const
{
    if (!members_)
        members_ = members_of(value_);
    return members_->has_value() ? &**members_ : nullptr;
}

frame snapshot_message(const topic_value& value, std::uint64_t last_id, std::string_view stream_key)
{
    const auto& body = value.body();
    constexpr std::size_t most_behind = 64;
    std::string text;
    text.reserve(body.size() + stream_key.size() + most_behind);
    text.append(body).append(R"(,"snapshot":true,"stream_key":)");
    fullon_orm::append_string(text, stream_key, fullon_orm::json_style::wire);
    text.append(R"(,"update_id":)");
    fullon_orm::append_number(text, last_id);
    text.push_back('}');
    return std::make_shared<const std::string>(std::move(text));
}

stream_message snapshot_item(const std::string& topic, const topic_value& value, std::uint64_t last_id,
                             std::string_view stream_key)
{
    stream_message made;
    value.describe(made);
    made.topic = topic;
    made.stream_key = stream_key;
    made.update_id = last_id;
    made.snapshot = true;
    return made;
}

std::optional<boost::json::object> members_of(const topic_value& value)
{
    auto parsed = fullon_orm::parse_message(value.body() + "}");
    if (!parsed || !parsed->is_object())
        return std::nullopt;
    return std::move(parsed->get_object());
}

} // namespace fullon_cache_api::detail
