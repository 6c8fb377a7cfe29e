// What the tests of what streams show have in common: writes as services of any kind make them, and what Redis holds.
#pragma once

#include "support/async_test.hpp"
#include "support/follower.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace truth_tests {

using commands = std::vector<std::vector<std::string>>;

inline double seconds_now()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

inline std::string tick_text(const std::string& exchange, const std::string& symbol, double price,
                             double time = 1'762'500'000)
{
    return fullon_orm::to_json(support::make_tick(exchange, symbol, price, time));
}

inline std::vector<std::string> written(const std::string& exchange, const std::string& symbol, double price,
                                        double time = 1'762'500'000)
{
    return {"HSET", "tickers:" + exchange, symbol, tick_text(exchange, symbol, price, time)};
}

inline std::vector<std::string> published(const std::string& exchange, const std::string& symbol,
                                          double price, double time = 1'762'500'000)
{
    return {"PUBLISH", "ticker_updates:" + exchange + ":" + symbol, tick_text(exchange, symbol, price, time)};
}

/// A tick as a service writes it: the hash, then the channel.
inline void set_tick(commands& into, const std::string& exchange, const std::string& symbol, double price,
                     double time = 1'762'500'000)
{
    into.push_back(written(exchange, symbol, price, time));
    into.push_back(published(exchange, symbol, price, time));
}

inline void set_tick(support::redis_cli& cli, const std::string& exchange, const std::string& symbol,
                     double price, double time = 1'762'500'000)
{
    commands both;
    set_tick(both, exchange, symbol, price, time);
    cli.pipeline(both);
}

inline support::follower::prices stored_prices(support::redis_cli& cli, const std::string& exchange)
{
    support::follower::prices result;
    const auto words = cli("HGETALL", "tickers:" + exchange).texts();
    for (std::size_t i = 0; i + 1 < words.size(); i += 2)
        result[words[i]] = boost::json::parse(words[i + 1]).at("price").to_number<double>();
    return result;
}

inline std::string to_text(const support::follower::prices& prices)
{
    std::string text;
    for (const auto& [symbol, price] : prices)
        text.append(" ").append(symbol).append(" ").append(std::to_string(price));
    return text;
}

/// Within the time that is promised once nothing is written any more, a second, and what a busy machine takes.
inline boost::asio::awaitable<void>
comes_to_what_redis_holds(support::follower* who, support::redis_cli* cli, std::string exchange,
                          std::chrono::milliseconds limit = std::chrono::milliseconds(1500))
{
    using clock = std::chrono::steady_clock;
    const auto deadline = clock::now() + limit * support::patience;
    for (;;) {
        who->check();
        const auto begin = clock::now();
        const auto stored = stored_prices(*cli, exchange);
        if (who->held(exchange) == stored)
            co_return;
        if (begin > deadline)
            throw std::runtime_error("Redis holds of " + exchange + to_text(stored) + "; the client" +
                                     to_text(who->held(exchange)));
        // The server runs in this thread: looking must leave it most of the time.
        const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin);
        co_await support::pause(std::chrono::milliseconds(2) + spent * 4);
    }
}

/// The prices of a symbol that were told, in order, from a place in the messages on; gone: -1.
inline std::vector<double> told_prices(const support::follower& who, const std::string& symbol,
                                       std::size_t from = 0)
{
    std::vector<double> prices;
    for (const auto* one : who.of_type("ticker_update", from))
        if (support::text_in(one->body, "symbol") == symbol)
            prices.push_back(one->body.contains("removed") ? -1.0
                                                           : one->body.at("price").to_number<double>());
    return prices;
}

/// How far the numbers of the tickers that are followed have come, by symbol. What was missed after the last value that
/// was told is in there, too.
using topic_numbers = std::map<std::string, std::uint64_t>;
inline boost::asio::awaitable<topic_numbers> numbers_of_topics(support::follower* who)
{
    const auto answer = co_await who->ask("get_tickers_subscriptions");
    topic_numbers numbers;
    for (const auto& one : answer.at("result").at("subscriptions").as_array())
        numbers[support::text_in(one.as_object(), "symbol")] = one.at("update_id").to_number<std::uint64_t>();
    co_return numbers;
}

/// Shown and missed are what was published: those numbers, within the promised time.
inline boost::asio::awaitable<void> comes_to_numbers(support::follower* who, topic_numbers wanted)
{
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(1500) * support::patience;
    for (;;) {
        const auto numbers = co_await numbers_of_topics(who);
        if (numbers == wanted)
            co_return;
        std::string text;
        for (const auto& [symbol, number] : wanted) {
            const auto found = numbers.find(symbol);
            text.append(" ")
                .append(symbol)
                .append(" ")
                .append(std::to_string(number))
                .append(" times, counted ");
            text.append(std::to_string(found == numbers.end() ? 0 : found->second));
        }
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("published" + text);
        co_await support::pause(std::chrono::milliseconds(5));
    }
}

/// A server that begins again soon after whatever happened.
inline void hurry(support::served_redis& world)
{
    using namespace std::chrono_literals;
    world.settings.redis.backoff_min = 5ms;
    world.settings.redis.backoff_max = 50ms;
}

inline boost::asio::awaitable<void> begin(support::served_redis* world)
{
    co_await world->start();
    const auto up = [world] { return world->server->redis_up(); };
    co_await support::eventually("the server has Redis", up);
}

} // namespace truth_tests
