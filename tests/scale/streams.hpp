// The streams that a client of the scale test holds.
#pragma once

#include "scale/watched.hpp"

#include <fullon_cache_api/client.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace scale {

inline constexpr std::size_t streams_per_client = 10;

using watched_list = std::vector<std::unique_ptr<watched>>;

/// Subscribes the streams of the client that has this number: of every kind, each with what depends on the number.
boost::asio::awaitable<watched_list> open_streams(fullon_cache_api::client& cache, std::size_t number);

} // namespace scale
