// Opens a client connection: resolve, connect, upgrade.
#pragma once

#include <fullon_cache_api/detail/net/transport.hpp>
#include <fullon_cache_api/detail/net/transport_limits.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {
class host_resolver;
class tls_trust;
} // namespace fullon_cache

namespace fullon_cache_api::detail {

struct websocket_target {
    std::string host; ///< without brackets
    std::string port;
    std::string path = "/";
    bool tls = false;
    std::vector<std::pair<std::string, std::string>> headers{}; ///< further fields of the request
    std::shared_ptr<fullon_cache::tls_trust> trust{}; ///< where `tls` is set: the issuers to believe
    /// Of all attempts; null: of this one.
    std::shared_ptr<fullon_cache::host_resolver> names{};
};

/// \throws boost::system::system_error with the code of the step that failed, and what there is to say about it
/// (why a certificate was refused); `asio::error::timed_out` when all of it took longer than `timeout`, also where libc goes
/// on looking for the host: the io_context's run() lasts until it has ended.
boost::asio::awaitable<std::unique_ptr<transport>> connect_websocket(boost::asio::any_io_executor executor,
                                                                     websocket_target target,
                                                                     transport_limits limits,
                                                                     std::chrono::milliseconds timeout);

} // namespace fullon_cache_api::detail
