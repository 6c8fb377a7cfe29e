// The native dialect on the wire, request by request, against a real Redis.
#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using support::make_tick;
using support::request_text;
using support::served_redis;
using support::websocket_peer;

// The text in a member; "" where there is none.
std::string text_in(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

const json::object& result_of(const json::object& response)
{
    INFO(json::serialize(response));
    REQUIRE(response.at("success").as_bool());
    return response.at("result").as_object();
}

// "CODE: text", or "success".
std::string verdict(const json::object& response)
{
    if (response.at("success").as_bool())
        return "success";
    return text_in(response, "error_code") + ": " + text_in(response, "error");
}

std::set<std::string> names_of(const json::object& from)
{
    std::set<std::string> names;
    for (const auto& [name, value] : from)
        names.emplace(name);
    return names;
}

double number_in(const json::object& from, std::string_view name)
{
    return from.at(name).to_number<double>();
}

struct expectation {
    std::string operation;
    std::string params;
    std::string answer; // see verdict()
};

const std::string known = R"({"exchange":"binance","symbol":"BTC/USDT"})";

// Of every operation: what it answers when Redis is not there. Parameters are checked all the same.
const std::vector<expectation> without_redis{
    {"ping", "", "HEALTH_CHECK_FAILED: "},
    {"health_check", "", "success"},
    {"list_operations", "", "success"},
    {"get_ticker", known, "unavailable"},
    {"get_ticker", R"({"exchange":"binance"})",
     "INVALID_PARAMS: symbol: required, must be a non-empty string"},
    {"get_all_tickers", R"({"exchange":"binance"})", "unavailable"},
    {"stream_tickers", R"({"exchange":"binance"})", "unavailable"},
    {"stream_tickers", R"({"exchange":"binance","symbols":["BTC/USDT"]})", "unavailable"},
    {"unsubscribe", R"({"stream_key":"s1"})", "success"},
    {"list_streams", "", "success"},
};

// What was wrong with the question.
const std::vector<expectation> refusals{
    {"get_ticker", "", "INVALID_PARAMS: exchange: required, must be a non-empty string"},
    {"get_ticker", "{}", "INVALID_PARAMS: exchange: required, must be a non-empty string"},
    {"get_ticker", "null", "INVALID_PARAMS: exchange: required, must be a non-empty string"},
    {"get_ticker", R"({"exchange":"binance"})",
     "INVALID_PARAMS: symbol: required, must be a non-empty string"},
    {"get_ticker", R"({"symbol":"A"})", "INVALID_PARAMS: exchange: required, must be a non-empty string"},
    {"get_ticker", R"({"exchange":null,"symbol":"A"})",
     "INVALID_PARAMS: exchange: required, must be a non-empty string"},
    {"get_ticker", R"({"exchange":5,"symbol":"A"})", "INVALID_PARAMS: exchange: must be a non-empty string"},
    {"get_ticker", R"({"exchange":"binance","symbol":""})",
     "INVALID_PARAMS: symbol: must be a non-empty string"},
    {"get_ticker", R"({"exchange":"binance","symbol":["A"]})",
     "INVALID_PARAMS: symbol: must be a non-empty string"},
    {"get_ticker", R"({"exchange":"binance","symbol":{"a":1}})",
     "INVALID_PARAMS: symbol: must be a non-empty string"},
    {"get_ticker", R"({"exchange":"binance","symbol":true})",
     "INVALID_PARAMS: symbol: must be a non-empty string"},
    {"get_ticker", R"({"exchange":"binance","symbol":"A","sybmol":"B"})",
     "INVALID_PARAMS: sybmol: unknown parameter; known are: exchange, symbol"},
    {"get_ticker", "[]", "INVALID_PARAMS: params: must be an object"},
    {"get_ticker", R"("exchange")", "INVALID_PARAMS: params: must be an object"},
    {"get_ticker", "0", "INVALID_PARAMS: params: must be an object"},
    {"get_all_tickers", "", "INVALID_PARAMS: exchange: required, must be a non-empty string"},
    {"get_all_tickers", R"({"exchange":1.5})", "INVALID_PARAMS: exchange: must be a non-empty string"},
    {"get_all_tickers", R"({"exchange":""})", "INVALID_PARAMS: exchange: must be a non-empty string"},
    {"get_all_tickers", R"({"exchange":"a","symbol":"b"})",
     "INVALID_PARAMS: symbol: unknown parameter; known are: exchange"},
    {"stream_tickers", "", "INVALID_PARAMS: exchange: required, must be a non-empty string"},
    {"stream_tickers", R"({"exchange":["a"]})", "INVALID_PARAMS: exchange: must be a non-empty string"},
    {"stream_tickers", R"({"exchange":"a:b"})", "INVALID_PARAMS: exchange: must not contain ':'"},
    {"stream_tickers", R"({"exchange":"a","symbols":"BTC/USDT"})",
     "INVALID_PARAMS: symbols: must be a non-empty list, each entry a non-empty string"},
    {"stream_tickers", R"({"exchange":"a","symbols":["A",1]})",
     "INVALID_PARAMS: symbols: must be a non-empty list, each entry a non-empty string"},
    {"stream_tickers", R"({"exchange":"a","symbols":[""]})",
     "INVALID_PARAMS: symbols: must be a non-empty list, each entry a non-empty string"},
    {"stream_tickers", R"({"exchange":"a","symbol":"A"})",
     "INVALID_PARAMS: symbol: unknown parameter; known are: exchange, symbols"},
    {"unsubscribe", "", "INVALID_PARAMS: stream_key: required, must be a non-empty string"},
    {"unsubscribe", R"({"stream_key":1})", "INVALID_PARAMS: stream_key: must be a non-empty string"},
    {"unsubscribe", R"({"stream_key":"s1","x":1})",
     "INVALID_PARAMS: x: unknown parameter; known are: stream_key"},
    {"ping", R"({"x":1})", "INVALID_PARAMS: x: unknown parameter; known are: none"},
    {"health_check", R"({"x":1})", "INVALID_PARAMS: x: unknown parameter; known are: none"},
    {"list_operations", R"({"x":1})", "INVALID_PARAMS: x: unknown parameter; known are: none"},
    {"list_streams", R"({"stream_key":"s1"})",
     "INVALID_PARAMS: stream_key: unknown parameter; known are: none"},
    {"set_ticker", "", "INVALID_OPERATION: operation: unknown: 'set_ticker'"},
    {"Ping", "", "INVALID_OPERATION: operation: unknown: 'Ping'"},
    {"", "", "INVALID_OPERATION: operation: unknown: ''"},
};

// Asks everything at once, then collects. \returns the answers by their place in the table.
asio::awaitable<std::vector<json::object>> ask_all(websocket_peer& peer, std::vector<expectation> questions)
{
    for (std::size_t i = 0; i < questions.size(); ++i)
        co_await peer.send_text(request_text(std::to_string(i), questions[i].operation, questions[i].params));
    std::vector<json::object> answers(questions.size());
    for (std::size_t missing = questions.size(); missing != 0;) {
        auto message = co_await peer.read_json();
        if (!message.contains("success"))
            continue; // of a stream
        auto& place = answers.at(message.at("request_id").to_number<std::size_t>());
        CHECK(place.empty());
        place = std::move(message);
        --missing;
    }
    co_return answers;
}

void check_without_redis(const std::vector<json::object>& answers, std::set<std::string> unavailable)
{
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& wanted = without_redis[i];
        INFO(wanted.operation << " " << wanted.params << " -> " << json::serialize(answers[i]));
        const auto code = text_in(answers[i], "error_code");
        if (wanted.answer == "unavailable")
            CHECK(unavailable.contains(code));
        else if (wanted.operation == "ping")
            CHECK(code == "HEALTH_CHECK_FAILED");
        else
            CHECK(verdict(answers[i]) == wanted.answer);
        if (wanted.operation == "health_check") {
            const auto& result = answers[i].at("result").as_object();
            CHECK(text_in(result, "status") == "unhealthy");
            CHECK(text_in(result.at("cache").as_object(), "status") == "unhealthy");
            CHECK(result.at("cache").at("latency_ms").is_null());
            CHECK(text_in(result.at("websocket").as_object(), "status") == "healthy");
        }
    }
}

