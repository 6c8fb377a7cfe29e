// What Redis holds, read by the test itself: the library's readers have no part in it.
#pragma once

#include "support/market.hpp"
#include "support/redis_cli.hpp"

#include <fullon_cache_api/types/account.hpp>
#include <fullon_cache_api/types/ticker.hpp>

#include <fullon_orm/bar.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace support {

/// What a stream of process health says, but for the time.
struct health {
    std::int64_t active = 0;
    std::int64_t in_error = 0;
    std::int64_t stale = 0;
    bool healthy = true;
    std::map<std::string, std::int64_t> by_type{};
    std::map<std::string, std::int64_t> by_status{};

    bool operator==(const health&) const = default;
};

struct truth {
    std::map<std::string, std::map<std::string, fullon_cache_api::ticker>> tickers{}; // exchange, symbol
    std::map<std::string, std::map<std::string, fullon_cache_api::position>> positions{}; // account, symbol
    std::map<std::string, std::int64_t> queues{}; // exchange
    std::map<std::string, boost::json::object> bots{};
    health processes{};
    std::map<std::string, std::map<std::string, std::vector<std::int64_t>>>
        trades{}; // exchange, symbol: ids, the oldest first
    std::map<std::string, fullon_orm::bar> bars{};                       // symbol: the newest
};

/// Nothing may be written meanwhile, and every process must have reported within five minutes. A key of another type
/// holds nothing.
truth read_truth(redis_cli& redis, const market& what = {});

} // namespace support
