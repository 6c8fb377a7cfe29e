// Bodies of dotenv.hpp.
#pragma once

#include <fullon_log/dotenv.hpp>
#include <fullon_log/text.hpp>

#include <algorithm>
#include <utility>

namespace fullon_log {
namespace {

constexpr std::string_view blanks = " \t";

bool is_name_character(char c) noexcept
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// Takes the blanks off the front.
void skip_blanks(std::string_view& rest) noexcept
{
    rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
}

std::string_view take_name(std::string_view& rest) noexcept
{
    std::size_t length = 0;
    while (length < rest.size() && is_name_character(rest[length]))
        ++length;
    const auto name = rest.substr(0, length);
    rest.remove_prefix(length);
    return name;
}

std::string_view unquoted_value(std::string_view rest) noexcept
{
    for (std::size_t at = 0; at < rest.size(); ++at)
        if (rest[at] == '#' && at > 0 && blanks.find(rest[at - 1]) != std::string_view::npos)
            return trim(rest.substr(0, at));
    return trim(rest);
}

void append_escape(std::string& value, char after_backslash)
{
    switch (after_backslash) {
    case 'n': value += '\n'; return;
    case 'r': value += '\r'; return;
    case 't': value += '\t'; return;
    case '\\':
    case '"':
    case '\'':
    case '$': value += after_backslash; return;
    default: value += '\\'; value += after_backslash;
    }
}

// Takes a quoted value off `rest`, which starts with its quote. False if the closing quote is missing.
bool take_quoted(std::string_view& rest, std::string& value)
{
    const char quote = rest.front();
    for (std::size_t at = 1; at < rest.size(); ++at) {
        if (rest[at] == quote) {
            rest.remove_prefix(at + 1);
            return true;
        }
        if (quote == '"' && rest[at] == '\\' && at + 1 < rest.size())
            append_escape(value, rest[++at]);
        else
            value += rest[at];
    }
    return false;
}

// Reads one line into `entry`; gives the problem, or null. A line without an entry leaves the name empty.
const char* parse_dotenv_line(std::string_view line, dotenv_entry& entry)
{
    for (const char c : line)
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f)
            return "a control character";
    std::string_view rest = line;
    skip_blanks(rest);
    if (rest.empty() || rest.front() == '#')
        return nullptr;

    auto name = take_name(rest);
    if (name == "export" && !rest.empty() && blanks.find(rest.front()) != std::string_view::npos) {
        auto after = rest;
        skip_blanks(after);
        // `export = x` sets a variable that happens to be called export.
        if (after.empty() || after.front() != '=') {
            rest = after;
            name = take_name(rest);
        }
    }
    if (name.empty() || (name.front() >= '0' && name.front() <= '9'))
        return "no name before '=' (letters, digits and '_', not starting with a digit)";
    skip_blanks(rest);
    if (rest.empty() || rest.front() != '=')
        return "no '=' after the name";
    rest.remove_prefix(1);

    std::string value;
    const auto unquoted = rest; // with its blanks: a '#' right after them starts a comment
    skip_blanks(rest);
    if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) {
        if (!take_quoted(rest, value))
            return "the closing quote is missing";
        skip_blanks(rest);
        if (!rest.empty() && rest.front() != '#')
            return "text after the closing quote";
    } else {
        value = unquoted_value(unquoted);
    }
    entry.name = name;
    entry.value = std::move(value);
    return nullptr;
}

} // namespace

dotenv_result parse_dotenv(std::string_view text)
{
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());

    dotenv_result result;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r'))
            line.remove_suffix(1);

        dotenv_entry entry;
        if (const char* problem = parse_dotenv_line(line, entry)) {
            result.entries.clear();
            result.error = dotenv_error{number, problem};
            return result;
        }
        if (!entry.name.empty())
            result.entries.push_back(std::move(entry));
    }
    return result;
}

} // namespace fullon_log