// Members of `message` that name the ticker and its price.
std::string line_of(const json::object& message)
{
    return text_in(message, "exchange") + " " + text_in(message, "symbol") + " " +
           json::serialize(message.at("price"));
}

// The values as they stand in a deployed Redis, with every way in which they are bad.
void store_nasty_values(const support::redis_server& redis)
{
    support::redis_cli cli(redis);
    const std::string rest =
        R"("volume": 1234.56, "time": 1762500000.123456, "bid": 49999.0, "ask": 50001.0, "last": 50000.5)";
    const auto of = [&](std::string symbol, std::string exchange, std::string price) {
        return R"({"symbol": ")" + symbol + R"(", "exchange": ")" + exchange + R"(", "price": )" + price +
               ", " + rest;
    };
    cli("HSET", "tickers:5", "7", of("7", "5", "50000.0") + "}");
    cli("HSET", "tickers:bad", "STR", of("STR", "bad", R"("50000.5")") + "}");
    cli("HSET", "tickers:bad", "EXTRA", of("X", "y", "50000.0") + R"(, "change_24h": 1.5, "foo": 1})");
    cli("HSET", "tickers:bad", "NOTJSON", "{x");
    cli("HSET", "tickers:bad", "NAN", R"({"price": NaN, "volume": Infinity, "time": 1, "bid": 1, "ask": 1})");
    cli("HSET", "tickers:bad", "LIST", "[1]");
    cli("HSET", "tickers:bad", "STRBAD", of("S", "bad", R"("abc")") + "}");
    cli("HSET", "tickers:bad", "NUM", "5");
    cli("HSET", "tickers:bad", "EMPTY", "{}");
    cli("HSET", "tickers:binance", "ETH/USDT", of("ETH/USDT", "binance", "3000") + "}");
    cli("HSET", "tickers:binance", "BTC/USDT", of("BTC/USDT", "binance", "50000.0") + "}");
    cli("HSET", "tickers:nulls", "ETH/USDT", of("ETH/USDT", "nulls", "50000.0") + "}");
    cli("HSET", "tickers:nulls", "BTC/USDT",
        R"({"symbol": "BTC/USDT", "exchange": "nulls", "price": 50000.0, "bid": null, "ask": 50001.0})");
    cli("HSET", "tickers:skip", "A", of("A", "skip", "50000.0") + "}");
    cli("HSET", "tickers:skip", "B", "{x");
    cli("SET", "tickers:wrongtype", "x");
}

