// A program of its own that serves the cache, too: also what README.md shows.
#pragma once

#include <fullon_cache_api/server_config.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>

/// Serves while `own_work` runs.
boost::asio::awaitable<void> host(fullon_cache_api::server_config config);

/// What the host program is there for.
boost::asio::awaitable<void> own_work(std::string url);
