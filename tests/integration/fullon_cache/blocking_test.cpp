// Operations that wait for something in Redis: their connection, their turns, and their end when Redis or the owner goes.
#include "support/background.hpp"
#include "support/caches.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/trades_cache.hpp>

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::base_cache;
using fullon_cache::errc;
using std::chrono::steady_clock;
using support::background;
using world = support::cache_world<base_cache>;
using texts = std::vector<std::string>;
using element = std::optional<std::string>;
using pop = background<element>;

template <class Body>
void with_base(Body body, void (*adjust)(fullon_cache::config&) = nullptr)
{
    support::with_cache<base_cache>(std::move(body), adjust);
}

pop start_pop(world& w, std::string key, std::chrono::milliseconds timeout = 60s)
{
    return pop(w.connection.get_executor(), w.cache.blpop(std::move(key), timeout));
}

std::string name(const char* what, int number)
{
    return what + std::to_string(number);
}

} // namespace

TEST_CASE("a pop waits until something is pushed")
{
    with_base([](world& w) -> asio::awaitable<void> {
        for (const auto timeout : {1h, 1000000h}) {
            const auto waiting = start_pop(w, "q", timeout);
            co_await support::until_waiting(w.cli, 1);
            CHECK_FALSE(waiting.done());
            const auto begin = steady_clock::now();
            w.cli("RPUSH", "q", "a", "b");
            const auto first = co_await waiting.result();
            CHECK(first == "a");
            CHECK(steady_clock::now() - begin < 1s * support::patience);
            const auto second = co_await w.cache.blpop("q", timeout);
            CHECK(second == "b");
        }
        // For ever, as some say it.
        const auto waiting = start_pop(w, "q", std::chrono::milliseconds::max());
        co_await support::until_waiting(w.cli, 1);
        w.cli("RPUSH", "q", "c");
        const auto third = co_await waiting.result();
        CHECK(third == "c");
        CHECK(w.cli("EXISTS", "q").integer() == 0);
    });
}

TEST_CASE("the pops of orders, trades and errors wait too")
{
    with_base([](world& w) -> asio::awaitable<void> {
        const auto executor = w.connection.get_executor();
        const fullon_cache::orders_cache orders(w.connection);
        const fullon_cache::trades_cache trades(w.connection);
        const pop order(executor, orders.pop_open_order("local", 60s));
        const background<std::optional<fullon_orm::trade>> trade(executor,
                                                                 trades.pop_user_trade("okx", "7", 60s));
        const pop error(executor, w.cache.pop_global_error(60s));
        co_await support::until_waiting(w.cli, 3);
        co_await orders.push_open_order("EX1", "local");
        const auto id = co_await order.result();
        CHECK(id == "EX1");
        fullon_orm::trade written;
        written.price = 5;
        co_await trades.push_user_trade("okx", "7", written);
        const auto read = co_await trade.result();
        REQUIRE(read);
        CHECK(read->price == 5);
        co_await w.cache.push_global_error("m", "c");
        const auto text = co_await error.result();
        CHECK(text == "m:c");

        // One that cannot be read is an error, and stays at the head.
        w.cli("RPUSH", "user_trades:7:okx", "{x", "y");
        const auto broken = co_await support::error_of(trades.pop_user_trade("okx", "7", 60s));
        CHECK(broken == errc::serialization);
        CHECK(w.cli("LINDEX", "user_trades:7:okx", 0).text == "{x");
        CHECK(w.cli("LLEN", "user_trades:7:okx").integer() == 2);
    });
}

TEST_CASE("a pop whose time is over gives nothing, and its connection serves the next")
{
    with_base([](world& w) -> asio::awaitable<void> {
        const auto connected = support::info_number(w.cli, "connected_clients");
        const auto received = support::info_number(w.cli, "total_connections_received");
        const auto begin = steady_clock::now();
        for (int i = 0; i < 50; ++i) {
            const auto nothing = co_await w.cache.blpop("q", 10ms);
            REQUIRE_FALSE(nothing);
        }
        CHECK(steady_clock::now() - begin >= 500ms);
        CHECK(support::info_number(w.cli, "connected_clients") == connected + 1);
        CHECK(support::info_number(w.cli, "total_connections_received") == received + 1);
        w.cli("RPUSH", "q", "a");
        const auto found = co_await w.cache.blpop("q", 10ms);
        CHECK(found == "a");
        // An error of Redis is no reason for another one either.
        w.cli("SET", "text", "1");
        const auto wrong = co_await support::error_of(w.cache.blpop("text", 10ms));
        CHECK(wrong == errc::wrong_type);
        const auto after = co_await w.cache.blpop("q", 10ms);
        CHECK_FALSE(after);
        CHECK(support::info_number(w.cli, "total_connections_received") == received + 1);
    });
}

