// For hosts whose HTTP server is Boost.Beast: the gateway over Beast's messages, and connections handed over.
// The only public header that includes Beast.
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

/// Converts a Beast request: method, target and all fields, without the body, which the gateway does not look
/// at.
///
/// \tparam Body   any body of Beast; it is neither read nor copied
/// \tparam Fields any fields of Beast
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

/// Converts an answer to a Beast response to `request` that is ready to be written.
///
/// HTTP version and keep-alive are those of the request. `Content-Length` is set, but for 204 and 304. For
/// HEAD the body is left out and the length stays that of the body.
/// \param answer  its body is moved into the response
/// \param request what is answered
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

/// Answers a Beast request from the cache: cache_gateway::handle() with conversions.
///
/// \code
/// namespace http = boost::beast::http;
/// boost::asio::awaitable<void> answer(cache_gateway gateway, boost::beast::tcp_stream& stream,
///                                     http::request<http::string_body> request)
/// {
///     auto response = co_await fullon_cache_api::handle(gateway, std::move(request));
///     co_await http::async_write(stream, response, boost::asio::use_awaitable);
/// }
/// \endcode
///
/// Arguments are copied or moved into the coroutine. Completion, errors, cancellation and concurrency are
/// those of cache_gateway::handle().
template <class Body, class Fields>
boost::asio::awaitable<boost::beast::http::response<boost::beast::http::string_body>>
handle(cache_gateway gateway, boost::beast::http::request<Body, Fields> request)
{
    auto answering = gateway.handle(from_beast(request));
    auto answer = co_await std::move(answering);
    co_return to_beast(std::move(answer), request);
}

/// Answers a Beast request for the routes of one router: cache_router::handle() with conversions.
/// \param mounted_at the path under which the host serves the router, such as `/my/prices`
template <class Body, class Fields>
boost::asio::awaitable<boost::beast::http::response<boost::beast::http::string_body>>
handle(cache_router router, boost::beast::http::request<Body, Fields> request, std::string mounted_at)
{
    auto answering = router.handle(from_beast(request), std::move(mounted_at));
    auto answer = co_await std::move(answering);
    co_return to_beast(std::move(answer), request);
}

namespace detail {

/// The request as text, as it was on the wire.
/// \throws boost::system::system_error when it cannot be serialised
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

/// Hands a connection over to the server after Beast has read a request from it that the host does not answer
/// itself, such as one for which `websocket::is_upgrade(request)` holds. The server answers that request and
/// every further one on the connection: see the handle_client() of handle_client.hpp, also for completion and
/// cancellation.
///
/// \code
/// if (boost::beast::websocket::is_upgrade(request)) {
///     std::string behind = boost::beast::buffers_to_string(buffer.data());
///     co_await fullon_cache_api::handle_client(server, std::move(socket), std::move(request),
///                                              std::move(behind));
///     co_return;
/// }
/// \endcode
///
/// \param request the request that was read, with its body
/// \param behind  what the host has read behind the request: the rest of its buffer
/// \throws boost::system::system_error when the request cannot be serialised, and as handle_client()
template <class Body, class Fields>
boost::asio::awaitable<void>
handle_client(cache_websocket_server& server, boost::asio::ip::tcp::socket socket,
              boost::beast::http::request<Body, Fields> request, std::string behind = {})
{
    return handle_client(server, std::move(socket), detail::text_of(request) + behind);
}

/// The same for a `tcp_stream`, whose socket is released. Its timeouts end with that.
template <class Body, class Fields>
boost::asio::awaitable<void> handle_client(cache_websocket_server& server, boost::beast::tcp_stream stream,
                                           boost::beast::http::request<Body, Fields> request,
                                           std::string behind = {})
{
    return handle_client(server, stream.release_socket(), std::move(request), std::move(behind));
}

} // namespace fullon_cache_api
