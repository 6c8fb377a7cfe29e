// How much is in Redis, and what it says of itself.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace fullon_cache {

/// How much there is of one kind of data.
struct key_count {
    std::int64_t keys = 0;
    std::int64_t entries =
        0; ///< fields of hashes, elements of lists; of strings the keys, unreadable ones included

    bool operator==(const key_count&) const = default;
};
BOOST_DESCRIBE_STRUCT(key_count, (), (keys, entries))

/// What INFO says; all empty where the Redis user may not ask.
struct server_facts {
    std::optional<std::string> redis_version{};
    std::optional<std::int64_t> uptime_seconds{};
    std::optional<std::int64_t> connected_clients{};
    std::optional<std::int64_t> used_memory{}; ///< bytes
    std::optional<std::int64_t> max_memory{};  ///< bytes; 0 = no limit
    std::optional<double> hit_rate{}; ///< of keys asked for since it started: 0 to 1; empty before the first

    bool operator==(const server_facts&) const = default;
};

} // namespace fullon_cache
