// What is taken out of lists reaches a caller or goes back, in its order: cuts at every byte, cancellations at every turn,
// several clients, dead ones, and a Redis without memory. What is left is read by another client.
#include "support/background.hpp"
#include "support/caches.hpp"
#include "support/tcp_proxy.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_cache/trades_cache.hpp>

#include <boost/asio/post.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::base_cache;
using fullon_cache::connection;
using fullon_cache::errc;
using fullon_cache::orders_cache;
using fullon_cache::trades_cache;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using support::background;
using support::redis_cli;
using support::redis_server;
using support::tcp_proxy;
using texts = std::vector<std::string>;
using taking = background<texts>;

constexpr std::string_view trade_text = R"({"volume": 1, "price": )";

std::string as_trade(int number)
{
    return std::string(trade_text) + std::to_string(number) + "}";
}

texts trades_from(int first, int count)
{
    texts all;
    for (int i = 0; i < count; ++i)
        all.push_back(as_trade(first + i));
    return all;
}

std::string text_of(const fullon_orm::trade& one)
{
    return as_trade(static_cast<int>(one.price));
}

// Every way to take, over one list of trades.
struct taker {
    const char* name;
    const char* list;
    asio::awaitable<texts> (*take)(std::shared_ptr<connection> redis);
};

asio::awaitable<texts> popped(std::shared_ptr<connection> redis, const char* list, milliseconds wait)
{
    const base_cache cache(*redis);
    const auto one = co_await cache.blpop(list, wait);
    texts all;
    if (one)
        all.push_back(*one);
    co_return all;
}

asio::awaitable<texts> lpop(std::shared_ptr<connection> redis)
{
    return popped(std::move(redis), "q", 0ms);
}

asio::awaitable<texts> blpop(std::shared_ptr<connection> redis)
{
    return popped(std::move(redis), "q", 60s);
}

asio::awaitable<texts> pop_order(std::shared_ptr<connection> redis)
{
    const orders_cache cache(*redis);
    const auto one = co_await cache.pop_open_order("local", 60s);
    texts all;
    if (one)
        all.push_back(*one);
    co_return all;
}

asio::awaitable<texts> pop_trade(std::shared_ptr<connection> redis)
{
    const trades_cache cache(*redis);
    const auto one = co_await cache.pop_user_trade("okx", "7");
    texts all;
    if (one)
        all.push_back(text_of(*one));
    co_return all;
}

asio::awaitable<texts> take_trades(std::shared_ptr<connection> redis)
{
    const trades_cache cache(*redis);
    texts all;
    for (const auto& one : co_await cache.take_trades("binance", "BTC/USDT"))
        all.push_back(text_of(one));
    co_return all;
}

const std::vector<taker> takers{
    {"lpop", "q", &lpop},
    {"blpop", "q", &blpop},
    {"pop_open_order", "new_orders:local", &pop_order},
    {"pop_user_trade", "user_trades:7:okx", &pop_trade},
    {"take_trades", "trades:binance:BTCUSDT", &take_trades},
};

fullon_cache::config settings_of(std::uint16_t port)
{
    fullon_cache::config settings;
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.socket_timeout = 3s * support::patience;
    settings.backoff_min = 5ms;
    return settings;
}

std::shared_ptr<connection> started(const asio::any_io_executor& executor,
                                    const fullon_cache::config& settings)
{
    auto made = std::make_shared<connection>(executor, settings);
    made->start();
    return made;
}

// Redis knows the script from now on: a take is one exchange.
asio::awaitable<void> know_the_script(std::shared_ptr<connection> redis)
{
    co_await redis->ready(10s * support::patience);
    co_await base_cache(*redis).lpop("none");
}

// What a take gave, nothing when it failed or was cancelled.
asio::awaitable<texts> outcome(taking one)
{
    texts got;
    try {
        got = co_await one.result();
    } catch (const boost::system::system_error&) { // then it has nothing
    }
    co_return got;
}

// Completes when nothing is held by anybody. \returns what is in the list.
asio::awaitable<texts> left_in(redis_cli* cli, std::string list)
{
    auto settled = [&] {
        return cli->operator()("EXISTS", "fullon_cache:taken:{" + list + "}").integer() == 0;
    };
    co_await support::eventually("nothing is held", settled);
    co_return cli->operator()("LRANGE", list, 0, -1).texts();
}

std::string register_of(const taker& how)
{
    return std::string("fullon_cache:taken:{") + how.list + "}";
}

texts both(texts first, const texts& second)
{
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

} // namespace

