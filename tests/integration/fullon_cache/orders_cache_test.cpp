// orders_cache against a real Redis: merging, lifetimes, many writers, and what is read back.
#include "support/caches.hpp"

#include <fullon_cache/orders_cache.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::errc;
using fullon_cache::orders_cache;
using fullon_orm::order;
using world = support::cache_world<orders_cache>;

template <class Body>
void with_orders(Body body, void (*adjust)(fullon_cache::config&) = nullptr)
{
    support::with_cache<orders_cache>(std::move(body), adjust);
}

order make_order(std::string id, std::string status)
{
    order made;
    made.order_id = std::move(id);
    made.status = std::move(status);
    return made;
}

} // namespace

TEST_CASE("an order is read back as it was written, with its key's exchange and its field's id")
{
    with_orders([](world& w) -> asio::awaitable<void> {
        auto value = make_order("local", "open");
        value.ex_order_id = fullon_orm::stored_id(std::string("EX_1"));
        value.exchange = "elsewhere";
        value.symbol = "BTC/USDT";
        value.volume = 0.1;
        value.price = 50000.5;
        co_await w.cache.save_order("binance", value);
        const auto found = co_await w.cache.get_order_status("binance", "EX_1");
        REQUIRE(found);
        CHECK(found->order_id == "EX_1");
        CHECK(found->exchange == "binance");
        CHECK(found->price == 50000.5);
        CHECK(found->timestamp.value_or(0) > 1.7e9);
        const auto missing = co_await w.cache.get_order_status("binance", "local");
        CHECK_FALSE(missing);
        const auto elsewhere = co_await w.cache.get_order_status("kraken", "EX_1");
        CHECK_FALSE(elsewhere);

        // A number as the exchange's id is a field like any other.
        auto numbered = make_order("", "open");
        numbered.ex_order_id = fullon_orm::stored_id(std::int64_t(777));
        co_await w.cache.save_order("binance", numbered);
        const auto by_number = co_await w.cache.get_order_status("binance", "777");
        REQUIRE(by_number);
        CHECK(by_number->ex_order_id == numbered.ex_order_id);
        const auto length = co_await w.cache.get_queue_length("binance");
        CHECK(length == 2);
    });
}

TEST_CASE("an update replaces what it has, and leaves the rest as another service wrote it")
{
    with_orders([](world& w) -> asio::awaitable<void> {
        w.cli(
            "HSET", "order_status:binance", "1",
            R"({"price": 50000, "bot_id": "b7", "leverage": "3", "strategy": {"name": "x", "runs": [1, 2.0]}, "side": "buy"})");
        auto update = make_order("1", "filled");
        update.final_volume = 0.25;
        co_await w.cache.save_order_data("binance", update);
        const auto stored = boost::json::parse(w.cli("HGET", "order_status:binance", "1").text).as_object();
        CHECK(stored.at("price").is_int64());
        CHECK(stored.at("bot_id").as_string() == "b7");
        CHECK(stored.at("leverage").as_string() == "3");
        CHECK(stored.at("strategy") == boost::json::parse(R"({"name": "x", "runs": [1, 2.0]})"));
        CHECK(stored.at("status").as_string() == "filled");
        CHECK(stored.at("final_volume").as_double() == 0.25);
        CHECK(stored.at("order_id").as_string() == "1");

        // What is there but no order is not overwritten by a merge; replacing it repairs it.
        w.cli("HSET", "order_status:binance", "2", "{x");
        const auto unmerged =
            co_await support::error_of(w.cache.update_order("binance", make_order("2", "open")));
        CHECK(unmerged == errc::serialization);
        co_await w.cache.save_order("binance", make_order("2", "open"));
        const auto repaired = co_await w.cache.get_order_status("binance", "2");
        REQUIRE(repaired);
        CHECK(repaired->status == "open");
    });
}

