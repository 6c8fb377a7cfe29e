// Reading the newest elements of lists while others write to them.
#pragma once

#include <fullon_cache/redis_link.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fullon_cache {

/// The newest elements of a list, the newest last.
struct list_tail {
    std::vector<std::string> elements; ///< contiguous: no element between them was left out
    std::uint64_t length = 0; ///< of the whole list, when the newest elements were read
    bool whole = false;       ///< the list had no element before these
    std::string problem; ///< Redis' text if this key could not be read (WRONGTYPE); then all else is empty
};

/// The list to read, and how much of it.
struct list_request {
    std::string key;
    std::size_t count; ///< how many elements are wanted
};

/// Reads the newest elements of several lists.
///
/// The first 1000 elements of all lists are read in one write, each list in a transaction (MULTI, LLEN,
/// LRANGE, EXEC): a snapshot of that list. More are read in pieces of 1000 (LRANGE), each of which is fitted
/// to the elements that are already known, because the list may have moved meanwhile. If it has moved too
/// far, the result ends there: it may have fewer than `count` elements with `whole` false.
///
/// \code
/// std::vector<fullon_cache::list_request> wanted;
/// wanted.push_back({"trades:kraken:BTCUSDT", 100});
/// const auto tails = co_await read_list_tails(link, std::move(wanted)); // link: a shared_ptr<redis_link>
/// use(tails.front().elements, tails.front().whole);
/// \endcode
///
/// \returns one result for each request, in order. A key of another type is a `problem` of its own, not an
/// error.
/// \throws cache_error `errc::unavailable`, `errc::timeout`, `errc::closed`; `errc::permission_denied` if the
///         Redis user may not run one of the commands.
boost::asio::awaitable<std::vector<list_tail>> read_list_tails(std::shared_ptr<redis_link> redis,
                                                               std::vector<list_request> wanted);

} // namespace fullon_cache
