// A program with an HTTP server of its own that mounts the cache's routers: also what README.md shows.
#pragma once

#include <fullon_cache_api/gateway_config.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>

/// Serves while `ask` runs.
boost::asio::awaitable<void> rest_host(fullon_cache_api::gateway_config config);

/// Somebody who asks.
boost::asio::awaitable<void> ask(std::uint16_t port);
