// Body of rest_target.hpp.
#pragma once

#include <fullon_cache_api/detail/http/rest_target.hpp>

#include <fullon_orm/json_writer.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace fullon_cache_api::protocol {
namespace {

int hex_digit(char sign)
{
    if (sign >= '0' && sign <= '9')
        return sign - '0';
    const char lower = static_cast<char>(sign | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// In a query "+" is a space. Empty for what is malformed.
std::optional<std::string> decode(std::string_view text, bool in_query)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char sign = text[i];
        if (sign == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
            if (low < 0)
                return std::nullopt;
            sign = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (in_query && sign == '+')
            sign = ' ';
        if (static_cast<unsigned char>(sign) < 0x20 || sign == 0x7F)
            return std::nullopt;
        decoded.push_back(sign);
    }
    if (!fullon_orm::is_utf8(decoded))
        return std::nullopt;
    return decoded;
}

// Up to the sign, which is taken away with it; all of it where there is none.
std::string_view cut(std::string_view& rest, char sign)
{
    const auto at = rest.find(sign);
    const auto part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
    return part;
}

rest_target malformed()
{
    rest_target result;
    result.problem = "the target is malformed: invalid percent-encoding, control characters or UTF-8";
    return result;
}

} // namespace

rest_target parse_rest_target(std::string_view text)
{
    rest_target result;
    for (const std::string_view scheme : {"http://", "https://"})
        if (text.starts_with(scheme)) {
            text.remove_prefix(scheme.size());
            text.remove_prefix(std::min(text.find_first_of("/?"), text.size()));
        }
    auto path = cut(text, '?');
    auto query = cut(text, '#');
    path = path.substr(0, path.find('#'));
    if (path.starts_with('/'))
        path.remove_prefix(1);
    if (path.ends_with('/'))
        path.remove_suffix(1);
    while (!path.empty()) {
        const bool last = path.find('/') == std::string_view::npos;
        auto segment = decode(cut(path, '/'), false);
        if (!segment)
            return malformed();
        result.segments.push_back(std::move(*segment));
        if (!last && path.empty()) // "a//"
            result.segments.emplace_back();
    }
    while (!query.empty()) {
        auto value = cut(query, '&');
        if (value.empty())
            continue;
        auto name = decode(cut(value, '='), true);
        auto decoded = decode(value, true);
        if (!name || !decoded)
            return malformed();
        result.query.emplace_back(std::move(*name), std::move(*decoded));
    }
    return result;
}

} // namespace fullon_cache_api::protocol