const std::vector<std::string> unreadable{"NOTJSON", "NAN", "LIST", "STRBAD", "NUM", "EMPTY"};
const std::vector<std::string> echoed_ids{
    R"("7f1c")",
    R"("")",
    "0",
    "-1",
    "7",
    "1.5",
    "18446744073709551615",
    "-9223372036854775808",
    R"("1")",
    R"("a b\"c")",
    "1e300",
    "0.1",
    R"("é€😀")",
    R"("\n\u0000")",
};
// g++ 12 cannot keep an initializer_list in a coroutine.
const std::vector<std::string> no_ids{"", "null"};
const std::set<std::string> ack_members{"stream_key", "topics", "epoch", "delivery"};
const std::set<std::string> error_members{"request_id", "success", "error_code", "error"};
const std::set<std::string> two_topics{"tickers:binance:BTC/USDT", "tickers:binance:X/Y"};
const std::vector<std::string> nothing_there{R"({"exchange":"okx"})", R"({"exchange":"okx","symbols":null})",
                                             R"({"exchange":"okx","symbols":null})",
                                             R"({"exchange":"okx","symbols":["A","A"]})"};
const std::vector<std::string> named_and_whole{R"({"exchange":"okx","symbols":["A"]})",
                                               R"({"exchange":"okx"})"};
const std::vector<std::string> three_symbols{"A", "B", "C"};
const std::set<std::string> only_unavailable{"CACHE_UNAVAILABLE"};
const std::set<std::string> late_or_unavailable{"TIMEOUT", "CACHE_UNAVAILABLE"};
const std::vector<std::string> bad_ids{"{}", "[]", "[1]", "true", R"({"a":1})"};

} // namespace

