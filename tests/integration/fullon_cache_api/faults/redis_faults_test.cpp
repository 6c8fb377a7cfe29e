// Every fault of Redis against every operation, route and kind of stream, over every surface.
#include "crowd.hpp"
#include "fault_world.hpp"
#include "redis_faults.hpp"
#include "state.hpp"
#include "surface.hpp"

#include "support/background.hpp"

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace faults;
using std::chrono::steady_clock;

// late: readings may have failed on their own, which is told too, as often as it was mended.
void check_outages(const crowd& all, int stale, int fresh, bool late = false)
{
    std::size_t telling = 0; // a server in process has states of streams, and no events
    for (const auto& one : all.watchers) {
        const auto told = one->outages();
        telling += told.empty() ? 0 : 1;
        for (const auto& [name, times] : told) {
            INFO(name);
            // A feed may find out before the link does, and may be read once more in between.
            CHECK((stale == 0 && !late ? times.first == 0 : times.first >= stale));
            CHECK(times.first - times.second == stale - fresh);
        }
    }
    CHECK((stale == 0 || telling >= 2));
}

// A client is told last, when all of its streams are fresh.
bool all_told(const crowd& all, int fresh)
{
    for (const auto& one : all.watchers)
        for (const auto& [name, times] : one->outages())
            if (times.second < std::max(fresh, times.first))
                return false;
    return true;
}

asio::awaitable<void> suffer(fault_world& world, crowd& all, const redis_fault& fault)
{
    long n = 1;
    co_await all.open();
    co_await support::eventually("the streams show the first state", [&] { return all.lacks(1).empty(); });
    const auto truth = co_await all.ask_all();
    check_answers(all, truth, {}, &truth);

    co_await fault.begin(world);
    auto begin = steady_clock::now();
    auto found = co_await all.ask_all();
    // Large requests of one connection run one by one: where Redis is only slow, each takes its time.
    CHECK(steady_clock::now() - begin < (fault.answers ? 10 : 2) * operation_timeout + 500ms * patience);
    check_answers(all, found, fault.failures, fault.answers ? &truth : nullptr, false, fault.only, &truth);
    if (fault.stays_down) {
        co_await support::eventually("it is known", [&] { return !world.server->redis_up(); });
        begin = steady_clock::now();
        found = co_await all.ask_all();
        CHECK(steady_clock::now() - begin < operation_timeout); // nobody waits for what is known
        check_answers(all, found, {"CACHE_UNAVAILABLE"}, nullptr, true);
        for (const auto& one : all.watchers)
            CHECK(one->stale_now() == one->of_redis());
        check_outages(all, 1, 0);
    }

    co_await fault.end(world);
    if (fault.loses_data) {
        co_await support::eventually("the streams show that nothing is left",
                                     [&] { return all.lacks(0).empty(); });
        faults::seed(world.redis);
    }
    support::redis_cli cli(world.current(), 5000ms * patience);
    n += 2;
    write_state(cli, n);
    begin = steady_clock::now();
    try {
        co_await support::eventually("the streams show what Redis has", [&] { return all.mended(n); });
    } catch (const std::exception&) {
        FAIL_CHECK("not mended: " << all.lacks(n));
    }
    CHECK(steady_clock::now() - begin < mending_time);
    const int outages = fault.loses_link ? 1 : 0;
    co_await support::eventually("the end of the outage is told", [&] { return all_told(all, outages); });
    if (fault.only.empty()) // else the feeds of these streams cannot be read, which is told if they were
        check_outages(all, outages, outages, fault.failures.contains("TIMEOUT"));
    found = co_await all.ask_all();
    check_answers(all, found, {}, &truth);
    for (const auto& one : all.watchers)
        CHECK(one->violations().empty());
}

asio::awaitable<void> run_fault(asio::any_io_executor executor, const redis_fault& fault)
{
    fault_world world(executor, fault.arguments);
    faults::seed(world.redis);
    {
        support::redis_cli cli(world.redis);
        write_state(cli, 1);
    }
    co_await world.start();
    crowd all(world);
    std::exception_ptr failure;
    try {
        co_await suffer(world, all, fault);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await all.close(); // in any case: what runs in the background uses it
    if (failure)
        std::rethrow_exception(failure);
    co_await support::eventually("nothing is left behind", [&] {
        const auto now = world.server->metrics();
        std::size_t streams = 0;
        for (const auto& [name, open] : now.open_streams)
            streams += open;
        return streams == 0 && now.connections.open == 0 && now.connections.http == 0 &&
               now.requests_in_flight == 0 && now.topics.subscriptions == 0;
    });
    co_await world.stop();
}

void run_named(const std::string& name)
{
    const auto& fault = find_fault(name);
    support::run([&](asio::any_io_executor executor) { return run_fault(executor, fault); }, 60s);
}

} // namespace

