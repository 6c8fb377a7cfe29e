// Bodies of compat_messages.hpp.
#pragma once

#include <fullon_cache_api/detail/compat/compat_messages.hpp>
#include <fullon_cache_api/detail/wire/messages.hpp>

#include <fullon_orm/big_integer.hpp>
#include <fullon_orm/codec.hpp>
#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/number_text.hpp>

#include <charconv>
#include <cmath>
#include <utility>

namespace fullon_cache_api::protocol {
namespace {

constexpr std::size_t longest_id = 4096;

// A text inside a list or an object.
void append_python_repr(std::string& out, std::string_view text)
{
    const bool double_quotes = text.find('\'') != text.npos && text.find('"') == text.npos;
    const char quote = double_quotes ? '"' : '\'';
    out.push_back(quote);
    for (const char sign : text) {
        switch (sign) {
        case '\n': out.append("\\n"); continue;
        case '\r': out.append("\\r"); continue;
        case '\t': out.append("\\t"); continue;
        case '\\': out.append("\\\\"); continue;
        default: break;
        }
        if (sign == quote)
            out.push_back('\\');
        const auto byte = static_cast<unsigned char>(sign);
        if (byte < 0x20 || byte == 0x7F) {
            constexpr std::string_view digits = "0123456789abcdef";
            out.append("\\x").push_back(digits[byte >> 4U]);
            out.push_back(digits[byte & 15U]);
        } else
            out.push_back(sign);
    }
    out.push_back(quote);
}

void append_python(std::string& out, const boost::json::value& value, bool nested)
{
    switch (value.kind()) {
    case boost::json::kind::null: out.append("None"); break;
    case boost::json::kind::bool_: out.append(value.get_bool() ? "True" : "False"); break;
    case boost::json::kind::int64: fullon_orm::append_number(out, value.get_int64()); break;
    case boost::json::kind::uint64: fullon_orm::append_number(out, value.get_uint64()); break;
    case boost::json::kind::double_:
        if (std::isfinite(value.get_double()))
            fullon_orm::append_number(out, value.get_double());
        else
            out.append(std::isnan(value.get_double()) ? "nan" : value.get_double() > 0 ? "inf" : "-inf");
        break;
    case boost::json::kind::string:
        if (const auto digits = fullon_orm::big_integer(value))
            out.append(*digits);
        else if (nested)
            append_python_repr(out, value.get_string());
        else
            out.append(value.get_string());
        break;
    case boost::json::kind::array: {
        out.push_back('[');
        bool first = true;
        for (const auto& one : value.get_array()) {
            out.append(std::exchange(first, false) ? "" : ", ");
            append_python(out, one, true);
        }
        out.push_back(']');
        break;
    }
    case boost::json::kind::object: {
        out.push_back('{');
        bool first = true;
        for (const auto& [name, one] : value.get_object()) {
            out.append(std::exchange(first, false) ? "" : ", ");
            append_python_repr(out, name);
            out.append(": ");
            append_python(out, one, true);
        }
        out.push_back('}');
        break;
    }
    }
}

void append_text(std::string& out, std::string_view text)
{
    fullon_orm::append_string(out, text, fullon_orm::json_style::wire);
}

std::string begin_reply(std::string_view id, std::string_view action)
{
    std::string text = R"({"request_id":)";
    text.append(id);
    if (!action.empty()) {
        text.append(R"(,"action":)");
        append_text(text, action);
    }
    return text;
}

std::string end_error(std::string text, const compat_error& failure)
{
    text.append(R"(,"success":false,"error_code":)");
    append_text(text, failure.code);
    text.append(R"(,"error":)");
    append_text(text, failure.text);
    text.push_back('}');
    return text;
}

std::optional<std::int64_t> digits_of(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n\v\f");
    if (first == text.npos)
        return std::nullopt;
    text = text.substr(first, text.find_last_not_of(" \t\r\n\v\f") + 1 - first);
    if (text.starts_with('+') && !text.starts_with("+-"))
        text.remove_prefix(1);
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

} // namespace

std::string python_text(const boost::json::value& value)
{
    std::string text;
    append_python(text, value, false);
    return text;
}

std::optional<std::int64_t> python_int(const boost::json::value& value)
{
    if (const auto* number = value.if_int64())
        return *number;
    if (const auto* truth = value.if_bool())
        return *truth ? 1 : 0;
    if (const auto* number = value.if_double()) {
        constexpr double limit = 9.2e18;
        if (!(std::abs(*number) < limit))
            return std::nullopt;
        return static_cast<std::int64_t>(*number);
    }
    if (const auto* text = value.if_string())
        return digits_of(fullon_orm::big_integer(value).value_or(*text));
    return std::nullopt;
}

bool python_truth(const boost::json::value* value)
{
    if (!value)
        return false;
    switch (value->kind()) {
    case boost::json::kind::null: return false;
    case boost::json::kind::bool_: return value->get_bool();
    case boost::json::kind::int64: return value->get_int64() != 0;
    case boost::json::kind::uint64: return value->get_uint64() != 0;
    case boost::json::kind::double_: return value->get_double() != 0;
    case boost::json::kind::string: return !value->get_string().empty();
    case boost::json::kind::array: return !value->get_array().empty();
    case boost::json::kind::object: return !value->get_object().empty();
    }
    return false;
}

compat_request parse_compat_request(std::string_view text)
{
    compat_request result;
    auto parsed = fullon_orm::parse_value(text);
    auto* message = parsed ? parsed->if_object() : nullptr;
    if (!message) {
        result.failure = {"MALFORMED_MESSAGE", "Malformed JSON message"};
        return result;
    }
    const auto* operation = message->if_contains("operation");
    result.has_operation = operation && !operation->is_null();
    if (const auto* action = message->if_contains("action")) {
        result.has_action = true;
        result.action = python_text(*action);
    }
    if (const auto* id = message->if_contains("request_id")) {
        // A double may not come back as the text that it was.
        result.id.clear();
        if (id->is_double() && std::isfinite(id->get_double()))
            result.id = raw_member(text, "request_id");
        if (result.id.empty())
            fullon_orm::write_json(result.id, *id, fullon_orm::json_style::wire);
        if (result.id.size() > longest_id) {
            result.id = "null";
            result.failure = {"INVALID_PARAMS", "request_id: must be at most 4096 bytes long"};
            return result;
        }
        result.id_text = python_text(*id);
    }
    if (auto* params = message->if_contains("params"); python_truth(params)) {
        if (params->is_object())
            result.params = std::move(params->as_object());
        else
            result.failure = {"INVALID_PARAMS", "params: must be an object"};
    }
    return result;
}

std::string compat_success(std::string_view id, std::string_view action, const boost::json::object& result)
{
    auto text = begin_reply(id, action);
    text.append(R"(,"success":true,"result":)");
    fullon_orm::write_json(text, result, fullon_orm::json_style::wire);
    text.push_back('}');
    return text;
}

std::string compat_failure(std::string_view id, const compat_error& failure)
{
    return end_error(begin_reply(id, {}), failure);
}

std::string compat_miss(std::string_view id, std::string_view action, const compat_error& miss)
{
    return end_error(begin_reply(id, action), miss);
}

std::string compat_started(std::string_view id, std::string_view action, std::string_view message,
                           std::string_view stream_key)
{
    auto text = begin_reply(id, action);
    text.append(R"(,"success":true,"message":)");
    append_text(text, message);
    text.append(R"(,"stream_key":)");
    append_text(text, stream_key);
    text.push_back('}');
    return text;
}

std::string compat_update(std::string_view id, std::string_view type, std::string_view stream_key,
                          const boost::json::object& result)
{
    auto text = begin_reply(id, type);
    text.append(R"(,"result":{"stream_key":)");
    append_text(text, stream_key);
    for (const auto& [name, value] : result) {
        text.push_back(',');
        append_text(text, name);
        text.push_back(':');
        fullon_orm::write_json(text, value, fullon_orm::json_style::wire);
    }
    text.append("}}");
    return text;
}

} // namespace fullon_cache_api::protocol