TEST_CASE("a take that is cut at any byte has its elements, or they are in the list, in their order")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            redis_server server;
            redis_cli cli(server);
            for (const auto& how : takers) {
                INFO(how.name);
                tcp_proxy proxy(executor, server.port());
                auto settings = settings_of(proxy.port());
                settings.ping_interval = 1h; // what is counted is the exchange alone
                const auto redis = started(executor, settings);
                int served = 0;
                int failed = 0;
                for (const auto which : {tcp_proxy::way::up, tcp_proxy::way::down}) {
                    co_await redis->ready(10s * support::patience);
                    const auto elements = trades_from(1, 3);
                    cli("DEL", how.list);
                    cli("RPUSH", how.list, elements);
                    const auto before = proxy.passed(which);
                    co_await how.take(redis);
                    co_await left_in(&cli, how.list);
                    // The settlement is answered.
                    (void)co_await redis->execute(fullon_cache::command("PING"));
                    const auto bytes = proxy.passed(which) - before;
                    for (std::size_t cut = 0; cut < bytes + 2; cut += 1 + (cut > 40 ? cut % 3 : 0)) {
                        INFO(static_cast<int>(which) << " " << cut);
                        co_await redis->ready(10s * support::patience);
                        cli("DEL", how.list);
                        cli("RPUSH", how.list, elements);
                        proxy.cut_after(which, cut);
                        const auto got = co_await outcome(taking(executor, how.take(redis)));
                        proxy.heal();
                        (got.empty() ? failed : served) += 1;
                        // What is to be settled goes over the next session.
                        const auto left = co_await left_in(&cli, how.list);
                        REQUIRE(both(got, left) == elements);
                    }
                }
                CHECK(served > 0);
                CHECK(failed > 0);
                redis->start();
                co_await redis->stop();
                co_await proxy.stop();
            }
        },
        120s);
}

TEST_CASE("a take that is cancelled after any number of turns loses nothing")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            redis_server server;
            redis_cli cli(server);
            const auto redis = started(executor, settings_of(server.port()));
            co_await redis->ready();
            for (const auto& how : takers) {
                INFO(how.name);
                int served = 0;
                int aborted = 0;
                for (int turns = 0; turns < 120; ++turns) {
                    INFO(turns);
                    const auto elements = trades_from(1, 3);
                    cli("DEL", how.list);
                    cli("RPUSH", how.list, elements);
                    taking one(executor, how.take(redis));
                    for (int i = 0; i < turns && !one.done(); ++i) {
                        auto turn = asio::post(asio::deferred);
                        co_await std::move(turn);
                    }
                    if (turns % 4 == 3 && !one.done())
                        co_await support::pause(1ms);
                    one.cancel();
                    const auto got = co_await outcome(one);
                    (got.empty() ? aborted : served) += 1;
                    co_await base_cache(*redis).ping(); // what was sent has come
                    const auto left = co_await left_in(&cli, how.list);
                    REQUIRE(both(got, left) == elements);
                }
                CHECK(served > 0);
                CHECK(aborted > 0);
            }
            CHECK(redis->shared_link()->losses() == 0);
            co_await redis->stop();
        },
        60s);
}

TEST_CASE("300 takes that are cancelled at random lose none of 600 trades, and keep their order")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            redis_server server;
            redis_cli cli(server);
            const auto redis = started(executor, settings_of(server.port()));
            co_await redis->ready();
            const char* const list = "trades:binance:BTCUSDT";
            std::minstd_rand random(4711);
            texts taken;
            for (int round = 0; round < 300; ++round) {
                cli("RPUSH", list, trades_from(2 * round + 1, 2));
                taking one(executor, take_trades(redis));
                const auto turns = random() % 24;
                for (unsigned i = 0; i < turns; ++i) {
                    auto turn = asio::post(asio::deferred);
                    co_await std::move(turn);
                }
                if (random() % 3 == 0)
                    co_await support::pause(milliseconds(random() % 3));
                one.cancel();
                taken = both(std::move(taken), co_await outcome(one));
            }
            co_await base_cache(*redis).ping();
            const auto left = co_await left_in(&cli, list);
            CHECK(both(taken, left) == trades_from(1, 600));
            CHECK_FALSE(taken.empty());
            co_await redis->stop();
        },
        60s);
}

