// Bodies of tick_cache.hpp.
#pragma once

#include <fullon_cache/detail/link.hpp>
#include <fullon_cache/detail/notifier.hpp>
#include <fullon_cache/detail/push_listener.hpp>
#include <fullon_cache/detail/ticker_keys.hpp>
#include <fullon_cache/detail/ticker_scan.hpp>
#include <fullon_cache/tick_cache.hpp>

#include <fullon_orm/number_text.hpp>

#include <cmath>
#include <set>
#include <unordered_map>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::tick;

namespace {

void require_text(const std::string& value, const char* name)
{
    if (value.empty())
        throw cache_error(errc::invalid_argument, std::string(name) + ": must not be empty");
}

} // namespace

namespace detail {

// Waits for one publication on a ticker's channels.
class next_tick final : public push_listener {
public:
    next_tick(std::shared_ptr<link> redis, std::string exchange, std::string symbol)
        : redis_(std::move(redis)), exchange_(std::move(exchange)), symbol_(std::move(symbol)),
          channels_{ticker_channel(ticker_channel_prefix, exchange_, symbol_),
                    ticker_channel(older_ticker_channel_prefix, exchange_, symbol_)},
          changed_(redis_->executor())
    {
        redis_->attach(*this);
    }
    next_tick(const next_tick&) = delete;
    next_tick& operator=(const next_tick&) = delete;
    ~next_tick()
    {
        redis_->detach(*this);
        if (subscribed_)
            redis_->unsubscribe(channels_);
    }

    asio::awaitable<std::optional<tick>> wait(std::chrono::steady_clock::time_point deadline)
    {
        co_await redis_->subscribe(channels_);
        subscribed_ = true;
        bool in_time = true;
        while (in_time && !found_ && !lost_)
            in_time = co_await changed_.wait_until(deadline);
        if (lost_)
            throw cache_error(errc::unavailable, "the link went down while waiting for a ticker");
        co_return std::move(found_);
    }

    void on_message(std::string_view channel, std::string_view payload) override
    {
        if (found_ || (channel != channels_[0] && channel != channels_[1]))
            return;
        auto read = fullon_orm::tick_from_json(payload, exchange_, symbol_);
        if (!read)
            return;
        found_ = std::move(*read);
        changed_.notify_all();
    }
    void on_invalidate(std::string_view) override {}
    void on_invalidate_all() override {}
    void on_link_up() override {}
    void on_link_down() override
    {
        lost_ = true;
        changed_.notify_all();
    }

private:
    std::shared_ptr<link> redis_;
    std::string exchange_;
    std::string symbol_;
    std::vector<std::string> channels_;
    notifier changed_;
    std::optional<tick> found_;
    bool subscribed_ = false;
    bool lost_ = false;
};

} // namespace detail

asio::awaitable<std::optional<tick>> tick_reader::get_ticker(std::string symbol, std::string exchange) const
{
    const auto link = redis();
    require_text(symbol, "symbol");
    require_text(exchange, "exchange");
    auto json = (co_await link->execute(command("HGET", detail::ticker_hash(exchange), symbol))).as_text();
    if (!json)
        co_return std::nullopt;
    auto read = fullon_orm::tick_from_json(*json, exchange, symbol);
    if (!read)
        throw cache_error(errc::serialization,
                          detail::ticker_hash(exchange) + " " + symbol + ": " + read.error().text());
    co_return std::move(*read);
}

asio::awaitable<std::optional<tick>> tick_reader::get_ticker(fullon_orm::symbol symbol) const
{
    return get_ticker(std::move(symbol.symbol), std::move(symbol.exchange_name));
}

asio::awaitable<std::vector<tick>> tick_reader::get_all_tickers(std::string exchange) const
{
    const auto link = redis();
    std::vector<std::string> exchanges;
    if (exchange.empty())
        exchanges = co_await get_ticker_exchanges();
    else
        exchanges.push_back(std::move(exchange));
    std::vector<tick> result;
    for (const auto& name : exchanges) {
        // HSCAN may return a field twice while the hash is being resized: the later one counts.
        std::unordered_map<std::string, std::size_t> places;
        std::string cursor = "0";
        do {
            auto page = co_await detail::scan_ticks(link, name, std::move(cursor));
            for (auto& found : page.ticks) {
                if (!found.readable)
                    continue;
                const auto [place, fresh] = places.try_emplace(found.symbol, result.size());
                if (fresh)
                    result.push_back(std::move(found.value));
                else
                    result[place->second] = std::move(found.value);
            }
            cursor = std::move(page.cursor);
        } while (cursor != "0");
    }
    co_return result;
}

