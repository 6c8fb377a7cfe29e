// Messages as the client writes and reads them, and updates as items.
#include <fullon_cache_api/detail/stream/stream_traits.hpp>
#include <fullon_cache_api/detail/stream/update_decoder.hpp>
#include <fullon_cache_api/detail/wire/client_messages.hpp>
#include <fullon_cache_api/detail/wire/messages.hpp>

#include <catch2/catch_test_macros.hpp>

#include <span>
#include <string>
#include <vector>

using namespace fullon_cache_api;
using protocol::parse_server_message;
using kind = protocol::server_message::kind;

TEST_CASE("a request is what the server reads", "[client_messages]")
{
    const auto text = protocol::request_message(17, "get_ticker", R"({"exchange":"binance"})");
    CHECK(text == R"({"request_id":17,"operation":"get_ticker","params":{"exchange":"binance"}})");
    const auto read = protocol::parse_request(text);
    CHECK(read.id == "17");
    CHECK(read.operation == "get_ticker");
    CHECK(read.params.at("exchange") == "binance");
}

TEST_CASE("a reply carries its id and its result", "[client_messages]")
{
    const auto message = parse_server_message(protocol::success_message("17", R"({"price":47000.5})", {}));
    REQUIRE(message.type == kind::reply);
    CHECK(message.request_id == 17);
    CHECK_FALSE(message.failure);
    REQUIRE(message.result);
    CHECK(message.result->at("price") == 47000.5);
}

TEST_CASE("an error reply carries code and text", "[client_messages]")
{
    const auto message =
        parse_server_message(protocol::error_message("17", error::cache_miss, "Ticker X not found"));
    REQUIRE(message.type == kind::reply);
    CHECK(message.failure == error::cache_miss);
    CHECK(message.text == "Ticker X not found");
    // about a message that had no id
    CHECK_FALSE(parse_server_message(protocol::error_message("", error::malformed_message, "x")).request_id);
}

TEST_CASE("an error code of a later version stays readable", "[client_messages]")
{
    const auto message = parse_server_message(
        R"({"request_id":1,"success":false,"error_code":"TEAPOT","error":"short and stout"})");
    CHECK(message.failure == error::protocol);
    CHECK(message.text == "short and stout (error code TEAPOT)");
}

TEST_CASE("an id that was not ours is none", "[client_messages]")
{
    for (const auto* id : {R"("17")", "-1", "1.5", "null", "{}", "99999999999999999999"}) {
        CAPTURE(id);
        const auto message = parse_server_message(protocol::success_message(id, "{}", {}));
        CHECK(message.type == kind::reply);
        CHECK_FALSE(message.request_id);
    }
}

TEST_CASE("marks of streams are read", "[client_messages]")
{
    const auto end = parse_server_message(protocol::snapshot_end_message("s1", 3));
    CHECK(end.type == kind::snapshot_end);
    CHECK(end.stream_key == "s1");
    CHECK(end.count == 3);
    const std::vector<std::string> topics{"tickers:x:A", "tickers:x:B"};
    const auto stale =
        parse_server_message(protocol::stale_message("s1", stale_reason::not_permitted, topics));
    CHECK(stale.type == kind::stale);
    CHECK(stale.stream_key == "s1");
    CHECK(stale.reason == stale_reason::not_permitted);
    CHECK(stale.topics == topics);
    const auto whole = parse_server_message(protocol::stale_message("s1", stale_reason::gateway_lag));
    CHECK(whole.reason == stale_reason::gateway_lag);
    CHECK(whole.topics.empty());
    // Of a server that gave none, or one that is not known here.
    CHECK(parse_server_message(R"({"type":"stale","stream_key":"s1"})").reason == stale_reason::redis_down);
    CHECK(parse_server_message(R"({"type":"stale","stream_key":"s1","reason":"x","topics":[1,"t",{}]})")
              .topics == std::vector<std::string>{"t"});
    const auto fresh =
        parse_server_message(protocol::stale_message("s2", stale_reason::none, std::span(topics).first(1)));
    CHECK(fresh.type == kind::fresh);
    CHECK(fresh.stream_key == "s2");
    CHECK(fresh.reason == stale_reason::none);
    CHECK(fresh.topics == std::vector<std::string>{"tickers:x:A"});
    const auto gap = parse_server_message(R"({"type":"gap","topic":"trades:x:Y","dropped":5})");
    CHECK(gap.type == kind::gap);
    CHECK(gap.topic == "trades:x:Y");
    CHECK(gap.count == 5);
}