TEST_CASE("what several clients had taken and give back together comes back as 12345")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            redis_server server;
            redis_cli cli(server);
            std::minstd_rand random(7);
            const auto elements = trades_from(1, 5);
            for (int round = 0; round < 40; ++round) {
                INFO(round);
                std::vector<std::unique_ptr<tcp_proxy>> proxies;
                std::vector<std::shared_ptr<connection>> clients;
                std::vector<taking> all;
                cli("DEL", "q");
                for (int i = 0; i < 3; ++i) {
                    proxies.push_back(std::make_unique<tcp_proxy>(executor, server.port()));
                    clients.push_back(started(executor, settings_of(proxies.back()->port())));
                    co_await know_the_script(clients.back());
                }
                cli("RPUSH", "q", elements);
                // Each has one, and no answer.
                for (std::size_t i = 0; i < clients.size(); ++i) {
                    proxies[i]->set_flow(tcp_proxy::way::down, tcp_proxy::flow::stall);
                    all.emplace_back(executor, lpop(clients[i]));
                    auto taken = [&] {
                        return cli("LLEN", "q").integer() == 4 - static_cast<std::int64_t>(i);
                    };
                    co_await support::eventually("it is taken", taken);
                }
                std::vector<std::size_t> order{0, 1, 2};
                std::shuffle(order.begin(), order.end(), random);
                for (auto& one : all)
                    one.cancel();
                for (const auto i : order) {
                    proxies[i]->heal();
                    co_await base_cache(*clients[i]).ping();
                }
                const auto left = co_await left_in(&cli, "q");
                REQUIRE(left == elements);
                for (const auto& one : clients)
                    co_await one->stop();
                for (const auto& one : proxies)
                    co_await one->stop();
            }
        },
        60s);
}

TEST_CASE("five that wait and are cancelled together take nothing out of the order")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        const auto redis = started(executor, settings_of(server.port()));
        co_await redis->ready();
        const auto elements = trades_from(1, 5);
        for (int round = 0; round < 100; ++round) {
            cli("DEL", "q");
            std::vector<taking> all;
            for (int i = 0; i < 5; ++i)
                all.emplace_back(executor, blpop(redis));
            for (int i = 0; i < round % 10; ++i) {
                auto turn = asio::post(asio::deferred);
                co_await std::move(turn);
            }
            cli("RPUSH", "q", elements);
            for (int i = 0; i < round / 10; ++i) {
                auto turn = asio::post(asio::deferred);
                co_await std::move(turn);
            }
            for (auto& one : all)
                one.cancel();
            texts got;
            for (const auto& one : all)
                got = both(std::move(got), co_await outcome(one));
            co_await base_cache(*redis).ping();
            const auto left = co_await left_in(&cli, "q");
            REQUIRE(both(got, left) == elements);
        }
        co_await redis->stop();
    });
}

TEST_CASE("what goes back needs no memory, and what is taken neither")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        const auto redis = started(executor, settings_of(server.port()));
        co_await redis->ready();
        for (const auto& how : takers) {
            INFO(how.name);
            const auto elements = trades_from(1, 3);
            cli("RPUSH", how.list, elements);
            cli("CONFIG", "SET", "maxmemory", "1");
            for (int turns = 0; turns < 20; ++turns) {
                taking one(executor, how.take(redis));
                for (int i = 0; i < turns && !one.done(); ++i) {
                    auto turn = asio::post(asio::deferred);
                    co_await std::move(turn);
                }
                one.cancel();
                const auto got = co_await outcome(one);
                co_await base_cache(*redis).ping();
                const auto left = co_await left_in(&cli, how.list);
                REQUIRE(both(got, left) == elements);
                if (!got.empty())
                    break;
            }
            if (cli("LLEN", how.list).integer() > 0) {
                const auto got = co_await how.take(redis);
                CHECK_FALSE(got.empty());
            }
            cli("CONFIG", "SET", "maxmemory", "0");
            co_await left_in(&cli, how.list);
            cli("DEL", how.list);
        }
        CHECK(cli("KEYS", "*").texts().empty()); // nothing of ours is left
        co_await redis->stop();
    });
}

