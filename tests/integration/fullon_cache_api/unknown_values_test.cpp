// What Redis does not say, or says in a way that nobody can read, is told as unknown: never as 0, long, free or missing.
#include "support/async_test.hpp"
#include "support/caches.hpp"
#include "support/http_peer.hpp"
#include "support/next_item.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/surfaces.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/detail/catalogue/accounts_overview.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/types/account.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_cache_api/types/order.hpp>

#include <fullon_cache/account_reader.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_orm/codec.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using fullon_cache_api::error;
using support::redis_cli;
using support::served_redis;

/// Runs `body(world, cli, cache)` by a client and in process.
template <class Body>
void with_cache(Body body)
{
    support::run_on_both(
        [&](asio::any_io_executor executor, support::surface where) -> asio::awaitable<void> {
            served_redis world(executor);
            redis_cli cli(world.redis);
            co_await world.start();
            auto cache = co_await support::use(world, where);
            co_await body(world, cli, *cache);
            co_await cache.close();
            co_await world.stop();
        });
}

struct wire_answers {
    json::object websocket; ///< of a query
    unsigned status = 0; ///< of its route
    json::object rest;
    json::object compat;
};

struct asked {
    std::string operation;
    std::string params;
    std::string route;
    std::string group; ///< of the compat dialect
};

/// One question in each of the three ways in which it travels.
asio::awaitable<wire_answers> ask_all(served_redis* world, asked what)
{
    const auto executor = co_await asio::this_coro::executor;
    wire_answers found;
    support::websocket_peer native(executor);
    co_await native.open(world->settings.port);
    found.websocket = co_await native.ask(what.operation, what.params);
    native.hang_up();
    support::http_peer http(executor);
    co_await http.connect(world->settings.port);
    const auto answer = co_await http.get(world->settings.rest_prefix + what.route);
    found.status = answer.status;
    found.rest = json::parse(answer.body).as_object();
    support::websocket_peer compat(executor);
    co_await compat.open(world->settings.port, "/ws/" + what.group + "/c1");
    co_await compat.send_text(R"({"action":")" + what.operation + R"(","request_id":1,"params":)" +
                              what.params + "}");
    found.compat = co_await compat.read_json();
    compat.hang_up();
    co_return found;
}

std::optional<double> number_in(const json::object& of, std::string_view name)
{
    const auto& value = of.at(name);
    return value.is_null() ? std::nullopt : std::optional(value.to_number<double>());
}

std::string text_of(const json::object& of, std::string_view name)
{
    const auto& value = of.at(name);
    return value.is_null() ? "null" : std::string(value.as_string());
}

} // namespace

TEST_CASE("what is filled of an order is unknown where nobody has said it", "[unknown_values]")
{
    using number = std::optional<double>;
    const struct {
        std::string stored;
        number amount;
        number filled;
        number remaining;
        double compat_remaining; // of that dialect nothing is null, and nothing unknown is filled
    } rows[] = {
        {R"({"volume":5})", 5, {}, {}, 5},
        {R"({"volume":5,"status":"closed"})", 5, {}, {}, 5},
        {R"({"volume":5,"final_volume":null})", 5, {}, {}, 5},
        {R"({"volume":5,"final_volume":"abc"})", 5, {}, {}, 5},
        {R"({"volume":5,"final_volume":1e400})", 5, {}, {}, 5},
        {R"({"volume":5,"final_volume":0})", 5, 0, 5, 5},
        {R"({"volume":5,"final_volume":"2"})", 5, 2, 3, 3},
        {R"({"volume":5,"final_volume":7})", 5, 7, 0, 0},
        {R"({"final_volume":2})", {}, 2, {}, 0},
        {R"({"volume":1e400,"final_volume":2})", {}, 2, {}, 0},
        {R"({"volume":1e308,"final_volume":-1e308})", 1e308, -1e308, {}, 0},
        {"{}", {}, {}, {}, 0},
    };
    with_cache([&](served_redis& world, redis_cli& cli, auto& cache) -> asio::awaitable<void> {
        for (const auto& row : rows) {
            INFO(row.stored);
            cli("HSET", "order_status:b", "o", row.stored);
            const auto order = co_await cache.get_order_status("b", "o");
            REQUIRE(order);
            CHECK(order->amount == row.amount);
            CHECK(order->filled == row.filled);
            CHECK(order->remaining == row.remaining);
            const asked what{"get_order_status", R"({"order_id":"o","exchange":"b"})",
                             "/orders/o/status?exchange=b", "orders"};
            const auto told = co_await ask_all(&world, what);
            for (const auto* const one : {&told.websocket.at("result").as_object(), &told.rest}) {
                CHECK(number_in(*one, "filled") == row.filled);
                CHECK(number_in(*one, "remaining") == row.remaining);
            }
            const auto& compat = told.compat.at("result").as_object();
            CHECK(number_in(compat, "filled") == row.filled.value_or(0));
            CHECK(number_in(compat, "remaining") == row.compat_remaining);
        }
    });
}

