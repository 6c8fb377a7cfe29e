// For hosts whose HTTP server is Boost.Beast: the gateway over Beast's messages, and connections handed over. The only public header that includes Beast.
#pragma once

#include <fullon_cache_api/cache_gateway.hpp>
#include <fullon_cache_api/handle_client.hpp>
#include <fullon_cache_api/http_message.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/system/system_error.hpp>

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

namespace detail {

/// The request as it was on the wire.
template <class Body, class Fields>
std::string text_of(boost::beast::http::request<Body, Fields>& request)
{
    std::string text;
    boost::beast::http::serializer<true, Body, Fields> writing(request);
    boost::beast::error_code problem;
    while (!problem && !writing.is_done())
        writing.next(problem, [&](boost::beast::error_code&, const auto& buffers) {
            text += boost::beast::buffers_to_string(buffers);
            writing.consume(boost::beast::buffer_bytes(buffers));
        });
    if (problem)
        throw boost::system::system_error(problem);
    return text;
}

} // namespace detail

/// handle_client() for a connection from which Beast has read a request that the host does not answer itself, such as one for
/// which `websocket::is_upgrade(request)` holds. `behind` is what was read behind it (the host's buffer). Once a host has
/// handed a connection over, the server answers every further request on it too.
template <class Body, class Fields>
boost::asio::awaitable<void>
handle_client(cache_websocket_server& server, boost::asio::ip::tcp::socket socket,
              boost::beast::http::request<Body, Fields> request, std::string behind = {})
{
    return handle_client(server, std::move(socket), detail::text_of(request) + behind);
}

template <class Body, class Fields>
boost::asio::awaitable<void> handle_client(cache_websocket_server& server, boost::beast::tcp_stream stream,
                                           boost::beast::http::request<Body, Fields> request,
                                           std::string behind = {})
{
    return handle_client(server, stream.release_socket(), std::move(request), std::move(behind));
}

} // namespace fullon_cache_api
