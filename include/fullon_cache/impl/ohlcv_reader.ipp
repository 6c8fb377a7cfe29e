// Bodies of ohlcv_reader.hpp.
#pragma once

#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/detail/trade_keys.hpp>
#include <fullon_cache/ohlcv_reader.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::bar;

asio::awaitable<std::vector<bar>>
ohlcv_reader::get_latest_ohlcv_bars(std::string symbol, std::string timeframe, std::int64_t count) const
{
    detail::require_text(symbol, "symbol");
    detail::require_text(timeframe, "timeframe");
    detail::require(count > 0, "count", "be above zero");
    detail::operation op(*this, "get_latest_ohlcv_bars", {{"symbol", symbol}, {"timeframe", timeframe}});
    // The one that wins comes last.
    const auto slashless = detail::bars_list(fullon_orm::without_slash(symbol), timeframe);
    std::vector<std::string> keys;
    if (symbol.find('/') != std::string::npos)
        keys.push_back(detail::bars_list(symbol, timeframe));
    keys.push_back(slashless);

    // A list holds as many entries of one time as there were writes of the open bar: both are read further back until
    // there are enough times behind which neither can have more.
    constexpr std::int64_t most_at_first = 100'000;
    std::map<double, bar> bars;
    std::vector<std::pair<std::string, std::string>> unreadable;
    for (std::int64_t wanted = std::min(count, most_at_first);; wanted *= 2) {
        pipeline reads;
        for (const auto& key : keys)
            reads.add("LRANGE", key, -wanted, -1);
        const auto lists = co_await op.execute(std::move(reads));
        bars.clear();
        unreadable.clear();
        double complete_from = -std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < lists.size(); ++i) {
            double oldest = std::numeric_limits<double>::infinity();
            for (const auto& one : lists[i].items) {
                const auto read = fullon_orm::bar_from_json(one.text);
                if (!read) {
                    unreadable.emplace_back(keys[i], read.error().text());
                    continue;
                }
                bars.insert_or_assign(read->timestamp, *read);
                oldest = std::min(oldest, read->timestamp);
            }
            if (static_cast<std::int64_t>(lists[i].items.size()) == wanted) // there may be more
                complete_from = std::max(complete_from, oldest);
        }
        if (!std::isfinite(complete_from) && complete_from < 0)
            break;
        const auto complete = std::distance(bars.lower_bound(complete_from), bars.end());
        if (complete >= count)
            break;
    }
    for (const auto& [key, reason] : unreadable)
        op.skip(key, {}, reason);

    const auto kept = std::min(bars.size(), static_cast<std::size_t>(count));
    std::vector<bar> result;
    result.reserve(kept);
    for (auto one = std::prev(bars.end(), static_cast<std::ptrdiff_t>(kept)); one != bars.end(); ++one)
        result.push_back(one->second);
    op.hit(!result.empty());
    co_return result;
}

} // namespace fullon_cache
