// account_cache against a real Redis: positions and balances, in every form that services write.
#include "support/caches.hpp"

#include <fullon_cache/account_cache.hpp>

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using fullon_cache::account_cache;
using fullon_cache::errc;
using fullon_orm::balance;
using fullon_orm::position;
using world = support::cache_world<account_cache>;

template <class Body>
void with_accounts(Body body)
{
    support::with_cache<account_cache>(std::move(body));
}

position make_position(std::string ex_id, std::string symbol, double volume)
{
    position made;
    made.ex_id = std::move(ex_id);
    made.symbol = std::move(symbol);
    made.volume = volume;
    made.price = 100;
    made.timestamp = 1762500000.5;
    return made;
}

json::object stored(world& w, const char* key, const char* field)
{
    return json::parse(w.cli("HGET", key, field).text).as_object();
}

} // namespace

TEST_CASE("positions are replaced, added one by one, touched and deleted")
{
    with_accounts([](world& w) -> asio::awaitable<void> {
        std::vector<position> two;
        two.push_back(make_position("ignored", "BTC/USDT", 1));
        two.push_back(make_position("ignored", "ETH/USDT", -2));
        co_await w.cache.upsert_positions("1", two);
        co_await w.cache.upsert_position(make_position("1", "ETH/USDT", 5));
        co_await w.cache.upsert_position(make_position("1", "SOL/USDT:USDT", 7));
        co_await w.cache.upsert_position(make_position("2", "BTC/USDT", 9)); // an account that was not there
        const auto of_one = co_await w.cache.get_positions("1");
        REQUIRE(of_one.size() == 3);
        CHECK(of_one[1].symbol == "ETH/USDT");
        CHECK(of_one[1].volume == 5);
        CHECK(of_one[1].ex_id == "1");
        const auto all = co_await w.cache.get_all_positions();
        CHECK(all.size() == 4);
        const auto one = co_await w.cache.get_position("1", "SOL/USDT:USDT");
        REQUIRE(one);
        auto written = make_position("1", "SOL/USDT:USDT", 7);
        written.cost = written.fee = written.count = 0; // never null
        CHECK(*one == written);
        const auto other = co_await w.cache.get_position("1", "SOL/USDT");
        CHECK_FALSE(other);
        const auto old = co_await w.cache.get_position("1", "BTC/USDT", 1762500000.5);
        CHECK_FALSE(old);
        const auto fresh = co_await w.cache.get_position("1", "BTC/USDT", 1762500000.4);
        CHECK(fresh.has_value());

        w.cli("HSET", "account_positions", "1",
              R"({"BTC/USDT": {"volume": 1, "liquidation": 5}, "timestamp": "2020-01-01T00:00:00+00:00"})");
        const bool touched = co_await w.cache.touch_positions("1");
        CHECK(touched);
        const auto after = co_await w.cache.get_account_positions("1");
        REQUIRE(after);
        CHECK(after->timestamp.value_or(0) > 1.7e9);
        CHECK(stored(w, "account_positions", "1").at("BTC/USDT").at("liquidation") == 5); // nobody's business
        const bool missing = co_await w.cache.touch_positions("99");
        CHECK_FALSE(missing);
        CHECK(w.cli("HEXISTS", "account_positions", "99").integer() == 0);

        std::vector<position> none;
        co_await w.cache.upsert_positions("1", none);
        const auto gone = co_await w.cache.get_account_positions("1");
        CHECK_FALSE(gone);
        const auto nothing = co_await w.cache.get_positions("1");
        CHECK(nothing.empty());
    });
}