TEST_CASE("many writers that merge into one order lose no update")
{
    with_orders([](world& w) -> asio::awaitable<void> {
        // Each of eight writers over its own connection sets another member, many times.
        constexpr int rounds = 40;
        std::vector<std::unique_ptr<fullon_cache::connection>> connections;
        int running = 0;
        auto write = [&](int which) -> asio::awaitable<void> {
            connections.push_back(std::make_unique<fullon_cache::connection>(
                w.connection.get_executor(), support::redis_config(w.server)));
            auto& own = *connections.back();
            own.start();
            const orders_cache cache(own);
            for (int round = 1; round <= rounds; ++round) {
                order update;
                update.order_id = "shared";
                const double value = round;
                switch (which) {
                case 0: update.volume = value; break;
                case 1: update.final_volume = value; break;
                case 2: update.price = value; break;
                case 3: update.plimit = value; break;
                case 4: update.tick = value; break;
                case 5: update.leverage = value; break;
                case 6: update.reason = std::to_string(round); break;
                default: update.command = std::to_string(round); break;
                }
                co_await cache.save_order_data("binance", update);
            }
            co_await own.stop();
            --running;
        };
        std::exception_ptr thrown;
        for (int which = 0; which < 8; ++which) {
            ++running;
            asio::co_spawn(w.connection.get_executor(), write(which), [&](const std::exception_ptr& failure) {
                if (failure)
                    thrown = failure;
            });
        }
        co_await support::eventually("all writers have ended", [&] { return running == 0 || thrown; });
        if (thrown)
            std::rethrow_exception(thrown);
        const auto found = co_await w.cache.get_order_status("binance", "shared");
        REQUIRE(found);
        CHECK(found->volume == rounds);
        CHECK(found->final_volume == rounds);
        CHECK(found->price == rounds);
        CHECK(found->plimit == rounds);
        CHECK(found->tick == rounds);
        CHECK(found->leverage == rounds);
        CHECK(found->reason == std::to_string(rounds));
        CHECK(found->command == std::to_string(rounds));
    });
}

TEST_CASE("cancelling one order does not make the others of its exchange expire")
{
    with_orders([](world& w) -> asio::awaitable<void> {
        co_await w.cache.save_order("binance", make_order("live", "open"));
        co_await w.cache.save_order("binance", make_order("dead", "open"));
        co_await w.cache.update_order("binance", make_order("dead", "canceled"));
        CHECK(w.cli("TTL", "order_status:binance").integer() == -1);

        // A lifetime that a Python service put on all of them is taken off again by whatever is written next.
        w.cli("EXPIRE", "order_status:binance", 3600);
        co_await w.cache.save_order("binance", make_order("live", "open"));
        CHECK(w.cli("TTL", "order_status:binance").integer() == -1);
        w.cli("EXPIRE", "order_status:binance", 3600);
        co_await w.cache.update_order("binance", make_order("live", "partially_filled"));
        CHECK(w.cli("TTL", "order_status:binance").integer() == -1);
        w.cli("EXPIRE", "order_status:binance", 3600);
        co_await w.cache.save_order("binance", make_order("other", "canceled"));
        CHECK(w.cli("TTL", "order_status:binance").integer() == -1);

        const auto length = co_await w.cache.get_queue_length("binance");
        CHECK(length == 3); // none has been cancelled for an hour
    });
}

TEST_CASE("cancelled orders go when their time is over, and only they")
{
    with_orders([](world& w) -> asio::awaitable<void> {
        const auto hash = "order_status:binance";
        w.cli("HSET", hash, "overdue", R"({"status": "canceled", "timestamp": "2020-01-01T00:00:00+00:00"})");
        w.cli("HSET", hash, "old but live",
              R"({"status": "open", "timestamp": "2020-01-01T00:00:00+00:00"})");
        w.cli("HSET", hash, "no time", R"({"status": "canceled", "timestamp": null})");
        w.cli("HSET", hash, "spelt otherwise",
              R"({"status": "cancelled", "timestamp": "2020-01-01T00:00:00+00:00"})");
        w.cli("HSET", hash, "broken", "{x");
        co_await w.cache.save_order("binance", make_order("1", "open"));
        CHECK(w.cli("HLEN", hash).integer() == 6); // a live order sweeps nothing
        co_await w.cache.save_order_data("binance", make_order("2", "canceled"));
        // Where Redis has lifetimes of fields, those that were written without one stay: they are not ours.
        const bool has_field_lifetimes = !w.cli.execute({"HTTL", hash, "FIELDS", "1", "2"}).is_error();
        if (has_field_lifetimes)
            CHECK(w.cli("HTTL", hash, "FIELDS", 1, "2").elements.at(0).integer() > 3500);
        else
            CHECK(w.cli("HEXISTS", hash, "overdue").integer() == 0);
        for (const auto* const kept : {"old but live", "no time", "spelt otherwise", "broken", "1", "2"})
            CHECK(w.cli("HEXISTS", hash, kept).integer() == 1);
    });
}

