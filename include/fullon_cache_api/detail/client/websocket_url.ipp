// Body of websocket_url.hpp.
#pragma once

#include <fullon_cache_api/detail/client/websocket_url.hpp>
#include <fullon_cache_api/error.hpp>

#include <fullon_log/cut_text.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace fullon_cache_api::detail {
namespace {

[[noreturn]] void refuse(std::string_view url, const std::string& why)
{
    throw boost::system::system_error(make_error_code(error::invalid_url),
                                      "\"" + shown_url(url) + "\": " + why);
}

bool has_scheme(std::string_view text, std::string_view scheme)
{
    return text.size() >= scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), text.begin(), [](char want, char have) {
               return want == (have >= 'A' && have <= 'Z' ? have + 32 : have);
           });
}

// What may stand in a host name or an IPv4 address; the resolver has the last word.
bool is_host_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_';
}

bool is_ipv6_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

// Printable ASCII without what would end a request line: everything else must come percent-encoded.
bool is_path_char(char c)
{
    return c > ' ' && c < '\x7f';
}

} // namespace

std::string shown_url(std::string_view url)
{
    const auto scheme = url.find("://");
    const auto begin = scheme == std::string_view::npos ? 0 : scheme + 3;
    std::string shown(url.substr(0, begin));
    auto rest = url.substr(begin);
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) { // a password may hold anything
        shown.append("***@");
        rest.remove_prefix(at + 1);
    }
    const auto query = rest.find('?');
    shown.append(rest.substr(0, query)).append(query == std::string_view::npos ? "" : "?...");
    return fullon_log::cut_text(shown);
}

websocket_url parse_websocket_url(std::string_view text)
{
    const bool tls = has_scheme(text, "wss://");
    if (!tls && !has_scheme(text, "ws://"))
        refuse(text, "must begin with ws:// or wss://");
    const auto rest = text.substr(tls ? 6 : 5);
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    const auto path = rest.substr(authority.size());

    websocket_url result;
    result.tls = tls;
    if (tls)
        result.port = "443";
    if (authority.find('@') != std::string_view::npos)
        refuse(text, "user names and passwords are not supported");
    std::string_view after_host;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos)
            refuse(text, "the IPv6 address has no closing ]");
        result.host = authority.substr(1, end - 1);
        after_host = authority.substr(end + 1);
        if (!std::all_of(result.host.begin(), result.host.end(), is_ipv6_char) ||
            result.host.find(':') == std::string::npos)
            refuse(text, "not an IPv6 address between [ and ]");
    } else {
        result.host = authority.substr(0, authority.find(':'));
        after_host = authority.substr(result.host.size());
        if (after_host.find(':', 1) != std::string_view::npos)
            refuse(text, "an IPv6 address must be enclosed in brackets");
        if (result.host.empty())
            refuse(text, "the host is missing");
        if (!std::all_of(result.host.begin(), result.host.end(), is_host_char))
            refuse(text, "the host may hold letters, digits, '.', '-' and '_' only");
    }
    if (!after_host.empty()) {
        const auto digits = after_host.substr(1);
        std::uint16_t port = 0;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (after_host.front() != ':' || read.ec != std::errc() ||
            read.ptr != digits.data() + digits.size() || port == 0)
            refuse(text, "the port must be a number from 1 to 65535");
        result.port = std::to_string(port);
    }
    if (path.find('#') != std::string_view::npos)
        refuse(text, "a WebSocket URL has no #fragment");
    if (!std::all_of(path.begin(), path.end(), is_path_char))
        refuse(text, "the path holds characters that must be percent-encoded");
    if (!path.empty())
        result.path = path.starts_with('/') ? std::string(path) : "/" + std::string(path);
    return result;
}

} // namespace fullon_cache_api::detail
