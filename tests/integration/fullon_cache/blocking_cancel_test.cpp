// Pops that are cancelled at every moment: no element is lost, none comes twice.
#include "support/background.hpp"
#include "support/caches.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_cache/trades_cache.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using fullon_cache::base_cache;
using fullon_cache::errc;
using fullon_cache::orders_cache;
using fullon_cache::trades_cache;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using support::background;
using world = support::cache_world<base_cache>;
using element = std::optional<std::string>;
using pop = background<element>;

// A list, and how it is popped from.
struct popper {
    const char* name;
    const char* list;
    asio::awaitable<element> (*pop)(fullon_cache::connection*, milliseconds timeout);
    std::string (*stored)(int number); // as it is pushed
};

std::string plain(int number)
{
    return std::to_string(number);
}
std::string as_trade(int number)
{
    return R"({"volume": 1, "price": )" + std::to_string(number) + "}";
}

asio::awaitable<element> pop_text(fullon_cache::connection* redis, milliseconds timeout)
{
    const base_cache cache(*redis);
    co_return co_await cache.blpop("q", timeout);
}
asio::awaitable<element> pop_order(fullon_cache::connection* redis, milliseconds timeout)
{
    const orders_cache cache(*redis);
    co_return co_await cache.pop_open_order("local", timeout);
}
asio::awaitable<element> pop_trade(fullon_cache::connection* redis, milliseconds timeout)
{
    const trades_cache cache(*redis);
    const auto read = co_await cache.pop_user_trade("okx", "7", timeout);
    element text;
    if (read)
        text = as_trade(static_cast<int>(read->price));
    co_return text;
}
const std::vector<popper> poppers{
    {"blpop", "q", &pop_text, &plain},
    {"pop_open_order", "new_orders:local", &pop_order, &plain},
    {"pop_user_trade", "user_trades:7:okx", &pop_trade, &as_trade},
};

// What was pushed and has not come out again.
class ledger {
public:
    ledger(world& w, const popper& how) : w_(w), how_(how) {}

    void push()
    {
        const auto value = how_.stored(++pushed_);
        w_.cli("RPUSH", how_.list, value);
        out_.insert(value);
    }

    void take(const element& one)
    {
        if (!one)
            return;
        INFO(*one);
        CHECK(out_.erase(*one) == 1); // else it came twice
    }

    // Completes when the list has what is out. What it has is then taken.
    asio::awaitable<void> settle()
    {
        if (w_.connection.up())
            co_await w_.cache.ping(); // what is on its way has come to Redis
        const auto taken = "fullon_cache:taken:{" + std::string(how_.list) + "}";
        auto settled = [&] { return w_.cli("EXISTS", taken).integer() == 0; };
        co_await support::eventually("nothing is held by anybody", settled, 2s);
        auto complete = [this] { return w_.cli("LLEN", how_.list).integer() == std::ssize(out_); };
        co_await support::eventually("every element is back in its list", complete, 2s);
        for (const auto& one : w_.cli("LRANGE", how_.list, 0, -1).texts())
            take(one);
        CHECK(out_.empty());
        out_.clear();
        w_.cli("DEL", how_.list);
    }

private:
    world& w_;
    const popper& how_;
    int pushed_ = 0;
    std::set<std::string> out_;
};

asio::awaitable<void> wait_for(microseconds time)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

// How long to wait this round: now and then long enough for a pop on any machine, so that both outcomes occur.
microseconds this_time(int round, microseconds usually)
{
    return round % 16 == 1 ? microseconds(20ms) : usually;
}

// Ends a pop that was cancelled: it gave an element, or was aborted.
asio::awaitable<element> outcome(pop cancelled)
{
    element got;
    const bool aborted = co_await cancelled.aborted();
    if (!aborted)
        got = co_await cancelled.result();
    co_return got;
}

} // namespace

TEST_CASE("a pop that is cancelled before, while and after something is pushed loses nothing")
{
    for (const auto& how : poppers) {
        support::with_cache<base_cache>([&](world& w) -> asio::awaitable<void> {
            INFO(how.name);
            ledger elements(w, how);
            int served = 0;
            constexpr int rounds = 400;
            for (int round = 0; round < rounds; ++round) {
                INFO(round);
                pop waiting(w.connection.get_executor(), how.pop(&w.connection, 60s));
                if (round % 2 == 0) // else it may be anywhere on its way: connecting, sent, waiting
                    co_await support::until_waiting(w.cli, 1);
                const auto apart = this_time(round, microseconds((round / 2 % 40 - 15) * 10));
                if (apart.count() < 0) {
                    waiting.cancel();
                    co_await wait_for(-apart);
                    elements.push();
                } else {
                    elements.push();
                    if (apart.count() > 0)
                        co_await wait_for(apart);
                    waiting.cancel();
                }
                const auto got = co_await outcome(waiting);
                served += got ? 1 : 0;
                elements.take(got);
                co_await elements.settle();
            }
            CHECK(served > 0); // both outcomes were there
            CHECK(served < rounds);
            CHECK(w.connection.shared_link()->losses() == 0);
        });
    }
}

