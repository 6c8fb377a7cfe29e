// What happens to the connection between client and server: at the server's side nothing of it is left behind and nobody
// else notices; a client that mends itself ends up with what Redis has, and tells no event twice.
#include "crowd.hpp"
#include "fault_world.hpp"
#include "state.hpp"
#include "surface.hpp"

#include "support/background.hpp"
#include "support/http_peer.hpp"
#include "support/server_process.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace faults;
using std::chrono::steady_clock;
using support::http_peer;
using support::request_text;
using support::websocket_peer;

std::size_t open_streams(const fullon_cache_api::metrics_snapshot& now)
{
    std::size_t streams = 0;
    for (const auto& [name, open] : now.open_streams)
        streams += open;
    return streams;
}

// How a client goes. Its connection runs through `front`.
struct departure {
    std::string name;
    void (*go)(tcp_proxy& front);
};
const std::vector<departure> departures{
    {"closed", [](tcp_proxy& front) { front.cut(); }},
    {"reset", [](tcp_proxy& front) { front.cut(tcp_proxy::ending::reset); }},
    {"half-open: nothing passes any more",
     [](tcp_proxy& front) { front.set_flow(tcp_proxy::flow::swallow); }},
    {"stalled: it reads nothing",
     [](tcp_proxy& front) { front.set_flow(tcp_proxy::way::down, tcp_proxy::flow::stall); }},
};

