// Bodies of trades_reader.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/redis/command_facts.hpp>
#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/trades_reader.hpp>

#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/number_text.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::trade;

namespace {

std::optional<double> read_time(const std::string& text)
{
    const auto number = fullon_orm::parse_number(text);
    return number ? number : fullon_orm::parse_time(text);
}

constexpr std::size_t queues_per_read = 100;

bool names_queue(const std::string& key)
{
    return key.find(':', trades_prefix.size()) != std::string::npos;
}

// LLEN and the two ends of a list; an empty one is gone.
std::optional<trade_queue> read_queue(reading& found, std::string key, const reply& length,
                                      const reply& first, const reply& last)
{
    const auto place = std::string_view(key).substr(trades_prefix.size());
    const auto colon = place.find(':');
    trade_queue result;
    result.exchange = place.substr(0, colon);
    result.symbol = place.substr(colon + 1);
    result.length = length.as_integer();
    if (result.length == 0 || first.items.empty() || last.items.empty())
        return std::nullopt;
    const auto oldest = fullon_orm::trade_from_json(first.items.front().text, result.symbol);
    const auto newest = fullon_orm::trade_from_json(last.items.front().text, result.symbol);
    if (oldest)
        result.oldest = oldest->time;
    if (newest) {
        result.newest = newest->time;
        result.symbol = newest->symbol;
    }
    result.unreadable = (oldest ? 0 : 1) + (newest || result.length == 1 ? 0 : 1);
    result.key = std::move(key);
    if (result.unreadable != 0)
        found.unreadable(result.key, (oldest ? newest : oldest).error().text());
    else
        found.readable();
    return result;
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct trades_reader::calls {
    static asio::awaitable<std::vector<trade>> get_trades(trades_reader self, std::string exchange,
                                                          std::string symbol,
                                                          std::optional<std::int64_t> limit)
    {
        detail::require_pair(exchange, symbol);
        detail::require(!limit || *limit > 0, "limit", "be above zero");
        detail::operation op(self, "get_trades", {{"symbol", symbol}, {"exchange", exchange}});
        const auto key = trades_list(exchange, symbol);
        // One command, so that what others take out meanwhile cannot shift what is read; a limit bounds its size.
        const auto items = (co_await op.execute(command("LRANGE", key, limit ? -*limit : 0, -1))).as_items();
        std::vector<trade> trades;
        trades.reserve(items.size());
        reading found;
        for (const auto& one : items) {
            auto read = fullon_orm::trade_from_json(one.text, symbol);
            if (read)
                trades.push_back(std::move(*read));
            else
                found.unreadable({}, read.error().text());
        }
        found.readable(trades.size());
        op.report(key, found);
        op.hit(!trades.empty());
        co_return trades;
    }

    static asio::awaitable<listing<trade_queue>> list_trade_queues(trades_reader self, std::string exchange)
    {
        if (!exchange.empty())
            detail::require_exchange(exchange);
        detail::operation op(self, "list_trade_queues", {{"exchange", exchange}});
        const auto place = exchange.empty() ? std::string("*") : escape_pattern(exchange) + ":*";
        auto keys = co_await op.scan(make_key(trades_prefix, place));
        listing<trade_queue> result;
        reading found;
        const auto misnamed = std::erase_if(keys, [&found](const std::string& key) {
            const bool odd = !names_queue(key);
            if (odd)
                found.unreadable(key, "not exchange:symbol");
            return odd;
        });
        result.unreadable = static_cast<std::int64_t>(misnamed);
        for (std::size_t begin = 0; begin < keys.size(); begin += queues_per_read) {
            const auto end = std::min(keys.size(), begin + queues_per_read);
            pipeline reads;
            for (auto i = begin; i < end; ++i)
                reads.add("LLEN", keys[i]).add("LRANGE", keys[i], 0, 0).add("LRANGE", keys[i], -1, -1);
            const auto replies = co_await op.execute_any_type(std::move(reads));
            for (auto i = begin; i < end; ++i) {
                const auto at = (i - begin) * 3;
                const auto other = std::find_if(replies.begin() + static_cast<std::ptrdiff_t>(at),
                                                replies.begin() + static_cast<std::ptrdiff_t>(at + 3),
                                                detail::is_of_other_type);
                if (other != replies.begin() + static_cast<std::ptrdiff_t>(at + 3)) {
                    ++result.unreadable;
                    found.unreadable(keys[i], other->text);
                    continue;
                }
                auto queue = read_queue(found, std::move(keys[i]), replies.at(at), replies.at(at + 1),
                                        replies.at(at + 2));
                if (queue)
                    result.entries.push_back(std::move(*queue));
            }
        }
        op.report(make_key(trades_prefix, place), found);
        op.hit(!result.entries.empty());
        co_return result;
    }

    static asio::awaitable<std::optional<double>> get_trade_status(trades_reader self, std::string key)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "get_trade_status", {{"key", key}});
        const auto text = (co_await op.execute(command("GET", make_key(trade_status_prefix, key)))).as_text();
        op.hit(text.has_value());
        if (!text)
            co_return std::nullopt;
        const auto time = read_time(*text);
        if (!time)
            op.fail(errc::serialization, make_key(trade_status_prefix, key) + ": no time");
        co_return time;
    }

    static asio::awaitable<std::map<std::string, double>> get_all_trade_statuses(trades_reader self,
                                                                                 std::string prefix)
    {
        detail::require_text(prefix, "prefix");
        detail::operation op(self, "get_all_trade_statuses", {{"prefix", prefix}});
        const auto keys = co_await op.scan(escape_pattern(prefix) + "*", "string");
        pipeline reads;
        for (const auto& key : keys)
            reads.add("GET", key);
        std::map<std::string, double> result;
        reading found;
        if (!reads.empty()) {
            auto texts = co_await op.execute(std::move(reads));
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto text = std::move(texts[i]).as_text();
                if (!text)
                    continue; // gone meanwhile
                if (const auto time = read_time(*text))
                    result.emplace(keys[i], *time);
                else
                    found.unreadable(keys[i], "no time");
            }
        }
        found.readable(result.size());
        op.report(prefix + "*", found);
        op.hit(!result.empty());
        co_return result;
    }

    static asio::awaitable<std::vector<std::string>> get_trade_status_keys(trades_reader self,
                                                                           std::string prefix)
    {
        detail::require_text(prefix, "prefix");
        detail::operation op(self, "get_trade_status_keys", {{"prefix", prefix}});
        co_return co_await op.scan(escape_pattern(prefix) + "*", "string");
    }
};

asio::awaitable<std::vector<trade>> trades_reader::get_trades(std::string exchange, std::string symbol,
                                                              std::optional<std::int64_t> limit) const
{
    return calls::get_trades(*this, std::move(exchange), std::move(symbol), limit);
}

asio::awaitable<listing<trade_queue>> trades_reader::list_trade_queues(std::string exchange) const
{
    return calls::list_trade_queues(*this, std::move(exchange));
}

asio::awaitable<std::optional<double>> trades_reader::get_trade_status(std::string key) const
{
    return calls::get_trade_status(*this, std::move(key));
}

asio::awaitable<std::map<std::string, double>> trades_reader::get_all_trade_statuses(std::string prefix) const
{
    return calls::get_all_trade_statuses(*this, std::move(prefix));
}

asio::awaitable<std::vector<std::string>> trades_reader::get_trade_status_keys(std::string prefix) const
{
    return calls::get_trade_status_keys(*this, std::move(prefix));
}

} // namespace fullon_cache
