// What the client saw, in figures, and whether that is all there was to see.
#pragma once

#include "market.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace demo {

struct ending {
    double seconds = 0;
    std::size_t equal_to_redis = 0; ///< markets
    bool server_drained = false;    ///< exit code 0 after SIGTERM
    std::string server_output;
};

/// The value that a share `part` of all stay at or below; `values` must not be empty.
inline double percentile(std::vector<double> values, double part)
{
    const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

/// Prints it. \returns what went wrong; empty = all is well.
inline std::string summarise(const std::vector<market>& markets, const ending& end)
{
    std::uint64_t published = 0, delivered = 0, conflated = 0, out_of_order = 0, crossed = 0;
    std::int64_t lost = 0;
    bool complete = true;
    std::vector<double> latencies;
    for (const auto& one : markets) {
        published += one.published;
        delivered += one.delivered;
        conflated += one.conflated;
        out_of_order += one.out_of_order;
        crossed += one.crossed;
        lost += one.lost();
        complete = complete && one.lost() == 0 && one.delivered != 0;
        latencies.insert(latencies.end(), one.latencies.begin(), one.latencies.end());
    }
    fmt::print("\nIn {:.1f} s the client saw\n", end.seconds);
    fmt::print("  updates    {:>8}   of {} ticks published to Redis\n", delivered, published);
    fmt::print("  conflated  {:>8}   left out because a newer price was there already\n", conflated);
    fmt::print("  lost       {:>8}   published - updates - conflated\n", lost);
    if (!latencies.empty())
        fmt::print("  latency    p50 {:.2f} ms, p99 {:.2f} ms   from before the write to Redis until the "
                   "client has the "
                   "update,\n             on one steady clock: feed and client share this process\n",
                   percentile(latencies, 0.50) * 1000, percentile(latencies, 0.99) * 1000);
    fmt::print("  The last price equals Redis in {} of {} markets.\n", end.equal_to_redis, markets.size());

    std::string problems;
    const auto problem = [&](const std::string& what) { problems += (problems.empty() ? "" : "\n") + what; };
    if (!complete)
        problem("updates were lost, or a market had none");
    if (out_of_order != 0)
        problem(fmt::format("{} updates came out of order", out_of_order));
    if (crossed != 0)
        problem(fmt::format("{} updates had a bid that is not below the ask", crossed));
    if (end.equal_to_redis != markets.size())
        problem("the client's last price is not the one in Redis");
    if (!end.server_drained)
        problem("the server did not end by itself; it wrote:\n" + end.server_output);
    return problems;
}

} // namespace demo
