// One row of the demo: what was published of it, and what the client saw.
#pragma once

#include "replay.hpp"

#include <fullon_cache_api/stream.hpp>
#include <fullon_cache_api/types/ticker.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace demo {

using std::chrono::steady_clock;

struct market {
    replay source;
    fullon_orm::tick published_last;
    std::uint64_t published = 0; ///< live: without the first tick, which the client finds in its snapshot

    std::optional<fullon_cache_api::ticker> seen_last;
    steady_clock::time_point seen_at;
    std::uint64_t delivered = 0;
    std::uint64_t conflated = 0;
    std::uint64_t out_of_order = 0;
    std::uint64_t crossed = 0; ///< with a bid that is not below the ask
    double move = 0; ///< the last change of the price
    std::vector<double> latencies; ///< seconds

    explicit market(replay trades) : source(std::move(trades)) {}

    /// The next tick, about to be published.
    const fullon_orm::tick& publish_next()
    {
        published_last = source.next();
        under_way_[*published_last.time] = steady_clock::now();
        return published_last;
    }

    void on_update(const fullon_cache_api::update<fullon_cache_api::ticker>& update)
    {
        const auto now = steady_clock::now();
        const double time = update.timestamp.value_or(0);
        if (!update.snapshot) {
            ++delivered;
            conflated += update.missed;
            const bool grows = !seen_last || time > seen_last->timestamp.value_or(0);
            out_of_order += grows ? 0 : 1;
            // The same process publishes and receives, so both ends of this time are read from one clock.
            if (const auto sent = under_way_.find(time); sent != under_way_.end())
                latencies.push_back(std::chrono::duration<double>(now - sent->second).count());
        }
        crossed += update.bid && update.ask && *update.bid >= *update.ask ? 1 : 0;
        under_way_.erase(under_way_.begin(), under_way_.upper_bound(time));
        move = seen_last ? update.price - seen_last->price : 0;
        seen_last = update;
        seen_at = now;
    }

    /// Whether the client has the last tick that was published.
    bool settled() const { return seen_last && seen_last->timestamp == published_last.time; }

    std::int64_t lost() const { return static_cast<std::int64_t>(published - delivered - conflated); }

private:
    std::map<double, steady_clock::time_point> under_way_; // by the tick's time, which only grows
};

} // namespace demo
