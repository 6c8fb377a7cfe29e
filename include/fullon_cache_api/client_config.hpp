// Settings of a client.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache_api {

/// What a call of a client does while the connection is down.
enum class on_disconnect : std::uint8_t {
    wait, ///< waits for the reconnect, for at most `request_timeout`; then it fails with error::timeout
    fail, ///< fails with error::disconnected at once
};

/// What client::connect() does when no server answers.
enum class connect_mode : std::uint8_t {
    fail, ///< throws the reason after one attempt
    wait, ///< tries again, with growing pauses, until a server answers or connect() is cancelled
};

/// Settings of one `client`. Copied by client::connect().
///
/// \code
/// client_config config;
/// config.request_timeout = std::chrono::seconds(2);
/// config.on_disconnect = on_disconnect::fail;
/// config.headers.emplace_back("Authorization", "Bearer " + token);
/// auto cache = co_await client::connect("wss://cache.example", config);
/// \endcode
struct client_config {
    // Not an aggregate: g++ 12 destroys temporaries of such twice in a co_await expression.
    client_config() = default;

    /// For one attempt: resolving, connecting, TLS and the WebSocket handshake.
    std::chrono::milliseconds connect_timeout{5000};
    /// For one request, a wait for the connection included. Longer than the server's own time-out (5 s by
    /// default), so that the server's reason arrives.
    std::chrono::milliseconds request_timeout{7000};
    /// If nothing is heard for so long, not even a pong, the connection is given up and made again. The
    /// client sends a ping after half of it.
    std::chrono::milliseconds heartbeat{20000};
    /// For the close handshake in client::close().
    std::chrono::milliseconds close_timeout{2000};
    /// First pause before connecting again; each further pause is about twice as long.
    std::chrono::milliseconds backoff_min{100};
    /// Longest pause before connecting again.
    std::chrono::milliseconds backoff_max{5000};
    /// Largest message that is accepted from the server, bytes. A larger one breaks the connection.
    std::size_t max_message_size = 64 * 1024 * 1024;
    /// For wss://: a PEM file with the certificates of trusted issuers, or the server's own certificate.
    /// Empty: those of the system. It is read for each connection.
    std::string ca_file{};
    /// Further HTTP fields of the WebSocket handshake, such as `{"Authorization", "Bearer ..."}`, sent with
    /// each connection. connect() throws `std::invalid_argument` for what is not a valid field, and for those
    /// of the handshake itself: `Host`, `Upgrade`, `Connection`, `Content-Length`, `Transfer-Encoding`,
    /// `Sec-WebSocket-...`.
    std::vector<std::pair<std::string, std::string>> headers{};
    /// What connect() does when no server answers.
    fullon_cache_api::connect_mode connect_mode = fullon_cache_api::connect_mode::fail;
    /// What calls do while the connection is down.
    fullon_cache_api::on_disconnect on_disconnect = fullon_cache_api::on_disconnect::wait;
};

} // namespace fullon_cache_api