TEST_CASE(
    "what a killed process, or a connection that was destroyed, had taken goes back when its time is over")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        auto settings = settings_of(server.port());
        settings.take_lease = 300ms * support::patience;
        const auto survivor = started(executor, settings);
        co_await know_the_script(survivor);
        for (const auto& how : takers) {
            INFO(how.name);
            const auto elements = trades_from(1, 3);
            cli("RPUSH", how.list, elements);
            tcp_proxy proxy(executor, server.port());
            auto cut_settings = settings;
            cut_settings.port = proxy.port();
            auto dying = started(executor, cut_settings);
            co_await dying->ready();
            proxy.set_flow(tcp_proxy::way::down, tcp_proxy::flow::stall);
            taking lost(executor, how.take(dying));
            const auto taken = [&] { return cli("LLEN", how.list).integer() < 3; };
            co_await support::eventually("taken", taken);
            dying.reset(); // nothing is said to Redis, as by a process that is killed
            const auto nothing = co_await outcome(lost);
            CHECK(nothing.empty());
            co_await proxy.stop();
            co_await support::pause(settings.take_lease + 50ms);
            texts got; // the next step of anybody gives back first
            while (got.size() < elements.size() &&
                   cli("LLEN", how.list).integer() + cli("EXISTS", register_of(how)).integer() > 0)
                got = both(std::move(got), co_await how.take(survivor));
            CHECK(got == elements);
            co_await left_in(&cli, how.list);
        }
        co_await survivor->stop();
    });
}

TEST_CASE("who waits is given what a dead one had taken, as soon as its time is over")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        auto settings = settings_of(server.port());
        settings.take_lease = 300ms * support::patience;
        const auto redis = started(executor, settings);
        co_await redis->ready();
        const auto now = cli("TIME").texts();
        const auto till = std::stoll(now.at(0)) * 1000 + std::stoll(now.at(1)) / 1000 + 300;
        cli("RPUSH", "fullon_cache:taken:{q}:dead-1", "1", "2");
        cli("ZADD", "fullon_cache:taken:{q}", 1, std::to_string(till) + ":dead-1");
        const auto first = co_await popped(redis, "q", 60s);
        CHECK(first == texts(1, "1"));
        const auto left = co_await left_in(&cli, "q");
        CHECK(left == texts(1, "2"));
        co_await redis->stop();
    });
}

TEST_CASE("a process that stood still for longer than its time hands out nothing that others may have")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        auto settings = settings_of(server.port());
        settings.take_lease = 200ms;
        settings.socket_timeout = 20s;
        settings.ping_timeout = 20s;
        const auto redis = started(executor, settings);
        co_await redis->ready();
        cli("RPUSH", "q", "1", "2");
        taking one(executor, lpop(redis));
        for (int i = 0; i < 3; ++i) {
            auto turn = asio::post(asio::deferred);
            co_await std::move(turn);
        }
        std::this_thread::sleep_for(400ms); // this process, its event loop
        texts others;
        {
            // Another client's next step puts it back, and takes it.
            asio::io_context elsewhere(1);
            const auto other = started(elsewhere.get_executor(), settings);
            support::run(elsewhere, [&]() -> asio::awaitable<void> {
                co_await other->ready();
                others = co_await lpop(other);
                co_await other->stop();
            });
        }
        const auto mine = co_await one.result();
        CHECK(both(others, mine) == texts{"1", "2"});
        co_await redis->stop();
    });
}

TEST_CASE("keys of what is taken are found by no pattern of the services")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        tcp_proxy proxy(executor, server.port());
        const auto redis = started(executor, settings_of(proxy.port()));
        co_await know_the_script(redis);
        for (const auto& how : takers)
            cli("RPUSH", how.list, trades_from(1, 1));
        proxy.set_flow(tcp_proxy::way::down, tcp_proxy::flow::stall);
        std::vector<taking> all;
        for (const auto& how : takers)
            if (how.name != std::string("blpop"))
                all.emplace_back(executor, how.take(redis));
        auto taken = [&] { return cli("KEYS", "fullon_cache:taken:*").texts().size() == 8; };
        co_await support::eventually("all is taken", taken);
        for (const auto* const pattern :
             {"tickers:*", "ticker_time:*",  "account*",       "new_orders:*",        "order_status:*",
              "trades:*",  "TRADE:STATUS:*", "user_trades:*",  "USER_TRADE:STATUS:*", "block_*",
              "opening_*", "bot_status*",    "ohlcv:*",        "process:*",           "global_error*",
              "cat_*",     "exchange*",      "symbols_list:*", "ws_error:*",          "tick*"})
            CHECK(cli("KEYS", pattern).texts().empty());
        proxy.heal();
        for (const auto& one : all)
            co_await one.result();
        co_await redis->stop();
        co_await proxy.stop();
    });
}