TEST_CASE("a position of an unknown volume has no side, no size, and is neither open nor flat",
          "[unknown_values]")
{
    with_cache([](served_redis& world, redis_cli& cli, auto& cache) -> asio::awaitable<void> {
        const std::string stored =
            R"({"A":{"cost":1,"volume":"abc","price":1},"B":{"cost":1},"C":{"volume":null},"D":{"volume":-2},"E":{"volume":0},"F":5})";
        cli("HSET", "account_positions", "1", stored);
        const auto positions = co_await cache.get_positions("1");
        std::vector<std::string> seen;
        for (const auto& one : positions)
            seen.push_back(one.symbol + " " + one.side.value_or("-") + (one.size ? " sized" : ""));
        const std::vector<std::string> expected{"A -", "B -", "C -", "D short sized", "E long sized"};
        CHECK(seen == expected);
        auto updates = co_await cache.stream_positions("1");
        for (int i = 0; i < 5; ++i) {
            const auto one = co_await support::next_item(updates);
            CHECK(one.side.has_value() == one.size.has_value());
        }
        const auto status = co_await cache.get_accounts_status("1");
        REQUIRE(status);
        CHECK(status->symbols == std::vector<std::string>{"D"});
        CHECK(status->open_positions == 1);
        CHECK(status->unreadable == 4); // A, B, C and F
        const auto all = co_await cache.get_accounts_summary();
        CHECK(all.open_positions == 1);
        CHECK(all.with_positions == 1);
        CHECK(all.unreadable == 4);

        const asked what{"get_positions", R"({"user_id":1})", "/accounts/1/positions", "accounts"};
        const auto told = co_await ask_all(&world, what);
        for (const auto* const one : {&told.websocket.at("result").as_object(), &told.rest}) {
            const auto& first = one->at("positions").at(0).as_object();
            CHECK(first.at("side").is_null());
            CHECK(first.at("size").is_null());
        }
        const auto& compat = told.compat.at("result").at("positions").at(0).as_object();
        CHECK(text_of(compat, "side") == "long"); // of the volume 0.0 that is told there
        CHECK(number_in(compat, "size") == 0);
    });
}

TEST_CASE("a balance or a position that is there and unreadable is corrupt when it is asked for by name, not "
          "missing",
          "[unknown_values]")
{
    with_cache([](served_redis& world, redis_cli& cli, auto& cache) -> asio::awaitable<void> {
        cli("HSET", "accounts", "1", R"({"BTC":{"total":1},"BAD":5})");
        cli("HSET", "account_positions", "1", R"({"A":{"volume":1},"BAD":"x"})");
        boost::system::error_code code;
        try {
            (void)co_await cache.get_balance("1", "BAD");
        } catch (const boost::system::system_error& failure) {
            code = failure.code();
        }
        CHECK(code == error::corrupt_entry);
        const auto missing = co_await cache.get_balance("1", "XXX");
        CHECK_FALSE(missing);
        const auto good = co_await cache.get_balance("1", "BTC");
        CHECK(good);
        const auto all = co_await cache.get_balances("1"); // a list leaves it out
        CHECK(all.size() == 1);

        const asked what{"get_balance", R"({"user_id":1,"currency":"BAD"})",
                         "/accounts/1/balances?currency=BAD", "accounts"};
        const auto told = co_await ask_all(&world, what);
        CHECK(text_of(told.websocket, "error_code") == "CORRUPT_ENTRY");
        CHECK(told.status == 502);
        CHECK(text_of(told.compat, "error_code") == "CACHE_ERROR");

        const fullon_cache::account_reader accounts(world.writer);
        const auto balance = co_await support::error_of(accounts.get_full_account("1", "BAD"));
        CHECK(balance == fullon_cache::errc::serialization);
        const auto position = co_await support::error_of(accounts.get_position("1", "BAD"));
        CHECK(position == fullon_cache::errc::serialization);
        const auto none = co_await accounts.get_position("1", "XXX");
        CHECK_FALSE(none);
    });
}

TEST_CASE("numbers of a bot that no double holds keep their digits, in queries and streams",
          "[unknown_values]")
{
    const std::string stored = R"({"n":1e400,"m":[-1E+400,{"k":1e-400}],"z":0.0e-400,"d":0.1,"q":NaN})";
    const std::string told = R"({"n":1e400,"m":[-1E+400,{"k":1e-400}],"z":0.0,"d":0.1,"q":null})";
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        redis_cli cli(world.redis);
        cli("HSET", "bot_status", "b", stored);
        co_await world.start();
        support::websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        const auto has = [&](const std::string& text) { return text.find(told) != text.npos; };
        co_await peer.send_text(support::request_text("1", "get_bot_status", R"({"bot_id":"b"})"));
        auto text = co_await peer.read_text();
        CAPTURE(text);
        CHECK(has(text));
        co_await peer.send_text(support::request_text("2", "get_bots"));
        text = co_await peer.read_text();
        CHECK(has(text));
        co_await peer.send_text(support::request_text("3", "stream_bot_status", R"({"bot_id":"b"})"));
        do
            text = co_await peer.read_text();
        while (text.find("bot_update") == text.npos);
        CHECK(has(text));
        support::http_peer http(executor);
        co_await http.connect(world.settings.port);
        const auto bots = co_await http.get(world.settings.rest_prefix + "/bots");
        CHECK(has(bots.body));
        support::websocket_peer compat(executor);
        co_await compat.open(world.settings.port, "/ws/bots/c1");
        co_await compat.send_text(R"({"action":"get_bots","request_id":1})");
        text = co_await compat.read_text();
        CHECK(has(text));
        co_await world.stop();
    });
}

