// Bodies of ohlcv_reader.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/redis/command_facts.hpp>
#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/ohlcv_reader.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::bar;

namespace {

constexpr std::size_t bar_lists_per_read = 100;

// `ohlcv:{symbol}:{timeframe}`: timeframes have no colon.
std::optional<bar_list> name_bar_list(std::string key)
{
    const auto place = std::string_view(key).substr(bars_prefix.size());
    const auto colon = place.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    bar_list result;
    result.symbol = place.substr(0, colon);
    result.timeframe = place.substr(colon + 1);
    result.key = std::move(key);
    return result;
}

void take_bars(reading& found, bar_list& into, const std::vector<reply>& elements)
{
    for (const auto& one : elements) {
        ++into.read;
        into.bytes += static_cast<std::int64_t>(one.text.size());
        if (const auto read = fullon_orm::bar_from_json(one.text)) {
            found.readable();
            into.newest = std::max(into.newest.value_or(read->timestamp), read->timestamp);
        } else {
            ++into.unreadable;
            found.unreadable(into.key, read.error().text());
        }
    }
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct ohlcv_reader::calls {
    static asio::awaitable<std::vector<bar>> get_latest_ohlcv_bars(ohlcv_reader self, std::string symbol,
                                                                   std::string timeframe, std::int64_t count)
    {
        detail::require_symbol(symbol);
        detail::require_timeframe(timeframe);
        detail::require(count > 0, "count", "be above zero");
        detail::operation op(self, "get_latest_ohlcv_bars", {{"symbol", symbol}, {"timeframe", timeframe}});
    // The one that wins comes last.
        const auto slashless = bars_list(fullon_orm::without_slash(symbol), timeframe);
        std::vector<std::string> keys;
        if (symbol.find('/') != std::string::npos)
            keys.push_back(bars_list(symbol, timeframe));
        keys.push_back(slashless);

        // A list holds as many entries of one time as there were writes of the open bar: both are read further back until
        // there are enough times behind which neither can have more.
        constexpr std::int64_t most_at_first = 100'000;
        std::map<double, bar> bars;
        reading found;
        for (std::int64_t wanted = std::min(count, most_at_first);; wanted *= 2) {
            pipeline reads;
            for (const auto& key : keys)
                reads.add("LRANGE", key, -wanted, -1);
            const auto lists = co_await op.execute(std::move(reads));
            bars.clear();
            found = {};
            double complete_from = -std::numeric_limits<double>::infinity();
            for (std::size_t i = 0; i < lists.size(); ++i) {
                double oldest = std::numeric_limits<double>::infinity();
                for (const auto& one : lists[i].items) {
                    const auto read = fullon_orm::bar_from_json(one.text);
                    if (!read) {
                        found.unreadable({}, read.error().text());
                        continue;
                    }
                    found.readable();
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
        op.report(slashless, found);
        if (bars.empty() && found.unreadable() != 0)
            op.fail(errc::serialization, slashless + ": no bar of it");

        const auto kept = std::min(bars.size(), static_cast<std::size_t>(count));
        std::vector<bar> result;
        result.reserve(kept);
        for (auto one = std::prev(bars.end(), static_cast<std::ptrdiff_t>(kept)); one != bars.end(); ++one)
            result.push_back(one->second);
        op.hit(!result.empty());
        co_return result;
    }

    static asio::awaitable<std::vector<std::string>> get_timeframes(ohlcv_reader self, std::string symbol)
    {
        detail::require_symbol(symbol);
        detail::operation op(self, "get_timeframes", {{"symbol", symbol}});
        // One walk for both spellings; what else fits is left out below.
        auto pattern = escape_pattern(symbol);
        std::replace(pattern.begin(), pattern.end(), '/', '*');
        const auto slashless = fullon_orm::without_slash(symbol);
        const auto timeframes_of = [&](const std::vector<std::string>& keys) {
            std::set<std::string> timeframes;
            for (const auto& key : keys)
                if (auto found = name_bar_list(key);
                    found && (found->symbol == symbol || found->symbol == slashless))
                    timeframes.insert(std::move(found->timeframe));
            return timeframes;
        };
        const auto timeframes = timeframes_of(co_await op.scan(bars_list(pattern, "*"), "list"));
        if (timeframes.empty() && !timeframes_of(co_await op.scan(bars_list(pattern, "*"))).empty())
            op.fail(errc::wrong_type, bars_list(symbol, "*") + ": no list");
        op.hit(!timeframes.empty());
        co_return std::vector<std::string>(timeframes.begin(), timeframes.end());
    }

    static asio::awaitable<bar_lists> get_bar_lists(ohlcv_reader self, std::int64_t elements)
    {
        using std::chrono::steady_clock;
        detail::require(elements > 0, "elements", "be above zero");
        detail::operation op(self, "get_bar_lists");
        const auto keys = co_await op.scan(make_key(bars_prefix, "*"));
        bar_lists result;
        reading found;
        double total_ms = 0;
        for (std::size_t begin = 0; begin < keys.size(); begin += bar_lists_per_read) {
            const auto end = std::min(keys.size(), begin + bar_lists_per_read);
            pipeline reads;
            for (auto i = begin; i < end; ++i)
                reads.add("LLEN", keys[i]).add("LRANGE", keys[i], -elements, -1);
            const auto asked = steady_clock::now();
            const auto replies = co_await op.execute_any_type(std::move(reads));
            const double ms = std::chrono::duration<double, std::milli>(steady_clock::now() - asked).count();
            ++result.reads;
            total_ms += ms;
            result.mean_ms = total_ms / static_cast<double>(result.reads);
            result.slowest_ms = std::max(result.slowest_ms.value_or(ms), ms);
            for (auto i = begin; i < end; ++i) {
                auto list = name_bar_list(keys[i]);
                if (!list) {
                    ++result.misnamed;
                    found.unreadable(keys[i], "not symbol:timeframe");
                    continue;
                }
                if (detail::is_of_other_type(replies.at((i - begin) * 2)) ||
                    detail::is_of_other_type(replies.at((i - begin) * 2 + 1))) {
                    ++result.misnamed;
                    found.unreadable(keys[i], "no list");
                    continue;
                }
                list->length = replies.at((i - begin) * 2).as_integer();
                take_bars(found, *list, replies.at((i - begin) * 2 + 1).items);
                if (list->length != 0) // else gone meanwhile
                    result.lists.push_back(std::move(*list));
            }
        }
        op.report(make_key(bars_prefix, "*"), found);
        op.hit(!result.lists.empty());
        co_return result;
    }
};

asio::awaitable<std::vector<bar>>
ohlcv_reader::get_latest_ohlcv_bars(std::string symbol, std::string timeframe, std::int64_t count) const
{
    return calls::get_latest_ohlcv_bars(*this, std::move(symbol), std::move(timeframe), count);
}

asio::awaitable<std::vector<std::string>> ohlcv_reader::get_timeframes(std::string symbol) const
{
    return calls::get_timeframes(*this, std::move(symbol));
}

asio::awaitable<bar_lists> ohlcv_reader::get_bar_lists(std::int64_t elements) const
{
    return calls::get_bar_lists(*this, elements);
}

} // namespace fullon_cache
