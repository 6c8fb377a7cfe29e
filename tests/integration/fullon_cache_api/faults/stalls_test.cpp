// A host that blocks its event loop for two seconds: the server's, a client's, or one that both live on.
#include "crowd.hpp"
#include "fault_world.hpp"
#include "state.hpp"
#include "surface.hpp"

#include "support/context_thread.hpp"

#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <boost/asio/post.hpp>
#include <catch2/catch_test_macros.hpp>

#include <exception>
#include <memory>
#include <thread>
#include <utility>

namespace {

using namespace faults;
using std::chrono::steady_clock;

constexpr auto blocked_for = 2s;

// Every wait of the server is over several times while it stands still.
void be_impatient(fault_world& world)
{
    world.settings.ping_interval = 300ms * patience;
    world.settings.slow_consumer_timeout = 300ms * patience;
    world.settings.keep_alive_timeout = 300ms * patience;
    world.settings.redis.ping_timeout = 300ms * patience;
}

asio::awaitable<void> start_world(fault_world& world)
{
    be_impatient(world);
    faults::seed(world.redis);
    support::redis_cli cli(world.redis);
    write_state(cli, 1);
    co_await world.start();
}

void block(asio::any_io_executor executor)
{
    asio::post(executor, [] { std::this_thread::sleep_for(blocked_for); });
}

// Runs `body(all)` with open streams, and closes them whatever happens.
template <class Body>
asio::awaitable<void> with_crowd(const server_place& at, Body& body)
{
    crowd all(at);
    std::exception_ptr failure;
    try {
        for (const auto& one : all.watchers)
            co_await one->open();
        co_await support::eventually("the streams show the first state", [&] { return all.mended(1); });
        co_await body(all);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await all.close();
    if (failure)
        std::rethrow_exception(failure);
}

asio::awaitable<void> check_mended(crowd& all, long n)
{
    try {
        co_await support::eventually("the streams show what Redis has", [&] { return all.mended(n); });
    } catch (const std::exception&) {
        FAIL_CHECK("not mended: " << all.lacks(n));
    }
    for (const auto& one : all.watchers)
        CHECK(one->violations().empty()); // nobody was left, no event came twice
}

// A world on a thread of its own.
struct threaded_world {
    threaded_world()
    {
        auto starting = [this]() -> asio::awaitable<void> {
            world = std::make_unique<fault_world>(thread.executor());
            co_await start_world(*world);
        };
        thread.run(starting, 20s * patience);
    }
    void stop()
    {
        auto stopping = [this]() -> asio::awaitable<void> {
            co_await world->stop();
            world.reset();
        };
        thread.run(stopping, 20s * patience);
    }
    fullon_cache_api::metrics_snapshot metrics()
    {
        fullon_cache_api::metrics_snapshot found;
        auto asking = [&]() -> asio::awaitable<void> {
            found = world->server->metrics();
            co_return;
        };
        thread.run(asking, 20s * patience);
        return found;
    }

    support::context_thread thread;
    std::unique_ptr<fault_world> world;
    support::thread_stopper last{thread}; // where a test fails, and nobody calls stop()
};

} // namespace

TEST_CASE("a server whose host blocks the event loop loses nobody, not even Redis", "[faults]")
{
    threaded_world served;
    support::run(
        [&](asio::any_io_executor executor) -> asio::awaitable<void> {
            auto body = [&](crowd& all) -> asio::awaitable<void> {
                support::redis_cli cli(served.world->redis);
                block(served.thread.executor());
                const auto begin = steady_clock::now();
                long n = 1;
                while (steady_clock::now() - begin < blocked_for) {
                    write_state(cli, ++n);
                    co_await support::pause(20ms);
                }
                write_state(cli, ++n);
                const auto end = steady_clock::now();
                co_await check_mended(all, n);
                CHECK(steady_clock::now() - end < mending_time + 500ms * patience);
                const auto now = served.metrics();
                CHECK(now.redis.losses == 0);
                CHECK(now.connections.slow_consumers_cut == 0);
                write_state(cli, ++n);
                co_await check_mended(all, n);
            };
            co_await with_crowd(server_place{executor, served.world->settings.port}, body);
        },
        60s);
    served.stop();
}

TEST_CASE("a client whose host blocks the event loop is as it was, or connects again", "[faults]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            fault_world world(executor);
            co_await start_world(world);
            // Others beside it, on a loop that goes on.
            auto with_others = [&](crowd& others) -> asio::awaitable<void> {
                support::context_thread thread;
                crowd blocked(server_place{thread.executor(), world.settings.port}, true);
                const support::thread_stopper last(thread);
                const auto on_thread = [&](auto what) {
                    return std::async(std::launch::async,
                                      [&thread, what] { thread.run(what, 20s * patience); });
                };
                const auto until = [](std::future<void> task) -> asio::awaitable<void> {
                    co_await support::eventually("what runs on the other thread", [&] {
                        return task.wait_for(0s) == std::future_status::ready;
                    });
                    task.get();
                };
                auto opening = [&]() -> asio::awaitable<void> {
                    for (const auto& one : blocked.watchers)
                        co_await one->open();
                };
                std::exception_ptr failure;
                try {
                    co_await until(on_thread(opening));
                    support::redis_cli cli(world.redis);
                    block(thread.executor());
                    const auto begin = steady_clock::now();
                    long n = 1;
                    while (steady_clock::now() - begin < blocked_for) {
                        write_state(cli, ++n);
                        const auto wrote = steady_clock::now();
                        co_await check_mended(others, n); // they do not notice
                        CHECK(steady_clock::now() - wrote < mending_time);
                        co_await support::pause(20ms);
                    }
                    auto mending = [&]() -> asio::awaitable<void> { return check_mended(blocked, n); };
                    co_await until(on_thread(mending));
                } catch (...) {
                    failure = std::current_exception();
                }
                auto closing = [&]() -> asio::awaitable<void> { return blocked.close(); };
                co_await until(on_thread(closing));
                if (failure)
                    std::rethrow_exception(failure);
            };
            co_await with_crowd(server_place{executor, world.settings.port}, with_others);
            co_await world.stop();
        },
        60s);
}

TEST_CASE("server and clients on one event loop that is blocked all go on", "[faults]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            fault_world world(executor);
            co_await start_world(world);
            auto body = [&](crowd& all) -> asio::awaitable<void> {
                support::redis_cli cli(world.redis);
                block(executor);
                write_state(cli, 2); // before it is blocked
                co_await support::pause(1ms);
                write_state(cli, 3);
                co_await check_mended(all, 3);
                CHECK(world.server->metrics().redis.losses == 0);
                CHECK(world.server->metrics().connections.slow_consumers_cut == 0);
            };
            co_await with_crowd(server_place{executor, world.settings.port, &*world.server}, body);
            co_await world.stop();
        },
        60s);
}