TEST_CASE("the numbers of a bot come to C++ so that they can be written as they stood", "[unknown_values]")
{
    with_cache([](served_redis&, redis_cli& cli, auto& cache) -> asio::awaitable<void> {
        const std::string stored = R"({"n": 1e400, "m": [-1E+400]})";
        cli("HSET", "bot_status", "b", stored);
        const auto bot = co_await cache.get_bot_status("b");
        REQUIRE(bot);
        std::string written;
        fullon_orm::write_json(written, bot->data, fullon_orm::json_style::redis);
        CHECK(written == stored);
    });
}

TEST_CASE("a symbol that is blocked in either spelling is blocked in both, on every surface",
          "[unknown_values]")
{
    with_cache([](served_redis& world, redis_cli& cli, auto& cache) -> asio::awaitable<void> {
        cli("HSET", "block_exchange", "b:A-B", "bot1", "b:C/D", "bot2", "b:E/F-G", "", "b:A-B:C", "bot3");
        const struct {
            std::string symbol;
            std::optional<std::string> holder;
            std::string stored; // how it is blocked
        } rows[] = {
            {"A-B", "bot1", "A-B"},     {"A/B", "bot1", "A-B"}, {"C/D", "bot2", "C/D"},
            {"C-D", "bot2", "C/D"},     {"E-F-G", "", "E/F-G"}, {"E/F-G", "", "E/F-G"},
            {"A/B:C", "bot3", "A-B:C"}, {"X/Y", {}, "X/Y"},     {"X-Y", {}, "X-Y"},
            {"AB", {}, "AB"},
        };
        for (const auto& row : rows) {
            INFO(row.symbol);
            const auto holder = co_await cache.is_blocked("b", row.symbol);
            CHECK(holder == row.holder);
            auto in_path = row.symbol;
            if (const auto slash = in_path.find('/'); slash != in_path.npos)
                in_path.replace(slash, 1, "%2F");
            const asked what{"is_blocked", R"({"exchange":"b","symbol":")" + row.symbol + R"("})",
                             "/bots/b/" + in_path + "/blocked", "bots"};
            const auto told = co_await ask_all(&world, what);
            const auto& native = told.websocket.at("result").as_object();
            const auto& compat = told.compat.at("result").as_object();
            for (const auto* const one : {&native, &told.rest, &compat}) {
                CHECK(one->at("is_blocked").as_bool() == row.holder.has_value());
                CHECK(text_of(*one, "blocked_by") == row.holder.value_or("null"));
            }
            CHECK(text_of(native, "symbol") == row.stored);
            CHECK(text_of(compat, "symbol") == row.symbol); // as it was asked for
        }
    });
}

TEST_CASE("a stream whose key is of another type is refused, one of trades or bars begins and is named stale",
          "[unknown_values]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        redis_cli cli(world.redis);
        for (const auto* const key : {"tickers:q", "order_status:q", "bot_status", "account_positions",
                                      "process:active:bot", "trades:q:W", "ohlcv:W:1m"})
            cli("SET", key, "a text");
        co_await world.start();
        support::websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        const struct {
            const char* operation;
            const char* params;
            const char* stale; // "" = it is refused
        } rows[] = {
            {"stream_tickers", R"({"exchange":"q"})", ""},
            {"stream_tickers", R"({"exchange":"q","symbols":["A"]})", ""},
            {"stream_order_queue", R"({"exchange":"q"})", ""},
            {"stream_bot_status", "{}", ""},
            {"stream_bot_status", R"({"bot_id":"1"})", ""},
            {"stream_positions", R"({"user_id":1})", ""},
            {"stream_process_health", "{}", ""},
            {"stream_trade_updates", R"({"exchange":"q","symbol":"W"})", "trades:q:W"},
            {"stream_ohlcv", R"({"symbol":"W","timeframe":"1m"})", "ohlcv:W:1m"},
        };
        for (const auto& row : rows) {
            INFO(row.operation << " " << row.params);
            const auto answer = co_await peer.ask(row.operation, row.params);
            const bool refused = std::string_view(row.stale).empty();
            REQUIRE(answer.at("success").as_bool() != refused);
            if (refused) {
                CHECK(text_of(answer, "error_code") == "CORRUPT_ENTRY");
                continue;
            }
            const auto end = co_await peer.read_json();
            CHECK(text_of(end, "type") == "snapshot_end");
            CHECK(end.at("items") == 0);
            const auto stale = co_await peer.read_json();
            CHECK(text_of(stale, "type") == "stale");
            CHECK(text_of(stale, "reason") == "unreadable");
            CHECK(stale.at("topics") == json::array{row.stale});
        }
        peer.hang_up();
        co_await world.stop();
    });
}