asio::awaitable<std::optional<tick>> tick_reader::get_any_ticker(std::string symbol) const
{
    const auto link = redis();
    require_text(symbol, "symbol");
    const auto exchanges = co_await get_ticker_exchanges();
    pipeline reads;
    for (const auto& exchange : exchanges)
        reads.add("HGET", detail::ticker_hash(exchange), symbol);
    std::optional<tick> newest;
    if (reads.empty())
        co_return newest;
    auto replies = co_await link->execute(std::move(reads));
    for (std::size_t i = 0; i < replies.size() && i < exchanges.size(); ++i) {
        auto found = detail::read_stored_tick(exchanges[i], symbol, std::move(replies[i]).as_text());
        if (found.readable && (!newest || newest->time.value_or(0) < found.value.time.value_or(0)))
            newest = std::move(found.value);
    }
    co_return newest;
}

asio::awaitable<std::optional<tick>> tick_reader::get_next_ticker(std::string symbol, std::string exchange,
                                                                  std::chrono::milliseconds timeout) const
{
    require_text(symbol, "symbol");
    require_text(exchange, "exchange");
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    detail::next_tick next(redis(), std::move(exchange), std::move(symbol));
    co_return co_await next.wait(deadline);
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
    const auto link = redis();
    std::set<std::string> names;
    std::string cursor = "0";
    do {
        command scan("SCAN", cursor, "MATCH", std::string(detail::ticker_hash_prefix) + "*", "COUNT", 1000,
                     "TYPE", "hash");
        auto parts = (co_await link->execute(std::move(scan))).as_items();
        if (parts.size() != 2)
            throw cache_error(errc::protocol, "SCAN answered with another shape");
        cursor = std::move(parts[0].text);
        for (const auto& key : std::move(parts[1]).as_items())
            names.insert(key.text.substr(detail::ticker_hash_prefix.size()));
    } while (cursor != "0");
    co_return std::vector<std::string>(names.begin(), names.end());
}

asio::awaitable<void> tick_cache::set_ticker(tick value) const
{
    const auto link = redis();
    require_text(value.symbol, "symbol");
    require_text(value.exchange, "exchange");
    if (!std::isfinite(value.price))
        throw cache_error(errc::invalid_argument, "price: must be a finite number");
    const std::string json = fullon_orm::to_json(value);
    std::string time;
    if (value.time)
        fullon_orm::append_number(time, *value.time);
    else
        time = "None"; // as the Python library writes it
    pipeline writes;
    writes.add("HSET", detail::ticker_hash(value.exchange), value.symbol, json)
        .add("SET", detail::ticker_time_key(value.exchange, value.symbol), time)
        .add("PUBLISH", detail::ticker_channel(detail::ticker_channel_prefix, value.exchange, value.symbol),
             json);
    for (const auto& one : co_await link->execute(std::move(writes)))
        one.checked();
}

asio::awaitable<bool> tick_cache::delete_ticker(std::string symbol, std::string exchange) const
{
    const auto link = redis();
    require_text(symbol, "symbol");
    require_text(exchange, "exchange");
    pipeline writes;
    writes.add("HDEL", detail::ticker_hash(exchange), symbol)
        .add("DEL", detail::ticker_time_key(exchange, symbol));
    const auto replies = co_await link->execute(std::move(writes));
    for (const auto& one : replies)
        one.checked();
    co_return replies.front().as_integer() != 0;
}

asio::awaitable<bool> tick_cache::delete_ticker(fullon_orm::symbol symbol) const
{
    return delete_ticker(std::move(symbol.symbol), std::move(symbol.exchange_name));
}

asio::awaitable<std::int64_t> tick_cache::delete_exchange_tickers(std::string exchange) const
{
    const auto link = redis();
    require_text(exchange, "exchange");
    const auto fields = (co_await link->execute(command("HKEYS", detail::ticker_hash(exchange)))).as_items();
    pipeline writes;
    writes.add("DEL", detail::ticker_hash(exchange));
    for (const auto& field : fields)
        writes.add("DEL", detail::ticker_time_key(exchange, field.text));
    for (const auto& one : co_await link->execute(std::move(writes)))
        one.checked();
    co_return static_cast<std::int64_t>(fields.size());
}

} // namespace fullon_cache
