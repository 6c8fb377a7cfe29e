// What a list in Redis was made into.
#pragma once

#include <cstdint>
#include <vector>

namespace fullon_cache {

/// The entries that could be read, and how many could not.
template <class Entry>
struct listing {
    std::vector<Entry> entries{};
    std::int64_t unreadable = 0;
};

} // namespace fullon_cache
