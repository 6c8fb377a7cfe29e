// Bodies of http_reader.hpp: our own checks, then Beast's parser.
#pragma once

#include <fullon_cache_api/detail/http/http_reader.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

struct http_reader::parser : boost::beast::http::request_parser<boost::beast::http::string_body> {};

namespace {

bool is_token_char(char c)
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           others.find(c) != std::string_view::npos;
}

// What is wrong with how the lines end, in what has come of a head; empty = nothing.
std::string_view line_problem(std::string_view head)
{
    for (std::size_t at = head.find_first_of("\r\n"); at != std::string_view::npos;
         at = head.find_first_of("\r\n", at)) {
        if (head[at] == '\n' || (at + 1 < head.size() && head[at + 1] != '\n'))
            return "lines must end with CRLF";
        at += 2;
        if (at < head.size() && (head[at] == ' ' || head[at] == '\t'))
            return "folded header lines are not accepted";
    }
    return {};
}

// What is wrong with what two readers might understand in two ways; empty = nothing.
template <class Fields>
std::string_view ambiguity_of(const Fields& fields, bool old)
{
    using boost::beast::http::field;
    const auto hosts = fields.count(field::host);
    if (hosts > 1 || (hosts == 0 && !old))
        return "Host: must be given exactly once";
    for (const auto once : {field::origin, field::sec_websocket_key, field::sec_websocket_version})
        if (fields.count(once) > 1)
            return "Origin, Sec-WebSocket-Key and Sec-WebSocket-Version: must be given at most once";
    const auto lengths = fields.count(field::content_length);
    const auto codings = fields.count(field::transfer_encoding);
    if (lengths > 1 || codings > 1 || (lengths != 0 && codings != 0))
        return "Content-Length or Transfer-Encoding: must be given at most once, and not together";
    const auto length = fields[field::content_length];
    if (lengths != 0 && (length.empty() || length.find_first_not_of("0123456789") != length.npos))
        return "Content-Length: must be a number of bytes";
    if (codings != 0 && (old || !boost::beast::iequals(fields[field::transfer_encoding], "chunked")))
        return "Transfer-Encoding: only chunked is supported";
    return {};
}

} // namespace

http_reader::http_reader(http_limits limits) : limits_(limits) {}

http_reader::~http_reader() = default;

void http_reader::feed(std::string_view bytes)
{
    if (used_ == bytes_.size()) {
        bytes_.clear();
        used_ = scanned_ = 0;
    } else if (used_ > limits_.header) {
        bytes_.erase(0, used_);
        scanned_ -= std::min(scanned_, std::exchange(used_, 0));
    }
    bytes_.append(bytes);
}

std::optional<received_request> http_reader::next()
{
    namespace http = boost::beast::http;
    if (refusal_ || (!body_ && !read_head()))
        return std::nullopt;
    while (!body_->is_done()) {
        boost::system::error_code ec;
        const auto left = rest();
        used_ += body_->put(boost::asio::buffer(left.data(), left.size()), ec);
        if (ec == http::error::need_more && rest().size() <= limits_.header)
            return std::nullopt;
        if (ec == http::error::body_limit || ec == http::error::need_more)
            refuse(413, "the body is larger than " + std::to_string(limits_.body) + " bytes");
        else if (ec)
            refuse(400, "malformed body");
        if (ec)
            return std::nullopt;
        if (rest().empty() && !body_->is_done())
            return std::nullopt;
    }
    body_.reset();
    scanned_ = used_;
    return std::move(request_);
}

// \returns the head when all of it is there. Refuses what can be refused before.
std::optional<std::string_view> http_reader::whole_head()
{
    while (rest().starts_with("\r\n")) // may stand before a request
        used_ += 2;
    const auto left = rest();
    if (left.empty() || left == "\r")
        return std::nullopt;
    if (!is_token_char(left.front())) {
        refuse(400, "this is no HTTP request");
        return std::nullopt;
    }
    constexpr std::string_view end = "\r\n\r\n";
    const auto begin = std::max(used_, scanned_ - std::min(scanned_, end.size() - 1));
    const auto found = bytes_.find(end, begin);
    scanned_ = bytes_.size();
    const bool whole = found != std::string::npos;
    const auto head = whole ? left.substr(0, found + end.size() - used_) : left;
    const auto line = std::min(head.find("\r\n"), head.size());
    if (line > limits_.line)
        refuse(414, "the request line is longer than " + std::to_string(limits_.line) + " bytes");
    else if (head.size() > limits_.header)
        refuse(431, "the header is larger than " + std::to_string(limits_.header) + " bytes");
    else if (const auto problem = line_problem(head.substr(0, head.size() - (whole ? 2 : 0)));
             !problem.empty())
        refuse(400, problem);
    return whole && !refusal_ ? std::optional(head) : std::nullopt;
}

bool http_reader::read_head()
{
    const auto head = whole_head();
    if (!head)
        return false;
    take_head(*head);
    return !refusal_;
}

void http_reader::take_head(std::string_view head)
{
    namespace http = boost::beast::http;
    auto made = std::make_unique<parser>();
    made->header_limit(static_cast<std::uint32_t>(head.size() + 1));
    made->body_limit(limits_.body);
    boost::system::error_code ec;
    const auto length = made->put(boost::asio::buffer(head.data(), head.size()), ec);
    const auto& message = made->get();
    if (ec == http::error::body_limit)
        return refuse(413, "the body is larger than " + std::to_string(limits_.body) + " bytes");
    const auto count = static_cast<std::size_t>(std::distance(message.begin(), message.end()));
    if (!ec && count > limits_.fields)
        return refuse(431, "more than " + std::to_string(limits_.fields) + " header fields");
    if (ec || !made->is_header_done() || length != head.size())
        return refuse(400, "malformed HTTP request");
    const bool old = message.version() < 11;
    if (const auto problem = ambiguity_of(message, old); !problem.empty())
        return refuse(400, problem);

    if (!made->is_done() && message.count(http::field::expect) != 0) // nobody will say "continue"
        return refuse(417, "Expect: request bodies are not accepted");

    request_ = {};
    request_.old = old;
    request_.keep_alive = made->keep_alive(); // of all Connection fields, the message knows one
    request_.has_body = !made->is_done();
    request_.wants_websocket = http::token_list(message[http::field::upgrade]).exists("websocket");
    const auto text = [](const auto& from) { return std::string(from.data(), from.size()); };
    request_.message.method = text(message.method_string());
    request_.message.target = text(message.target());
    request_.message.headers.reserve(count);
    for (const auto& one : message)
        request_.message.headers.emplace_back(text(one.name_string()), text(one.value()));
    used_ += head.size();
    made->eager(true);
    body_ = std::move(made);
}

void http_reader::refuse(unsigned status, std::string_view detail)
{
    refusal_ = problem_answer(status, detail);
}

} // namespace fullon_cache_api::detail
