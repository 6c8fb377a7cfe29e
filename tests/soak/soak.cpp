// Mixed load for a while: writers, clients with every kind of stream, slow ones and such that come and go, queries and
// REST. Resident memory must stay flat, nothing may fail, and in the end everybody sees what Redis holds.
// soak SECONDS
#include "property/member.hpp"
#include "soak/memory.hpp"

#include "support/async_test.hpp"
#include "support/context_thread.hpp"
#include "support/http_peer.hpp"
#include "support/market_writer.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"
#include "support/server_process.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/catalogue/trades.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>
#include <fullon_cache_api/types/process.hpp>
#include <fullon_coro/task_group.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr std::size_t writers = 4;
constexpr std::size_t lasting = 8; // clients
constexpr std::size_t guests_at_once = 4;
constexpr auto patient = 30s * support::patience;
constexpr double mib = 1024 * 1024;
constexpr double allowed_growth =
    8 * mib; // within the time that is looked at, of the server and of the clients

// What runs until it is told to end; the first failure is kept.
struct load {
    explicit load(asio::any_io_executor executor)
        : tasks(executor, [this](std::string_view name, std::exception_ptr thrown) {
              if (!failure) {
                  failure = std::move(thrown);
                  failed = std::string(name);
              }
          })
    {}
    asio::awaitable<void> end()
    {
        over = true;
        co_await tasks.join();
    }

    bool over = false;
    std::exception_ptr failure;
    std::string failed;
    std::uint64_t done = 0;
    fullon_coro::task_group tasks;
};

asio::awaitable<void> write_all_the_time(load& mine, support::market_writer& writer)
{
    for (int i = 0; !mine.over; ++i) {
        co_await writer.write(5);
        mine.done += 5;
        if (i % 500 == 0)
            co_await writer.report();
        co_await support::pause(10ms);
    }
}

asio::awaitable<void> ask_all_the_time(load& mine, std::string url, support::market what)
{
    auto cache = co_await fullon_cache_api::client::connect(url);
    for (std::size_t i = 0; !mine.over; ++i) {
        const auto exchange = what.exchange(i);
        co_await cache.get_ticker(exchange, what.symbol(i / 7));
        co_await cache.get_all_tickers(exchange);
        co_await cache.get_positions(what.account(i));
        co_await cache.get_queue_length(exchange);
        co_await cache.get_bot_status(what.bot_id(i));
        co_await cache.get_bots();
        co_await cache.get_trades(exchange, what.traded_symbol(i));
        co_await cache.get_latest_ohlcv_bars(what.traded_symbol(i), "1m");
        co_await cache.get_system_health();
        co_await cache.get_active_processes();
        mine.done += 10;
        co_await support::pause(5ms);
    }
    co_await cache.close();
}

asio::awaitable<void> fetch_all_the_time(load& mine, std::uint16_t port, support::market what)
{
    const std::string prefix = "/api/v1/cache";
    while (!mine.over) {
        support::http_peer peer(co_await asio::this_coro::executor);
        co_await peer.connect(port);
        for (std::size_t i = 0; i < 50 && !mine.over; ++i) {
            const std::array<std::string, 4> targets{"/health", "/metrics",
                                                     prefix + "/tickers/" + what.exchange(i),
                                                     prefix + "/trades/queue-size"};
            const auto& target = targets[i % targets.size()];
            const auto reply = co_await peer.get(target);
            if (reply.status != 200 && reply.status != 404)
                throw std::runtime_error(target + " was answered with " + std::to_string(reply.status));
            ++mine.done;
            co_await support::pause(10ms);
        }
    }
}

asio::awaitable<void> come_and_go(load& mine, std::string url, support::market what,
                                  property::expectations wanted)
{
    for (std::size_t i = lasting; !mine.over; ++i) {
        property::member one(co_await asio::this_coro::executor, what, i, wanted);
        std::exception_ptr failure;
        try {
            co_await one.open(url);
            one.set_speed(std::chrono::milliseconds(i % 3));
            co_await support::pause(std::chrono::milliseconds(i * 7 % 100));
            if (i % 2 == 0)
                co_await one.close();
        } catch (...) {
            failure = std::current_exception();
        }
        co_await one.drop(); // its tasks use it
        if (failure)
            std::rethrow_exception(failure);
        one.check();
        ++mine.done;
    }
}

