// Publish and subscribe with fullon_cache: base_reader::subscribe() gives what is published as a sequence
// that a coroutine takes one by one. Several subscribers; a slow one, which misses messages and knows how
// many; waiting for a message and for a timer at once. Starts a Redis of its own. By hand, at yours:
// redis-cli PUBLISH news hello.
#include "support/pause.hpp"
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/base_cache.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using examples::expect;
using examples::pause;

namespace {

constexpr int burst = 500;

/// Takes everything up to "end". Of what it does not take in time the `capacity` newest are kept for it.
asio::awaitable<void> follow(fullon_cache::base_reader cache, std::string name, std::size_t capacity,
                             std::chrono::milliseconds work, int* listening)
{
    const std::vector<std::string> channels(1, "news");
    auto messages = cache.subscribe_all(channels, capacity); // from the first next() on
    co_await messages.next(); // a "hello": the publisher tries whether we listen
    ++*listening;
    std::uint64_t taken = 0;
    std::uint64_t missed = 0;
    bool ended = false;
    while (!ended) {
        const auto message = co_await messages.next();
        expect(message.has_value(), "a subscription has no end by itself");
        if (message->payload == "hello")
            continue;
        ++taken;
        missed += message->missed; // before this one
        ended = message->payload == "end";
        if (work > 0ms)
            co_await pause(work);
    }
    expect(taken + missed == burst + 1, "what was not taken is counted");
    expect((missed == 0) == (work == 0ms), "only the slow one misses messages");
    fmt::print("{:<9} took {} messages, missed {}\n", name, taken, missed);
}

asio::awaitable<void> publish(fullon_cache::base_cache cache, const int* listening)
{
    // What is published while nobody listens is lost: so wait for them.
    while (*listening < 3) {
        co_await cache.publish("news", "hello");
        co_await pause(5ms);
    }
    fullon_cache::pipeline messages; // all in one write
    for (int i = 0; i < burst; ++i)
        messages.add("PUBLISH", "news", std::to_string(i));
    messages.add("PUBLISH", "news", "end");
    for (const auto& one : co_await cache.execute(messages))
        expect(one.as_integer() == 1,
               "Redis counts connections: one, whatever number of subscribers share it");
    fmt::print("publisher sent {} messages at once\n", burst + 1);
}

/// Whichever comes first: a message, or the end of a time. Nothing is lost by asking again.
asio::awaitable<void> watch(fullon_cache::base_reader cache)
{
    std::vector<std::string> channels;
    channels.push_back("prices:BTC");
    channels.push_back("prices:ETH");
    auto messages = cache.subscribe_all(channels, 100);
    asio::steady_timer quiet(co_await asio::this_coro::executor);
    int heard = 0;
    int silences = 0;
    while (silences < 2 || heard < 4) {
        quiet.expires_after(50ms);
        const auto first = co_await (messages.next() || quiet.async_wait(asio::use_awaitable));
        if (first.index() == 0) {
            const auto& message = std::get<0>(first);
            fmt::print("watch     {}: {}\n", message->channel, message->payload);
            ++heard;
        } else {
            fmt::print("watch     nothing for 50 ms\n");
            ++silences;
        }
    }
    expect(heard == 4, "every message, none of them twice");
}

asio::awaitable<void> publish_prices(fullon_cache::base_cache cache)
{
    int heard_by = 0;
    while (heard_by == 0) { // the first that somebody gets
        heard_by = static_cast<int>(co_await cache.publish("prices:BTC", "47000"));
        co_await pause(1ms);
    }
    co_await cache.publish("prices:ETH", "3700");
    co_await pause(120ms);
    co_await cache.publish("prices:BTC", "47010");
    co_await cache.publish("prices:ETH", "3701");
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
    const fullon_cache::base_cache cache(connection);
    int listening = 0;
    co_await (follow(cache, "first", 1000, 0ms, &listening) &&
              follow(cache, "second", 1000, 0ms, &listening) && follow(cache, "slow", 10, 2ms, &listening) &&
              publish(cache, &listening));
    co_await (watch(cache) && publish_prices(cache));
    co_await connection.stop();
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(argc, argv, "Publish and subscribe with fullon_cache.");
    return examples::run(example());
}
