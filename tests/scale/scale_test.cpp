// Many clients with many streams on one server, while many write: in the end each sees what Redis holds, and then the
// streams cost Redis nothing.
#include "scale/crowd.hpp"
#include "scale/open_files.hpp"

#include "support/async_test.hpp"
#include "support/command_counts.hpp"
#include "support/context_thread.hpp"
#include "support/market_truth.hpp"
#include "support/market_writer.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_coro/task_group.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr bool sanitized = support::patience > 1;
constexpr std::size_t clients = sanitized ? 200 : 1000;
constexpr std::size_t writers = 20;
constexpr std::size_t writes = support::thread_sanitized ? 4'000
                               : sanitized               ? 20'000
                                                         : 100'000; // tens of times slower there
constexpr std::size_t writes_before = writes / 50; // so that the streams begin with something
constexpr auto longest_phase = 120s * support::patience;

// The writers of one thread, over one connection.
struct services {
    services(asio::any_io_executor executor, const support::redis_server& server, unsigned seed)
        : redis(executor, support::redis_config(server))
    {
        for (std::size_t i = 0; i < writers; ++i)
            all.push_back(std::make_unique<support::market_writer>(redis, support::market(), i, seed));
    }

    asio::awaitable<void> write(std::size_t count)
    {
        std::exception_ptr failure;
        fullon_coro::task_group tasks(
            co_await asio::this_coro::executor,
            [&](std::string_view, std::exception_ptr thrown) { failure = std::move(thrown); });
        for (const auto& one : all)
            tasks.spawn("writer", one->write(count / writers));
        co_await tasks.join();
        if (failure)
            std::rethrow_exception(failure);
    }

    asio::awaitable<void> report()
    {
        for (const auto& one : all)
            co_await one->report();
    }

    fullon_cache::connection redis;
    std::vector<std::unique_ptr<support::market_writer>> all;
};

// Until Redis has executed nothing for longer than the longest interval at which the server looks again.
void wait_until_quiet(support::redis_cli& cli)
{
    const auto deadline = steady_clock::now() + 30s * support::patience;
    auto before = support::commands_of(cli);
    for (;;) {
        std::this_thread::sleep_for(1200ms);
        auto now = support::commands_of(cli);
        if (now == before)
            return;
        if (steady_clock::now() > deadline)
            throw std::runtime_error("Redis is still asked: " +
                                     support::to_text(support::difference(now, before)));
        before = std::move(now);
    }
}

class stopwatch {
public:
    void say(const std::string& what)
    {
        const auto now = steady_clock::now();
        std::printf("%s: %.1f s\n", what.c_str(), std::chrono::duration<double>(now - since_).count());
        since_ = now;
    }

private:
    steady_clock::time_point since_ = steady_clock::now();
};

} // namespace

TEST_CASE("many clients with ten streams each end up with what Redis holds, and cost it nothing then")
{
    constexpr std::size_t files = 2 * clients + 200;
    if (const auto limit = scale::raise_open_files(files); limit < files)
        SKIP("only " << limit << " open files are allowed, " << files << " are needed");
    const unsigned seed = std::random_device()();
    INFO("seed " << seed);
    stopwatch time;

    support::redis_server redis;
    support::redis_cli cli(redis, 30s * support::patience);
    support::context_thread server_thread;
    support::context_thread client_thread;
    support::context_thread writer_thread;

    services world(writer_thread.executor(), redis, seed);
    auto settings = support::server_config(redis);
    settings.reconcile_interval = 0ms; // in the end nothing else is asked
    fullon_cache_api::cache_websocket_server server(server_thread.executor(), settings);
    scale::crowd crowd(client_thread.executor());
    const support::thread_stopper first(client_thread);
    const support::thread_stopper second(server_thread);
    const support::thread_stopper third(writer_thread);

    writer_thread.run(
        [&]() -> asio::awaitable<void> {
            world.redis.start();
            co_await world.redis.ready();
            co_await world.write(writes_before);
        },
        longest_phase);
    server_thread.run([&] { return server.start(); }, 10s * support::patience);
    const auto url = "ws://127.0.0.1:" + std::to_string(server.port());

    client_thread.run([&] { return crowd.open(url, clients); }, longest_phase);
    time.say("connected " + std::to_string(clients) + " clients");

    writer_thread.run([&] { return world.write(writes); }, longest_phase);
    writer_thread.run([&] { return world.report(); }, longest_phase);
    time.say("wrote " + std::to_string(writes));

    const auto wanted = support::read_truth(cli);
    client_thread.run([&] { return crowd.agree(wanted, 100s * support::patience); }, longest_phase);
    time.say("all agree");

    // Nothing that is still under way makes them disagree again, and then nothing is asked any more.
    wait_until_quiet(cli);
    client_thread.run([&] { return crowd.settle(); }, longest_phase);
    client_thread.run([&] { return crowd.agree(wanted, 0s); }, longest_phase);
    const auto before = support::commands_of(cli);
    std::this_thread::sleep_for(1000ms);
    CHECK(support::to_text(support::difference(support::commands_of(cli), before)) == "");
    time.say("idle");

    const auto counts = crowd.counts();
    std::printf("%llu items, %llu conflated, %llu removed, %llu resynced, %zu disconnects, %zu times stale\n",
                static_cast<unsigned long long>(counts.items), static_cast<unsigned long long>(counts.missed),
                static_cast<unsigned long long>(counts.removed),
                static_cast<unsigned long long>(counts.resynced), crowd.disconnects(), crowd.outages());
    client_thread.run([&] { return crowd.close(); }, longest_phase);
    server_thread.run([&] { return server.stop(); }, longest_phase);
    writer_thread.run([&] { return world.redis.stop(); }, longest_phase);
    time.say("closed");
}
