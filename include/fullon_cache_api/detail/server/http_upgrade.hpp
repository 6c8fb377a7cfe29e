// From a request to a WebSocket: who may have one, and the handshake. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/compat/websocket_path.hpp>
#include <fullon_cache_api/detail/http/http_reader.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>
#include <fullon_cache_api/detail/net/websocket_key.hpp>
#include <fullon_cache_api/detail/net/websocket_transport.hpp>
#include <fullon_cache_api/detail/wire/peer_limits.hpp>
#include <fullon_cache_api/server_config.hpp>
#include <fullon_cache_api/service_limits.hpp>

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_cache_api::detail {

/// 16 bytes in base64, as RFC 6455 wants it.
inline bool is_websocket_key(std::string_view text)
{
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return text.size() == 24 && text.ends_with("==") && text.find_first_not_of(digits) == 22;
}

inline boost::beast::http::request<boost::beast::http::empty_body>
upgrade_of(const received_request& received)
{
    boost::beast::http::request<boost::beast::http::empty_body> request;
    request.method_string(received.message.method);
    request.target(received.message.target);
    request.version(received.old ? 10 : 11);
    for (const auto& [name, value] : received.message.headers)
        request.insert(name, value);
    return request;
}

inline service_limits limits_of(const server_config& settings)
{
    return {settings.max_message_size, settings.max_reply_size, settings.max_streams, settings.max_topics,
            settings.max_in_flight};
}

inline http_response upgrade_required(std::string_view detail)
{
    auto answer = problem_answer(426, detail);
    answer.headers.emplace_back("Upgrade", "websocket");
    answer.headers.emplace_back("Sec-WebSocket-Version", "13");
    return answer;
}

/// What to answer instead of upgrading; nothing: upgrade. `full`: there are as many connections as there may be.
inline std::optional<http_response> refuse_upgrade(const received_request& received,
                                                   const server_config& settings, bool full)
{
    const auto& headers = received.message.headers;
    if (!boost::beast::websocket::is_upgrade(upgrade_of(received)) ||
        find_header(headers, "Sec-WebSocket-Version") != "13")
        return upgrade_required("not a WebSocket upgrade to version 13");
    if (received.has_body)
        return problem_answer(400, "an upgrade has no body");
    // Beast only looks whether there is something.
    if (!is_websocket_key(find_header(headers, "Sec-WebSocket-Key")))
        return problem_answer(400, "Sec-WebSocket-Key: must be 16 bytes in base64");
    if (!parse_websocket_path(received.message.target, settings.rest_prefix))
        return problem_answer(403, "no WebSocket is served on this path; use / or /ws");
    if (full)
        return problem_answer(503, "too many connections");
    return std::nullopt;
}

/// The connection as a WebSocket. The handshake is answered before anything else is sent.
inline std::unique_ptr<transport> accept_websocket(net_stream connection, const received_request& received,
                                                   const server_config& settings)
{
    transport_limits limits;
    limits.max_message_size = settings.max_message_size;
    limits.most_discarded = 16 * 1024 * 1024;
    limits.silence_timeout = 2 * settings.ping_interval;
    std::string answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Server: fullon_cache_api\r\nSec-WebSocket-Accept: ";
    answer.append(accept_value(find_header(received.message.headers, "Sec-WebSocket-Key")));
    answer.append("\r\n").append(limits_field).append(": ").append(limits_text(limits_of(settings)));
    answer.append("\r\n\r\n");
    return std::make_unique<websocket_transport>(std::move(connection), websocket_transport::side::server,
                                                 limits, std::string_view(), std::move(answer));
}

} // namespace fullon_cache_api::detail
