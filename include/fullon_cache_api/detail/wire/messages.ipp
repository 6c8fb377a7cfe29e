// Bodies of messages.hpp.
#pragma once

#include <fullon_cache_api/detail/wire/messages.hpp>

#include <fullon_orm/big_integer.hpp>
#include <fullon_orm/codec.hpp>
#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/number_text.hpp>

#include <cmath>
#include <utility>

namespace fullon_cache_api::protocol {
namespace {

namespace json = boost::json;
using fullon_orm::json_style;

request fail(request from, error code, std::string problem)
{
    from.failure = code;
    from.problem = std::move(problem);
    return from;
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == text.npos ? text.substr(0, 0)
                              : text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

std::string stream_mark(std::string_view type, std::string_view stream_key)
{
    std::string text = R"({"type":")";
    text.append(type).append(R"(","stream_key":)");
    fullon_orm::append_string(text, stream_key, json_style::wire);
    return text;
}

} // namespace

std::string_view raw_member(std::string_view object, std::string_view name)
{
    std::string_view found, key;
    std::size_t value = 0; // where the wanted one begins
    int depth = 0;
    for (std::size_t at = 0; at < object.size(); ++at) {
        const char c = object[at];
        if (c == '"') {
            const auto begin = ++at;
            while (object[at] != '"')
                at += object[at] == '\\' ? 2 : 1;
            if (depth == 1 && value == 0)
                key = object.substr(begin, at - begin);
        } else if (c == ':' && depth == 1)
            value = key == name ? at + 1 : 0;
        else if ((c == ',' || c == '}') && depth == 1 && value != 0) {
            found = object.substr(value, at - value);
            value = 0;
        }
        if (c == '{' || c == '[')
            ++depth;
        else if (c == '}' || c == ']')
            --depth;
    }
    return trimmed(found);
}

request_beginning read_beginning(std::string_view text)
{
    request_beginning result;
    std::string_view key;
    std::size_t value = 0; // where that of `key` begins
    int depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            const auto begin = ++at;
            while (at < text.size() && text[at] != '"')
                at += text[at] == '\\' ? 2 : 1;
            if (at < text.size() && depth == 1 && value == 0)
                key = text.substr(begin, at - begin);
        } else if (c == ':' && depth == 1 && value == 0) {
            value = at + 1;
            result.operation = result.operation || key == "operation";
            result.action = result.action || key == "action";
        } else if ((c == ',' || c == '}') && depth == 1 && value != 0) {
            const auto id = trimmed(text.substr(value, at - value));
            if (key == "request_id" && id.size() <= 512)
                if (const auto read = fullon_orm::parse_value(id);
                    read && (read->is_string() || read->is_number()))
                    result.id = id; // as it came
            value = 0;
        }
        if (c == '{' || c == '[')
            ++depth;
        else if (c == '}' || c == ']')
            --depth;
    }
    return result;
}

request parse_request(std::string_view text)
{
    request result;
    auto parsed = fullon_orm::parse_value(text);
    if (!parsed)
        return fail(std::move(result), error::malformed_message,
                    "not a JSON document (or nested deeper than 32)");
    auto* message = parsed->if_object();
    if (!message)
        return fail(std::move(result), error::malformed_message, "not a JSON object");

    // The id first: an error about the rest can then be told to its request.
    if (const auto* id = message->if_contains("request_id"); id && !id->is_null()) {
        const auto* number = id->if_double();
        if (!(id->is_string() || id->is_int64() || id->is_uint64() || (number && std::isfinite(*number))))
            return fail(std::move(result), error::invalid_params, "request_id: must be a string or a number");
        // A double may not come back as the text that it was; of an escaped name the value must do.
        if (number)
            result.id = raw_member(text, "request_id");
        if (result.id.empty())
            fullon_orm::write_json(result.id, *id, json_style::wire);
        if (result.id.size() > 512) {
            result.id.clear();
            return fail(std::move(result), error::invalid_params,
                        "request_id: must be at most 510 bytes long");
        }
    }
    const auto* operation = message->if_contains("operation");
    if (!operation || operation->is_null())
        return fail(std::move(result), error::invalid_operation,
                    "operation: required, must be the name of an operation");
    if (!operation->is_string() || fullon_orm::big_integer(*operation))
        return fail(std::move(result), error::invalid_operation, "operation: must be a string");
    result.operation.assign(operation->as_string());

    if (auto* params = message->if_contains("params"); params && !params->is_null()) {
        if (!params->is_object())
            return fail(std::move(result), error::invalid_params, "params: must be an object");
        result.params = std::move(params->as_object());
    }
    return result;
}

std::string success_message(std::string_view id, std::string_view result, const answer_metrics& metrics)
{
    std::string text;
    text.reserve(id.size() + result.size() + 128);
    text.append(R"({"request_id":)").append(id).append(R"(,"success":true,"result":)").append(result);
    text.append(R"(,"metrics":{"duration_ms":)");
    fullon_orm::append_number(text, std::round(metrics.duration_ms * 1000) / 1000);
    text.append(R"(,"cache_hit":)").append(metrics.cache_hit ? "true" : "false");
    text.append(R"(,"source":")").append(metrics.from_redis ? "redis" : "memory").append(R"("}})");
    return text;
}

std::string error_message(std::string_view id, error code, std::string_view text)
{
    std::string message = R"({"request_id":)";
    message.append(id.empty() ? "null" : id)
        .append(R"(,"success":false,"error_code":")")
        .append(wire_name(code));
    message.append(R"(","error":)");
    fullon_orm::append_string(message, text, json_style::wire);
    message.push_back('}');
    return message;
}

std::string snapshot_end_message(std::string_view stream_key, std::uint64_t items)
{
    std::string text = stream_mark("snapshot_end", stream_key);
    text.append(R"(,"items":)");
    fullon_orm::append_number(text, items);
    text.push_back('}');
    return text;
}

std::string stale_message(std::string_view stream_key, stale_reason reason,
                          std::span<const std::string> topics)
{
    const bool fresh = reason == stale_reason::none;
    std::string text = stream_mark(fresh ? "fresh" : "stale", stream_key);
    if (!fresh)
        text.append(R"(,"reason":")").append(to_text(reason)).push_back('"');
    if (!topics.empty()) {
        std::string_view before = R"(,"topics":[)";
        for (const auto& topic : topics) {
            text.append(std::exchange(before, ","));
            fullon_orm::append_string(text, topic, json_style::wire);
        }
        text.push_back(']');
    }
    text.push_back('}');
    return text;
}

std::string gap_message(std::string_view topic, std::uint64_t dropped)
{
    std::string text = R"({"type":"gap","topic":)";
    fullon_orm::append_string(text, topic, json_style::wire);
    text.append(R"(,"dropped":)");
    fullon_orm::append_number(text, dropped);
    text.push_back('}');
    return text;
}

} // namespace fullon_cache_api::protocol