TEST_CASE("many writers that upsert positions of one account lose none")
{
    with_accounts([](world& w) -> asio::awaitable<void> {
        constexpr int writers = 8;
        constexpr int rounds = 30;
        std::vector<std::unique_ptr<fullon_cache::connection>> connections;
        int running = 0;
        std::exception_ptr thrown;
        auto write = [&](int which) -> asio::awaitable<void> {
            connections.push_back(std::make_unique<fullon_cache::connection>(
                w.connection.get_executor(), support::redis_config(w.server)));
            auto& own = *connections.back();
            own.start();
            const account_cache cache(own);
            for (int round = 1; round <= rounds; ++round) {
                auto shared = make_position("1", "SHARED", round);
                co_await cache.upsert_position(std::move(shared));
                auto mine = make_position("1", "S" + std::to_string(which), round);
                co_await cache.upsert_position(std::move(mine));
                if (round % 10 == 0)
                    co_await cache.touch_positions("1");
            }
            co_await own.stop();
            --running;
        };
        for (int which = 0; which < writers; ++which) {
            ++running;
            asio::co_spawn(w.connection.get_executor(), write(which), [&](const std::exception_ptr& failure) {
                if (failure)
                    thrown = failure;
            });
        }
        co_await support::eventually("all writers have ended", [&] { return running == 0 || thrown; });
        if (thrown)
            std::rethrow_exception(thrown);
        const auto found = co_await w.cache.get_positions("1");
        CHECK(found.size() == writers + 1);
        CHECK(std::all_of(found.begin(), found.end(),
                          [=](const position& one) { return one.volume == rounds; }));
    });
}

TEST_CASE("balances are read in both spellings, and written as they are given")
{
    with_accounts([](world& w) -> asio::awaitable<void> {
        auto account =
            json::parse(
                R"({"USDT": {"balance": 10, "available": 8.5}, "BTC": {"total": 1.5, "free": 1.2, "used": 0.3}})")
                .as_object();
        co_await w.cache.upsert_user_account("1", account);
        const auto raw = stored(w, "accounts", "1");
        CHECK(raw.at("BTC").at("free") == 1.2);
        const auto usdt = co_await w.cache.get_full_account("1", "USDT");
        REQUIRE(usdt);
        CHECK(usdt->total == 10);
        CHECK(usdt->available == 8.5);
        CHECK(usdt->reserved == 1.5);
        const auto btc = co_await w.cache.get_full_account("1", "BTC");
        REQUIRE(btc);
        CHECK(btc->reserved == 0.3);
        const auto missing = co_await w.cache.get_full_account("1", "EUR");
        CHECK_FALSE(missing);
        const auto nobody = co_await w.cache.get_full_account("2", "USDT");
        CHECK_FALSE(nobody);

        const bool touched = co_await w.cache.touch_user_account("1", "2024-01-15 10:30:00");
        CHECK(touched);
        const auto dated = co_await w.cache.get_account_balances("1");
        REQUIRE(dated);
        CHECK(dated->date == 1705314600);
        CHECK(dated->balances.size() == 2);
        const bool absent = co_await w.cache.touch_user_account("2");
        CHECK_FALSE(absent);

        std::vector<balance> plain;
        plain.push_back(*btc);
        co_await w.cache.upsert_user_account("2", plain, "whenever");
        CHECK(stored(w, "accounts", "2").at("BTC").at("balance") == 1.5);
        const auto undated = co_await w.cache.get_account_balances("2");
        REQUIRE(undated);
        CHECK_FALSE(undated->date);
        CHECK(undated->balances == plain);
        const auto all = co_await w.cache.get_all_accounts();
        CHECK(all.size() == 2);

        const auto cleaned = co_await w.cache.clean_positions();
        CHECK(cleaned == 1);
        const auto none = co_await w.cache.get_all_accounts();
        CHECK(none.empty());
    });
}