TEST_CASE("a pop that does not wait loses nothing either when it is cancelled")
{
    for (const auto& how : poppers) {
        support::with_cache<base_cache>([&](world& w) -> asio::awaitable<void> {
            INFO(how.name);
            ledger elements(w, how);
            int served = 0;
            constexpr int rounds = 400;
            for (int round = 0; round < rounds; ++round) {
                INFO(round);
                elements.push();
                elements.push();
                pop waiting(w.connection.get_executor(), how.pop(&w.connection, 0ms));
                if (round % 4 != 0)
                    co_await wait_for(this_time(round, microseconds(round % 100)));
                waiting.cancel();
                const auto got = co_await outcome(waiting);
                served += got ? 1 : 0;
                elements.take(got);
                co_await elements.settle();
            }
            CHECK(served > 0);
            CHECK(served < rounds);
            CHECK(w.connection.shared_link()->losses() == 0);
        });
    }
}

TEST_CASE("a pop beside a timer loses nothing, on whichever side it stands")
{
    for (const auto& how : poppers) {
        support::with_cache<base_cache>([&](world& w) -> asio::awaitable<void> {
            INFO(how.name);
            ledger elements(w, how);
            int served = 0;
            constexpr int rounds = 400;
            for (int round = 0; round < rounds; ++round) {
                INFO(round);
                const auto time = this_time(round, microseconds(round % 50 * 10));
                const auto timeout = round % 4 < 2 ? milliseconds(60s) : 0ms;
                elements.push();
                element got;
                if (round % 2 == 0) {
                    auto either = how.pop(&w.connection, timeout) || wait_for(time);
                    auto result = co_await std::move(either);
                    if (auto* const popped = std::get_if<0>(&result))
                        got = std::move(*popped);
                } else {
                    auto either = wait_for(time) || how.pop(&w.connection, timeout);
                    auto result = co_await std::move(either);
                    if (auto* const popped = std::get_if<1>(&result))
                        got = std::move(*popped);
                }
                served += got ? 1 : 0;
                elements.take(got);
                co_await elements.settle();
            }
            CHECK(served > 0);
            CHECK(served < rounds);
        });
    }
}

TEST_CASE("of many pops on one list those that are cancelled take nothing from the others")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> {
        const auto& how = poppers.front();
        ledger elements(w, how);
        for (int round = 0; round < 60; ++round) {
            INFO(round);
            std::vector<pop> waiting;
            for (int i = 0; i < 8; ++i)
                waiting.emplace_back(w.connection.get_executor(), how.pop(&w.connection, 60s));
            co_await wait_for(microseconds(round % 20 * 100));
            for (std::size_t i = 0; i < waiting.size(); ++i) {
                if (i % 2 == 0)
                    elements.push();
                if ((i + static_cast<std::size_t>(round)) % 3 == 0)
                    waiting[i].cancel();
            }
            // Three at most were cancelled, so five are left for four elements.
            auto all_taken = [&] { return w.cli("LLEN", how.list).integer() == 0; };
            co_await support::eventually("four are served", all_taken, 5s);
            for (auto& one : waiting)
                one.cancel();
            for (const auto& one : waiting) {
                const auto got = co_await outcome(one);
                elements.take(got);
            }
            co_await elements.settle();
        }
    });
}

TEST_CASE("a pop that is cancelled at a connection's end loses nothing: stop waits until it is put back")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> {
        for (const auto& how : poppers) {
            INFO(how.name);
            ledger elements(w, how);
            int served = 0;
            constexpr int rounds = 200;
            for (int round = 0; round < rounds; ++round) {
                INFO(round);
                const milliseconds timeout = round % 4 == 0 ? 0ms : milliseconds(60s);
                fullon_cache::connection own(w.connection.get_executor(), support::redis_config(w.server));
                own.start();
                co_await own.ready();
                if (timeout == 0ms)
                    elements.push();
                pop waiting(w.connection.get_executor(), how.pop(&own, timeout));
                if (timeout > 0ms) {
                    if (round % 4 == 2)
                        co_await support::until_waiting(w.cli, 1);
                    elements.push();
                }
                co_await wait_for(microseconds(round % 50 * 5));
                if (round % 3 != 0)
                    waiting.cancel(); // or else it is stop() that ends it
                co_await own.stop();
                element got;
                try {
                    got = co_await outcome(waiting);
                } catch (const fullon_cache::cache_error& error) {
                    CHECK((error.code() == errc::closed || error.code() == errc::unavailable));
                }
                served += got ? 1 : 0;
                elements.take(got);
                co_await elements.settle();
            }
            CHECK(served > 0);
            CHECK(served < rounds);
        }
    });
}

