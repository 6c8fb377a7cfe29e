// For hosts whose HTTP server is Boost.Beast: the gateway over Beast's messages. The only public header that includes Beast.
#pragma once

#include <fullon_cache_api/cache_gateway.hpp>
#include <fullon_cache_api/http_message.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>

#include <string>
#include <utility>

namespace fullon_cache_api {

/// The request without its body.
template <class Body, class Fields>
http_request from_beast(const boost::beast::http::request<Body, Fields>& request)
{
    const auto text = [](const auto& from) { return std::string(from.data(), from.size()); };
    http_request made;
    made.method = text(request.method_string());
    made.target = text(request.target());
    for (const auto& field : request)
        made.headers.emplace_back(text(field.name_string()), text(field.value()));
    return made;
}

/// An answer to `request`, ready to be written: version, keep-alive and length are set, and HEAD has no body.
template <class Body, class Fields>
boost::beast::http::response<boost::beast::http::string_body>
to_beast(http_response answer, const boost::beast::http::request<Body, Fields>& request)
{
    namespace http = boost::beast::http;
    http::response<http::string_body> made;
    made.version(request.version());
    made.result(answer.status);
    for (const auto& [name, value] : answer.headers)
        made.insert(name, value);
    made.keep_alive(request.keep_alive());
    if (answer.status != 204 && answer.status != 304)
        made.content_length(answer.body.size());
    if (request.method() != http::verb::head)
        made.body() = std::move(answer.body);
    return made;
}

/// cache_gateway::handle() for Beast.
template <class Body, class Fields>
boost::asio::awaitable<boost::beast::http::response<boost::beast::http::string_body>>
handle(cache_gateway gateway, boost::beast::http::request<Body, Fields> request)
{
    auto answering = gateway.handle(from_beast(request));
    auto answer = co_await std::move(answering);
    co_return to_beast(std::move(answer), request);
}

/// cache_router::handle() for Beast.
template <class Body, class Fields>
boost::asio::awaitable<boost::beast::http::response<boost::beast::http::string_body>>
handle(cache_router router, boost::beast::http::request<Body, Fields> request, std::string mounted_at)
{
    auto answering = router.handle(from_beast(request), std::move(mounted_at));
    auto answer = co_await std::move(answering);
    co_return to_beast(std::move(answer), request);
}

} // namespace fullon_cache_api
