// The tables of queries, streams and routes: their data, and how each operation must fail.
#pragma once

#include "support/async_test.hpp"
#include "support/recorded_writes.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/cache_calls.hpp>

#include <fullon_orm/iso_time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace operation_table {

namespace asio = boost::asio;
namespace json = boost::json;
using support::served_redis;
using support::websocket_peer;

using fullon_cache_api::cache_calls;
/// \returns the result as JSON.
using call_maker = std::function<asio::awaitable<std::string>(cache_calls&)>;

struct bad_params {
    std::string params;
    std::string problem; // the error's text begins so
};

struct query {
    std::string operation;
    call_maker call; // with the parameters of the hit
    std::string hit; // parameters
    std::string result; // of a hit: members that it has at least, with these values
    std::string miss; // parameters; "" where there is no miss
    std::string nothing; // result of a miss that is no error; "" = CACHE_MISS
    std::vector<bad_params> refused;
};

struct stream_case {
    std::string operation;
    call_maker call;
    std::string hit; // parameters
    std::string type; // of its messages
    std::size_t items; // of the snapshot
    std::string first; // members that its first item has at least
    std::string miss; // parameters under which there is nothing; "" where there always is something
    std::string topics; // of the miss
    std::vector<bad_params> refused;
    bool needs_redis = true;
};

struct route_case {
    std::string hit; // under the prefix
    std::string least; // members of the body
    std::string miss; // "" = there is none
    unsigned miss_status;
    std::string bad; // "" = it has no parameter to be wrong
    std::string problem;
    bool needs_redis = true;
};

// The rows are in operation_rows.cpp. What is missing there is printed by operation_rows_test.
extern const std::vector<query> queries; // of data
extern const std::vector<stream_case> streams;
extern const std::vector<route_case> routes;

/// What the service says of itself is asked without parameters, but for `unsubscribe`. protocol_test.cpp has the rest.
struct service_query {
    std::string operation;
    call_maker call; // none for `unsubscribe`, which the destructor of a stream sends
    std::string params;
    bool needs_redis = false;
};
extern const std::vector<service_query> service_queries;

/// The methods of cache_calls: those of the rows, and further ways to call them. An outage is thrown.
struct api_call {
    std::string operation;
    call_maker make;
    bool needs_redis = true;
};
std::vector<api_call> api_calls();

inline const std::string id_words = "an id: an integer or a non-empty string";

/// tests/data/seed.jsonl, with processes, a ticker and an opening position of now, and a bot that names its user.
inline void seed(const support::redis_server& server)
{
    support::redis_cli cli(server);
    for (const auto& words : support::seed_commands())
        cli.execute(words);
    cli("SET", "TRADE:STATUS:binance", "2025-11-07T07:20:00.123456+00:00");
    const auto now = fullon_orm::format_iso(
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count());
    cli("HSET", "tickers:live", "BTC/USDT", R"({"price":50000.0,"time":")" + now + R"("})");
    cli("HSET", "opening_position", "binance:ETH/USDT", "bot_1:" + now);
    cli("HSET", "bot_status", "8", R"({"user_id":1,"status":"idle"})");
    for (const auto* const type : {"tick", "bot"})
        for (const auto& id : cli("HKEYS", std::string("process:active:") + type).texts()) {
            auto data = json::parse(cli("GET", "process:data:" + id).text).as_object();
            data["updated_at"] = data["heartbeat"] = now;
            cli("SET", "process:data:" + id, json::serialize(data));
            cli("HSET", std::string("process:active:") + type, id, now);
        }
}

/// Empty where there is no such text.
inline std::string text_in(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

/// `whole` has at least the members of `least`, with these values.
inline void check_contains(const json::object& whole, const std::string& least)
{
    const auto expected = json::parse(least).as_object();
    for (const auto& [name, value] : expected) {
        INFO(std::string_view(name.data(), name.size()));
        REQUIRE(whole.contains(name));
        CHECK(whole.at(name) == value);
    }
}

/// `Row` has `operation`, `hit` (parameters) and `refused`.
template <class Row>
asio::awaitable<void> check_refusals(websocket_peer& peer, const std::vector<Row>& table)
{
    for (const auto& one : table)
        for (const auto& bad : one.refused) {
            const auto answer = co_await peer.ask(one.operation, bad.params);
            INFO(one.operation << " " << bad.params << " -> " << json::serialize(answer));
            CHECK(text_in(answer, "error_code") == "INVALID_PARAMS");
            CHECK(text_in(answer, "error").starts_with(bad.problem));
        }
}

/// All at once: they must wait side by side, not one after the other. \returns how each ended.
template <class Row>
asio::awaitable<std::multiset<std::string>> codes_of_all(websocket_peer& peer, const std::vector<Row>& table)
{
    for (std::size_t i = 0; i < table.size(); ++i)
        co_await peer.send_text(support::request_text(std::to_string(i), table[i].operation, table[i].hit));
    std::multiset<std::string> codes;
    while (codes.size() < table.size()) {
        const auto answer = co_await peer.read_json();
        if (answer.contains("success"))
            codes.insert(answer.at("success").as_bool() ? "success" : text_in(answer, "error_code"));
    }
    co_return codes;
}

/// Redis hangs, is given up, comes back, and dies.
template <class Row>
asio::awaitable<void> check_outages(asio::any_io_executor executor, const std::vector<Row>& table)
{
    using namespace std::chrono_literals;
    served_redis world(executor);
    world.settings.redis.socket_timeout = 400ms;
    seed(world.redis);
    co_await world.start();
    websocket_peer peer(executor);
    co_await peer.open(world.settings.port);
    co_await support::eventually("the server has its Redis", [&] { return world.server->redis_up(); });

    world.redis.pause();
    const auto begin = std::chrono::steady_clock::now();
    const auto hung = co_await codes_of_all(peer, table);
    CHECK(hung.count("TIMEOUT") == table.size());
    CHECK(std::chrono::steady_clock::now() - begin < 1500ms * support::patience);
    co_await support::eventually("given up by the watchdog", [&] { return !world.server->redis_up(); });
    const auto given_up = co_await codes_of_all(peer, table);
    CHECK(given_up.count("CACHE_UNAVAILABLE") == table.size());
    world.redis.resume();
    co_await support::eventually("it is back", [&] { return world.server->redis_up(); });
    const auto back = co_await codes_of_all(peer, table);
    CHECK(back.count("success") == table.size());

    // Before it is known, a stream of what is followed already begins; it is told that it is stale.
    world.redis.kill();
    co_await support::eventually("it is known", [&] { return !world.server->redis_up(); });
    const auto down = co_await codes_of_all(peer, table);
    CHECK(down.count("CACHE_UNAVAILABLE") == table.size());
    peer.hang_up();
    co_await world.stop();
}

} // namespace operation_table