TEST_CASE("all that waits shares one connection, and who finds an element does not wait")
{
    const auto adjust = [](fullon_cache::config& settings) { settings.max_connections = 1; };
    with_base(
        [](world& w) -> asio::awaitable<void> {
            const auto connected = support::info_number(w.cli, "connected_clients");
            std::vector<pop> waiting;
            for (int i = 0; i < 100; ++i)
                waiting.push_back(start_pop(w, name("q", i)));
            co_await support::until_waiting(w.cli, 100);
            CHECK(support::info_number(w.cli, "connected_clients") == connected + 1);

            w.cli("RPUSH", "full", "1", "2");
            const auto begin = steady_clock::now();
            const auto first = co_await w.cache.blpop("full", 60s);
            CHECK(first == "1");
            const auto second = co_await w.cache.lpop("full");
            CHECK(second == "2");
            const auto none = co_await w.cache.blpop("full", 10ms);
            CHECK_FALSE(none);
            CHECK(steady_clock::now() - begin < 1s * support::patience);

            for (int i = 0; i < 100; ++i)
                w.cli("RPUSH", name("q", i), i);
            for (int i = 0; i < 100; ++i) {
                const auto found = co_await waiting[static_cast<std::size_t>(i)].result();
                CHECK(found == std::to_string(i));
            }
            CHECK(support::info_number(w.cli, "connected_clients") == connected + 1);
        },
        adjust);
}

TEST_CASE("a pop that is cancelled leaves its turn to others")
{
    with_base([](world& w) -> asio::awaitable<void> {
        std::vector<pop> leaving;
        for (int i = 0; i < 5; ++i)
            leaving.push_back(start_pop(w, "q"));
        const auto staying = start_pop(w, "q");
        co_await support::until_waiting(w.cli, 1);
        for (auto& one : leaving)
            one.cancel();
        for (auto& one : leaving) {
            const bool aborted = co_await one.aborted();
            CHECK(aborted);
        }
        w.cli("RPUSH", "q", "a", "b");
        const auto got = co_await staying.result();
        CHECK(got == "a");
        CHECK(w.cli("LRANGE", "q", 0, -1).texts() == texts(1, "b"));
    });
}

TEST_CASE("where Redis refuses CLIENT TRACKING, who waits looks again and again")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server server(
            {"--user", "taker", "on", ">pw", "~*", "&*", "+@all", "-client|tracking"});
        auto settings = support::redis_config(server);
        settings.user = "taker";
        settings.password = "pw";
        fullon_cache::connection redis(executor, settings);
        redis.start();
        co_await redis.ready();
        const base_cache cache(redis);
        support::redis_cli cli(server);
        const pop waiting(executor, cache.blpop("q", 60s));
        co_await support::pause(50ms); // it may wait already: either way it is served
        cli("RPUSH", "q", "a");
        const auto found = co_await waiting.result();
        CHECK(found == "a");
        const auto begin = steady_clock::now();
        const auto none = co_await cache.blpop("q", 250ms);
        CHECK_FALSE(none);
        CHECK(steady_clock::now() - begin >= 250ms);
        co_await redis.stop();
    });
}

TEST_CASE("those who wait for one list are served in the order in which they came, each element once")
{
    with_base([](world& w) -> asio::awaitable<void> {
        std::vector<pop> waiting;
        texts elements;
        for (int i = 0; i < 8; ++i) {
            waiting.push_back(start_pop(w, "q"));
            elements.push_back(name("e", i));
        }
        co_await support::until_waiting(w.cli, 1);
        w.cli("RPUSH", "q", elements);
        for (std::size_t i = 0; i < elements.size(); ++i) {
            const auto found = co_await waiting[i].result();
            CHECK(found == elements[i]);
        }

        // Takers that come back for more, while it is being pushed.
        constexpr int count = 1000;
        const auto taken = std::make_shared<texts>();
        const auto take = [](base_cache from, std::shared_ptr<texts> into) -> asio::awaitable<void> {
            for (;;) {
                auto one = co_await from.blpop("q", 60s);
                if (*one == "end")
                    co_return;
                into->push_back(std::move(*one));
            }
        };
        std::vector<background<void>> takers;
        for (int i = 0; i < 5; ++i)
            takers.emplace_back(w.connection.get_executor(), take(w.cache, taken));
        for (int i = 0; i < count; ++i)
            co_await w.cache.rpush("q", texts(1, std::to_string(i)));
        co_await w.cache.rpush("q", texts(takers.size(), "end"));
        for (const auto& one : takers)
            co_await one.result();
        CHECK(taken->size() == count);
        std::sort(taken->begin(), taken->end());
        CHECK(std::adjacent_find(taken->begin(), taken->end()) == taken->end());

        // A single one gets them in the order of the list.
        taken->clear();
        const background<void> single(w.connection.get_executor(), take(w.cache, taken));
        for (int i = 0; i < count; ++i)
            w.cli("RPUSH", "q", i);
        w.cli("RPUSH", "q", "end");
        co_await single.result();
        REQUIRE(taken->size() == count);
        for (int i = 0; i < count; ++i)
            REQUIRE((*taken)[static_cast<std::size_t>(i)] == std::to_string(i));
    });
}