// A connection for each operation and each route, each with one request under way.
struct departing {
    asio::awaitable<void> ask_everything(asio::any_io_executor executor, std::uint16_t port)
    {
        std::vector<std::pair<std::string, std::string>> questions;
        for (const auto& one : operation_table::service_queries)
            questions.emplace_back(one.operation, one.params);
        for (const auto& one : operation_table::queries)
            questions.emplace_back(one.operation, one.hit);
        for (const auto& one : operation_table::streams)
            questions.emplace_back(one.operation, one.hit);
        for (const auto& one : followed_streams()) // these have something to say all the time
            questions.emplace_back(one.operation, one.params);
        for (const auto& [operation, params] : questions) {
            websockets.push_back(std::make_unique<websocket_peer>(executor));
            co_await websockets.back()->open(port);
            co_await websockets.back()->send_text(request_text("1", operation, params));
        }
        for (const auto& one : operation_table::routes) {
            https.push_back(std::make_unique<http_peer>(executor));
            co_await https.back()->connect(port);
            co_await https.back()->send("GET /api/v1/cache" + one.hit +
                                        " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
    }
    std::vector<std::unique_ptr<websocket_peer>> websockets;
    std::vector<std::unique_ptr<http_peer>> https;
};

asio::awaitable<void> depart(asio::any_io_executor executor, const departure& how)
{
    fault_world world(executor);
    world.settings.ping_interval = 150ms * patience;
    world.settings.keep_alive_timeout = 300ms * patience;
    world.settings.handshake_timeout = 300ms * patience;
    world.settings.slow_consumer_timeout = 300ms * patience;
    faults::seed(world.redis);
    support::redis_cli cli(world.redis);
    write_state(cli, 1);
    co_await world.start();
    crowd others(world);
    std::exception_ptr failure;
    try {
        for (const auto& one : others.watchers)
            co_await one->open();
        co_await support::eventually("the streams show the first state", [&] { return others.mended(1); });
        const auto before = world.server->metrics();
        tcp_proxy front(executor, world.settings.port);
        // Slow enough that requests are under way when their asker goes.
        world.proxy.delay(tcp_proxy::way::down, 20ms);
        departing client;
        co_await client.ask_everything(executor, front.port());
        co_await support::eventually("requests are under way",
                                     [&] { return world.server->metrics().requests_in_flight > 0; });
        how.go(front);
        world.proxy.heal();
        write_state(cli, 3);
        const auto begin = steady_clock::now();
        co_await support::eventually("the others' streams go on", [&] { return others.mended(3); });
        CHECK(steady_clock::now() - begin < mending_time);
        co_await support::eventually("nothing of it is left", [&] {
            const auto now = world.server->metrics();
            return now.connections.open == before.connections.open && now.connections.http == 0 &&
                   open_streams(now) == open_streams(before) && now.requests_in_flight == 0 &&
                   now.topics.subscriptions == before.topics.subscriptions &&
                   now.topics.followed == before.topics.followed;
        });
        for (const auto& one : others.watchers)
            CHECK(one->violations().empty());
        co_await front.stop();
    } catch (...) {
        failure = std::current_exception();
    }
    co_await others.close();
    if (failure)
        std::rethrow_exception(failure);
    co_await world.stop();
}

// Clients that mend themselves, with a proxy before their server.
template <class Body>
void test_mending(Body body)
{
    support::run(
        [&](asio::any_io_executor executor) -> asio::awaitable<void> {
            fault_world world(executor);
            faults::seed(world.redis);
            support::redis_cli cli(world.redis);
            write_state(cli, 1);
            co_await world.start();
            tcp_proxy front(executor, world.settings.port);
            crowd all(server_place{executor, front.port()}, true);
            std::exception_ptr failure;
            try {
                co_await all.open();
                const auto truth = co_await all.ask_all();
                check_answers(all, truth, {}, &truth);
                co_await body(world, front, all, truth);
                for (const auto& one : all.watchers)
                    CHECK(one->violations().empty());
            } catch (...) {
                failure = std::current_exception();
            }
            co_await all.close();
            if (failure)
                std::rethrow_exception(failure);
            co_await support::eventually("nothing is left behind", [&] {
                const auto now = world.server->metrics();
                return now.connections.open == 0 && open_streams(now) == 0 && now.requests_in_flight == 0;
            });
            co_await front.stop();
            co_await world.stop();
        },
        120s);
}

// A server that is told to end says so to who still asks.
const std::set<std::string> network_codes{"disconnected", "TIMEOUT", "SHUTTING_DOWN"};

// Needs the server, also where Redis is not needed.
void check_over_network(const crowd& all, const answers& found, const answers& truth)
{
    for (std::size_t s = 0; s < found.size(); ++s)
        for (std::size_t i = 0; i < found[s].size(); ++i) {
            const auto& asked = all.askers[s]->questions()[i];
            const auto& got = found[s][i];
            INFO(all.names[s] << ": " << asked.name << " -> " << got.code << " " << got.body);
            if (!got.code.empty())
                CHECK(network_codes.contains(got.code));
            else if (asked.needs_redis)
                CHECK(got.body == truth[s][i].body);
        }
}

asio::awaitable<void> check_mended(support::redis_cli& cli, crowd& all, long n)
{
    write_state(cli, n);
    try {
        co_await support::eventually("the streams show what Redis has", [&] { return all.mended(n); });
    } catch (const std::exception&) {
        FAIL_CHECK("not mended: " << all.lacks(n));
    }
}

} // namespace

TEST_CASE("a client goes in the middle of any request: closed", "[faults]")
{
    support::run([](asio::any_io_executor executor) { return depart(executor, departures[0]); }, 60s);
}
TEST_CASE("a client goes in the middle of any request: reset", "[faults]")
{
    support::run([](asio::any_io_executor executor) { return depart(executor, departures[1]); }, 60s);
}
TEST_CASE("a client goes in the middle of any request: half-open", "[faults]")
{
    support::run([](asio::any_io_executor executor) { return depart(executor, departures[2]); }, 60s);
}
TEST_CASE("a client goes in the middle of any request: stalled", "[faults]")
{
    support::run([](asio::any_io_executor executor) { return depart(executor, departures[3]); }, 60s);
}

TEST_CASE("a client's connection is cut after any number of bytes, one way or the other", "[faults]")
{
    test_mending(
        [](fault_world& world, tcp_proxy& front, crowd& all, const answers& truth) -> asio::awaitable<void> {
            support::redis_cli cli(world.redis);
            long n = 1;
            for (const auto way : {tcp_proxy::way::up, tcp_proxy::way::down}) {
                const auto before = front.passed(way);
                auto found = co_await all.ask_all();
                const auto whole = front.passed(way) - before;
                for (std::size_t bytes = 1; bytes < whole; bytes += 1 + whole / (patience == 1 ? 16 : 5)) {
                    INFO("cut after " << bytes << " of " << whole);
                    front.cut_after(way, bytes,
                                    bytes % 2 == 0 ? tcp_proxy::ending::close : tcp_proxy::ending::reset);
                    found = co_await all.ask_all();
                    check_over_network(all, found, truth);
                    front.heal();
                    co_await check_mended(cli, all, n += 2);
                }
            }
            const auto found = co_await all.ask_all();
            check_answers(all, found, {}, &truth);
            CHECK(front.accepted() > 8);
        });
}

TEST_CASE("the network of a client stalls, swallows, refuses, crawls, and comes back", "[faults]")
{
    test_mending(
        [](fault_world& world, tcp_proxy& front, crowd& all, const answers& truth) -> asio::awaitable<void> {
            support::redis_cli cli(world.redis);
            const std::vector<void (*)(tcp_proxy&)> faults{
                [](tcp_proxy& on) { on.set_flow(tcp_proxy::way::down, tcp_proxy::flow::stall); },
                [](tcp_proxy& on) { on.set_flow(tcp_proxy::flow::swallow); },
                [](tcp_proxy& on) {
                    on.refuse(true);
                    on.cut(tcp_proxy::ending::reset);
                },
                [](tcp_proxy& on) { on.throttle(tcp_proxy::way::down, 100'000); },
                [](tcp_proxy& on) { on.delay(tcp_proxy::way::up, 200ms); },
            };
            long n = 1;
            for (std::size_t i = 0; i < faults.size(); ++i) {
                INFO("fault " << i);
                faults[i](front);
                const auto begin = steady_clock::now();
                auto found = co_await all.ask_all();
                CHECK(steady_clock::now() - begin < 3s * patience);
                check_over_network(all, found, truth);
                write_state(cli, ++n); // seen by nobody, or later
                front.heal();
                co_await check_mended(cli, all, ++n);
                found = co_await all.ask_all();
                check_answers(all, found, {}, &truth);
            }
        });
}

TEST_CASE("the server program is killed and started again", "[faults]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            support::redis_server redis;
            faults::seed(redis);
            support::redis_cli cli(redis);
            write_state(cli, 1);
            auto server =
                std::make_unique<support::server_process>(support::server_process::variables_for(redis));
            auto port = co_await server->listening();
            tcp_proxy front(executor, port);
            crowd all(server_place{executor, front.port()}, true);
            std::exception_ptr failure;
            try {
                co_await all.open();
                auto truth = co_await all.ask_all();
                check_answers(all, truth, {}, &truth);
                long n = 1;
                for (const int signal : {SIGKILL, SIGTERM, SIGSTOP}) {
                    INFO("signal " << signal);
                    server->send(signal);
                    auto found = co_await all.ask_all();
                    check_over_network(all, found, truth);
                    write_state(cli, ++n); // while there is no server
                    if (signal == SIGSTOP)
                        server->send(SIGCONT);
                    else {
                        front.refuse(true);
                        (void)co_await server->end();
                        server = std::make_unique<support::server_process>(
                            support::server_process::variables_for(redis));
                        port = co_await server->listening();
                        front.retarget(port);
                        front.refuse(false);
                    }
                    co_await check_mended(cli, all, ++n);
                    found = co_await all.ask_all();
                    check_answers(all, found, {}, &truth);
                }
                for (const auto& one : all.watchers)
                    CHECK(one->violations().empty());
            } catch (...) {
                failure = std::current_exception();
            }
            co_await all.close();
            if (failure)
                std::rethrow_exception(failure);
            co_await front.stop();
        },
        120s);
}
