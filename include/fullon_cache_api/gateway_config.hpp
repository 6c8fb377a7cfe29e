// Settings of a gateway that stands alone.
#pragma once

#include <fullon_cache_api/documentation_assets.hpp>

#include <fullon_cache/config.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Settings of one `cache_gateway`. Sizes are bytes.
struct gateway_config {
    fullon_cache::config redis;
    std::string prefix = "/api/v1/cache"; ///< of the routes to the cache; "/" for none
    std::string title = "fullon cache API";
    std::size_t max_reply_size = 32 * 1024 * 1024;
    /// What `/docs` and `/redoc` load: embedded_documentation(), or other files; without any they are plain pages.
    documentation_assets assets;
    std::string websocket_scheme = "ws"; ///< or "wss": how it is spoken to, as `/asyncapi.json` says
    /// `host:port` of the WebSocket server, as `/asyncapi.json` names it.
    std::string websocket_host = "localhost:8765";
    /// `Origin` values of browsers' pages that may read the answers (CORS), or `*`. `Host` and whether a page may ask at all
    /// are the host's own matter.
    std::vector<std::string> allowed_origins;

    /// Variables that are set for other services in the same `.env`, and were not read; start() warns of them.
    std::vector<std::string> ignored_variables;

    /// Reads FULLON_CACHE_API_PREFIX, MAX_REPLY_SIZE, ALLOWED_ORIGINS and the variables of fullon_cache::config.
    /// \throws configuration_error
    static gateway_config from_env(const fullon_cache::environment& env);
    /// The same from `environment::load()`.
    static gateway_config from_env();
};

} // namespace fullon_cache_api
