// Bounds of server_config that are reached little by little, or by another way in than a message: replies over REST, the
// outbox, messages in pieces that never end, connections to Redis.
#include "operation_table.hpp"

#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/http_peer.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using operation_table::text_in;
using support::make_frame;
using support::make_tick;
using support::opcode;
using support::request_text;
using support::served_redis;
using support::websocket_peer;

std::string piece(std::string text, bool first)
{
    support::frame_head head;
    head.code = first ? opcode::text : opcode::continuation;
    head.final = false;
    return make_frame(text, head);
}

} // namespace

TEST_CASE("an answer over max_reply_size is refused over REST too, and names the parameter to narrow it")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_reply_size = 10'000;
        co_await world.start();
        for (int i = 0; i < 200; ++i)
            co_await world.ticks.set_ticker(make_tick("okx", "S" + std::to_string(i), i, 1));
        support::http_peer peer(executor);
        co_await peer.connect(world.settings.port);
        const auto refused = co_await peer.get("/api/v1/cache/tickers/okx");
        INFO(refused.head << refused.body);
        CHECK(refused.status == 422);
        const auto problem = json::parse(refused.body).as_object();
        CHECK(text_in(problem, "error_code") == "LIMIT_EXCEEDED");
        CHECK(text_in(problem, "detail").starts_with("exchange: "));
        const auto one = co_await peer.get("/api/v1/cache/tickers/okx/S7");
        CHECK(one.status == 200); // the connection goes on
        co_await world.stop();
    });
}

TEST_CASE("while a reply that nobody reads holds an address' share of replies_max_bytes, REST says 503")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_reply_size = 16'000'000;
        world.settings.replies_max_bytes = 32'000'000; // an address has half of it
        world.settings.redis.socket_timeout = 500ms * support::patience; // to read 12 MB
        co_await world.start();
        constexpr std::size_t count = 100;
        constexpr std::size_t size = 120'000; // together more than two sockets hold
        for (std::size_t i = 0; i < count; ++i)
            co_await world.ticks.set_ticker(
                make_tick("okx", std::to_string(i) + std::string(size, 'x'), 1, 1));
        const std::string target = "/api/v1/cache/tickers/okx";
        support::http_peer stalled(executor);
        co_await stalled.connect(world.settings.port);
        stalled.socket().set_option(asio::socket_base::receive_buffer_size(64 * 1024));
        co_await stalled.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const auto begun = [&] { return stalled.socket().available() > 0; };
        co_await support::eventually("its reply is on the way", begun);

        support::http_peer other(executor);
        co_await other.connect(world.settings.port);
        const auto refused = co_await other.get(target);
        INFO(refused.head << refused.body.substr(0, 300));
        CHECK(refused.status == 503);
        CHECK(!refused.field("Retry-After").empty());
        CHECK(text_in(json::parse(refused.body).as_object(), "error_code") == "TIMEOUT");
        const auto small = co_await other.get("/api/v1/cache/tickers/okx/none");
        CHECK(small.status == 404); // what is small needs no share
        const auto whole = co_await stalled.read();
        CHECK(whole.status == 200);
        CHECK(whole.body.size() > count * size);
        const auto again = co_await other.get(target);
        CHECK(again.status == 200);
        co_await world.stop();
    });
}

