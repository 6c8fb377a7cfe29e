// Ids and other integers beyond 64 bits: their digits are what every surface gives.
#include "support/async_test.hpp"
#include "support/http_peer.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/surfaces.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_orm/codec.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace {

namespace asio = boost::asio;
using support::served_redis;

constexpr const char* order_id = "123456789012345678901";
constexpr const char* bot = R"({"feed": {"cursor": 123456789012345678904, "ids": [-18446744073709551616]}})";

void store(support::redis_server& redis)
{
    support::redis_cli cli(redis);
    cli("HSET", "order_status:okx", order_id,
        R"({"ex_order_id": 123456789012345678901, "uid": "123456789012345678902", "bot_id": 9223372036854775808, "price": 123456789012345678903, "volume": "0.5"})");
    cli("RPUSH", "trades:okx:BTCUSDT",
        R"({"trade_id": 123456789012345678905, "ex_trade_id": "123456789012345678906", "price": 1e5, "volume": "0.00012000"})");
    cli("HSET", "bot_status", "7", bot);
    cli("HSET", "bot_status", "123456789012345678907", "{}");
}

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

asio::awaitable<std::string> answer_to(support::websocket_peer* peer, std::string request)
{
    co_await peer->send_text(std::move(request));
    co_return co_await peer->read_text();
}

} // namespace

TEST_CASE("integers of any length come over the WebSocket and REST as they are stored")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        store(world.redis);
        co_await world.start();
        support::websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        auto text = co_await answer_to(
            &peer, support::request_text("98765432109876543210987", "get_order_status",
                                         R"({"exchange":"okx","order_id":123456789012345678901})"));
        CAPTURE(text);
        CHECK(has(text, R"("request_id":98765432109876543210987,)"));
        CHECK(has(text, R"("order_id":"123456789012345678901")")); // the field
        CHECK(has(text, R"("ex_order_id":123456789012345678901,)"));
        CHECK(has(text, R"("uid":"123456789012345678902")"));
        CHECK(has(text, R"("bot_id":9223372036854775808,)"));
        CHECK(has(text, R"("price":1.2345678901234568e+20,)"));
        text = co_await answer_to(
            &peer, support::request_text("1", "get_trades", R"({"exchange":"okx","symbol":"BTC/USDT"})"));
        CHECK(has(text, R"("trade_id":123456789012345678905,"ex_trade_id":"123456789012345678906")"));
        CHECK(has(text, R"("price":100000.0)"));
        text = co_await answer_to(&peer, support::request_text("1", "get_bots"));
        CHECK(has(text, R"("cursor":123456789012345678904,"ids":[-18446744073709551616])"));
        text = co_await answer_to(
            &peer, support::request_text("1", "get_bot_status", R"({"bot_id":123456789012345678907})"));
        CHECK(has(text, R"("bot_id":"123456789012345678907")"));
        // Where a text or a number is wanted.
        text = co_await answer_to(
            &peer,
            support::request_text("1", "get_ticker", R"({"exchange":"okx","symbol":123456789012345678901})"));
        CHECK(has(text, "symbol: must be a non-empty string"));
        text = co_await answer_to(&peer, R"({"request_id":1,"operation":123456789012345678901})");
        CHECK(has(text, "operation: must be a string"));
        text =
            co_await answer_to(&peer, support::request_text("1", "stream_bot_status", R"({"bot_id":"7"})"));
        while (!has(text, "bot_status_update") && !has(text, R"("cursor":)"))
            text = co_await peer.read_text();
        CHECK(has(text, R"("cursor":123456789012345678904,"ids":[-18446744073709551616])"));

        support::http_peer http(executor);
        co_await http.connect(world.settings.port);
        const std::string prefix = world.settings.rest_prefix;
        const auto order = co_await http.get(prefix + "/orders/123456789012345678901/status?exchange=okx");
        CHECK(order.status == 200);
        CHECK(has(order.body, R"("ex_order_id":123456789012345678901,)"));
        const auto bots = co_await http.get(prefix + "/bots");
        CHECK(has(bots.body, R"("cursor":123456789012345678904,"ids":[-18446744073709551616])"));
        co_await world.stop();
    });
}

TEST_CASE("integers of any length come over the compat dialect as they are stored")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        store(world.redis);
        co_await world.start();
        support::websocket_peer bots(executor);
        co_await bots.open(world.settings.port, "/ws/bots/c1");
        auto text =
            co_await answer_to(&bots, R"({"action":"get_bots","request_id":[98765432109876543210987]})");
        CHECK(has(text, R"("request_id":[98765432109876543210987])"));
        CHECK(has(text, R"("cursor":123456789012345678904,"ids":[-18446744073709551616])"));
        support::websocket_peer orders(executor);
        co_await orders.open(world.settings.port, "/ws/orders/c1");
        text = co_await answer_to(
            &orders,
            R"({"action":"get_order_status","params":{"exchange":"okx","order_id":123456789012345678901}})");
        CHECK(has(text, R"("success":true)"));
        CHECK(has(text, order_id));
        co_await world.stop();
    });
}

TEST_CASE("ids of any length are text in C++, and go on as what they were")
{
    support::run_on_both([](asio::any_io_executor executor, support::surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        store(world.redis);
        co_await world.start();
        auto cache = co_await support::use(world, where);
        const auto order = co_await cache->get_order_status("okx", order_id);
        REQUIRE(order);
        CHECK(order->ex_order_id == fullon_orm::stored_id(order_id));
        CHECK(order->uid == fullon_orm::stored_id("123456789012345678902"));
        CHECK(order->ex_order_id->number);
        CHECK_FALSE(order->uid->number);
        const auto trades = co_await cache->get_trades("okx", "BTC/USDT");
        REQUIRE(trades.size() == 1);
        CHECK(std::get<std::string>(*trades[0].trade_id) == "123456789012345678905");
        CHECK(trades[0].volume == 0.00012);
        const auto bots = co_await cache->get_bots();
        std::string written;
        fullon_orm::write_json(written, bots.at("7"), fullon_orm::json_style::redis);
        CHECK(written == bot);
        co_await cache.close();
        co_await world.stop();
    });
}