TEST_CASE("every operation of the catalogue and every kind of stream is in the fault suite", "[faults]")
{
    std::set<std::string> names;
    std::set<std::string> kinds;
    for (const auto& entry : fullon_cache_api::detail::catalogue()) {
        names.emplace(entry.name);
        if (entry.kind == fullon_cache_api::operation_kind::stream)
            kinds.emplace(entry.name);
    }
    boost::asio::io_context context;
    fullon_cache_api::cache_websocket_server idle(context.get_executor());
    const server_place nowhere{context.get_executor(), 0, &idle};
    for (const auto& one : surfaces()) {
        const auto made = one.ask(nowhere);
        std::set<std::string> asked;
        for (const auto& question : made->questions())
            asked.insert(question.operation);
        if (!one.watch) // the routes have a test of their own
            continue;
        auto missing = names;
        for (const auto& name : asked)
            missing.erase(name);
        missing.erase("unsubscribe"); // of a client: what the end of a stream does
        INFO(one.name);
        CHECK(missing == std::set<std::string>());
    }
    std::set<std::string> followed;
    for (const auto& one : followed_streams())
        followed.insert(one.operation);
    CHECK(followed == kinds);
}

// One case each, so that they can be run apart. What is checked of each is in run_fault(): while it lasts every question gets
// the truth or the right error, in time and side by side; streams are told once; then all is as it was.
TEST_CASE("Redis is killed", "[faults]")
{
    run_named("killed");
}
TEST_CASE("Redis is hung", "[faults]")
{
    run_named("hung");
}
TEST_CASE("Redis is restarted empty", "[faults]")
{
    run_named("restarted empty");
}
TEST_CASE("Redis is replaced", "[faults]")
{
    run_named("replaced");
}
TEST_CASE("Redis is refusing connections", "[faults]")
{
    run_named("refusing connections");
}
TEST_CASE("Redis is behind a dead network", "[faults]")
{
    run_named("behind a dead network");
}
TEST_CASE("Redis is silent: its answers do not come", "[faults]")
{
    run_named("silent: its answers do not come");
}
TEST_CASE("Redis is slow, in time", "[faults]")
{
    run_named("slow, in time");
}
TEST_CASE("Redis is far too slow", "[faults]")
{
    run_named("far too slow");
}
TEST_CASE("Redis is reset", "[faults]")
{
    run_named("reset");
}
TEST_CASE("Redis is out of memory", "[faults]")
{
    run_named("out of memory");
}
TEST_CASE("Redis is a replica in sync with its master", "[faults]")
{
    run_named("a replica in sync with its master");
}
TEST_CASE("Redis is a replica that says MASTERDOWN", "[faults]")
{
    run_named("a replica that says MASTERDOWN");
}
TEST_CASE("Redis is busy with a script", "[faults]")
{
    run_named("busy with a script");
}
TEST_CASE("Redis is loading its data", "[faults]")
{
    run_named("loading its data");
}
TEST_CASE("Redis is full: it takes no more clients", "[faults]")
{
    run_named("full: it takes no more clients");
}
TEST_CASE("Redis is without a disk to save to", "[faults]")
{
    run_named("without a disk to save to");
}

TEST_CASE("a server whose Redis was never there tells so, and works when it comes", "[faults]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            fault_world world(executor);
            faults::seed(world.redis);
            support::redis_cli cli(world.redis);
            write_state(cli, 1);
            world.proxy.refuse(true);
            co_await world.start(false);
            crowd all(world);
            for (const auto& one : all.askers)
                co_await one->open();
            for (int i = 0; i < 2; ++i) {
                const auto begin = steady_clock::now();
                const auto found = co_await all.ask_all();
                CHECK(steady_clock::now() - begin < 2 * operation_timeout);
                check_answers(all, found, {"CACHE_UNAVAILABLE"}, nullptr, true);
            }
            world.proxy.refuse(false);
            const auto begin = steady_clock::now();
            co_await support::eventually("the server has its Redis",
                                         [&] { return world.server->redis_up(); });
            const auto found = co_await all.ask_all();
            CHECK(steady_clock::now() - begin < mending_time);
            check_answers(all, found, {}, &found);
            for (const auto& one : all.watchers)
                co_await one->open();
            co_await support::eventually("the streams show the state", [&] { return all.lacks(1).empty(); });
            co_await all.close();
            co_await world.stop();
        },
        60s);
}
