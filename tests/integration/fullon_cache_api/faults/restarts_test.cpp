// Redis is killed and comes back, again and again, under more than a hundred streams.
#include "crowd.hpp"
#include "fault_world.hpp"
#include "state.hpp"
#include "surface.hpp"

#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace faults;
using std::chrono::steady_clock;
using milliseconds = std::chrono::duration<double, std::milli>;

std::size_t resident_bytes()
{
    std::ifstream in("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    in >> all >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// Five crowds: 5 x (11 streams of a WebSocket, 11 of a client). Fewer in slow builds, whose queries beside so many streams may
// take longer than they may.
constexpr std::size_t crowds = patience == 1 ? 5 : 2;

asio::awaitable<void> restart(fault_world& world, std::vector<std::unique_ptr<crowd>>& all, int rounds)
{
    std::size_t streams = 0;
    for (const auto& one : all) {
        co_await one->open();
        for (const auto& watcher : one->watchers)
            streams += watcher->streams();
    }
    REQUIRE(streams >= crowds * 20);
    const auto truth = co_await all.front()->ask_all();
    const auto mended = [&](long n) {
        return std::all_of(all.begin(), all.end(), [n](const auto& one) { return one->mended(n); });
    };
    std::vector<double> times;
    std::size_t resident_before = 0;
    long n = 1;
    for (int round = 1; round <= rounds; ++round) {
        INFO("round " << round);
        world.redis.kill();
        auto found = co_await all.front()->ask_all();
        check_answers(*all.front(), found, {"CACHE_UNAVAILABLE", "TIMEOUT"}, nullptr, false, {}, &truth);
        co_await support::eventually("it is known", [&] { return !world.server->redis_up(); });
        world.redis.start();
        {
            support::redis_cli cli(world.redis);
            n += 2;
            write_state(cli, n);
        }
        const auto begin = steady_clock::now();
        try {
            co_await support::eventually("every view is that of Redis", [&] { return mended(n); });
        } catch (const std::exception&) {
            for (const auto& one : all)
                FAIL_CHECK("not mended: " << one->lacks(n));
            throw;
        }
        times.push_back(milliseconds(steady_clock::now() - begin).count());
        CHECK(times.back() < milliseconds(mending_time).count());
        faults::seed(world.redis);
        found = co_await all.front()->ask_all();
        check_answers(*all.front(), found, {}, &truth);
        for (const auto& one : all)
            for (const auto& watcher : one->watchers) {
                CHECK(watcher->violations().empty());
                for (const auto& [name, told] : watcher->outages())
                    CHECK((told.first == round && told.second == round));
            }
        if (round == 3)
            resident_before = resident_bytes();
    }
    CHECK(world.server->metrics().redis.losses == static_cast<std::uint64_t>(rounds));
    std::sort(times.begin(), times.end());
    fmt::print("{} restarts of Redis under {} streams: views are right again after {:.0f} ms (median), "
               "{:.0f} ms (most)\n",
               rounds, streams, times[times.size() / 2], times.back());
    if (rounds >= 20) {
        const auto grown = static_cast<double>(resident_bytes()) - static_cast<double>(resident_before);
        fmt::print("resident memory since the third: {:+.1f} MiB\n", grown / 1024 / 1024);
        // A sanitizer keeps what was freed.
        CHECK((patience != 1 || grown < 8.0 * 1024 * 1024));
    }
}

void run_restarts(int rounds)
{
    support::run(
        [&](asio::any_io_executor executor) -> asio::awaitable<void> {
            fault_world world(executor);
            faults::seed(world.redis);
            {
                support::redis_cli cli(world.redis);
                write_state(cli, 1);
            }
            co_await world.start();
            std::vector<std::unique_ptr<crowd>> all;
            for (std::size_t i = 0; i < crowds; ++i)
                all.push_back(std::make_unique<crowd>(world));
            std::exception_ptr failure;
            try {
                co_await restart(world, all, rounds);
            } catch (...) {
                failure = std::current_exception();
            }
            for (const auto& one : all)
                co_await one->close();
            if (failure)
                std::rethrow_exception(failure);
            co_await support::eventually("nothing is left behind", [&] {
                const auto now = world.server->metrics();
                return now.connections.open == 0 && now.requests_in_flight == 0 &&
                       now.topics.subscriptions == 0 && now.topics.followed == 0;
            });
            co_await world.stop();
        },
        120s);
}

} // namespace

TEST_CASE("Redis is killed and started again three times under a hundred streams", "[faults]")
{
    run_restarts(3);
}

TEST_CASE("Redis is killed and started again twenty times under a hundred streams", "[.nightly][faults]")
{
    run_restarts(20);
}
