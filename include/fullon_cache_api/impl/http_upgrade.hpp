// The HTTP part of a connection: read the request, decide, upgrade or refuse. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/server_metrics.hpp>
#include <fullon_cache_api/impl/beast_transport.hpp>
#include <fullon_cache_api/server_config.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <cctype>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_cache_api::detail {

using http_request = boost::beast::http::request<boost::beast::http::empty_body>;

/// What to answer instead of upgrading; `ok` means: upgrade.
struct upgrade_refusal {
    boost::beast::http::status status = boost::beast::http::status::ok;
    std::string text;
};

inline bool same_origin(std::string_view origin, std::string_view host)
{
    const auto scheme = origin.find("://");
    if (scheme == std::string_view::npos)
        return false;
    origin.remove_prefix(scheme + 3);
    return std::equal(origin.begin(), origin.end(), host.begin(), host.end(), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    });
}

inline upgrade_refusal judge_upgrade(const http_request& request, const server_config& settings, bool full)
{
    namespace http = boost::beast::http;
    const std::string_view target(request.target().data(), request.target().size());
    const auto path = target.substr(0, target.find('?'));
    if (!boost::beast::websocket::is_upgrade(request))
        return {http::status::upgrade_required, "This is a WebSocket server: connect with ws://\n"};
    // 16 bytes in base64; Beast only looks whether there is something.
    const auto key = request[http::field::sec_websocket_key];
    if (key.size() != 24 || !key.ends_with("=="))
        return {http::status::bad_request, "Sec-WebSocket-Key must be 16 bytes in base64\n"};
    if (path != "/" && path != "/ws")
        return {http::status::forbidden, "No WebSocket is served on this path; use / or /ws\n"};
    if (const auto found = request.find(http::field::origin); found != request.end()) {
        const std::string_view origin(found->value().data(), found->value().size());
        const auto& allowed = settings.allowed_origins;
        const auto host = request[http::field::host];
        const bool welcome = allowed.empty()
                                 ? same_origin(origin, {host.data(), host.size()})
                                 : std::find(allowed.begin(), allowed.end(), origin) != allowed.end();
        if (!welcome)
            return {http::status::forbidden, "Origin not allowed\n"};
    }
    if (full)
        return {http::status::service_unavailable, "Too many connections\n"};
    return {};
}

/// \returns the connection as a WebSocket, or null when it was refused, broke, or took too long.
inline boost::asio::awaitable<std::unique_ptr<transport>>
upgrade_to_websocket(boost::asio::ip::tcp::socket socket, const server_config& settings,
                     const std::size_t& connections, std::shared_ptr<server_metrics> figures)
{
    namespace asio = boost::asio;
    namespace http = boost::beast::http;
    const auto deadline = asio::cancel_after(settings.handshake_timeout, asio::as_tuple(asio::use_awaitable));

    boost::beast::flat_buffer buffer;
    http::request_parser<http::empty_body> parser;
    parser.header_limit(8 * 1024);
    const auto [read_error, size] = co_await http::async_read_header(socket, buffer, parser, deadline);
    upgrade_refusal refusal;
    if (read_error == http::error::header_limit)
        refusal = {http::status::request_header_fields_too_large, "Header too large\n"};
    else if (read_error && read_error.category() == make_error_code(http::error::bad_method).category() &&
             read_error != http::error::end_of_stream && read_error != http::error::partial_message)
        refusal = {http::status::bad_request, "Malformed HTTP request\n"};
    else if (read_error)
        co_return nullptr;
    else if (buffer.size() != 0)
        refusal = {http::status::bad_request, "Data was sent before the upgrade was answered\n"};
    else
        refusal = judge_upgrade(parser.get(), settings, connections >= settings.max_connections);

    if (refusal.status != http::status::ok) {
        figures->refused_connections.add();
        http::response<http::string_body> response{refusal.status, 11};
        response.set(http::field::content_type, "text/plain; charset=utf-8");
        if (refusal.status == http::status::upgrade_required)
            response.set(http::field::upgrade, "websocket");
        response.keep_alive(false);
        response.body() = std::move(refusal.text);
        response.prepare_payload();
        co_await http::async_write(socket, response, deadline);
        boost::system::error_code ignored;
        socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        co_return nullptr;
    }

    transport_limits limits;
    limits.max_message_size = settings.max_message_size;
    limits.silence_timeout = 2 * settings.ping_interval;
    auto made = std::make_unique<beast_transport>(std::move(socket), limits);
    const auto request = parser.release();
    // Under Beast's own handshake time-out: cancel_after() around its operations may drop their completion.
    const auto [accept_error] =
        co_await made->stream().async_accept(request, asio::as_tuple(asio::use_awaitable));
    if (accept_error)
        co_return nullptr;
    co_return std::move(made);
}

} // namespace fullon_cache_api::detail
