// For hosts that have a listener of their own: an accepted connection becomes one of the server's.
#pragma once

#include <fullon_cache_api/cache_websocket_server.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace fullon_cache_api {

/// Serves a connection as if the server's own listener had accepted it: HTTP requests (unless `rest` is off) until it becomes
/// a WebSocket, with the same limits, deadlines and answers. `already_read` is what the host has read of it: it comes first.
/// The server must have been started; whether it listens itself makes no difference. It is spoken plainly, also by a server that
/// has a certificate: TLS is the business of who accepts.
///
/// \par Completes    when the connection has ended here (as a WebSocket: when its session has), which stop() and the
///                   destruction of the server bring about too. The socket is closed then.
/// \par Cancellation terminal: ends the wait, with operation_aborted. The connection is the server's and goes on.
/// \par Concurrency  called on the server's executor. The socket's executor may be another one.
/// \par Lifetimes    the server may be destroyed meanwhile.
/// \throws boost::system::system_error `error::closed` when the server was not started, or is stopped: the connection is
///         closed. What becomes of a connection is no error.
boost::asio::awaitable<void> handle_client(cache_websocket_server& server,
                                           boost::asio::ip::tcp::socket socket,
                                           std::string already_read = {});

} // namespace fullon_cache_api
