// Taking the first element out of a list, waiting for one if need be.
#pragma once

#include <fullon_cache/detail/link.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace fullon_cache::detail {

/// Who waits for longer waits for this long: deadlines can be added up, and Redis takes it.
inline constexpr std::chrono::milliseconds longest_wait = std::chrono::hours(24 * 365);

/// LPOP, or BLPOP on a connection of its own when there is time to wait.
/// \par Cancellation terminal; an element that Redis had given already is put back at the head of the list.
/// \throws cache_error
boost::asio::awaitable<std::optional<std::string>> pop_front(std::shared_ptr<link> redis, std::string key,
                                                             std::chrono::milliseconds timeout);

/// `1`, `0.5`: what Redis takes as a time to wait.
std::string seconds_text(std::chrono::milliseconds time);

} // namespace fullon_cache::detail