TEST_CASE("an update becomes an item of its stream", "[client_messages]")
{
    auto message = parse_server_message(
        R"({"type":"ticker_update","exchange":"binance","symbol":"BTC/USDT:USDT","price":47100.25,"volume":1275.0,)"
        R"("timestamp":1640995201.456,"bid":47100.0,"ask":null,"update_id":123,"snapshot":true,"stream_key":"s1"})");
    REQUIRE(message.type == kind::update);
    const auto update = detail::decode_update(std::move(message));
    REQUIRE(update);
    CHECK(update->type == "ticker_update");
    CHECK(update->topic == "tickers:binance:BTC/USDT:USDT");
    CHECK(update->item.empty());
    CHECK(update->update_id == 123);
    CHECK(update->snapshot);
    CHECK(update->stream_key == "s1");
    CHECK_FALSE(update->removed);
    const auto& value = *static_cast<const ticker*>(update->value.get());
    CHECK(value.price == 47100.25);
    CHECK(value.bid == 47100.0);
    CHECK_FALSE(value.ask);
    CHECK_FALSE(value.last);
}

TEST_CASE("an update that cannot be read, or of a later version, is none", "[client_messages]")
{
    const auto decoded = [](std::string_view text) {
        auto message = parse_server_message(text);
        return message.type == kind::update && detail::decode_update(std::move(message)).has_value();
    };
    CHECK(decoded(R"({"type":"ticker_update","exchange":"x","symbol":"y","price":1,"update_id":1})"));
    CHECK_FALSE(
        decoded(R"({"type":"ticker_update","exchange":"x","symbol":"y","price":null,"update_id":1})"));
    CHECK_FALSE(decoded(R"({"type":"ticker_update","exchange":"x","symbol":"y","update_id":1})"));
    CHECK_FALSE(decoded(R"({"type":"weather_update","sun":true,"update_id":1})"));
    CHECK(parse_server_message(R"({"type":"news"})").type == kind::unknown);
    CHECK(parse_server_message(R"({"type":"ticker_update","update_id":-1})").type == kind::unknown);
}

TEST_CASE("the prefix of a whole exchange fits all of its topics and no other", "[client_messages]")
{
    using traits = detail::stream_traits<operations::stream_tickers>;
    CHECK(traits::prefix({"binance", std::nullopt}) == "tickers:binance:");
    CHECK(traits::prefix({"binance", std::vector<std::string>(1, "A")}).empty());
}

TEST_CASE("no bytes of a server are too odd", "[client_messages]")
{
    const std::string deep(100, '[');
    for (const std::string& text :
         {std::string(), std::string("{"), std::string("[]"), std::string("17"), deep, std::string("{}"),
          std::string(R"({"success":"yes"})"), std::string("\xff\xfe"), std::string(R"({"type":"gap"})"),
          std::string(R"({"type":"stale"})"), std::string(R"({"type":"snapshot_end","stream_key":5})")}) {
        CAPTURE(text);
        const auto message = parse_server_message(text);
        CHECK(message.type == kind::malformed);
        CHECK_FALSE(message.text.empty());
    }
    CHECK(parse_server_message(R"({"type":17})").type == kind::unknown);
    CHECK(parse_server_message(R"({"success":true})").type == kind::reply);
}