TEST_CASE("a cancelled pop ends at once, also while Redis is hung, and what it would have taken stays")
{
    const auto adjust = [](fullon_cache::config& settings) {
        settings.socket_timeout = 300ms * support::patience;
        settings.ping_timeout = 60s;
    };
    support::with_cache<base_cache>(
        [](world& w) -> asio::awaitable<void> {
            for (const bool long_enough : {false, true}) { // for more than one attempt to end the wait
                pop waiting(w.connection.get_executor(), w.cache.blpop("q", 60s));
                co_await support::until_waiting(w.cli, 1);
                w.server.pause();
                const auto begin = steady_clock::now();
                waiting.cancel();
                const bool aborted = co_await waiting.aborted();
                CHECK(aborted);
                CHECK(steady_clock::now() - begin < 200ms * support::patience);
                if (long_enough)
                    co_await wait_for(400ms * support::patience);
                w.server.resume();
                w.cli("RPUSH", "q", "a"); // Redis may give it to the one who has gone
                co_await support::until_waiting(w.cli, 0);
                auto there = [&] { return w.cli("LLEN", "q").integer() == 1; };
                co_await support::eventually("the element is in the list", there, 2s);
                const auto found = co_await w.cache.blpop("q", 60s);
                CHECK(found == "a");
            }
        },
        adjust);
}

TEST_CASE("a pop that has timed out while Redis was hung takes nothing when Redis goes on")
{
    const auto adjust = [](fullon_cache::config& settings) {
        settings.socket_timeout = 200ms * support::patience;
        settings.ping_timeout = 60s;
    };
    support::with_cache<base_cache>(
        [](world& w) -> asio::awaitable<void> {
            for (int round = 0; round < 5; ++round) {
                std::vector<pop> waiting;
                for (int i = 0; i < 3; ++i)
                    waiting.emplace_back(w.connection.get_executor(),
                                         w.cache.blpop("q", 100ms * support::patience));
                co_await support::until_waiting(w.cli, 1); // one list
                w.server.pause();
                for (const auto& one : waiting) {
                    const auto failure = co_await one.error();
                    CHECK(failure == errc::timeout);
                }
                w.server.resume();
                w.cli("RPUSH", "q", "a", "b");
                co_await support::until_waiting(w.cli, 0);
                auto there = [&] { return w.cli("LLEN", "q").integer() == 2; };
                co_await support::eventually("the elements are in the list", there, 2s);
                w.cli("DEL", "q");
            }
        },
        adjust);
}

TEST_CASE("what a pop had taken when the link went down is put back when it is up again")
{
    const auto adjust = [](fullon_cache::config& settings) {
        settings.socket_timeout = 3s * support::patience;
        settings.ping_interval = 20ms;
        settings.ping_timeout = 200ms * support::patience;
    };
    support::with_cache<base_cache>(
        [](world& w) -> asio::awaitable<void> {
            const auto executor = w.connection.get_executor();
            auto settings = support::redis_config(w.server);
            settings.ping_timeout = 60s;
            settings.socket_timeout = 10s * support::patience;
            fullon_cache::connection patient(executor, settings);
            patient.start();
            co_await patient.ready();
            const base_cache pusher(patient);
            pop waiting(executor, w.cache.blpop("q", 60s));
            co_await support::until_waiting(w.cli, 1);
            // What Redis does first when it goes on, is to give the element to the one who has gone by then.
            w.server.pause();
            const background<std::int64_t> pushing(executor,
                                                   pusher.rpush("q", std::vector<std::string>(1, "a")));
            co_await wait_for(10ms);
            waiting.cancel();
            const bool aborted = co_await waiting.aborted();
            CHECK(aborted);
            co_await support::eventually("down", [&] { return !w.connection.up(); });
            w.server.resume();
            const auto length = co_await pushing.result();
            CHECK(length == 1);
            co_await support::until_waiting(w.cli, 0);
            auto there = [&] { return w.cli("LLEN", "q").integer() == 1; };
            co_await support::eventually("the element is in the list", there, 5s);
            co_await w.connection.ready(5s * support::patience);
            const auto found = co_await w.cache.blpop("q", 60s);
            CHECK(found == "a");
            co_await patient.stop();
        },
        adjust);
}
