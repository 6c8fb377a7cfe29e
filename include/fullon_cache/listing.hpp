// The result of reading many entries of which some may be unreadable.
#pragma once

#include <cstdint>
#include <vector>

namespace fullon_cache {

/// The entries that could be read, and how many could not: a result without errors may still be incomplete.
///
/// \code
/// const auto found = co_await tickers.list_tickers("kraken"); // tickers: a fullon_cache::tick_reader
/// if (found.unreadable != 0)
///     warn(found.unreadable, found.entries.size());
/// \endcode
template <class Entry>
struct listing {
    std::vector<Entry> entries{}; ///< in the order that the method documents
    std::int64_t unreadable =
        0;  ///< entries that are stored but could not be parsed; they are not in `entries`
};

} // namespace fullon_cache