// Some of those that last stop for a while, or are slow.
asio::awaitable<void> change_speeds(load& mine, std::vector<std::unique_ptr<property::member>>& all)
{
    for (std::size_t i = 0; !mine.over; ++i) {
        auto& one = *all[i % all.size()];
        one.stop();
        co_await support::pause(200ms);
        one.set_speed(std::chrono::milliseconds(i % 4 == 0 ? 2 : 0));
        ++mine.done;
    }
}

// A host whose event loop stands still now and then: what had been written is long answered when it looks again. The sleep
// is that fault; nothing is waited for by it.
asio::awaitable<void> stand_still(load& mine)
{
    while (!mine.over) {
        co_await support::pause(97ms);
        std::this_thread::sleep_for(20ms);
        ++mine.done;
    }
}

std::size_t own_bytes()
{
    std::ifstream in("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    in >> all >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

bool flat(const char* whose, const soak::memory_line& line)
{
    const bool fine = line.growth() <= allowed_growth;
    std::printf("%s: %.1f MiB first, %.1f MiB last, %.1f KiB per second, %.1f MiB in the time: %s\n", whose,
                line.first() / mib, line.last() / mib, line.slope() / 1024, line.growth() / mib,
                fine ? "flat" : "GROWS");
    return fine;
}

bool fine(const char* what, const load& one)
{
    std::printf("%s: %llu\n", what, static_cast<unsigned long long>(one.done));
    if (!one.failure)
        return true;
    try {
        std::rethrow_exception(one.failure);
    } catch (const std::exception& failure) {
        std::printf("%s: %s failed: %s\n", what, one.failed.c_str(), failure.what());
    }
    return false;
}

// Runs it to its end. \throws std::runtime_error with the name of what does not end
template <class Factory>
auto finish(support::context_thread& thread, const char* what, Factory factory)
{
    try {
        return thread.run(std::move(factory), patient);
    } catch (const support::coroutine_stuck&) {
        throw std::runtime_error(std::string(what) + " did not end in time");
    }
}

void agree(support::context_thread& thread, support::redis_cli& cli, const support::market& what,
           std::vector<std::unique_ptr<property::member>>& members)
{
    const auto deadline = steady_clock::now() + patient;
    for (;;) {
        const auto truth = support::read_truth(cli, what);
        const auto compare = [&]() -> asio::awaitable<std::string> {
            std::string text;
            for (const auto& one : members) {
                one->check();
                text += one->difference(truth);
            }
            co_return text;
        };
        const auto text = finish(thread, "the comparison", compare);
        if (text.empty())
            return;
        if (steady_clock::now() > deadline)
            throw std::runtime_error("not all see what Redis holds:" + text);
        std::this_thread::sleep_for(50ms);
    }
}

bool run(std::chrono::seconds time)
{
    support::market what;
    what.exchanges = 4;
    what.accounts = 8;
    what.bots = 8;
    support::redis_server redis;
    support::redis_cli cli(redis, 30s * support::patience);
    auto variables = support::server_process::variables_for(redis);
    variables.emplace_back("LOG_LEVEL=WARNING");
    support::server_process server(variables);
    support::context_thread write_thread;
    support::context_thread client_thread;
    fullon_cache::connection connection(write_thread.executor(), support::redis_config(redis));
    std::vector<std::unique_ptr<support::market_writer>> all_writers;
    for (std::size_t i = 0; i < writers; ++i)
        all_writers.push_back(
            std::make_unique<support::market_writer>(connection, what, i, static_cast<unsigned>(i)));
    load writing(write_thread.executor());
    load reading(client_thread.executor());
    load guests(client_thread.executor());
    std::vector<std::unique_ptr<property::member>> members;
    const property::expectations wanted{nullptr, [] { return std::uint64_t(1); }};
    const support::thread_stopper first(client_thread);
    const support::thread_stopper second(write_thread);

    std::uint16_t port = 0;
    const auto begin = [&]() -> asio::awaitable<void> {
        port = co_await server.listening();
        const auto url = "ws://127.0.0.1:" + std::to_string(port);
        for (std::size_t i = 0; i < lasting; ++i) {
            members.push_back(std::make_unique<property::member>(client_thread.executor(), what, i, wanted));
            co_await members.back()->open(url);
        }
        reading.tasks.spawn("queries", ask_all_the_time(reading, url, what));
        reading.tasks.spawn("REST", fetch_all_the_time(reading, port, what));
        for (std::size_t i = 0; i < guests_at_once; ++i)
            guests.tasks.spawn("clients that come and go", come_and_go(guests, url, what, wanted));
        guests.tasks.spawn("slow clients", change_speeds(guests, members));
        guests.tasks.spawn("a loop that stands still", stand_still(guests));
    };
    finish(client_thread, "the beginning", begin);
    const auto begin_writing = [&]() -> asio::awaitable<void> {
        connection.start();
        co_await connection.ready();
        for (const auto& one : all_writers)
            writing.tasks.spawn("writer", write_all_the_time(writing, *one));
    };
    finish(write_thread, "the first writes", begin_writing);

    // The first third is for warming up.
    soak::memory_line server_memory;
    soak::memory_line own_memory;
    const auto start = steady_clock::now();
    const auto step = std::chrono::duration_cast<std::chrono::milliseconds>(time) / 200;
    while (steady_clock::now() - start < time && server.running()) {
        std::this_thread::sleep_for(step);
        const std::chrono::duration<double> passed = steady_clock::now() - start;
        if (passed * 3 < time)
            continue;
        server_memory.add(passed.count(), static_cast<double>(server.resident_bytes()));
        own_memory.add(passed.count(), static_cast<double>(own_bytes()));
    }

    finish(write_thread, "the writers", [&] { return writing.end(); });
    finish(client_thread, "the clients that come and go", [&] { return guests.end(); });
    finish(client_thread, "the queries", [&] { return reading.end(); });
    const auto hurry = [&]() -> asio::awaitable<void> {
        for (const auto& one : members)
            one->set_speed(0ms);
        co_return;
    };
    finish(client_thread, "hurrying", hurry);
    // Signs of life, so that no process goes stale while truth is looked at.
    const auto report = [&]() -> asio::awaitable<void> {
        for (const auto& one : all_writers)
            co_await one->report();
        co_await connection.stop();
    };
    finish(write_thread, "the last reports", report);
    agree(client_thread, cli, what, members);
    std::uint64_t items = 0;
    const auto close = [&]() -> asio::awaitable<void> {
        for (const auto& one : members) {
            items += one->counts().items;
            co_await one->close();
            one->check();
        }
    };
    finish(client_thread, "closing the clients", close);
    server.send(SIGTERM);
    const auto code = finish(client_thread, "the server", [&] { return server.end(); });

    std::printf("items: %llu\n", static_cast<unsigned long long>(items));
    bool good = fine("writes", writing);
    good = fine("queries", reading) && good;
    good = fine("clients", guests) && good;
    // A sanitizer keeps what was freed.
    good = (flat("the server", server_memory) || support::patience > 1) && good;
    good = (flat("the clients", own_memory) || support::patience > 1) && good;
    if (code.value_or(-1) != 0)
        std::printf("the server ended with %d: %s\n", code.value_or(-1), server.output().c_str());
    return good && code.value_or(-1) == 0;
}

} // namespace

int main(int count, char** arguments)
{
    try {
        const auto time = count == 2 ? std::stol(arguments[1]) : 0L;
        if (time <= 0) {
            std::fprintf(stderr, "usage: soak SECONDS\n");
            return 2;
        }
        const bool good = run(std::chrono::seconds(time));
        std::printf("soak of %ld s: %s\n", time, good ? "fine" : "FAILED");
        return good ? 0 : 1;
    } catch (const std::exception& failure) {
        std::printf("soak: FAILED: %s\n", failure.what());
        return 1;
    }
}
