// Work queues with fullon_cache: lists of Redis from which several workers take, each element going to one of
// them. New orders with waiting pops, what a cancelled pop does not lose, trades taken all at once, and the
// queue of errors that every service reports to. Starts a Redis of its own.
#include "support/pause.hpp"
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/trades_cache.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>

#include <chrono>
#include <set>
#include <string>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using examples::expect;
using examples::pause;

namespace {

constexpr int orders = 12;
constexpr int rounds = 100;
constexpr int trades = 100;

/// Waits for orders until it is cancelled. While it waits, so does a connection of its own at Redis: others
/// that use the same fullon_cache::connection are not held up.
asio::awaitable<void> work(fullon_cache::orders_cache cache, std::string name, std::set<std::string>* handled)
{
    for (;;) {
        const auto order = co_await cache.pop_open_order("desk", 10s);
        if (!order)
            continue; // none within ten seconds
        expect(handled->insert(*order).second, "each order goes to one worker");
        fmt::print("{:<9} handles {}\n", name, *order);
    }
}

/// Ends when the workers have handled everything.
asio::awaitable<void> hand_out(fullon_cache::orders_cache cache, const std::set<std::string>* handled)
{
    const auto start = std::chrono::steady_clock::now();
    co_await cache.ping();
    expect(std::chrono::steady_clock::now() - start < 5s, "an answer while three workers wait");
    for (int i = 1; i <= orders; ++i)
        co_await cache.push_open_order(fmt::format("OX-{:02}", i), "desk");
    while (handled->size() < orders)
        co_await cache.ping();
    fmt::print("desk      {} orders handled\n", handled->size());
}

asio::awaitable<void> share_work(fullon_cache::orders_cache cache)
{
    std::set<std::string> handled;
    // The workers are cancelled when everything is done.
    co_await (
        (work(cache, "anna", &handled) && work(cache, "ben", &handled) && work(cache, "carla", &handled)) ||
        hand_out(cache, &handled));
    expect(handled.size() == orders, "all of them");
}

asio::awaitable<void> offer(fullon_cache::orders_cache cache, int number)
{
    co_await cache.push_open_order(std::to_string(number), "race");
    for (int i = 0; i < number % 4; ++i)
        co_await cache.ping(); // some time
}

/// The worst moment for cancelling a pop is when Redis gives it an element: the pop puts that back.
asio::awaitable<void> cancel_pops(fullon_cache::orders_cache cache)
{
    std::set<std::string> taken;
    for (int i = 0; i < rounds; ++i) {
        // Whichever is done first cancels the other: some pops end in time, some do not.
        const auto first = co_await (cache.pop_open_order("race", 10s) || offer(cache, i));
        if (const auto* const popped = std::get_if<0>(&first); popped && *popped)
            taken.insert(**popped);
    }
    const auto in_time = taken.size();
    while (taken.size() < rounds) {
        const auto left = co_await cache.pop_open_order("race", 10s);
        expect(left && taken.insert(*left).second, "those that were not taken are still there, each once");
    }
    fmt::print("race      {} pops got something in time, {} were cancelled: nothing lost\n", in_time,
               rounds - in_time);
}

asio::awaitable<void> drain(fullon_cache::trades_cache cache, std::string name,
                            std::chrono::milliseconds work, int* total)
{
    int own = 0;
    int times = 0;
    while (*total < trades) {
        const auto taken = co_await cache.take_trades("kraken", "BTC/USDT");
        own += static_cast<int>(taken.size());
        *total += static_cast<int>(taken.size());
        times += taken.empty() ? 0 : 1;
        co_await pause(work); // they would be stored
    }
    fmt::print("{:<9} took {} trades, in {} times\n", name, own, times);
}

asio::awaitable<void> collect(fullon_cache::trades_cache cache)
{
    fullon_orm::trade one;
    one.symbol = "BTC/USDT";
    one.volume = 0.5;
    for (int i = 0; i < trades; ++i) {
        one.price = 47000 + i;
        co_await cache.push_trade("kraken", one);
        if (i % 10 == 0)
            co_await pause(2ms);
    }
}

asio::awaitable<void> share_trades(fullon_cache::trades_cache cache)
{
    int total = 0;
    co_await (drain(cache, "quick", 3ms, &total) && drain(cache, "slow", 7ms, &total) && collect(cache));
    expect(total == trades, "each trade went to one of them");
    expect((co_await cache.get_trades("kraken", "BTC/USDT")).empty(), "none is left");
}

asio::awaitable<void> report_errors(fullon_cache::base_cache cache)
{
    co_await cache.push_global_error("rate limit exceeded", "kraken_ticks");
    co_await cache.push_global_error("order refused", "bot_7");
    for (int i = 0; i < 2; ++i) {
        const auto error = co_await cache.pop_global_error(); // the oldest; waits half a second for one
        expect(error.has_value(), "what was reported");
        fmt::print("error     {}\n", *error);
    }
    const auto none = co_await cache.pop_global_error(20ms);
    expect(!none, "no more errors");
    fmt::print("error     no more within 20 ms\n");
}

asio::awaitable<void> example()
{
    support::redis_server redis;
    fullon_cache::config config;
    config.host = redis.host();
    config.port = redis.port();
    fmt::print("redis     a private one, on port {}\n", redis.port());

    fullon_cache::connection connection(co_await asio::this_coro::executor, config);
    connection.start();
    co_await share_work(fullon_cache::orders_cache(connection));
    co_await cancel_pops(fullon_cache::orders_cache(connection));
    co_await share_trades(fullon_cache::trades_cache(connection));
    co_await report_errors(fullon_cache::base_cache(connection));
    co_await connection.stop();
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(argc, argv,
                                "Work queues with fullon_cache: workers share the elements of lists.");
    return examples::run(example());
}
