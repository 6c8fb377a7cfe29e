// The streams that a client of a made-up market holds.
#pragma once

#include "support/market.hpp"
#include "support/watched_stream.hpp"

#include <fullon_cache_api/client.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace support {

inline constexpr std::size_t streams_per_client = 10;

using watched_list = std::vector<std::unique_ptr<watched>>;

/// Subscribes the streams of the client that has this number: of every kind, each with what depends on the number.
boost::asio::awaitable<watched_list> open_streams(fullon_cache_api::client& cache, market what,
                                                  std::size_t number,
                                                  fullon_cache_api::stream_options options = {});

} // namespace support