TEST_CASE("over outbox_max_bytes no request is read, below it they go on, and none is lost")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.outbox_max_bytes = 100'000;
        co_await world.start();
        websocket_peer greedy(executor);
        websocket_peer other(executor);
        co_await greedy.open(world.settings.port, "/", 4096);
        co_await other.open(world.settings.port);
        auto answer = co_await other.ask("list_operations");
        const auto size = json::serialize(answer).size();
        constexpr std::size_t count = 500;
        const std::size_t whole = count * size;
        REQUIRE(whole > 16'000'000); // more than the kernel keeps for us
        // From another coroutine: at some time the server takes no more.
        auto sending = [&]() -> asio::awaitable<void> {
            for (std::size_t i = 0; i < count; ++i)
                co_await greedy.send_text(request_text(std::to_string(i), "list_operations"));
        };
        support::background<void> requests(executor, sending());
        co_await support::eventually("the outbox is full", [&] {
            return world.server->metrics().delivery.waiting_bytes > world.settings.outbox_max_bytes;
        });
        std::uint64_t most = 0;
        for (int i = 0; i < 50; ++i) {
            answer = co_await other.ask("list_streams"); // others are served
            CHECK(answer.at("success").as_bool());
            most = std::max(most, world.server->metrics().delivery.waiting_bytes);
        }
        CHECK(most < world.settings.outbox_max_bytes + 20 * size); // a request that was read is answered
        std::set<std::string> answered;
        while (answered.size() < count) {
            answer = co_await greedy.read_json();
            CHECK(answer.at("success").as_bool());
            answered.insert(json::serialize(answer.at("request_id")));
        }
        co_await requests.result();
        co_await support::eventually("the outbox is empty",
                                     [&] { return world.server->metrics().delivery.waiting_bytes == 0; });
        greedy.hang_up();
        other.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("messages in pieces that never end cost their bytes, and no more than a silent client's time")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.ping_interval = 300ms * support::patience;
        world.settings.max_message_size = 2000;
        co_await world.start();
        websocket_peer other(executor);
        co_await other.open(world.settings.port);
        // Of a hundred that begin a message and are silent then, none is kept.
        std::vector<std::unique_ptr<websocket_peer>> silent;
        for (int i = 0; i < 100; ++i) {
            silent.push_back(std::make_unique<websocket_peer>(executor));
            co_await silent.back()->open(world.settings.port);
            std::string beginning = piece("{", true);
            if (i % 2 != 0)
                beginning = support::make_frame_head(1000, 16) + "{";
            co_await silent.back()->send_raw(beginning);
        }
        CHECK(world.server->connections() == 101);
        // One that sends a piece now and then, and nothing else, comes to the bound, behind which nothing of it is kept.
        websocket_peer trickling(executor);
        co_await trickling.open(world.settings.port);
        co_await trickling.send_raw(piece("{", true));
        for (int bytes = 1; bytes <= 2000; bytes += 10) {
            co_await trickling.send_raw(piece(std::string(10, ' '), false));
            if (bytes % 500 == 1) {
                const auto answer = co_await other.ask("list_streams");
                CHECK(answer.at("success").as_bool());
            }
        }
        support::frame_head last;
        last.code = opcode::continuation;
        co_await trickling.send_raw(make_frame("}", last));
        const auto refused = co_await trickling.read_json();
        CHECK(text_in(refused, "error_code") == "LIMIT_EXCEEDED");
        trickling.hang_up();
        auto answering = [&]() -> asio::awaitable<void> { // somebody has to answer the pings of `other`
            while (world.server->connections() > 1)
                co_await other.ask("list_streams");
        };
        support::background<void> alive(executor, answering());
        co_await support::eventually("the silent ones are cut",
                                     [&] { return world.server->connections() == 1; });
        co_await alive.result();
        other.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a server has two connections to Redis, whatever is asked of it at once")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        operation_table::seed(world.redis);
        world.settings.redis.max_connections = 1; // bounds what waits inside Redis: readers do not
        co_await world.start_server();
        support::redis_cli cli(world.redis);
        std::vector<std::unique_ptr<websocket_peer>> peers;
        for (int i = 0; i < 20; ++i) {
            peers.push_back(std::make_unique<websocket_peer>(executor));
            co_await peers.back()->open(world.settings.port);
        }
        std::size_t asked = 0;
        for (const auto& peer : peers) {
            asked = 0;
            for (const auto& one : operation_table::queries)
                co_await peer->send_text(request_text(std::to_string(asked++), one.operation, one.hit));
            for (const auto& one : operation_table::streams)
                co_await peer->send_text(request_text(std::to_string(asked++), one.operation, one.hit));
        }
        CHECK(support::info_number(cli, "connected_clients") == 3); // and this one
        for (const auto& peer : peers)
            for (std::size_t answered = 0; answered < asked;) {
                const auto message = co_await peer->read_json();
                if (!message.contains("success"))
                    continue;
                CHECK(message.at("success").as_bool());
                ++answered;
            }
        CHECK(support::info_number(cli, "connected_clients") == 3);
        for (const auto& peer : peers)
            peer->hang_up();
        co_await world.stop_server();
    });
}
