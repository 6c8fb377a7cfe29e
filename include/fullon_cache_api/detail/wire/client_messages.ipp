// Bodies of client_messages.hpp.
#pragma once

#include <fullon_cache_api/detail/wire/client_messages.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/number_text.hpp>
#include <fullon_orm/parse_message.hpp>

#include <boost/json/object.hpp>

#include <utility>

namespace fullon_cache_api::protocol {
namespace {

std::optional<std::uint64_t> natural_member(const boost::json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    if (!found)
        return std::nullopt;
    if (const auto* number = found->if_uint64())
        return *number;
    const auto* number = found->if_int64();
    return number && *number >= 0 ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

std::string_view text_member(const boost::json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    const auto* text = found ? found->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

bool true_member(const boost::json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_bool() && found->get_bool();
}

server_message malformed(std::string why)
{
    server_message result;
    result.text = std::move(why);
    return result;
}

server_message read_reply(boost::json::object& from)
{
    server_message result;
    const auto* success = from.if_contains("success");
    if (!success || !success->is_bool())
        return malformed("neither a type nor a success flag");
    result.type = server_message::kind::reply;
    result.request_id = natural_member(from, "request_id");
    if (!success->get_bool()) {
        const auto code = text_member(from, "error_code");
        result.failure = error_from_wire(code);
        result.text = text_member(from, "error");
        if (result.failure == error::protocol)
            result.text.append(" (error code ").append(code.substr(0, 64)).append(")");
    } else if (auto* found = from.if_contains("result"))
        result.result.emplace(std::move(*found));
    return result;
}

server_message read_mark(const boost::json::object& from, std::string_view type)
{
    using kind = server_message::kind;
    server_message result;
    result.stream_key = text_member(from, "stream_key");
    result.topic = text_member(from, "topic");
    if (type == "gap") {
        const auto dropped = natural_member(from, "dropped");
        if (!dropped || result.topic.empty())
            return malformed("a gap without topic or count");
        result.type = kind::gap;
        result.count = *dropped;
        return result;
    }
    if (result.stream_key.empty())
        return malformed("a mark without stream_key");
    result.type = type == "stale" ? kind::stale : type == "fresh" ? kind::fresh : kind::snapshot_end;
    result.count = natural_member(from, "items").value_or(0);
    if (result.type == kind::stale)
        result.reason = stale_reason_of(text_member(from, "reason"));
    if (const auto* topics = from.if_contains("topics"); topics && topics->is_array())
        for (const auto& one : topics->get_array())
            if (one.is_string())
                result.topics.emplace_back(one.get_string());
    return result;
}

} // namespace

std::string request_message(std::uint64_t id, std::string_view operation, std::string_view params)
{
    std::string text;
    text.reserve(64 + operation.size() + params.size());
    text.append(R"({"request_id":)");
    fullon_orm::append_number(text, id);
    text.append(R"(,"operation":)");
    fullon_orm::append_string(text, operation, fullon_orm::json_style::wire);
    return text.append(R"(,"params":)").append(params).append("}");
}

server_message parse_server_message(std::string_view text, boost::json::storage_ptr storage)
{
    auto parsed = fullon_orm::parse_message(text, std::move(storage));
    if (!parsed)
        return malformed("not a JSON document");
    auto* object = parsed->if_object();
    if (!object)
        return malformed("not a JSON object");
    const auto* type_member = object->if_contains("type");
    if (!type_member)
        return read_reply(*object);
    const auto type = text_member(*object, "type");
    if (type == "snapshot_end" || type == "stale" || type == "fresh" || type == "gap")
        return read_mark(*object, type);

    server_message result;
    const auto id = natural_member(*object, "update_id");
    if (!id) { // what is no update is a mark of a later version
        result.type = server_message::kind::unknown;
        result.update_type = type;
        return result;
    }
    result.type = server_message::kind::update;
    result.update_id = *id;
    result.update_type = type;
    result.stream_key = text_member(*object, "stream_key");
    result.snapshot = true_member(*object, "snapshot");
    result.removed = true_member(*object, "removed");
    result.body.emplace(std::move(*parsed));
    return result;
}

} // namespace fullon_cache_api::protocol