TEST_CASE("pops that wait delay nothing on the shared connection")
{
    with_base([](world& w) -> asio::awaitable<void> {
        std::vector<pop> waiting;
        for (int i = 0; i < 20; ++i)
            waiting.push_back(start_pop(w, name("q", i)));
        co_await support::until_waiting(w.cli, 20);
        const auto begin = steady_clock::now();
        for (int i = 0; i < 200; ++i) {
            co_await w.cache.set("key", std::to_string(i));
            const auto value = co_await w.cache.get("key");
            CHECK(value == std::to_string(i));
        }
        CHECK(steady_clock::now() - begin < 2s * support::patience);
        CHECK(std::none_of(waiting.begin(), waiting.end(), [](const pop& one) { return one.done(); }));
        for (auto& one : waiting)
            one.cancel();
    });
}

TEST_CASE("when Redis dies every pop that waits fails soon, and pops work again when it is back")
{
    with_base([](world& w) -> asio::awaitable<void> {
        for (int round = 0; round < 3; ++round) {
            std::vector<pop> waiting;
            for (int i = 0; i < 5; ++i)
                waiting.push_back(start_pop(w, name("q", i)));
            {
                support::redis_cli cli(w.server);
                co_await support::until_waiting(cli, 5);
                cli("RPUSH", "q0", "served"); // leaves a free connection behind
                const auto served = co_await waiting[0].result();
                CHECK(served == "served");
            }
            const auto begin = steady_clock::now();
            w.server.kill();
            for (std::size_t i = 1; i < waiting.size(); ++i) {
                const auto failure = co_await waiting[i].error();
                CHECK(failure == errc::unavailable);
            }
            CHECK(steady_clock::now() - begin < 500ms * support::patience);
            const auto refused = co_await support::error_of(w.cache.blpop("q", 60s));
            CHECK(refused == errc::unavailable);
            w.server.start();
            co_await w.connection.ready(10s * support::patience);
            support::redis_cli cli(w.server);
            const auto nothing = co_await w.cache.blpop("q", 10ms);
            CHECK_FALSE(nothing);
            cli("RPUSH", "q", "again");
            const auto again = co_await w.cache.blpop("q", 60s);
            CHECK(again == "again");
        }
    });
}

TEST_CASE("when the connection for waits is lost, those who wait wait anew")
{
    with_base([](world& w) -> asio::awaitable<void> {
        const auto one = start_pop(w, "one");
        const background<std::vector<fullon_cache::stream_entry>> entries(
            w.connection.get_executor(), w.cache.xread("stream", "$", std::nullopt, 60s));
        for (int round = 0; round < 3; ++round) {
            co_await support::until_waiting(w.cli, 2);
            const auto clients = w.cli("CLIENT", "LIST").text;
            const auto flags = clients.find(" flags=t "); // the only one on which keys are tracked
            REQUIRE(flags != std::string::npos);
            const auto line = clients.rfind("id=", flags);
            const auto id = clients.substr(line + 3, clients.find(' ', line) - line - 3);
            w.cli("CLIENT", "KILL", "ID", id);
            co_await support::eventually("another connection", [&] {
                const auto now = w.cli("CLIENT", "LIST").text;
                return now.find(" flags=t ") != std::string::npos &&
                       now.find("id=" + id + " ") == std::string::npos;
            });
        }
        CHECK(w.connection.up());
        CHECK_FALSE(one.done());
        co_await support::until_waiting(w.cli, 2);
        w.cli("RPUSH", "one", "1");
        w.cli("XADD", "stream", "*", "f", "1");
        const auto first = co_await one.result();
        CHECK(first == "1");
        const auto read = co_await entries.result();
        CHECK(read.size() == 1);
    });
}

TEST_CASE("while Redis is hung a pop ends in a time-out")
{
    const auto adjust = [](fullon_cache::config& settings) {
        settings.socket_timeout = 300ms * support::patience;
        settings.ping_timeout = 60s;
    };
    with_base(
        [](world& w) -> asio::awaitable<void> {
            const auto begin = steady_clock::now();
            std::vector<pop> waiting;
            for (int i = 0; i < 5; ++i)
                waiting.push_back(start_pop(w, "q", 500ms * support::patience));
            co_await support::until_waiting(w.cli, 1);
            w.server.pause();
            for (const auto& one : waiting) {
                const auto failure = co_await one.error();
                CHECK(failure == errc::timeout);
            }
            const auto took = steady_clock::now() - begin;
            CHECK(took >= 800ms * support::patience);
            CHECK(took < 1200ms * support::patience);
            w.server.resume();
            co_await w.cache.ping();
            w.cli("RPUSH", "q", "a"); // nobody takes it any more
            const auto value = co_await w.cache.lrange("q", 0, -1);
            CHECK(value == texts(1, "a"));
            const auto found = co_await w.cache.blpop("q", 60s);
            CHECK(found == "a");
        },
        adjust);
}

