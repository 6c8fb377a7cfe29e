// Bodies of tick_reader.hpp.
#pragma once

#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/breather.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/detail/subscription.hpp>
#include <fullon_cache/detail/ticker_keys.hpp>
#include <fullon_cache/detail/ticker_scan.hpp>
#include <fullon_cache/tick_reader.hpp>

#include <fullon_orm/codec.hpp>

#include <array>
#include <iterator>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::tick;

namespace {

asio::awaitable<std::vector<std::string>> ticker_exchanges(detail::operation* op)
{
    auto names = co_await op->scan(detail::make_key(detail::ticker_hash_prefix, "*"), "hash");
    for (auto& name : names)
        name.erase(0, detail::ticker_hash_prefix.size());
    co_return names;
}

asio::awaitable<listing<tick>> tickers_of(detail::operation* op, std::string exchange)
{
    auto fields = co_await op->read_hash(detail::ticker_hash(exchange));
    listing<tick> result;
    result.entries.reserve(fields.size());
    detail::breather pause;
    for (auto& [symbol, json] : fields) {
        if (pause.due())
            co_await pause.take();
        auto found = detail::read_stored_tick(exchange, std::move(symbol), std::move(json));
        if (found.readable)
            result.entries.push_back(std::move(found.value));
        else
            ++result.unreadable;
    }
    co_return result;
}

} // namespace

asio::awaitable<std::optional<tick>> tick_reader::get_ticker(std::string symbol, std::string exchange) const
{
    detail::require_text(symbol, "symbol");
    detail::require_text(exchange, "exchange");
    detail::operation op(*this, "get_ticker", {{"symbol", symbol}, {"exchange", exchange}});
    auto json = (co_await op.execute(command("HGET", detail::ticker_hash(exchange), symbol))).as_text();
    op.hit(json.has_value());
    if (!json)
        co_return std::nullopt;
    auto read = fullon_orm::tick_from_json(*json, exchange, symbol);
    if (!read)
        op.fail(errc::serialization,
                detail::ticker_hash(exchange) + " " + symbol + ": " + read.error().text());
    co_return std::move(*read);
}

asio::awaitable<std::optional<tick>> tick_reader::get_ticker(fullon_orm::symbol symbol) const
{
    return get_ticker(std::move(symbol.symbol), std::move(symbol.exchange_name));
}

asio::awaitable<std::vector<tick>> tick_reader::get_all_tickers(std::string exchange) const
{
    detail::operation op(*this, "get_all_tickers", {{"exchange", exchange}});
    std::vector<std::string> exchanges;
    if (exchange.empty())
        exchanges = co_await ticker_exchanges(&op);
    else
        exchanges.push_back(std::move(exchange));
    std::vector<tick> result;
    for (const auto& name : exchanges) {
        auto found = co_await tickers_of(&op, name);
        std::move(found.entries.begin(), found.entries.end(), std::back_inserter(result));
    }
    op.hit(!result.empty());
    co_return result;
}

asio::awaitable<listing<tick>> tick_reader::list_tickers(std::string exchange) const
{
    detail::require_text(exchange, "exchange");
    detail::operation op(*this, "list_tickers", {{"exchange", exchange}});
    auto found = co_await tickers_of(&op, std::move(exchange));
    op.hit(!found.entries.empty());
    co_return found;
}

asio::awaitable<std::optional<tick>> tick_reader::get_any_ticker(std::string symbol) const
{
    detail::require_text(symbol, "symbol");
    detail::operation op(*this, "get_any_ticker", {{"symbol", symbol}});
    const auto exchanges = co_await ticker_exchanges(&op);
    pipeline reads;
    for (const auto& exchange : exchanges)
        reads.add("HGET", detail::ticker_hash(exchange), symbol);
    std::optional<tick> newest;
    if (!reads.empty()) {
        auto replies = co_await op.execute(std::move(reads));
        for (std::size_t i = 0; i < replies.size() && i < exchanges.size(); ++i) {
            auto found = detail::read_stored_tick(exchanges[i], symbol, std::move(replies[i]).as_text());
            if (found.readable && (!newest || newest->time.value_or(0) < found.value.time.value_or(0)))
                newest = std::move(found.value);
        }
    }
    op.hit(newest.has_value());
    co_return newest;
}

asio::awaitable<std::optional<tick>> tick_reader::get_next_ticker(std::string symbol, std::string exchange,
                                                                  std::chrono::milliseconds timeout) const
{
    detail::require_text(symbol, "symbol");
    detail::require_text(exchange, "exchange");
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::vector<std::string> channels;
    channels.push_back(detail::ticker_channel(detail::ticker_channel_prefix, exchange, symbol));
    channels.push_back(detail::ticker_channel(detail::older_ticker_channel_prefix, exchange, symbol));
    detail::subscription messages(redis(), std::move(channels), 1); // the newest will do
    co_await messages.open();
    for (;;) {
        const auto message = co_await messages.next_until(deadline);
        if (!message)
            co_return std::nullopt;
        auto read = fullon_orm::tick_from_json(message->payload, exchange, symbol);
        if (read)
            co_return std::move(*read);
    }
}

asio::awaitable<std::optional<double>> tick_reader::get_price(std::string symbol, std::string exchange) const
{
    std::optional<tick> found;
    if (exchange.empty())
        found = co_await get_any_ticker(std::move(symbol));
    else
        found = co_await get_ticker(std::move(symbol), std::move(exchange));
    co_return found ? std::optional(found->price) : std::nullopt;
}

asio::awaitable<std::vector<std::string>> tick_reader::get_ticker_exchanges() const
{
    detail::operation op(*this, "get_ticker_exchanges");
    co_return co_await ticker_exchanges(&op);
}

asio::awaitable<std::map<std::string, boost::json::object>> tick_reader::get_tick_crawlers() const
{
    detail::operation op(*this, "get_tick_crawlers");
    auto fields = co_await op.read_hash(std::string(detail::tick_crawlers_hash));
    std::map<std::string, boost::json::object> result;
    for (auto& [crawler, json] : fields) {
        auto tree = fullon_orm::parse_value(json);
        auto* const object = tree ? tree->if_object() : nullptr;
        if (object)
            result.emplace(std::move(crawler), std::move(*object));
        else
            op.skip(detail::tick_crawlers_hash, crawler, "not a JSON object");
    }
    op.hit(!result.empty());
    co_return result;
}

asio::awaitable<std::optional<order_sizes>> tick_reader::round_down(std::string symbol, std::string exchange,
                                                                    order_sizes sizes, bool futures) const
{
    constexpr double least_value = 2; // US dollars
    constexpr std::array<std::string_view, 3> dollars{"/USDT", "/USDC", "/USD"};
    const auto slash = symbol.find('/');
    const bool nothing = sizes.free == 0 && sizes.used == 0 && sizes.total == 0;
    if (nothing || futures || slash == std::string::npos || symbol.substr(0, slash) == "BTC")
        co_return sizes;
    const auto price = co_await get_price(symbol, exchange);
    if (!price)
        co_return std::nullopt;
    double factor = *price;
    const auto quote = symbol.substr(slash + 1);
    if (quote.find("USD") == std::string::npos) {
        std::optional<double> in_dollars;
        for (std::size_t i = 0; i < dollars.size() && !in_dollars; ++i)
            in_dollars = co_await get_price(quote + std::string(dollars[i]), exchange);
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

} // namespace fullon_cache