TEST_CASE("an order is found wherever it is, the last written of several")
{
    with_orders([](world& w) -> asio::awaitable<void> {
        const auto nothing = co_await w.cache.find_order("1");
        CHECK_FALSE(nothing);
        w.cli("HSET", "order_status:a", "1", R"({"status": "open", "timestamp": 100})");
        w.cli("HSET", "order_status:b", "1", R"({"status": "filled", "timestamp": 200})");
        w.cli("HSET", "order_status:c", "1", "{x");
        const auto found = co_await w.cache.find_order("1");
        REQUIRE(found);
        CHECK(found->exchange == "b");
        w.cli("HSET", "order_status:c", "2", "{x");
        const auto broken = co_await support::error_of(w.cache.find_order("2"));
        CHECK(broken == errc::serialization);
        const auto exchanges = co_await w.cache.get_order_exchanges();
        CHECK(exchanges == std::vector<std::string>{"a", "b", "c"});
    });
}

TEST_CASE("a hash of many orders is read whole, the broken ones left out")
{
    with_orders([](world& w) -> asio::awaitable<void> {
        std::vector<std::vector<std::string>> writes;
        for (int i = 0; i < 3000; ++i)
            writes.push_back(
                {"HSET", "order_status:big", std::to_string(i),
                 i % 10 == 0 ? "[1]" : R"({"status": "open", "price": )" + std::to_string(i) + "}"});
        w.cli.pipeline(writes);
        const auto orders = co_await w.cache.get_orders("big");
        CHECK(orders.size() == 2700);
        const auto length = co_await w.cache.get_queue_length("big");
        CHECK(length == 2700);
        CHECK(std::all_of(orders.begin(), orders.end(),
                          [](const order& one) { return one.price == std::stod(one.order_id); }));
        const auto none = co_await w.cache.get_orders("empty");
        CHECK(none.empty());
    });
}

TEST_CASE("bad arguments are named, another type of key and an outage are errors")
{
    with_orders([](world& w) -> asio::awaitable<void> {
        const auto no_exchange = co_await support::error_of(w.cache.get_orders(""));
        CHECK(no_exchange == errc::invalid_argument);
        const auto no_id = co_await support::error_of(w.cache.save_order("binance", order()));
        CHECK(no_id == errc::invalid_argument);
        const auto no_local = co_await support::error_of(w.cache.push_open_order("1", ""));
        CHECK(no_local == errc::invalid_argument);
        w.cli("SET", "order_status:text", "x");
        const auto wrong = co_await support::error_of(w.cache.get_order_status("text", "1"));
        CHECK(wrong == errc::wrong_type);
        const auto wrong_write =
            co_await support::error_of(w.cache.save_order_data("text", make_order("1", "open")));
        CHECK(wrong_write == errc::wrong_type);
        const auto wrong_replace =
            co_await support::error_of(w.cache.save_order("text", make_order("1", "open")));
        CHECK(wrong_replace == errc::wrong_type);
        w.server.kill();
        const auto down = co_await support::error_of(w.cache.get_order_status("binance", "1"));
        CHECK(down == errc::unavailable);
        const auto unwritten =
            co_await support::error_of(w.cache.save_order("binance", make_order("1", "open")));
        CHECK(unwritten == errc::unavailable);
    });
}
