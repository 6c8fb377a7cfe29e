// Opens a client connection: resolve, connect, upgrade.
#pragma once

#include <fullon_cache_api/detail/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace fullon_cache::detail {
class tls_trust;
}

namespace fullon_cache_api::detail {

struct websocket_target {
    std::string host; ///< without brackets
    std::string port;
    std::string path = "/";
    bool tls = false;
    std::shared_ptr<fullon_cache::detail::tls_trust> trust{}; ///< where `tls` is set: the issuers to believe
};

struct transport_limits {
    std::size_t max_message_size = 64 * 1024; ///< bytes; a larger message closes with 1009
    std::chrono::milliseconds silence_timeout{20000}; ///< nothing heard, not even a pong: the peer is dead
};

/// \throws boost::system::system_error with the code of the step that failed, and what there is to say about it
/// (why a certificate was refused); `asio::error::timed_out` when all of it took longer than `timeout`.
boost::asio::awaitable<std::unique_ptr<transport>> connect_websocket(boost::asio::any_io_executor executor,
                                                                     websocket_target target,
                                                                     transport_limits limits,
                                                                     std::chrono::milliseconds timeout);

} // namespace fullon_cache_api::detail
