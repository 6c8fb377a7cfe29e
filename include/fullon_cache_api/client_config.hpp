// Settings of a client.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache_api {

/// What a call does while the connection is down.
enum class on_disconnect : std::uint8_t {
    wait, ///< for the reconnect, at most `request_timeout`
    fail, ///< with error::disconnected, at once
};

/// What connect() does where no server answers.
enum class connect_mode : std::uint8_t {
    fail, ///< with the reason, after one attempt
    wait, ///< tries again, with growing pauses, until there is one; ends by cancellation only
};

/// Settings of one `client`.
struct client_config {
    // Not an aggregate: g++ 12 destroys temporaries of such twice in a co_await expression.
    client_config() = default;

    std::chrono::milliseconds connect_timeout{5000}; ///< for resolving, connecting and the upgrade
    std::chrono::milliseconds request_timeout{7000}; ///< for one call; more than the server's own time-out
    std::chrono::milliseconds heartbeat{20000}; ///< nothing heard for so long, not even a pong: reconnect
    std::chrono::milliseconds close_timeout{2000}; ///< for the close handshake
    std::chrono::milliseconds backoff_min{100}; ///< first pause before connecting again
    std::chrono::milliseconds backoff_max{5000};
    std::size_t max_message_size =
        64 * 1024 * 1024; ///< bytes; a server's message over it breaks the connection
    /// For wss://: the issuers whose certificates are believed, a PEM file (a server's own certificate may stand there, too);
    /// empty: those of the system. It is read whenever a connection is made.
    std::string ca_file{};
    /// Further fields of the handshake, such as `{"Authorization", "Bearer ..."}`, each time a connection is made. Not those that
    /// the handshake itself has (`Host`, `Upgrade`, `Connection`, `Sec-WebSocket-...`): connect() refuses them, and what is no
    /// field of HTTP, with `std::invalid_argument`.
    std::vector<std::pair<std::string, std::string>> headers{};
    fullon_cache_api::connect_mode connect_mode = fullon_cache_api::connect_mode::fail;
    fullon_cache_api::on_disconnect on_disconnect = fullon_cache_api::on_disconnect::wait;
};

} // namespace fullon_cache_api
