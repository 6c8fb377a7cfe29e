// How much there is in Redis, and what Redis says about itself.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace fullon_cache {

/// How much there is of one kind of data: see overview_reader::count_keys().
struct key_count {
    std::int64_t keys = 0;
    /// Fields of hashes, elements of lists; for strings the number of keys. Unreadable ones are included.
    std::int64_t entries = 0;

    bool operator==(const key_count&) const = default;
};
BOOST_DESCRIBE_STRUCT(key_count, (), (keys, entries))

/// What INFO says. A member is empty if Redis does not report it; all are if the Redis user may not ask.
///
/// \code
/// const auto facts = co_await overview.get_server_facts(); // overview: a fullon_cache::overview_reader
/// if (facts.max_memory && facts.used_memory && *facts.max_memory != 0)
///     use(static_cast<double>(*facts.used_memory) / static_cast<double>(*facts.max_memory));
/// \endcode
struct server_facts {
    std::optional<std::string> redis_version{};
    std::optional<std::int64_t> uptime_seconds{};
    std::optional<std::int64_t> connected_clients{};
    std::optional<std::int64_t> used_memory{}; ///< bytes
    std::optional<std::int64_t> max_memory{}; ///< bytes; 0 = no limit
    /// Share of key lookups since the start that found the key, 0 to 1; empty before the first lookup.
    std::optional<double> hit_rate{};

    bool operator==(const server_facts&) const = default;
};

} // namespace fullon_cache
