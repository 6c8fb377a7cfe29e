// Settings of a gateway with a connection to Redis of its own.
#pragma once

#include <fullon_cache_api/documentation_assets.hpp>

#include <fullon_cache/config.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Settings of one `cache_gateway`. Sizes are bytes.
///
/// \code
/// gateway_config config = gateway_config::from_env();
/// config.prefix = "/market";
/// config.assets = embedded_documentation();
/// cache_gateway gateway(executor, config);
/// \endcode
struct gateway_config {
    fullon_cache::config redis; ///< how to reach Redis, and its time-outs
    std::string prefix = "/api/v1/cache"; ///< path above the routes of the cache; "/" for none
    std::string title = "fullon cache API"; ///< name in the documents and in `/info`
    std::size_t max_reply_size = 32 * 1024 * 1024; ///< a larger result is answered with 422 LIMIT_EXCEEDED
    /// The files that `/docs` and `/redoc` load, such as embedded_documentation(); without any they are plain
    /// pages.
    documentation_assets assets;
    std::string websocket_scheme = "ws"; ///< "ws" or "wss", as `/asyncapi.json` tells it
    /// `host:port` of the WebSocket server, as `/asyncapi.json` tells it.
    std::string websocket_host = "localhost:8765";
    /// `Origin` values of pages that may read the answers (CORS), such as `https://desk.example`, or `*`.
    /// Checking `Host`, and refusing pages, is up to the host.
    std::vector<std::string> allowed_origins;

    /// Filled by from_env(): variables that are set for other services in the same `.env` and were not read.
    /// start() logs a warning about them.
    std::vector<std::string> ignored_variables;

    /// Reads FULLON_CACHE_API_PREFIX, MAX_REPLY_SIZE, ALLOWED_ORIGINS and the variables of
    /// fullon_cache::config; for what is not set the defaults above hold.
    /// \throws configuration_error that names the variable, its value and what is allowed
    static gateway_config from_env(const fullon_cache::environment& env);
    /// The same from the process environment and a `.env` file: fullon_log::environment::load().
    static gateway_config from_env();
};

} // namespace fullon_cache_api
