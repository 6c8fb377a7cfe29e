// What a client that has stopped reading costs the others: their p99 beside it and beside a client that reads, run by
// run in turns. A measurement: for a quiet machine.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/context_thread.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/server_process.hpp"
#include "support/websocket_peer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using support::redis_words;
using support::websocket_peer;
using microseconds = std::chrono::duration<double, std::micro>;

constexpr int symbols = 2000;
constexpr int writes_per_burst = 20; // every 5 ms
constexpr auto run_time = 2s; // less than SLOW_CONSUMER_TIMEOUT: the stalled one stays
constexpr int runs = 5; // of each kind
constexpr int probes = 4;

std::string text_of(double price)
{
    return R"({"price":)" + std::to_string(price) + R"(,"time":)" + std::to_string(price) + "}";
}

asio::awaitable<void> read_on(websocket_peer& peer)
{
    try {
        for (;;)
            co_await peer.read_frame();
    } catch (const std::exception&) {
        // the end of the run
    }
}

asio::awaitable<void> probe(websocket_peer& peer, steady_clock::time_point end, std::vector<double>& into)
{
    while (steady_clock::now() < end) {
        const auto begin = steady_clock::now();
        co_await peer.ask("get_ticker", R"({"exchange":"big","symbol":"S1"})");
        into.push_back(microseconds(steady_clock::now() - begin).count());
        co_await support::pause(1ms);
    }
}

asio::awaitable<void> write(support::redis_cli& redis, steady_clock::time_point end, int& written)
{
    while (steady_clock::now() < end) {
        std::vector<std::vector<std::string>> burst;
        for (int i = 0; i < writes_per_burst; ++i, ++written) {
            const auto symbol = "S" + std::to_string(written % symbols);
            const auto text = text_of(written + 10);
            burst.push_back(redis_words("HSET", "tickers:big", symbol, text).list());
            burst.push_back(redis_words("PUBLISH", "ticker_updates:big:" + symbol, text).list());
        }
        redis.pipeline(burst);
        co_await support::pause(5ms);
    }
}

// \returns p99 of the probes in microseconds.
double run_once(std::uint16_t port, support::redis_cli& redis, bool reads, int& written)
{
    support::context_thread thread; // the client that reads, or does not
    auto subject = std::make_unique<websocket_peer>(thread.executor());
    auto opening = [&]() -> asio::awaitable<void> {
        co_await subject->open(port, "/", 4096);
        co_await subject->ask("stream_tickers", R"({"exchange":"big"})");
        co_await subject->read_until("type", "snapshot_end");
    };
    thread.run(opening, 20s);
    std::unique_ptr<support::background<void>> reading;
    auto beginning = [&]() -> asio::awaitable<void> {
        if (reads)
            reading = std::make_unique<support::background<void>>(thread.executor(), read_on(*subject));
        co_return;
    };
    thread.run(beginning, 20s);

    std::vector<double> times;
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        std::vector<std::unique_ptr<websocket_peer>> peers;
        for (int i = 0; i < probes; ++i) {
            peers.push_back(std::make_unique<websocket_peer>(executor));
            co_await peers.back()->open(port);
        }
        const auto end = steady_clock::now() + run_time;
        std::vector<support::background<void>> tasks;
        tasks.emplace_back(executor, write(redis, end, written));
        for (const auto& one : peers)
            tasks.emplace_back(executor, probe(*one, end, times));
        for (const auto& one : tasks)
            co_await one.result();
        for (const auto& one : peers)
            one->hang_up();
    });
    auto ending = [&]() -> asio::awaitable<void> {
        subject->hang_up();
        if (reading)
            co_await reading->result();
        reading.reset();
        subject.reset();
    };
    thread.run(ending, 20s);
    std::sort(times.begin(), times.end());
    return times.at(times.size() * 99 / 100);
}

double median(std::vector<double> of)
{
    std::sort(of.begin(), of.end());
    return of.at(of.size() / 2);
}

} // namespace

TEST_CASE("a client that has stopped reading does not slow others down", "[.nightly][faults]")
{
    support::redis_server redis;
    support::redis_cli cli(redis);
    std::vector<std::vector<std::string>> first;
    for (int i = 0; i < symbols; ++i)
        first.push_back(redis_words("HSET", "tickers:big", "S" + std::to_string(i), text_of(1)).list());
    cli.pipeline(first);
    support::server_process server(support::server_process::variables_for(redis));
    std::uint16_t port = 0;
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        port = co_await server.listening();
        websocket_peer peer(executor);
        co_await peer.open(port);
        bool ready = false;
        while (!ready)
            ready = (co_await peer.ask("ping")).at("success").as_bool();
    });
    std::vector<double> reading;
    std::vector<double> stalled;
    int written = 0;
    for (int i = 0; i < runs; ++i) {
        reading.push_back(run_once(port, cli, true, written));
        stalled.push_back(run_once(port, cli, false, written));
        fmt::print("p99 of get_ticker: {:.0f} us beside a reader, {:.0f} us beside one that reads nothing\n",
                   reading.back(), stalled.back());
    }
    const double ratio = median(stalled) / median(reading);
    fmt::print("medians {:.0f} us and {:.0f} us: ratio {:.2f}, at most 1.2\n", median(reading),
               median(stalled), ratio);
    CHECK(server.output().find("slow consumer") == std::string::npos); // it was there all the time
    CHECK((support::patience != 1 || ratio <= 1.2));
}
