// Bodies of tick_reader.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/redis/command_facts.hpp>
#include <fullon_cache/detail/redis/subscription.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/taken.hpp>
#include <fullon_cache/tick_reader.hpp>
#include <fullon_cache/ticker_scan.hpp>
#include <fullon_coro/yield_point.hpp>

#include <fullon_orm/codec.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::tick;

namespace {

asio::awaitable<std::vector<std::string>> ticker_exchanges(detail::operation* op)
{
    auto names = co_await op->scan(make_key(ticker_hash_prefix, "*"));
    for (auto& name : names)
        name.erase(0, ticker_hash_prefix.size());
    co_return names;
}

asio::awaitable<listing<tick>> tickers_of(detail::operation* op, std::string exchange)
{
    listing<tick> result;
    auto fields = co_await op->read_hash(ticker_hash(exchange));
    result.entries.reserve(fields.size());
    reading found_there;
    fullon_coro::yield_point pause;
    for (auto& [symbol, json] : fields) {
        if (pause.due())
            co_await pause.take();
        auto found = read_stored_tick(exchange, std::move(symbol), std::move(json));
        count_tick(found_there, found);
        if (found.readable)
            result.entries.push_back(std::move(found.value));
        else
            ++result.unreadable;
    }
    op->report(ticker_hash(exchange), found_there);
    co_return result;
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct tick_reader::calls {
    static asio::awaitable<std::optional<tick>> get_ticker(tick_reader self, std::string exchange,
                                                           std::string symbol)
    {
        detail::require_pair(exchange, symbol);
        detail::operation op(self, "get_ticker", {{"symbol", symbol}, {"exchange", exchange}});
        auto json = (co_await op.execute(command("HGET", ticker_hash(exchange), symbol))).as_text();
        op.hit(json.has_value());
        if (!json)
            co_return std::nullopt;
        auto read = fullon_orm::tick_from_json(*json, exchange, symbol);
        if (!read)
            op.fail(errc::serialization, ticker_hash(exchange) + " " + symbol + ": " + read.error().text());
        co_return std::move(*read);
    }

    static asio::awaitable<std::vector<tick>> get_all_tickers(tick_reader self, std::string exchange)
    {
        detail::operation op(self, "get_all_tickers", {{"exchange", exchange}});
        const bool alone = !exchange.empty();
        std::vector<std::string> exchanges;
        if (alone)
            exchanges.push_back(std::move(exchange));
        else
            exchanges = co_await ticker_exchanges(&op);
        std::vector<tick> result;
        for (const auto& name : exchanges) {
            listing<tick> found;
            try {
                auto reading = tickers_of(&op, name);
                found = co_await std::move(reading);
            } catch (const cache_error& failure) { // of all, what cannot be read is left out
                if (alone || failure.code() != errc::wrong_type)
                    throw;
            }
            std::move(found.entries.begin(), found.entries.end(), std::back_inserter(result));
        }
        op.hit(!result.empty());
        co_return result;
    }

    static asio::awaitable<listing<tick>> list_tickers(tick_reader self, std::string exchange)
    {
        detail::require_text(exchange, "exchange");
        detail::operation op(self, "list_tickers", {{"exchange", exchange}});
        auto found = co_await tickers_of(&op, std::move(exchange));
        op.hit(!found.entries.empty());
        co_return found;
    }

    static asio::awaitable<std::optional<tick>> get_any_ticker(tick_reader self, std::string symbol)
    {
        detail::require_text(symbol, "symbol");
        detail::operation op(self, "get_any_ticker", {{"symbol", symbol}});
        const auto exchanges = co_await ticker_exchanges(&op);
        pipeline reads;
        for (const auto& exchange : exchanges)
            reads.add("HGET", ticker_hash(exchange), symbol);
        std::optional<tick> newest;
        reading found_there;
        if (!reads.empty()) {
            auto replies = co_await op.execute_any_type(std::move(reads));
            for (std::size_t i = 0; i < replies.size() && i < exchanges.size(); ++i) {
                if (detail::is_of_other_type(replies[i])) {
                    found_there.unreadable(exchanges[i], replies[i].text);
                    continue;
                }
                auto found = read_stored_tick(exchanges[i], symbol, std::move(replies[i]).as_text());
                if (found.readable)
                    found_there.readable();
                else if (found.present)
                    found_there.unreadable(exchanges[i], found.reason);
                if (found.readable && (!newest || newest->time.value_or(0) < found.value.time.value_or(0)))
                    newest = std::move(found.value);
            }
        }
        op.report(make_key(ticker_hash_prefix, "*") + " " + symbol, found_there);
        op.hit(newest.has_value());
        co_return newest;
    }

    static asio::awaitable<std::optional<tick>> get_next_ticker(tick_reader self, std::string exchange,
                                                                std::string symbol,
                                                                std::chrono::milliseconds timeout)
    {
        auto stored = co_await self.get_ticker(exchange, symbol);
        if (stored)
            co_return stored;
        const auto deadline = std::chrono::steady_clock::now() +
                              std::clamp(timeout, std::chrono::milliseconds::zero(), longest_wait);
        std::vector<std::string> channels;
        channels.push_back(ticker_channel(ticker_channel_prefix, exchange, symbol));
        channels.push_back(ticker_channel(older_ticker_channel_prefix, exchange, symbol));
        detail::subscription messages(self.redis(), std::move(channels), 1); // the newest will do
        co_await messages.open();
        for (;;) {
        // A publication says that there may be one: what is stored counts.
            stored = co_await self.get_ticker(exchange, symbol);
            if (stored)
                co_return stored;
            const auto message = co_await messages.next_until(deadline);
            if (!message)
                co_return std::nullopt;
        }
    }

    static asio::awaitable<std::optional<double>> get_price(tick_reader self, std::string exchange,
                                                            std::string symbol)
    {
        const auto found = co_await self.get_ticker(std::move(exchange), std::move(symbol));
        co_return found ? std::optional(found->price) : std::nullopt;
    }

    static asio::awaitable<std::optional<double>> get_any_price(tick_reader self, std::string symbol)
    {
        const auto found = co_await self.get_any_ticker(std::move(symbol));
        co_return found ? std::optional(found->price) : std::nullopt;
    }

    static asio::awaitable<std::vector<std::string>> get_ticker_exchanges(tick_reader self)
    {
        detail::operation op(self, "get_ticker_exchanges");
        co_return co_await ticker_exchanges(&op);
    }

    static asio::awaitable<std::map<std::string, boost::json::object>> get_tick_crawlers(tick_reader self)
    {
        detail::operation op(self, "get_tick_crawlers");
        auto fields = co_await op.read_hash(std::string(tick_crawlers_hash));
        std::map<std::string, boost::json::object> result;
        reading found_there;
        for (auto& [crawler, json] : fields) {
            auto tree = fullon_orm::parse_value(json);
            auto* const object = tree ? tree->if_object() : nullptr;
            if (object) {
                result.emplace(std::move(crawler), std::move(*object));
                found_there.readable();
            } else
                found_there.unreadable(crawler, "not a JSON object");
        }
        op.report(tick_crawlers_hash, found_there);
        op.hit(!result.empty());
        co_return result;
    }

    static asio::awaitable<std::optional<order_sizes>>
    round_down(tick_reader self, std::string exchange, std::string symbol, order_sizes sizes, bool futures)
    {
        constexpr double least_value = 2; // US dollars
        constexpr std::array<std::string_view, 3> dollars{"/USDT", "/USDC", "/USD"};
        const auto slash = symbol.find('/');
        const bool nothing = sizes.free == 0 && sizes.used == 0 && sizes.total == 0;
        if (nothing || futures || slash == std::string::npos || symbol.substr(0, slash) == "BTC")
            co_return sizes;
        const auto price = co_await self.get_price(exchange, symbol);
        if (!price)
            co_return std::nullopt;
        double factor = *price;
        const auto quote = symbol.substr(slash + 1);
        if (quote.find("USD") == std::string::npos) {
            std::optional<double> in_dollars;
            for (std::size_t i = 0; i < dollars.size() && !in_dollars; ++i)
                in_dollars = co_await self.get_price(exchange, quote + std::string(dollars[i]));
            if (!in_dollars)
                co_return std::nullopt;
            factor *= *in_dollars;
        }
        order_sizes worth;
        if (sizes.free * factor >= least_value) {
            worth.free = sizes.free * factor;
            worth.used = sizes.used * factor;
            worth.total = sizes.total * factor;
        }
        co_return worth;
    }
};

asio::awaitable<std::optional<tick>> tick_reader::get_ticker(std::string exchange, std::string symbol) const
{
    return calls::get_ticker(*this, std::move(exchange), std::move(symbol));
}

asio::awaitable<std::optional<tick>> tick_reader::get_ticker(fullon_orm::symbol symbol) const
{
    return get_ticker(std::move(symbol.exchange_name), std::move(symbol.symbol));
}

asio::awaitable<std::vector<tick>> tick_reader::get_all_tickers(std::string exchange) const
{
    return calls::get_all_tickers(*this, std::move(exchange));
}

asio::awaitable<listing<tick>> tick_reader::list_tickers(std::string exchange) const
{
    return calls::list_tickers(*this, std::move(exchange));
}

asio::awaitable<std::optional<tick>> tick_reader::get_any_ticker(std::string symbol) const
{
    return calls::get_any_ticker(*this, std::move(symbol));
}

asio::awaitable<std::optional<tick>> tick_reader::get_next_ticker(std::string exchange, std::string symbol,
                                                                  std::chrono::milliseconds timeout) const
{
    return calls::get_next_ticker(*this, std::move(exchange), std::move(symbol), timeout);
}

asio::awaitable<std::optional<double>> tick_reader::get_price(std::string exchange, std::string symbol) const
{
    return calls::get_price(*this, std::move(exchange), std::move(symbol));
}

asio::awaitable<std::optional<double>> tick_reader::get_any_price(std::string symbol) const
{
    return calls::get_any_price(*this, std::move(symbol));
}

asio::awaitable<std::vector<std::string>> tick_reader::get_ticker_exchanges() const
{
    return calls::get_ticker_exchanges(*this);
}

asio::awaitable<std::map<std::string, boost::json::object>> tick_reader::get_tick_crawlers() const
{
    return calls::get_tick_crawlers(*this);
}

asio::awaitable<std::optional<order_sizes>> tick_reader::round_down(std::string exchange, std::string symbol,
                                                                    order_sizes sizes, bool futures) const
{
    return calls::round_down(*this, std::move(exchange), std::move(symbol), std::move(sizes), futures);
}

} // namespace fullon_cache
