// Reading the ends of lists that others write to meanwhile.
#pragma once

#include <fullon_cache/redis_link.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fullon_cache {

/// The newest elements of a list, as they stood there at one instant, the newest last.
struct list_tail {
    std::vector<std::string> elements;
    std::uint64_t length = 0; ///< of the list at that instant
    bool whole = false;       ///< nothing stood before them
    std::string problem;      ///< why it could not be read; then there is nothing else
};

struct list_request {
    std::string key;
    std::size_t count; ///< of elements that are wanted
};

/// Reads the ends of several lists, in pieces of at most 1000 elements; the first of each travel together. A key that is
/// no list is a `problem` of its own. \throws cache_error (unavailable, timeout, closed)
boost::asio::awaitable<std::vector<list_tail>> read_list_tails(std::shared_ptr<redis_link> redis,
                                                               std::vector<list_request> wanted);

} // namespace fullon_cache
