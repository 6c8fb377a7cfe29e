// Bodies of http_message.hpp and detail/rest_answer.hpp.
#pragma once

#include <fullon_cache_api/detail/http/rest_answer.hpp>

#include <fullon_log/text.hpp>
#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/number_text.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace fullon_cache_api {

using fullon_log::equal_ignoring_case;

std::string_view find_header(const http_headers& headers, std::string_view name) noexcept
{
    for (const auto& [key, value] : headers)
        if (equal_ignoring_case(key, name))
            return value;
    return {};
}

std::string list_header(const http_headers& headers, std::string_view name)
{
    std::string list;
    for (const auto& [key, value] : headers)
        if (equal_ignoring_case(key, name))
            list.append(list.empty() ? "" : ", ").append(value);
    return list;
}

bool has_header(const http_headers& headers, std::string_view name) noexcept
{
    return std::any_of(headers.begin(), headers.end(),
                       [&](const auto& one) { return equal_ignoring_case(one.first, name); });
}

namespace detail {

std::string_view reason_phrase(unsigned status) noexcept
{
    switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
    }
}

namespace {

// FNV-1a: the tag must be the same in every process and version that has the same data.
std::uint64_t hash_of(std::string_view text)
{
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1099511628211U;
    }
    return hash;
}

std::string weak_tag(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string tag = "W/\"";
    for (auto left = hash_of(text); left != 0; left >>= 4U)
        tag.push_back(digits[left & 15U]);
    tag.push_back('"');
    return tag;
}

// Takes the next part off a list that is separated by commas.
std::string_view next_of_list(std::string_view& list)
{
    const auto one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), one.size() + 1));
    return fullon_log::trim(one);
}

// Whether a range of Accept says q=0.
bool refused_by_quality(std::string_view range)
{
    for (auto at = range.find(';'); at != std::string_view::npos; at = range.find(';')) {
        range.remove_prefix(at + 1);
        const auto one = fullon_log::trim(range.substr(0, range.find(';')));
        if (one.size() > 2 && (one[0] == 'q' || one[0] == 'Q') && one[1] == '=')
            return one.substr(2).find_first_not_of("0.") == std::string_view::npos;
    }
    return false;
}

// Weak comparison, of a list of tags, or "*".
bool names(std::string_view list, std::string_view tag)
{
    const auto opaque = tag.substr(2);
    while (!list.empty()) {
        auto one = next_of_list(list);
        if (one.starts_with("W/"))
            one.remove_prefix(2);
        if (one == "*" || one == opaque)
            return true;
    }
    return false;
}

} // namespace

bool accepts(std::string_view accept, std::string_view type)
{
    type = type.substr(0, type.find(';'));
    const auto kind = type.substr(0, type.find('/') + 1);
    bool wanted = accept.empty();
    int best = 0; // of how exactly a range names the type: the most exact one counts
    while (!accept.empty()) {
        const auto range = next_of_list(accept);
        const auto name = fullon_log::trim(range.substr(0, range.find(';')));
        const int exactness =
            equal_ignoring_case(name, type)                                                      ? 3
            : name.ends_with("/*") && equal_ignoring_case(name.substr(0, name.size() - 1), kind) ? 2
            : name == "*/*"                                                                      ? 1
                                                                                                 : 0;
        if (exactness == 0 || exactness < best)
            continue;
        best = exactness;
        wanted = !refused_by_quality(range);
    }
    return wanted;
}

unsigned http_status_of(error code) noexcept
{
    switch (code) {
    case error::malformed_message: return 400;
    case error::unauthenticated: return 401;
    case error::forbidden: return 403;
    case error::invalid_operation:
    case error::cache_miss: return 404;
    case error::timeout: return 408;
    case error::invalid_params:
    case error::limit_exceeded: return 422;
    case error::rate_limited: return 429;
    case error::corrupt_entry: return 502;
    case error::cache_unavailable:
    case error::health_check_failed:
    case error::shutting_down: return 503;
    default: return 500;
    }
}

void guard_answer(http_response& answer)
{
    for (const auto& [name, value] : {std::pair("X-Content-Type-Options", "nosniff"),
                                      std::pair("Cross-Origin-Resource-Policy", "same-origin")})
        if (!has_header(answer.headers, name))
            answer.headers.emplace_back(name, value);
}

http_response problem_answer(unsigned status, std::string_view detail, std::string_view error_code)
{
    using fullon_orm::json_style;
    http_response answer;
    answer.status = status;
    answer.headers.emplace_back("Content-Type", "application/problem+json");
    answer.headers.emplace_back("Cache-Control", "no-store");
    if (status == 503 || status == 429)
        answer.headers.emplace_back("Retry-After", "1");
    auto& body = answer.body;
    body = R"({"type":"about:blank","title":)";
    fullon_orm::append_string(body, reason_phrase(status), json_style::wire);
    body.append(R"(,"status":)");
    fullon_orm::append_number(body, static_cast<std::int64_t>(status));
    body.append(R"(,"detail":)");
    fullon_orm::append_string(body, detail, json_style::wire);
    if (!error_code.empty()) {
        body.append(R"(,"error_code":)");
        fullon_orm::append_string(body, error_code, json_style::wire);
    }
    body.push_back('}');
    return answer;
}

http_response problem_answer(error code, std::string_view detail)
{
    return problem_answer(http_status_of(code), detail, wire_name(code));
}

http_response json_answer(std::string body, std::string_view tagged, std::string_view if_none_match)
{
    return tagged_answer("application/json", std::move(body), tagged, if_none_match);
}

http_response tagged_answer(std::string_view content_type, std::string body, std::string_view tagged,
                            std::string_view if_none_match)
{
    http_response answer;
    auto tag = weak_tag(tagged);
    if (names(if_none_match, tag))
        answer.status = 304;
    else {
        answer.headers.emplace_back("Content-Type", content_type);
        answer.body = std::move(body);
    }
    answer.headers.emplace_back("ETag", std::move(tag));
    answer.headers.emplace_back("Cache-Control", "no-cache");
    return answer;
}

} // namespace detail
} // namespace fullon_cache_api