TEST_CASE("every operation answers with the members that the protocol describes, and metrics")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("binance", "BTC/USDT", 47000.5, 1700000000.25));
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);

        const auto pong = co_await peer.ask("ping");
        const auto& ping = result_of(pong);
        CHECK(text_in(ping, "status") == "healthy");
        CHECK(text_in(ping, "websocket") == "connected");
        CHECK(text_in(ping, "cache") == "available");
        const double now =
            std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        CHECK(number_in(ping, "timestamp") > now - 60);
        CHECK(number_in(ping, "timestamp") <= now + 1);

        const auto health = co_await peer.ask("health_check");
        const auto& healthy = result_of(health);
        CHECK(text_in(healthy, "status") == "healthy");
        CHECK(text_in(healthy.at("websocket").as_object(), "status") == "healthy");
        CHECK(number_in(healthy.at("cache").as_object(), "latency_ms") >= 0);

        const auto one = co_await peer.ask("get_ticker", known);
        CHECK(
            json::serialize(result_of(one)) ==
            json::serialize(json::parse(
                R"({"exchange":"binance","symbol":"BTC/USDT","price":47000.5,"volume":null,"timestamp":1700000000.25,)"
                R"("bid":47000.0,"ask":47001.0,"last":null})")));
        const auto& metrics = one.at("metrics").as_object();
        CHECK(number_in(metrics, "duration_ms") >= 0);
        CHECK(metrics.at("cache_hit").as_bool());
        CHECK(text_in(metrics, "source") == "redis");

        const auto all = co_await peer.ask("get_all_tickers", R"({"exchange":"binance"})");
        CHECK(text_in(result_of(all), "exchange") == "binance");
        REQUIRE(result_of(all).at("tickers").as_array().size() == 1);
        CHECK(result_of(all).at("tickers").at(0) == one.at("result"));

        const auto opened =
            co_await peer.ask("stream_tickers", R"({"exchange":"binance","symbols":["X/Y","BTC/USDT"]})");
        CHECK(names_of(result_of(opened)) == ack_members);
        CHECK(text_in(result_of(opened), "delivery") == "exact");
        CHECK_FALSE(text_in(result_of(opened), "epoch").empty());
        std::set<std::string> topics;
        for (const auto& topic : result_of(opened).at("topics").as_array())
            topics.emplace(topic.as_string());
        CHECK(topics == two_topics);
        const auto key = text_in(result_of(opened), "stream_key");
        const auto end = co_await peer.read_until("type", "snapshot_end");
        CHECK(text_in(end, "stream_key") == key);
        CHECK(number_in(end, "items") == 1);

        const auto open = co_await peer.ask("list_streams");
        CHECK(result_of(open).at("streams").as_array().size() == 1);
        const auto gone = co_await peer.ask("unsubscribe", R"({"stream_key":")" + key + R"("})");
        CHECK(text_in(result_of(gone), "stream_key") == key);
        CHECK(number_in(result_of(gone), "delivered") == 1);
        const auto& known_here = gone.at("metrics").as_object();
        CHECK(text_in(known_here, "source") == "memory");
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("list_operations is the catalogue")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port, "/ws?token=x");
        const auto answer = co_await peer.ask("list_operations");
        const auto& listed = result_of(answer).at("operations").as_array();
        const auto catalogue = fullon_cache_api::detail::catalogue();
        REQUIRE(listed.size() == catalogue.size());
        for (std::size_t i = 0; i < listed.size(); ++i) {
            const auto& one = listed[i].as_object();
            CHECK(text_in(one, "name") == catalogue[i].name);
            CHECK(text_in(one, "kind") == catalogue[i].describe().kind);
            CHECK_FALSE(text_in(one, "doc").empty());
            CHECK(text_in(one.at("params").as_object(), "type") == "object");
            CHECK(one.at("params").at("additionalProperties") == false);
            const auto& schema = one.at("result").as_object();
            CHECK((schema.contains("anyOf") || text_in(schema, "type") == "object"));
            CHECK(one.at("rest").is_string());
        }
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a wrong question is told which parameter is wrong and what it must be")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        const auto answers = co_await ask_all(peer, refusals);
        for (std::size_t i = 0; i < refusals.size(); ++i) {
            INFO(refusals[i].operation << " " << refusals[i].params);
            CHECK(verdict(answers[i]) == refusals[i].answer);
            CHECK(names_of(answers[i]) == error_members);
        }
        // Without an operation at all, or with one that is no text.
        co_await peer.send_text(R"({"request_id":1})");
        auto answer = co_await peer.read_json();
        CHECK(verdict(answer) == "INVALID_OPERATION: operation: required, must be the name of an operation");
        co_await peer.send_text(R"({"request_id":1,"operation":["ping"]})");
        answer = co_await peer.read_json();
        CHECK(verdict(answer) == "INVALID_OPERATION: operation: must be a string");
        CHECK(answer.at("request_id") == 1);
        // Nothing of all this has left a stream behind.
        answer = co_await peer.ask("list_streams");
        CHECK(result_of(answer).at("streams").as_array().empty());
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("what is not there is a miss, an empty list, or an empty stream")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        auto answer = co_await peer.ask("get_ticker", known);
        CHECK(verdict(answer) == "CACHE_MISS: Ticker BTC/USDT not found in binance cache");
        answer = co_await peer.ask("get_ticker", R"({"exchange":"x\"y","symbol":"é\n"})");
        CHECK(verdict(answer) == "CACHE_MISS: Ticker é\n not found in x\"y cache");
        answer = co_await peer.ask("get_all_tickers", R"({"exchange":"binance"})");
        CHECK(json::serialize(result_of(answer)) == R"({"exchange":"binance","tickers":[]})");
        answer = co_await peer.ask("unsubscribe", R"({"stream_key":"never"})");
        CHECK(json::serialize(result_of(answer)) == R"({"stream_key":"never","delivered":0})");
        answer = co_await peer.ask("list_streams");
        CHECK(json::serialize(result_of(answer)) == R"({"streams":[]})");
        // Also of an empty list, and of null for one.
        for (const auto& params : nothing_there) {
            answer = co_await peer.ask("stream_tickers", params);
            const auto key = text_in(result_of(answer), "stream_key");
            const auto next = co_await peer.read_json();
            CHECK(json::serialize(next) ==
                  R"({"type":"snapshot_end","stream_key":")" + key + R"(","items":0})");
        }
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("without Redis every operation answers at once what it can, and works when Redis comes")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        world.redis.kill();
        co_await support::eventually("the server knows", [&] { return !world.server->redis_up(); });
        const auto begin = steady_clock::now();
        const auto answers = co_await ask_all(peer, without_redis);
        CHECK(steady_clock::now() - begin < 1s * support::patience); // the time-out is 3 s
        check_without_redis(answers, only_unavailable);

        world.redis.start();
        co_await support::eventually("the server's link is up", [&] { return world.server->redis_up(); });
        const auto answer = co_await peer.ask("ping");
        CHECK(verdict(answer) == "success");
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("with a hung Redis every operation answers within its time-out, all in parallel")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.redis.socket_timeout = 500ms * support::patience;
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        auto warm = co_await peer.ask("ping");
        CHECK(verdict(warm) == "success");
        world.redis.pause();
        std::vector<expectation> questions = without_redis;
        for (int i = 0; i < 5; ++i)
            questions.insert(questions.end(), without_redis.begin(), without_redis.end());
        const auto begin = steady_clock::now();
        const auto answers = co_await ask_all(peer, questions);
        const auto spent = steady_clock::now() - begin;
        CHECK(spent >= 400ms);                     // they did wait
        CHECK(spent < 900ms * support::patience);  // and not one after the other
        for (std::size_t round = 0; round < 6; ++round) {
            const auto first = answers.begin() + static_cast<std::ptrdiff_t>(round * without_redis.size());
            const std::vector<json::object> part(first,
                                                 first + static_cast<std::ptrdiff_t>(without_redis.size()));
            check_without_redis(part, late_or_unavailable);
        }
        // Meanwhile the answers that need no Redis did not wait for those that do.
        CHECK(answers[2].at("metrics").at("duration_ms").to_number<double>() < 300 * support::patience);

        world.redis.resume();
        co_await support::eventually("the server's link is up", [&] { return world.server->redis_up(); });
        std::string after;
        for (int i = 0; i < 100 && after != "success"; ++i) {
            const auto answer = co_await peer.ask("ping");
            after = verdict(answer);
        }
        CHECK(after == "success");
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a request_id comes back as it was, and is made where there is none")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        for (const auto& id : echoed_ids) {
            INFO(id);
            co_await peer.send_text(request_text(id, "list_streams"));
            auto answer = co_await peer.read_json();
            CHECK(answer.at("success") == true);
            CHECK(answer.at("request_id") == json::parse(id));
            co_await peer.send_text(request_text(id, "no_such"));
            answer = co_await peer.read_json();
            CHECK(answer.at("request_id") == json::parse(id));
        }
        // A number beyond 64 bits is what JSON readers make of it: a double.
        co_await peer.send_text(request_text("123456789012345678901234567890", "list_streams"));
        auto answer = co_await peer.read_json();
        CHECK(number_in(answer, "request_id") == 123456789012345678901234567890.0);

        std::set<std::string> made;
        for (const auto& none : no_ids)
            for (int i = 0; i < 2; ++i) {
                co_await peer.send_text(request_text(none, "list_streams"));
                answer = co_await peer.read_json();
                made.insert(text_in(answer, "request_id"));
            }
        CHECK(made.size() == 4);
        CHECK(made.begin()->size() == 36);

        for (const auto& id : bad_ids) {
            INFO(id);
            co_await peer.send_text(request_text(id, "list_streams"));
            answer = co_await peer.read_json();
            CHECK(verdict(answer) == "INVALID_PARAMS: request_id: must be a string or a number");
            CHECK(answer.at("request_id").is_null());
        }
        co_await peer.send_text(request_text('"' + std::string(510, 'x') + '"', "list_streams"));
        answer = co_await peer.read_json();
        CHECK(text_in(answer, "request_id").size() == 510);
        co_await peer.send_text(request_text('"' + std::string(511, 'x') + '"', "list_streams"));
        answer = co_await peer.read_json();
        CHECK(verdict(answer) == "INVALID_PARAMS: request_id: must be at most 510 bytes long");
        // Half a surrogate pair has no UTF-8: what comes back is valid text all the same.
        co_await peer.send_text(R"({"request_id":"\ud800","operation":"ping","params":{"\udfff":1}})");
        answer = co_await peer.read_json();
        CHECK(answer.at("success") == false);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("responses come as they are ready, and an id in flight is refused")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("binance", "BTC/USDT", 1, 1));
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        world.redis.pause(); // for less than the watchdog's patience
        co_await peer.send_text(request_text("1", "get_ticker", known));
        co_await peer.send_text(request_text(R"("1")", "list_streams")); // a text is not the number
        co_await peer.send_text(request_text("1", "list_streams"));
        auto answer = co_await peer.read_json();
        CHECK(verdict(answer) == "success");
        CHECK(answer.at("request_id") == "1");
        answer = co_await peer.read_json();
        CHECK(verdict(answer) == "INVALID_PARAMS: request_id: still in flight");
        CHECK(answer.at("request_id") == 1);
        world.redis.resume();
        answer = co_await peer.read_json();
        CHECK(answer.at("request_id") == 1);
        CHECK(number_in(result_of(answer), "price") == 1);
        // Answered, it may be used again.
        co_await peer.send_text(request_text("1", "list_streams"));
        answer = co_await peer.read_json();
        CHECK(verdict(answer) == "success");
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("of nasty stored values the readable ones are served and the others named corrupt")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        store_nasty_values(world.redis);
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);

        std::map<std::string, std::set<std::string>> wanted;
        wanted["bad"].insert("bad EXTRA 5E4"); // who it is, the key says, not the JSON
        wanted["bad"].insert("bad STR 5.00005E4");
        wanted["5"].insert("5 7 5E4");
        wanted["skip"].insert("skip A 5E4");
        wanted["nulls"].insert("nulls BTC/USDT 5E4");
        wanted["nulls"].insert("nulls ETH/USDT 5E4");
        wanted["binance"].insert("binance BTC/USDT 5E4");
        wanted["binance"].insert("binance ETH/USDT 3E3");
        for (const auto& [exchange, lines] : wanted) {
            const std::string params = R"({"exchange":")" + exchange + R"("})";
            const auto answer = co_await peer.ask("get_all_tickers", params);
            std::set<std::string> listed;
            for (const auto& one : result_of(answer).at("tickers").as_array()) {
                json::object made = one.as_object();
                made["price"] = number_in(made, "price");
                listed.insert(line_of(made));
            }
            CHECK(listed == lines);
            // The same in a snapshot.
            const auto opened = co_await peer.ask("stream_tickers", params);
            CHECK(verdict(opened) == "success");
            std::set<std::string> streamed;
            for (;;) {
                auto message = co_await peer.read_json();
                if (text_in(message, "type") == "snapshot_end")
                    break;
                message["price"] = number_in(message, "price");
                streamed.insert(line_of(message));
            }
            CHECK(streamed == lines);
        }
        for (const auto& symbol : unreadable) {
            INFO(symbol);
            const auto answer =
                co_await peer.ask("get_ticker", R"({"exchange":"bad","symbol":")" + symbol + R"("})");
            CHECK(text_in(answer, "error_code") == "CORRUPT_ENTRY");
        }
        auto answer = co_await peer.ask("get_ticker", R"({"exchange":"nulls","symbol":"BTC/USDT"})");
        CHECK(result_of(answer).at("bid").is_null());
        CHECK(result_of(answer).at("volume").is_null());
        CHECK(number_in(result_of(answer), "ask") == 50001.0);
        answer = co_await peer.ask("get_ticker", R"({"exchange":"wrongtype","symbol":"A"})");
        CHECK(text_in(answer, "error_code") == "CORRUPT_ENTRY");
        answer = co_await peer.ask("get_all_tickers", R"({"exchange":"wrongtype"})");
        CHECK(text_in(answer, "error_code") == "CORRUPT_ENTRY");
        answer = co_await peer.ask("stream_tickers", R"({"exchange":"wrongtype"})");
        CHECK(text_in(answer, "error_code") == "CORRUPT_ENTRY");
        answer = co_await peer.ask("stream_tickers", R"({"exchange":"wrongtype","symbols":["A"]})");
        CHECK(text_in(answer, "error_code") == "CORRUPT_ENTRY");
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("the response to unsubscribe is the last message of its stream, and a second one finds nothing")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("okx", "A", 1, 1));
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        const auto opened = co_await peer.ask("stream_tickers", R"({"exchange":"okx","symbols":["A"]})");
        const std::string params = R"({"stream_key":")" + text_in(result_of(opened), "stream_key") + R"("})";
        co_await peer.read_until("type", "snapshot_end");
        co_await world.ticks.set_ticker(make_tick("okx", "A", 2, 2));
        co_await peer.read_until("type", "ticker_update");
        // Updates and the unsubscription race; whatever wins, nothing follows the response.
        support::redis_cli cli(world.redis);
        co_await peer.send_text(request_text("1", "unsubscribe", params));
        std::vector<std::vector<std::string>> writes;
        for (int i = 3; i < 103; ++i) {
            const auto tick = fullon_orm::to_json(make_tick("okx", "A", i, i));
            writes.push_back(support::redis_words("HSET", "tickers:okx", "A", tick).list());
            writes.push_back(support::redis_words("PUBLISH", "ticker_updates:okx:A", tick).list());
        }
        cli.pipeline(writes);
        double live = 0;
        json::object answer;
        while (!answer.contains("success")) {
            answer = co_await peer.read_json();
            live += answer.contains("success") ? 0 : 1;
        }
        CHECK(number_in(result_of(answer), "delivered") == 2 + live); // snapshot, update, and those
        const auto again = co_await peer.ask("unsubscribe", params);
        CHECK(number_in(result_of(again), "delivered") == 0);
        co_await peer.send_text(request_text("2", "get_ticker", R"({"exchange":"okx","symbol":"A"})"));
        answer = co_await peer.read_json(); // the next message, no update before it
        CHECK(answer.at("request_id") == 2);
        CHECK(number_in(result_of(answer), "price") == 102);
        const auto more = co_await peer.messages_within(200ms);
        CHECK(more == 0);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("two streams that hold a topic get its snapshot each and a live update once")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("okx", "A", 1, 1));
        co_await world.ticks.set_ticker(make_tick("okx", "B", 1, 1));
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        std::vector<std::string> keys;
        for (const auto& params : named_and_whole) {
            const auto opened = co_await peer.ask("stream_tickers", params);
            keys.push_back(text_in(result_of(opened), "stream_key"));
            for (;;) {
                const auto message = co_await peer.read_json();
                CHECK(text_in(message, "stream_key") == keys.back());
                if (text_in(message, "type") == "snapshot_end")
                    break;
                CHECK(message.at("snapshot") == true);
                CHECK(number_in(message, "update_id") == 0);
            }
        }
        CHECK(keys.front() != keys.back());
        for (int i = 2; i < 12; ++i) {
            co_await world.ticks.set_ticker(make_tick("okx", "A", i, i));
            const auto update = co_await peer.read_json();
            CHECK(number_in(update, "price") == i);
            CHECK(number_in(update, "update_id") == i - 1);
            CHECK_FALSE(update.contains("stream_key"));
            CHECK_FALSE(update.contains("snapshot"));
        }
        auto answer = co_await peer.ask("list_streams");
        const auto& listed = result_of(answer).at("streams").as_array();
        REQUIRE(listed.size() == 2);
        for (std::size_t i = 0; i < 2; ++i) {
            const auto& one = listed[i].as_object();
            CHECK(text_in(one, "stream_key") == keys[i]);
            CHECK(text_in(one, "operation") == "stream_tickers");
            CHECK(one.at("params") == json::parse(named_and_whole[i]));
            CHECK(one.at("topics").as_array().size() == i + 1);
            CHECK(number_in(one, "delivered") == 10 + 1 + static_cast<double>(i));
            CHECK(number_in(one, "conflated") == 0);
            CHECK(number_in(one, "dropped") == 0);
        }
        // The one that is left still gets them.
        answer = co_await peer.ask("unsubscribe", R"({"stream_key":")" + keys.front() + R"("})");
        CHECK(verdict(answer) == "success");
        co_await world.ticks.set_ticker(make_tick("okx", "A", 50, 50));
        const auto update = co_await peer.read_json();
        CHECK(number_in(update, "price") == 50);
        const auto more = co_await peer.messages_within(100ms);
        CHECK(more == 0);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("FLUSHALL arrives as removals with growing ids, and what comes back as updates")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        for (const auto& symbol : three_symbols)
            co_await world.ticks.set_ticker(make_tick("okx", symbol, 1, 1));
        websocket_peer named(executor);
        websocket_peer whole(executor);
        co_await named.open(world.settings.port);
        co_await whole.open(world.settings.port);
        auto opened = co_await named.ask("stream_tickers", R"({"exchange":"okx","symbols":["A","B","C"]})");
        CHECK(verdict(opened) == "success");
        opened = co_await whole.ask("stream_tickers", R"({"exchange":"okx"})");
        CHECK(verdict(opened) == "success");
        co_await named.read_until("type", "snapshot_end");
        co_await whole.read_until("type", "snapshot_end");
        std::map<std::string, double> last_id;
        std::vector<websocket_peer*> peers;
        peers.push_back(&named);
        peers.push_back(&whole);
        for (int round = 1; round < 4; ++round) {
            support::redis_cli cli(world.redis);
            cli("FLUSHALL");
            for (auto* peer : peers) {
                std::set<std::string> removed;
                while (removed.size() < three_symbols.size()) {
                    const auto message = co_await peer->read_json();
                    const auto symbol = text_in(message, "symbol");
                    CHECK(message.at("removed") == true);
                    CHECK(number_in(message, "price") == round);
                    CHECK(removed.insert(symbol).second);
                    if (peer == &whole)
                        CHECK(number_in(message, "update_id") > last_id[symbol]);
                    if (peer == &whole)
                        last_id[symbol] = number_in(message, "update_id");
                }
            }
            for (const auto& symbol : three_symbols)
                co_await world.ticks.set_ticker(make_tick("okx", symbol, round + 1, round + 1));
            for (auto* peer : peers)
                for (std::size_t i = 0; i < three_symbols.size(); ++i) {
                    const auto message = co_await peer->read_json();
                    const auto symbol = text_in(message, "symbol");
                    CHECK_FALSE(message.contains("removed"));
                    CHECK(number_in(message, "price") == round + 1);
                    if (peer == &whole)
                        CHECK(number_in(message, "update_id") > last_id[symbol]);
                    if (peer == &whole)
                        last_id[symbol] = number_in(message, "update_id");
                }
        }
        named.hang_up();
        whole.hang_up();
        co_await world.stop();
    });
}
