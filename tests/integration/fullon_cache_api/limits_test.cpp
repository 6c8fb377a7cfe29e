// Every bound of server_config, reached.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/websocket_peer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using support::make_frame;
using support::make_tick;
using support::request_text;
using support::served_redis;
using support::upgrade_request;
using support::websocket_peer;

std::string text_in(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string verdict(const json::object& response)
{
    if (response.at("success").as_bool())
        return "success";
    return text_in(response, "error_code") + ": " + text_in(response, "error");
}

asio::awaitable<unsigned> status_for(served_redis& world, std::string extra)
{
    websocket_peer peer(world.executor);
    co_await peer.connect(world.settings.port);
    const auto answer = co_await peer.ask_http(upgrade_request("/", extra));
    co_return answer.status;
}

struct origin_case {
    std::string header;
    unsigned status;
};

// The peer's Host is localhost.
const std::vector<origin_case> own_host_only{
    {"", 101},
    {"Origin: http://localhost\r\n", 101},
    {"Origin: https://LOCALHOST\r\n", 101},
    {"Origin: https://localhost:443\r\n", 101},
    {"Origin: http://localhost:8080\r\n", 403},
    {"Origin: http://localhost:443\r\n", 403},
    {"Origin: http://localhost.evil.test\r\n", 403},
    {"Origin: http://evil.test\r\n", 403},
    {"Origin: localhost\r\n", 403},
    {"Origin: null\r\n", 403},
    {"Origin:\r\n", 403},
};
const std::vector<origin_case> listed_only{
    {"", 101},
    {"Origin: https://app.test\r\n", 101},
    {"Origin: http://localhost:3000\r\n", 101},
    {"Origin: https://APP.test:443\r\n", 101},
    {"Origin: http://app.test\r\n", 403},
    {"Origin: https://app.test:444\r\n", 403},
    {"Origin: https://app.test.evil.test\r\n", 403},
    {"Origin: http://localhost\r\n", 403},
};

} // namespace

