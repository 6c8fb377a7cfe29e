// For hosts that have a listener of their own: an accepted connection becomes one of the server's.
#pragma once

#include <fullon_cache_api/cache_websocket_server.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace fullon_cache_api {

/// Serves a connection that the host has accepted as if the server's own listener had: HTTP requests (unless
/// `server_config::rest` is off) until it becomes a WebSocket, with the same limits, deadlines and answers.
///
/// The server must have been started; whether it listens itself makes no difference. The connection is taken
/// as plain TCP, also by a server that has a certificate.
///
/// \code
/// for (;;) {
///     auto socket = co_await acceptor.async_accept(boost::asio::use_awaitable);
///     group.spawn("client", handle_client(server, std::move(socket))); // a fullon_coro::task_group
/// }
/// \endcode
///
/// \param socket       an open connection; it becomes the server's
/// \param already_read what the host has read from it; it is parsed before anything from the socket
/// \par Completes    when the connection has ended: a WebSocket with its session. stop() and the destruction
///                   of the server bring that about, too. The socket is closed then.
/// \par Cancellation terminal, partial, total: end the wait with `boost::asio::error::operation_aborted`. The
///                   connection belongs to the server and goes on.
/// \par Concurrency  Called on the server's executor; any number of connections at once. The socket may have
///                   another executor; it is moved to the server's.
/// \par Lifetimes    The server may be destroyed meanwhile.
/// \throws boost::system::system_error `error::closed` when the server was not started, or was stopped; the
///         connection is closed then. How a connection ends is no error.
boost::asio::awaitable<void> handle_client(cache_websocket_server& server,
                                           boost::asio::ip::tcp::socket socket,
                                           std::string already_read = {});

} // namespace fullon_cache_api
