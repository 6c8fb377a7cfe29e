// Many callers that change one thing at once, in one process and in several.
#include "support/caches.hpp"
#include "support/command_counts.hpp"

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/orders_cache.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::account_cache;
using std::chrono::steady_clock;
using world = support::cache_world<account_cache>;

asio::awaitable<void> upsert(const account_cache* cache, std::string symbol, double volume)
{
    fullon_orm::position one;
    one.ex_id = "1";
    one.symbol = std::move(symbol);
    one.volume = volume;
    co_await cache->upsert_position(std::move(one));
}

// Runs all of them side by side.
asio::awaitable<void> run_all(asio::any_io_executor executor, std::vector<asio::awaitable<void>> all)
{
    std::size_t running = all.size();
    std::exception_ptr thrown;
    for (auto& one : all)
        asio::co_spawn(executor, std::move(one), [&](std::exception_ptr failure) {
            --running;
            thrown = failure ? std::move(failure) : thrown;
        });
    co_await support::eventually("all have ended", [&] { return running == 0; }, 20s);
    if (thrown)
        std::rethrow_exception(thrown);
}

} // namespace

TEST_CASE("800 positions of one account at once are all stored within a second")
{
    support::with_cache<account_cache>([](world& w) -> asio::awaitable<void> {
        constexpr int callers = 800;
        const auto before = support::commands_of(w.cli);
        std::vector<asio::awaitable<void>> all;
        for (int i = 0; i < callers; ++i)
            all.push_back(upsert(&w.cache, "S" + std::to_string(i) + "/USDT", i));
        const auto begin = steady_clock::now();
        co_await run_all(w.connection.get_executor(), std::move(all));
        const auto took = steady_clock::now() - begin;
        CHECK(took < 1s * support::patience);
        const auto found = co_await w.cache.get_positions("1");
        CHECK(found.size() == callers);
        for (const auto& one : found)
            CHECK(one.symbol == "S" + std::to_string(static_cast<int>(one.volume.value_or(-1))) + "/USDT");
        auto counts = support::difference(support::commands_of(w.cli), before);
        CHECK(counts["eval"] <= 20);
    });
}

TEST_CASE("several processes that change one account and one order lose nothing")
{
    support::with_cache<account_cache>([](world& w) -> asio::awaitable<void> {
        constexpr int processes = 4;
        constexpr int callers = 100;
        std::vector<std::unique_ptr<fullon_cache::connection>> connections;
        std::vector<account_cache> accounts;
        std::vector<fullon_cache::orders_cache> orders;
        for (int i = 0; i < processes; ++i) {
            connections.push_back(std::make_unique<fullon_cache::connection>(
                w.connection.get_executor(), support::redis_config(w.server)));
            connections.back()->start();
            accounts.emplace_back(*connections.back());
            orders.emplace_back(*connections.back());
        }
        w.cli("HSET", "order_status:okx", "7", R"({"kept": 1})");
        auto save = [](const fullon_cache::orders_cache* cache, int which) -> asio::awaitable<void> {
            fullon_orm::order one;
            one.order_id = "7";
            switch (which % 4) {
            case 0: one.price = 1; break;
            case 1: one.volume = 2; break;
            case 2: one.final_volume = 3; break;
            default: one.status = "filled"; break;
            }
            co_await cache->save_order_data("okx", std::move(one));
        };
        std::vector<asio::awaitable<void>> all;
        for (int process = 0; process < processes; ++process)
            for (int i = 0; i < callers; ++i) {
                const auto number = process * callers + i;
                all.push_back(upsert(&accounts[static_cast<std::size_t>(process)],
                                     "S" + std::to_string(number), number));
                all.push_back(save(&orders[static_cast<std::size_t>(process)], number));
            }
        co_await run_all(w.connection.get_executor(), std::move(all));
        const auto found = co_await w.cache.get_positions("1");
        CHECK(found.size() == processes * callers);
        const auto order = boost::json::parse(w.cli("HGET", "order_status:okx", "7").text).as_object();
        CHECK(order.at("kept") == 1);
        CHECK(order.at("price") == 1.0);
        CHECK(order.at("volume") == 2.0);
        CHECK(order.at("final_volume") == 3.0);
        CHECK(order.at("status") == "filled");
        for (auto& one : connections)
            co_await one->stop();
    });
}

TEST_CASE("a cancelled order gets its lifetime, whoever is merged into it in the same round")
{
    support::with_cache<account_cache>([](world& w) -> asio::awaitable<void> {
        const fullon_cache::orders_cache orders(w.connection);
        auto save = [&](const char* status) -> asio::awaitable<void> {
            fullon_orm::order one;
            one.order_id = "7";
            one.status = status;
            co_await orders.save_order_data("okx", std::move(one));
        };
        std::vector<asio::awaitable<void>> all;
        for (const auto* const status : {"open", "canceled", "canceled"})
            all.push_back(save(status));
        co_await run_all(w.connection.get_executor(), std::move(all));
        const auto order = co_await orders.get_order_status("okx", "7");
        REQUIRE(order);
        CHECK(order->status == "canceled");
        const auto has_field_lifetimes = w.cli("COMMAND", "INFO", "HTTL").elements.at(0).elements.size() > 1;
        if (has_field_lifetimes)
            CHECK(w.cli("HTTL", "order_status:okx", "FIELDS", 1, "7").elements.at(0).integer() > 3000);
    });
}

TEST_CASE("who is stopped with the connection while merges wait is told so")
{
    support::with_cache<account_cache>([](world& w) -> asio::awaitable<void> {
        w.server.pause();
        int ended = 0;
        std::vector<std::exception_ptr> failures;
        for (int i = 0; i < 300; ++i)
            asio::co_spawn(w.connection.get_executor(), upsert(&w.cache, "S" + std::to_string(i), i),
                           [&](std::exception_ptr failure) {
                               ++ended;
                               failures.push_back(std::move(failure));
                           });
        co_await support::pause(5ms);
        co_await w.connection.stop();
        co_await support::eventually("all have ended", [&] { return ended == 300; }, 5s);
        w.server.resume();
        for (const auto& one : failures) {
            REQUIRE(one);
            CHECK_THROWS_AS(std::rethrow_exception(one), fullon_cache::cache_error);
        }
    });
}

TEST_CASE("a change that is too large fails alone, whoever is merged with it")
{
    support::with_cache<account_cache>([](world& w) -> asio::awaitable<void> {
        w.cli("CONFIG", "SET", "proto-max-bulk-len", 1024 * 1024);
        constexpr int learning =
            3; // until the bound of this Redis is known, others feel the end of the session
        for (int round = 0; round <= learning; ++round) {
            std::vector<asio::awaitable<void>> all;
            int done = 0;
            int too_large = 0;
            const auto one = [&](std::string symbol) -> asio::awaitable<void> {
                fullon_orm::position made;
                made.ex_id = "1";
                made.symbol = std::move(symbol);
                made.volume = 1;
                const auto failure = co_await support::error_of(w.cache.upsert_position(std::move(made)));
                done += failure ? 0 : 1;
                too_large += failure == fullon_cache::errc::too_large ? 1 : 0;
            };
            for (int i = 0; i < 40; ++i)
                all.push_back(one(i == 20 ? std::string(2000000, 'x') : "S" + std::to_string(i) + "/USDT"));
            co_await run_all(co_await asio::this_coro::executor, std::move(all));
            CAPTURE(round, done, too_large);
            CHECK(done + too_large >= 1);
            if (round == learning) {
                CHECK(done == 39);
                CHECK(too_large == 1);
            }
            co_await w.connection.ready();
        }
    });
}