TEST_CASE("stop ends the pops that wait with closed")
{
    with_base([](world& w) -> asio::awaitable<void> {
        std::vector<pop> waiting;
        for (int i = 0; i < 6; ++i)
            waiting.push_back(start_pop(w, "q"));
        co_await support::until_waiting(w.cli, 1);
        const auto begin = steady_clock::now();
        co_await w.connection.stop();
        for (const auto& one : waiting) {
            const auto failure = co_await one.error();
            CHECK(failure == errc::closed);
        }
        CHECK(steady_clock::now() - begin < 1s * support::patience);
        const auto later = co_await support::error_of(w.cache.blpop("q", 60s));
        CHECK(later == errc::closed);
    });
}

TEST_CASE("stop ends pops while Redis is hung")
{
    // That the watchdog gives Redis up is another matter.
    const auto adjust = [](fullon_cache::config& settings) { settings.ping_timeout = 60s; };
    const auto test = [](world& w) -> asio::awaitable<void> {
        const auto waiting = start_pop(w, "q");
        const auto cancelled = start_pop(w, "q");
        co_await support::until_waiting(w.cli, 1);
        for (int i = 0; i < 2; ++i) // behind what the second has sent: nothing is on its way
            co_await w.cache.test();
        w.server.pause();
        const auto late = start_pop(w, "other");
        auto leaving = cancelled;
        leaving.cancel();
        const bool aborted = co_await leaving.aborted();
        CHECK(aborted);
        const auto begin = steady_clock::now();
        co_await w.connection.stop();
        CHECK(steady_clock::now() - begin < 2s * support::patience);
        const auto first = co_await waiting.error();
        CHECK(first == errc::closed);
        const auto second = co_await late.error();
        CHECK((second == errc::closed || second == errc::unavailable)); // it was sent
        w.server.resume();
    };
    with_base(test, adjust);
}

TEST_CASE("a connection that is destroyed ends the pops that wait over it")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server server;
        support::redis_cli cli(server);
        std::optional<fullon_cache::connection> redis(std::in_place, executor, support::redis_config(server));
        redis->start();
        co_await redis->ready();
        const base_cache cache(*redis);
        const pop waiting(executor, cache.blpop("q", 60s));
        co_await support::until_waiting(cli, 1);
        redis.reset();
        const auto failure = co_await waiting.error();
        CHECK(failure == errc::closed);
        auto gone = [&] { return support::info_number(cli, "connected_clients") == 1; };
        co_await support::eventually("its connections are gone", gone);
    });
}

TEST_CASE("an io_context may be destroyed while pops wait, are cancelled and connect")
{
    support::redis_server server;
    support::redis_cli cli(server);
    // Owns the connection, or uses one that is destroyed before the io_context.
    const auto serve = [&](fullon_cache::connection* redis, int round,
                           bool* reached) -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_cache::connection own(executor, support::redis_config(server));
        if (!redis)
            redis = &own;
        redis->start();
        co_await redis->ready();
        const base_cache cache(*redis);
        std::vector<pop> waiting;
        for (int i = 0; i < 6; ++i)
            waiting.emplace_back(executor, cache.blpop("q", 60s));
        if (round % 4 != 1) { // else they connect
            co_await support::until_waiting(cli, 1);
            if (round % 4 >= 2)
                for (auto& one : waiting)
                    one.cancel();
            if (round % 4 == 3)
                co_await support::run_ready(round);
        }
        *reached = true;
        co_await support::pause(1h);
    };
    for (int round = 0; round < 24; ++round) {
        {
            asio::io_context context(1);
            fullon_cache::connection outside(context.get_executor(), support::redis_config(server));
            bool reached = false;
            const background<void> serving(context.get_executor(),
                                           serve(round % 2 == 0 ? nullptr : &outside, round / 2, &reached));
            const auto until_reached = [&]() -> asio::awaitable<void> {
                auto is_reached = [&] { return reached; };
                co_await support::eventually("the moment to go", is_reached);
            };
            support::run(context, until_reached, 10s * support::patience);
        }
        const auto limit = steady_clock::now() + 5s * support::patience;
        while (support::info_number(cli, "connected_clients") != 1) // Redis sees that they are gone
            REQUIRE(steady_clock::now() < limit);
    }
}