TEST_CASE("a connection beyond max_connections is refused with 503, and one that ends makes room")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_connections = 2;
        co_await world.start();
        websocket_peer first(executor);
        websocket_peer second(executor);
        co_await first.open(world.settings.port);
        co_await second.open(world.settings.port);
        for (int i = 0; i < 3; ++i) {
            const auto status = co_await status_for(world, "");
            CHECK(status == 503);
        }
        const auto answer = co_await first.ask("ping");
        CHECK(verdict(answer) == "success");
        second.hang_up();
        co_await support::eventually("room again", [&] { return world.server->connections() == 1; });
        websocket_peer third(executor);
        co_await third.open(world.settings.port);
        first.hang_up();
        third.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("max_connections also holds for clients that come at the same time")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_connections = 3;
        co_await world.start();
        std::vector<websocket_peer> peers;
        for (int i = 0; i < 20; ++i) {
            peers.emplace_back(executor);
            co_await peers.back().connect(world.settings.port);
        }
        for (auto& peer : peers)
            co_await peer.send_raw(upgrade_request());
        int accepted = 0;
        for (auto& peer : peers) {
            const auto answer = co_await peer.ask_http("");
            accepted += answer.status == 101 ? 1 : 0;
        }
        CHECK(accepted == 3);
        CHECK(world.server->connections() <= 3);
        for (auto& peer : peers)
            peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a stream beyond max_streams is LIMIT_EXCEEDED, and one that ends makes room")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_streams = 3;
        co_await world.start();
        websocket_peer peer(executor);
        websocket_peer other(executor);
        co_await peer.open(world.settings.port);
        co_await other.open(world.settings.port);
        // All at once: those still being opened count too.
        for (int i = 0; i < 6; ++i)
            co_await peer.send_text(
                request_text(std::to_string(i), "stream_tickers", R"({"exchange":"okx"})"));
        int opened = 0;
        std::string key;
        for (int answers = 0; answers < 6;) {
            const auto message = co_await peer.read_json();
            if (!message.contains("success"))
                continue;
            ++answers;
            if (message.at("success").as_bool()) {
                ++opened;
                key = text_in(message.at("result").as_object(), "stream_key");
            } else
                CHECK(verdict(message) == "LIMIT_EXCEEDED: more than 3 streams on this connection");
        }
        CHECK(opened == 3);
        auto answer = co_await other.ask("stream_tickers", R"({"exchange":"okx"})");
        CHECK(verdict(answer) == "success"); // the bound is per connection
        answer = co_await peer.ask("unsubscribe", R"({"stream_key":")" + key + R"("})");
        CHECK(verdict(answer) == "success");
        answer = co_await peer.ask("stream_tickers", R"({"exchange":"okx"})");
        CHECK(verdict(answer) == "success");
        // A stream that could not be opened does not count.
        answer = co_await peer.ask("unsubscribe", R"({"stream_key":"s1"})");
        answer = co_await peer.ask("stream_tickers", R"({"exchange":5})");
        CHECK(text_in(answer, "error_code") == "INVALID_PARAMS");
        answer = co_await peer.ask("stream_tickers", R"({"exchange":"okx"})");
        CHECK(verdict(answer) == "success");
        peer.hang_up();
        other.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a request beyond max_in_flight is RATE_LIMITED")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_in_flight = 4;
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("okx", "A", 1, 1));
        websocket_peer peer(executor);
        websocket_peer other(executor);
        co_await peer.open(world.settings.port);
        co_await other.open(world.settings.port);
        world.redis.pause();
        for (int i = 0; i < 10; ++i)
            co_await peer.send_text(
                request_text(std::to_string(i), "get_ticker", R"({"exchange":"okx","symbol":"A"})"));
        for (int i = 4; i < 10; ++i) {
            const auto message = co_await peer.read_json();
            CHECK(verdict(message) == "RATE_LIMITED: more than 4 requests in flight");
            CHECK(message.at("request_id") == i);
        }
        auto answer = co_await other.ask("list_streams"); // the bound is per connection
        CHECK(verdict(answer) == "success");
        world.redis.resume();
        for (int i = 0; i < 4; ++i) {
            const auto message = co_await peer.read_json();
            CHECK(verdict(message) == "success");
        }
        answer = co_await peer.ask("ping");
        CHECK(verdict(answer) == "success");
        peer.hang_up();
        other.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a message over max_message_size is refused alone: the connection and its streams go on")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_message_size = 1000;
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("okx", "A", 1, 1));
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        auto answer = co_await peer.ask("stream_tickers", R"({"exchange":"okx"})");
        CHECK(verdict(answer) == "success");
        std::string text = request_text("1", "list_streams");
        text.resize(1000, ' ');
        co_await peer.send_text(text);
        answer = {};
        while (!answer.contains("success"))
            answer = co_await peer.read_json();
        CHECK(verdict(answer) == "success");
        struct large_case {
            std::string begin;
            std::string end;
            json::value id;
        };
        const std::vector<large_case> cases{
            {R"({"request_id":"a\"b","operation":"get_ticker","params":{"symbol":")", R"("}})",
             json::string("a\"b")},
            {R"({"operation":"ping","request_id":17,"params":{"x":[{"request_id":5}],"y":")", R"("}})", 17},
            {R"({"operation":"ping","params":{"request_id":5,"y":")", R"("}})", nullptr},
            {R"({"request_id":{"a":1},"operation":")", R"("})", nullptr},
            {"[[[[[", "", nullptr},
            {"", "", nullptr},
        };
        for (const auto& one : cases)
            for (const std::size_t size : {1001U, 70'000U, 5'000'000U}) {
                INFO(one.begin << " of " << size);
                std::string large =
                    one.begin + std::string(size - one.begin.size() - one.end.size(), 'x') + one.end;
                co_await peer.send_text(std::move(large));
                json::object refused;
                while (!refused.contains("success"))
                    refused = co_await peer.read_json();
                CHECK(verdict(refused) == "LIMIT_EXCEEDED: message: " + std::to_string(size) +
                                              " bytes; this server reads at most 1000");
                CHECK(refused.at("request_id") == one.id);
            }
        co_await world.ticks.set_ticker(make_tick("okx", "B", 2, 2));
        json::object update;
        while (text_in(update, "symbol") != "B")
            update = co_await peer.read_json();
        // In the compat dialect in its own shape, and in turn.
        websocket_peer compat(executor);
        co_await compat.open(world.settings.port, "/ws/tickers/c1");
        const std::string asked = R"({"request_id":"z","action":"get_ticker","params":{"symbol":")" +
                                  std::string(3000, 'x') + R"("}})";
        co_await compat.send_text(asked);
        answer = co_await compat.read_json();
        CHECK(verdict(answer) == "LIMIT_EXCEEDED: message: " + std::to_string(asked.size()) +
                                     " bytes; this server reads at most 1000");
        CHECK(text_in(answer, "request_id") == "z");
        // Beyond what is thrown away it is no mistake.
        co_await peer.send_raw(support::make_frame_head(16 * 1024 * 1024 + 1, 64));
        const auto code = co_await peer.read_close();
        CHECK(code.value_or(0) == 1009);
        compat.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a connection names at most max_topics topics, of all its streams together, and nothing of a "
          "request over it is taken")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_topics = 3;
        co_await world.start();
        support::redis_cli cli(world.redis);
        for (const auto* const symbol : {"A", "B", "C", "D", "E"})
            co_await world.ticks.set_ticker(make_tick("okx", symbol, 1, 1));
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        const std::string over = "LIMIT_EXCEEDED: topics: more than 3 are followed on this connection";
        const auto channels = [&] { return support::info_number(cli, "pubsub_channels"); };
        auto answer =
            co_await peer.ask("stream_tickers", R"({"exchange":"okx","symbols":["A","B","C","D"]})");
        CHECK(verdict(answer) == over);
        CHECK(channels() == 0);
        answer = co_await peer.ask("stream_tickers", R"({"exchange":"okx","symbols":["A","B"]})");
        CHECK(verdict(answer) == "success");
        const auto key = text_in(answer.at("result").as_object(), "stream_key");
        const auto followed = channels();
        answer = co_await peer.ask("stream_tickers", R"({"exchange":"okx","symbols":["B","A","A"]})");
        CHECK(verdict(answer) == "success"); // the same ones
        answer = co_await peer.ask("stream_tickers", R"({"exchange":"okx","symbols":["D","E"]})");
        CHECK(verdict(answer) == over);
        CHECK(channels() == followed);
        answer = co_await peer.ask("stream_tickers", R"({"exchange":"okx"})"); // all count as one
        CHECK(verdict(answer) == "success");
        answer = co_await peer.ask("stream_ohlcv", R"({"symbol":"A","timeframe":"1m"})");
        CHECK(verdict(answer) == over);
        answer = co_await peer.ask("stream_trade_updates", R"({"exchange":"okx","symbol":"A"})");
        CHECK(verdict(answer) == over);
        websocket_peer other(executor);
        co_await other.open(world.settings.port);
        answer = co_await other.ask("stream_tickers", R"({"exchange":"okx","symbols":["C","D","E"]})");
        CHECK(verdict(answer) == "success"); // the bound is per connection
        // What ends makes room: the name is held by the second stream still.
        answer = co_await peer.ask("unsubscribe", R"({"stream_key":")" + key + R"("})");
        answer = co_await peer.ask("stream_positions", R"({"user_id":1})");
        CHECK(verdict(answer) == over);
        peer.hang_up();
        other.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("the limits are told in the handshake and by list_operations")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_message_size = 1234;
        world.settings.max_topics = 56;
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.connect(world.settings.port);
        const auto upgraded = co_await peer.ask_http(upgrade_request());
        INFO(upgraded.head);
        CHECK(upgraded.head.find("Fullon-Limits: max_message_size=1234, max_topics=56\r\n") !=
              std::string::npos);
        websocket_peer asking(executor);
        co_await asking.open(world.settings.port);
        const auto answer = co_await asking.ask("list_operations");
        const auto& limits = answer.at("result").at("limits").as_object();
        CHECK(limits.at("max_message_size") == 1234);
        CHECK(limits.at("max_topics") == 56);
        CHECK(limits.at("max_streams") == 1000);
        CHECK(limits.at("max_in_flight") == 1024);
        CHECK(limits.at("max_reply_size") == 32 * 1024 * 1024);
        peer.hang_up();
        asking.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a reply over max_reply_size is LIMIT_EXCEEDED and names the parameter to narrow it")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_reply_size = 10'000;
        co_await world.start();
        for (int i = 0; i < 200; ++i)
            co_await world.ticks.set_ticker(make_tick("okx", "S" + std::to_string(i), i, 1));
        co_await world.ticks.set_ticker(make_tick("small", "A", 1, 1));
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        auto answer = co_await peer.ask("get_all_tickers", R"({"exchange":"okx"})");
        CHECK(verdict(answer) == "LIMIT_EXCEEDED: exchange: the reply is larger than 10000 bytes");
        answer = co_await peer.ask("get_all_tickers", R"({"exchange":"small"})");
        CHECK(verdict(answer) == "success");
        // A stream of the same size is no reply: it is sent item by item.
        answer = co_await peer.ask("stream_tickers", R"({"exchange":"okx"})");
        const auto code = text_in(answer, "error_code");
        CHECK((code.empty() || code == "LIMIT_EXCEEDED"));
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a page of another origin is refused, and programs that send no Origin are not asked")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        for (const auto& one : own_host_only) {
            INFO(one.header);
            const auto status = co_await status_for(world, one.header);
            CHECK(status == one.status);
        }
        co_await world.stop_server();
        world.settings.allowed_origins.emplace_back("https://app.test");
        world.settings.allowed_origins.emplace_back("http://localhost:3000");
        co_await world.start_server();
        for (const auto& one : listed_only) {
            INFO(one.header);
            const auto status = co_await status_for(world, one.header);
            CHECK(status == one.status);
        }
        co_await world.stop();
    });
}
