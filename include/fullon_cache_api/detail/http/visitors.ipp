// Bodies of visitors.hpp.
#pragma once

#include <fullon_cache_api/detail/http/rest_answer.hpp>
#include <fullon_cache_api/detail/http/visitors.hpp>

#include <fullon_log/configuration_error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <arpa/inet.h>

namespace fullon_cache_api::detail {
namespace {

std::string lower(std::string_view text)
{
    std::string made(text);
    for (auto& c : made)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + ('a' - 'A'));
    return made;
}

bool is_name_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_';
}

// In its shortest form; nothing for what is none.
std::optional<std::string> address_of(int family, const std::string& text)
{
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    std::array<char, INET6_ADDRSTRLEN> shortest{};
    if (::inet_pton(family, text.c_str(), bytes.data()) != 1 ||
        !::inet_ntop(family, bytes.data(), shortest.data(), shortest.size()))
        return std::nullopt;
    return std::string(shortest.data());
}

bool is_name(std::string_view text)
{
    return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), is_name_char);
}

std::optional<std::string> name_of(std::string_view text)
{
    if (text.ends_with('.'))
        text.remove_suffix(1);
    if (!is_name(text))
        return std::nullopt;
    return lower(text);
}

unsigned usual_port(std::string_view scheme)
{
    return scheme == "https" ? 443 : scheme == "http" ? 80 : 0;
}

bool is_scheme(std::string_view text)
{
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
}

bool names_this_machine(std::string_view name)
{
    return name == "localhost" || name.ends_with(".localhost") || name == "ip6-localhost" ||
           name == "ip6-loopback";
}

// Of the page that the server itself gives. What is in front of the server may speak TLS, so that only the origin knows the
// scheme.
bool own_origin(std::string_view text, const host_and_port& host)
{
    const auto origin = parse_origin(text);
    return origin && origin->host == host.host &&
           origin->port == (host.port != 0 ? host.port : usual_port(origin->scheme));
}

// The host of a target in the absolute form, which goes before the field; nothing for other forms.
std::optional<std::string_view> host_of_target(std::string_view target)
{
    const auto begin = target.starts_with('/') ? std::string_view::npos : target.find("://");
    if (begin == std::string_view::npos)
        return std::nullopt;
    target.remove_prefix(begin + 3);
    return target.substr(0, target.find_first_of("/?#"));
}

} // namespace

std::optional<host_and_port> parse_host(std::string_view text)
{
    host_and_port made;
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = std::min(text.find(']'), text.size() - 1);
        auto address = address_of(AF_INET6, std::string(text.substr(1, end - std::min<std::size_t>(end, 1))));
        if (text[end] != ']' || !address)
            return std::nullopt;
        made.host = std::move(*address);
        made.address = true;
        rest = text.substr(end + 1);
    } else {
        const auto end = std::min(text.find(':'), text.size());
        auto name = name_of(text.substr(0, end));
        if (!name)
            return std::nullopt;
        made.address = address_of(AF_INET, *name).has_value();
        made.host = std::move(*name);
        rest = text.substr(end);
    }
    if (rest.empty() || rest == ":")
        return made;
    const auto digits = rest.substr(1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), made.port);
    if (rest.front() != ':' || read.ec != std::errc() || read.ptr != digits.data() + digits.size() ||
        made.port == 0 || made.port > 65535)
        return std::nullopt;
    return made;
}

std::optional<web_origin> parse_origin(std::string_view text)
{
    const auto end = text.find("://");
    if (end == std::string_view::npos || !is_scheme(text.substr(0, end)))
        return std::nullopt;
    auto authority = text.substr(end + 3);
    if (authority.ends_with('/'))
        authority.remove_suffix(1);
    auto where = parse_host(authority);
    if (!where)
        return std::nullopt;
    web_origin made{lower(text.substr(0, end)), std::move(where->host), where->port};
    if (made.port == 0)
        made.port = usual_port(made.scheme);
    return made;
}

allowed_origins::allowed_origins(const std::vector<std::string>& texts)
{
    for (const auto& one : texts) {
        if (one == "*") {
            any_ = true;
            continue;
        }
        auto origin = parse_origin(one);
        if (!origin || origin->scheme == "ws" || origin->scheme == "wss")
            throw fullon_log::configuration_error(
                "ALLOWED_ORIGINS", one,
                "origins such as https://desk.example or http://localhost:3000, or *");
        origins_.push_back(std::move(*origin));
    }
}

bool allowed_origins::has(std::string_view origin) const
{
    if (any_)
        return true;
    const auto one = parse_origin(origin);
    return one && std::find(origins_.begin(), origins_.end(), *one) != origins_.end();
}

allowed_hosts::allowed_hosts(const std::vector<std::string>& texts, const std::vector<std::string>& own_names)
    : by_default_(texts.empty())
{
    for (const auto& one : texts) {
        if (one == "*") {
            any_ = true;
            continue;
        }
        // An IPv6 address may stand without its brackets.
        auto host = address_of(AF_INET6, one) ? parse_host("[" + one + "]") : parse_host(one);
        if (!host)
            throw fullon_log::configuration_error("ALLOWED_HOSTS", one,
                                                  "host names such as gw.example, or *");
        names_.push_back(std::move(host->host));
    }
    if (by_default_)
        for (const auto& one : own_names)
            if (auto name = name_of(one))
                names_.push_back(std::move(*name));
}

bool allowed_hosts::has(const host_and_port& host, bool local) const
{
    if (host.address || any(local))
        return true;
    return (by_default_ && names_this_machine(host.host)) ||
           std::find(names_.begin(), names_.end(), host.host) != names_.end();
}

std::optional<http_response> visitor_rules::refuse(const http_request& request, bool local) const
{
    std::optional<host_and_port> host;
    if (has_header(request.headers, "Host")) {
        host = parse_host(find_header(request.headers, "Host"));
        if (!host)
            return problem_answer(400, "Host: must be a name or an address, optionally with a port");
    } else if (!hosts.any(local)) // which HTTP/1.0 may do
        return problem_answer(400, "Host: required, because ALLOWED_HOSTS is checked");
    if (const auto target = host_of_target(request.target)) {
        host = parse_host(*target);
        if (!host)
            return problem_answer(400, "the target names no host");
    }
    if (host && !hosts.has(*host, local))
        return problem_answer(403, "Host: \"" + host->host.substr(0, 100) +
                                       "\" is not a name of this server; see ALLOWED_HOSTS");
    if (!has_header(request.headers, "Origin")) // everything but pages
        return std::nullopt;
    const auto origin = find_header(request.headers, "Origin");
    if (origins.none() ? host && own_origin(origin, *host) : origins.has(origin))
        return std::nullopt;
    return problem_answer(403, "Origin: not in ALLOWED_ORIGINS");
}

} // namespace fullon_cache_api::detail
