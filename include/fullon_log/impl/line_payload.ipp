// Body of append_payload: message and fields.
#pragma once

#include <fullon_log/impl/line.hpp>
#include <fullon_log/text.hpp>

#include <array>
#include <cmath>
#include <iterator>

namespace fullon_log::detail {
namespace {

void append_key(line_buffer& out, format look, std::string_view key)
{
    if (look == format::json) {
        out.push_back('"');
        append_escaped(out, key, escaping::json);
        // An object must not hold a name twice.
        if (key == "timestamp" || key == "level" || key == "component" || key == "message")
            out.push_back('_');
        append(out, "\":");
        return;
    }
    const bool bare = is_bare(key);
    if (look == format::development)
        out.push_back(key_begins);
    if (!bare)
        out.push_back('"');
    append_escaped(out, key, bare ? escaping::message : escaping::quoted);
    append(out, bare ? "=" : "\"=");
    if (look == format::development)
        out.push_back(key_ends);
}

void append_text_value(line_buffer& out, format look, std::string_view text)
{
    const bool quotes = look == format::json || !is_bare(text);
    if (quotes)
        out.push_back('"');
    append_escaped(out, text,
                   look == format::json ? escaping::json
                   : quotes             ? escaping::quoted
                                        : escaping::message);
    if (quotes)
        out.push_back('"');
}

void append_value(line_buffer& out, format look, const field& from)
{
    const auto end = std::back_inserter(out);
    if (is_secret(from.key) && from.type != field::kind::null)
        return append_text_value(out, look, "***");
    switch (from.type) {
    case field::kind::null: return append(out, "null");
    case field::kind::boolean: return append(out, from.boolean ? "true" : "false");
    case field::kind::integer: fmt::format_to(end, "{}", from.integer); return;
    case field::kind::natural: fmt::format_to(end, "{}", from.natural); return;
    case field::kind::real:
        if (look == format::json && !std::isfinite(from.real))
            return append(out, "null");
        fmt::format_to(end, "{}", from.real);
        return;
    case field::kind::character: return append_text_value(out, look, {&from.character, 1});
    case field::kind::text: return append_text_value(out, look, from.text);
    }
}

void append_field(line_buffer& out, format look, const field& from)
{
    out.push_back(look == format::json ? ',' : ' ');
    append_key(out, look, from.key);
    append_value(out, look, from);
}

void pad(line_buffer& out, std::size_t from, std::size_t width)
{
    while (out.size() < from + width)
        out.push_back(' ');
}

// What a trading desk looks for, in this order, each as wide as its usual values.
struct trading_column {
    std::string_view key;
    std::size_t width; // of " key=value"
};
constexpr trading_column trading_columns[] = {
    {"exchange", 21}, {"symbol", 21},   {"side", 10},   {"price", 17},
    {"volume", 18},   {"order_id", 20}, {"bot_id", 12}, {"latency_ms", 20},
};
constexpr std::size_t trading_message_width = 24;

void append_trading_payload(line_buffer& out, std::string_view message, std::span<const field> fields)
{
    std::array<const field*, std::size(trading_columns)> column_fields{};
    std::size_t others = 0;
    const auto column_of = [](const field& each) {
        std::size_t column = 0;
        while (column < std::size(trading_columns) && trading_columns[column].key != each.key)
            ++column;
        return column;
    };
    for (const field& each : fields) {
        const auto column = column_of(each);
        // Of a repeated key the first is the column, the rest are other fields: nothing is lost.
        if (column < column_fields.size() && !column_fields[column])
            column_fields[column] = &each;
        else
            ++others;
    }

    std::size_t left = fields.size(); // nothing is padded behind the last one
    auto from = out.size();
    append_escaped(out, message, escaping::message);
    if (left > 0)
        pad(out, from, trading_message_width);
    for (std::size_t column = 0; column < column_fields.size(); ++column) {
        if (!column_fields[column])
            continue;
        from = out.size();
        append_field(out, format::trading, *column_fields[column]);
        if (--left > 0)
            pad(out, from, trading_columns[column].width);
    }
    if (others == 0)
        return;
    for (const field& each : fields) {
        const auto column = column_of(each);
        if (column == column_fields.size() || column_fields[column] != &each)
            append_field(out, format::trading, each);
    }
}

} // namespace

void append_payload(line_buffer& out, format look, std::string_view message, std::span<const field> fields)
{
    switch (look) {
    case format::trading: return append_trading_payload(out, message, fields);
    case format::json:
        append(out, "\"message\":\"");
        append_escaped(out, message, escaping::json);
        out.push_back('"');
        break;
    default: append_escaped(out, message, escaping::message);
    }
    for (const field& each : fields)
        append_field(out, look, each);
}

} // namespace fullon_log::detail
