// Bodies of hash_page.hpp.
#pragma once

#include <fullon_cache/error.hpp>
#include <fullon_cache/hash_page.hpp>

namespace fullon_cache {
namespace {

// Enough to be quick, little enough that Redis answers others in between.
constexpr int fields_per_step = 500;

// Both answer with the next cursor and a list.
std::pair<std::string, std::vector<reply>> split_page(reply answer)
{
    auto parts = std::move(answer).as_items();
    if (parts.size() != 2)
        throw cache_error(errc::protocol, "SCAN answered with another shape");
    return {std::move(parts[0].text), std::move(parts[1]).as_items()};
}

} // namespace

command scan_hash(std::string_view key, std::string_view cursor)
{
    return command("HSCAN", key, cursor, "COUNT", fields_per_step);
}

hash_page read_hash_page(reply answer)
{
    auto [cursor, words] = split_page(std::move(answer));
    if (words.size() % 2 != 0)
        throw cache_error(errc::protocol, "HSCAN answered with a field that has no value");
    hash_page page{.cursor = std::move(cursor), .fields = {}};
    page.fields.reserve(words.size() / 2);
    for (std::size_t i = 0; i + 1 < words.size(); i += 2)
        page.fields.emplace_back(std::move(words[i].text), std::move(words[i + 1].text));
    return page;
}

command scan_keys(std::string_view pattern, std::string_view cursor, long long count, std::string_view type)
{
    command scan("SCAN", cursor, "MATCH", pattern, "COUNT", count);
    if (!type.empty())
        scan.push("TYPE").push(type);
    return scan;
}

scan_page read_scan_page(reply answer)
{
    auto [cursor, words] = split_page(std::move(answer));
    scan_page page{.cursor = std::move(cursor), .keys = {}};
    page.keys.reserve(words.size());
    for (auto& one : words)
        page.keys.push_back(std::move(one.text));
    return page;
}

std::string escape_pattern(std::string_view text)
{
    std::string pattern;
    pattern.reserve(text.size());
    for (const char c : text) {
        if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\')
            pattern.push_back('\\');
        pattern.push_back(c);
    }
    return pattern;
}

} // namespace fullon_cache