TEST_CASE("what its owner does not keep goes back, whatever the others of the same step do")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        const auto redis = started(executor, settings_of(server.port()));
        co_await redis->ready();
        cli("RPUSH", "q", "1", "2", "3", "4", "5");
        const auto link = redis->shared_link();
        const auto take = [](std::shared_ptr<fullon_cache::redis_link> from,
                             bool keeps) -> asio::awaitable<texts> {
            auto found = co_await from->take("q", false, 0ms);
            texts kept;
            if (keeps)
                kept = found.keep();
            co_return kept;
        };
        std::vector<taking> all;
        for (const bool keeps : {false, true, false, true})
            all.emplace_back(executor, take(link, keeps));
        texts kept;
        for (const auto& one : all)
            kept = both(std::move(kept), co_await one.result());
        CHECK(kept.size() == 2);
        auto left = co_await left_in(&cli, "q");
        CHECK(std::is_sorted(left.begin(), left.end()));
        kept = both(std::move(kept), left);
        std::sort(kept.begin(), kept.end());
        CHECK(kept == texts{"1", "2", "3", "4", "5"});
        co_await redis->stop();
    });
}

TEST_CASE("waits on a half-open connection end with its session, not with their own time")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        tcp_proxy proxy(executor, server.port());
        auto settings = settings_of(proxy.port());
        settings.ping_interval = 20ms;
        settings.ping_timeout = 200ms * support::patience;
        const auto redis = started(executor, settings);
        co_await know_the_script(redis);
        taking pop(executor, blpop(redis));
        background<std::vector<fullon_cache::stream_entry>> entries(
            executor, base_cache(*redis).xread("stream", "$", std::nullopt, 60s));
        co_await support::until_waiting(cli, 2);
        const auto begin = steady_clock::now();
        proxy.set_flow(tcp_proxy::flow::swallow); // as behind a router that has forgotten them
        cli("RPUSH", "q", "1");
        cli("XADD", "stream", "*", "f", "1");
        const auto first = co_await pop.error();
        CHECK(first == errc::unavailable);
        const auto second = co_await entries.error();
        CHECK(second == errc::unavailable);
        CHECK(steady_clock::now() - begin < 2s * support::patience);
        proxy.heal();
        co_await redis->ready(10s * support::patience);
        const auto got = co_await popped(redis, "q", 60s);
        CHECK(got == texts(1, "1"));
        co_await redis->stop();
        co_await proxy.stop();
    });
}

TEST_CASE("an element whose key has become something else is not lost, and says so")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        const auto redis = started(executor, settings_of(server.port()));
        co_await redis->ready();
        cli("SET", "q", "a text");
        const auto failure = co_await support::error_of(lpop(redis));
        CHECK(failure == errc::wrong_type);
        cli("RPUSH", "fullon_cache:taken:{q}:dead-1", "1");
        cli("ZADD", "fullon_cache:taken:{q}", 1, "1000000000000:dead-1"); // its time is over
        const auto got = co_await popped(redis, "q", 60s); // it cannot go back, but to who asks
        CHECK(got == texts(1, "1"));
        CHECK(cli("GET", "q").text == "a text");
        co_await redis->stop();
    });
}

TEST_CASE("a take without one of the rights that it needs leaves everything where it was")
{
    using world = support::cache_world<base_cache>;
    const auto body = [](world& w) -> asio::awaitable<void> {
        const trades_cache trades(w.connection);
        for (const auto* const right : {"rpush", "zadd", "zrem", "del", "lpop", "lrange", "rename", "zrange"})
            for (const bool all : {false, true}) {
                CAPTURE(right, all);
                const char* const list = "trades:kraken:BTCUSD";
                w.cli("FLUSHDB");
                w.cli("RPUSH", list, as_trade(1), as_trade(2));
                w.cli("ACL", "SETUSER", "default", std::string("-") + right);
                std::optional<errc> failure;
                std::size_t taken = 0;
                if (all) {
                    try {
                        const auto found = co_await trades.take_trades("kraken", "BTC/USD");
                        taken = found.size();
                    } catch (const fullon_cache::cache_error& error) {
                        failure = static_cast<errc>(error.code().value());
                    }
                } else
                    failure = co_await support::error_of(w.cache.lpop(list));
                w.cli("ACL", "SETUSER", "default", std::string("+") + right);
                if (failure) {
                    CHECK(*failure == errc::permission_denied);
                    co_await support::eventually("it is back", [&] {
                        return w.cli("LRANGE", list, 0, -1).texts() == texts{as_trade(1), as_trade(2)};
                    });
                }
                // All of it is there still, each once.
                const auto rest = co_await trades.take_trades("kraken", "BTC/USD");
                CHECK(rest.size() + taken + (failure || all ? 0 : 1) == 2);
            }
    };
    support::with_cache<base_cache>(body);
}
