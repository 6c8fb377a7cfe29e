// A program that asks the cache in its own process and lets others ask on the port that it has: also what README.md shows.
#pragma once

#include <fullon_cache_api/server_config.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>

namespace fullon_cache_api {
class cache_calls;
} // namespace fullon_cache_api

/// Written once, for a client of a server elsewhere and for a server in this process.
boost::asio::awaitable<double> price_of(fullon_cache_api::cache_calls& cache, std::string symbol);

/// Serves while `compare` runs.
boost::asio::awaitable<void> sharing_host(fullon_cache_api::server_config config);

/// Somebody who connects, and is told the same price.
boost::asio::awaitable<void> compare(std::string url, double price);