TEST_CASE("one bad account or entry does not spoil the others, alone it is an error")
{
    with_accounts([](world& w) -> asio::awaitable<void> {
        w.cli("HSET", "account_positions", "good", R"({"A": {"volume": 1}, "B": 5, "timestamp": null})",
              "bad", "{x");
        const auto all = co_await w.cache.get_all_positions();
        REQUIRE(all.size() == 1);
        CHECK(all[0].symbol == "A");
        const auto good = co_await w.cache.get_account_positions("good");
        REQUIRE(good);
        CHECK(good->unreadable == std::vector<std::string>{"B"});
        const auto bad = co_await support::error_of(w.cache.get_positions("bad"));
        CHECK(bad == errc::serialization);
        // Who replaces the whole repairs it.
        std::vector<position> whole;
        whole.push_back(make_position("bad", "A", 3));
        co_await w.cache.upsert_positions("bad", whole);
        const auto repaired = co_await w.cache.get_positions("bad");
        CHECK(repaired.size() == 1);
        w.cli("HSET", "accounts", "good", R"({"USDT": {"balance": 1}, "NUM": 5})", "bad", "[]");
        const auto accounts = co_await w.cache.get_all_accounts();
        REQUIRE(accounts.size() == 1);
        CHECK(accounts[0].unreadable == std::vector<std::string>{"NUM"});
        const auto broken = co_await support::error_of(w.cache.get_full_account("bad", "USDT"));
        CHECK(broken == errc::serialization);
    });
}

TEST_CASE("accounts: bad arguments and an outage are errors")
{
    with_accounts([](world& w) -> asio::awaitable<void> {
        const auto no_account = co_await support::error_of(w.cache.get_positions(""));
        CHECK(no_account == errc::invalid_argument);
        const auto no_symbol = co_await support::error_of(w.cache.upsert_position(make_position("1", "", 1)));
        CHECK(no_symbol == errc::invalid_argument);
        for (const double odd :
             {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
            const auto refused =
                co_await support::error_of(w.cache.upsert_position(make_position("1", "A", odd)));
            CHECK(refused == errc::invalid_argument);
        }
        std::vector<fullon_orm::balance> named(1);
        named[0].currency = "free";
        const auto no_currency = co_await support::error_of(w.cache.upsert_user_account("1", named));
        CHECK(no_currency == errc::invalid_argument);
        json::object empty;
        const auto nothing = co_await support::error_of(w.cache.upsert_user_account("1", empty));
        CHECK(nothing == errc::invalid_argument);
        w.server.kill();
        const auto down = co_await support::error_of(w.cache.get_all_positions());
        CHECK(down == errc::unavailable);
        const auto unwritten =
            co_await support::error_of(w.cache.upsert_position(make_position("1", "A", 1)));
        CHECK(unwritten == errc::unavailable);
    });
}

// ccxt and services in Python: nulls, an exchange's whole answer, ids of 21 digits.
TEST_CASE("accounts: what others have written is read, and kept by a merge")
{
    with_accounts([](world& w) -> asio::awaitable<void> {
        w.cli(
            "HSET", "account_positions", "1",
            R"({"BTC/USDT": {"cost": null, "volume": null, "price": null, "timestamp": null}, "ETH/USDT": null, "XRP/USDT": {"volume": "5e-1", "order": 123456789012345678901}, "timestamp": null})");
        const auto found = co_await w.cache.get_positions("1");
        REQUIRE(found.size() == 2);
        CHECK_FALSE(found[0].volume);
        CHECK(found[1].volume == 0.5);
        const auto all = co_await w.cache.get_all_positions();
        CHECK(all.size() == 2);
        co_await w.cache.upsert_position(make_position("1", "SOL/USDT", 7));
        CHECK(w.cli("HGET", "account_positions", "1").text.find(R"("order": 123456789012345678901})") !=
              std::string::npos);

        w.cli(
            "HSET", "accounts", "1",
            R"({"info": {"uid": 123456789012345678901}, "USDT": {"free": "8", "used": "2", "total": "10"}, "free": {"USDT": 8}, "used": {}, "total": {}, "timestamp": 1762500000123, "datetime": "2025-11-07T07:20:00Z"})");
        const auto account = co_await w.cache.get_account_balances("1");
        REQUIRE(account);
        REQUIRE(account->balances.size() == 1);
        CHECK(account->balances[0].available == 8);
        CHECK(account->unreadable.empty());
        co_await w.cache.touch_user_account("1", "now");
        CHECK(w.cli("HGET", "accounts", "1").text.find(R"("uid": 123456789012345678901)") !=
              std::string::npos);
    });
}
