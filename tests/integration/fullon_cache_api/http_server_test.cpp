// HTTP on the server's port, over real sockets: kept connections, pipelining, methods, deadlines, limits, the end.
#include "operation_table.hpp"

#include "support/http_peer.hpp"

#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <boost/asio/cancel_after.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using operation_table::seed;
using operation_table::text_in;
using support::http_peer;
using support::served_redis;
using support::websocket_peer;

const std::string ticker = "/api/v1/cache/tickers/nulls/BTC-USDT";

std::string request(const std::string& method, const std::string& target, const std::string& lines = {})
{
    return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n";
}

asio::awaitable<void> check_ended(http_peer& peer)
{
    const auto bytes = co_await peer.read_to_end();
    CHECK(bytes == 0);
}

asio::awaitable<void> begin(served_redis& world)
{
    seed(world.redis);
    co_await world.start();
    co_await support::eventually("the server has its Redis", [&] { return world.server->redis_up(); });
}

} // namespace

TEST_CASE("one connection serves any number of requests, also pipelined ones, in their order")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(world);
        http_peer peer(executor);
        co_await peer.connect(world.server->port());
        for (int i = 0; i < 3; ++i) {
            const auto reply = co_await peer.get(ticker);
            CHECK(reply.status == 200);
            CHECK(json::parse(reply.body).as_object().at("symbol") == "BTC/USDT");
            CHECK(reply.field("Connection").empty());
            CHECK(reply.field("Date").ends_with(" GMT"));
        }
        std::string all;
        for (int i = 0; i < 200; ++i)
            all += request("GET", i % 2 ? "/health/live" : "/nothing/" + std::to_string(i)) +
                   (i % 10 ? "" : request("HEAD", ticker));
        co_await peer.send(all);
        for (int i = 0; i < 200; ++i) {
            const auto reply = co_await peer.read();
            CHECK(reply.status == (i % 2 ? 200U : 404U));
            if (i % 10 == 0) {
                const auto head = co_await peer.read(true);
                CHECK(head.status == 200);
                CHECK(head.field("Content-Length") != "0");
            }
        }
        const auto last = co_await peer.get(ticker, "Connection: close\r\n");
        CHECK(last.field("Connection") == "close");
        co_await check_ended(peer);
        co_await world.stop();
    });
}

TEST_CASE("methods, conditional requests and Accept are answered as HTTP says")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(world);
        http_peer peer(executor);
        co_await peer.connect(world.server->port());
        co_await peer.send(request("OPTIONS", ticker) + request("DELETE", ticker, "Content-Length: 3\r\n") +
                           "abc" + request("BREW", ticker) + request("HEAD", "/nothing"));
        auto reply = co_await peer.read();
        CHECK(reply.status == 204);
        CHECK(reply.field("Allow") == "GET, HEAD, OPTIONS");
        reply = co_await peer.read();
        CHECK(reply.status == 405);
        CHECK(reply.field("Allow") == "GET, HEAD, OPTIONS");
        CHECK(reply.field("Content-Type") == "application/problem+json");
        reply = co_await peer.read();
        CHECK(reply.status == 405);
        reply = co_await peer.read(true);
        CHECK(reply.status == 404);
        reply = co_await peer.get(ticker);
        const auto tag = reply.field("ETag");
        CHECK(tag.starts_with("W/\""));
        CHECK_FALSE(reply.field("Age").empty());
        reply = co_await peer.get(ticker, "If-None-Match: \"x\", " + tag + "\r\n");
        CHECK(reply.status == 304);
        CHECK(reply.body.empty());
        reply = co_await peer.get(ticker, "If-None-Match: W/\"x\"\r\n");
        CHECK(reply.status == 200);
        reply = co_await peer.get(ticker, "Accept: text/html\r\n");
        CHECK(reply.status == 406);
        reply = co_await peer.get(ticker, "Accept: text/html\r\nAccept: application/json\r\n");
        CHECK(reply.status == 200);
        reply = co_await peer.get(ticker, "If-None-Match: \"x\"\r\nIf-None-Match: " + tag + "\r\n");
        CHECK(reply.status == 304);
        reply = co_await peer.get(ticker, "Accept: text/html, */*;q=0.1\r\n");
        CHECK(reply.status == 200);
        reply = co_await peer.get("http://localhost" + ticker);
        CHECK(reply.status == 200);
        CHECK(reply.field("X-Content-Type-Options") == "nosniff");
        CHECK(reply.field("Cross-Origin-Resource-Policy") == "same-origin");
        reply = co_await peer.get("/info");
        CHECK(text_in(json::parse(reply.body).as_object(), "version").find('.') != std::string::npos);
        co_await world.stop();
    });
}

TEST_CASE(
    "what could be understood in two ways ends the connection with 400, and nothing behind it is served")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(world);
        const std::vector<std::string> smuggled{
            request("GET", ticker, "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
            request("GET", ticker, "Transfer-Encoding: chunked\r\n") + "3\r\nabcd\r\n0\r\n\r\n",
            request("GET", ticker, "X: a\r\n b\r\n"),
            request("GET", ticker, "Transfer-Encoding: chunked, identity\r\n"),
        };
        for (const auto& one : smuggled) {
            http_peer peer(executor);
            co_await peer.connect(world.server->port());
            co_await peer.send(request("GET", "/health/live") + one + request("GET", "/health/live"));
            auto reply = co_await peer.read();
            CHECK(reply.status == 200);
            reply = co_await peer.read();
            CHECK(reply.status == 400);
            CHECK(reply.field("Connection") == "close");
            co_await check_ended(peer);
        }
        co_await world.stop();
    });
}

TEST_CASE("a request that does not come to its end gets 408, an idle connection is closed without a word")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.handshake_timeout = 300ms;
        co_await begin(world);
        for (const auto& part : {request("GET", ticker).substr(0, 30),
                                 request("GET", ticker, "Content-Length: 10\r\n") + "abc"}) {
            http_peer peer(executor);
            co_await peer.connect(world.server->port());
            const auto alive = co_await peer.get("/health/live");
            CHECK(alive.status == 200);
            const auto begun = std::chrono::steady_clock::now();
            co_await peer.send(part);
            const auto reply = co_await peer.read();
            CHECK(reply.status == 408);
            CHECK(std::chrono::steady_clock::now() - begun >= 250ms);
            CHECK(std::chrono::steady_clock::now() - begun <
                  5s * support::patience); // not keep_alive_timeout
            co_await check_ended(peer);
        }
        co_await world.stop_server();
        world.settings.keep_alive_timeout = 300ms;
        co_await world.start_server();
        http_peer idle(executor);
        co_await idle.connect(world.server->port());
        const auto first = co_await idle.get("/health/live");
        CHECK(first.status == 200);
        co_await check_ended(idle);
        co_await world.stop();
    });
}

TEST_CASE("a client that reads nothing is cut, and others are served meanwhile")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.slow_consumer_timeout = 300ms;
        co_await begin(world);
        http_peer lazy(executor);
        co_await lazy.connect(world.server->port());
        lazy.socket().non_blocking(true);
        const auto one = request("GET", "/api/v1/cache/bots");
        std::string all;
        for (int i = 0; i < 1000; ++i)
            all += one;
        std::size_t sent = 0;
        co_await support::eventually("the server has had enough", [&] {
            boost::system::error_code failure;
            while (!failure) {
                const auto at = sent % all.size();
                sent += lazy.socket().write_some(asio::buffer(all.data() + at, all.size() - at), failure);
            }
            return failure != asio::error::would_block;
        });
        CHECK(sent > 0);
        http_peer other(executor);
        co_await other.connect(world.server->port());
        const auto reply = co_await other.get(ticker);
        CHECK(reply.status == 200);
        const auto metrics = world.server->metrics();
        CHECK(metrics.connections.slow_consumers_cut == 1);
        CHECK(metrics.connections.http == 1);
        co_await world.stop();
    });
}

TEST_CASE("a client that takes an answer drop by drop is cut, one that only takes it slowly gets all of it")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            world.settings.slow_consumer_timeout = 1000ms * support::patience;
            support::redis_cli cli(world.redis);
            for (int i = 0; i < 20; ++i)
                cli("HSET", "bot_status", "big_" + std::to_string(i),
                    R"({"0":{"text":")" + std::string(500'000, 'x') + "\"}}");
            co_await begin(world);
            http_peer drop_by_drop(executor);
            drop_by_drop.socket().open(asio::ip::tcp::v4());
            drop_by_drop.socket().set_option(asio::socket_base::receive_buffer_size(8192));
            co_await drop_by_drop.connect(world.server->port());
            co_await drop_by_drop.send(request("GET", "/api/v1/cache/bots"));
            char byte = 0;
            co_await support::eventually("it is cut", [&] {
                boost::system::error_code nothing_yet;
                drop_by_drop.socket().non_blocking(true);
                drop_by_drop.socket().read_some(asio::buffer(&byte, 1), nothing_yet);
                return world.server->metrics().connections.slow_consumers_cut == 1;
            });
            // 10 MB at 2 MB/s: slower than the time-out is long.
            http_peer slow(executor);
            slow.socket().open(asio::ip::tcp::v4());
            slow.socket().set_option(asio::socket_base::receive_buffer_size(65536));
            co_await slow.connect(world.server->port());
            co_await slow.send(request("GET", "/api/v1/cache/bots"));
            std::vector<char> piece(100'000);
            for (int i = 0; i < 50; ++i) {
                co_await support::pause(50ms);
                co_await asio::async_read(slow.socket(), asio::buffer(piece),
                                          asio::cancel_after(10s * support::patience, asio::use_awaitable));
            }
            CHECK(world.server->metrics().connections.slow_consumers_cut == 1);
            co_await world.stop();
        },
        60s * support::patience);
}

TEST_CASE(
    "HTTP connections count against max_connections from when they are accepted on; one too many is told "
    "and closed")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_connections = 2;
        co_await begin(world);
        http_peer first(executor);
        co_await first.connect(world.server->port());
        auto reply = co_await first.get("/health/live");
        CHECK(reply.status == 200);
        websocket_peer second(executor);
        co_await second.connect(world.server->port()); // and says nothing for now
        http_peer third(executor);
        co_await third.connect(world.server->port());
        reply = co_await third.get(ticker);
        CHECK(reply.status == 503);
        CHECK(reply.field("Retry-After") == "1");
        CHECK(reply.field("Connection") == "close");
        co_await check_ended(third);
        http_peer probe(executor); // a full server is alive
        co_await probe.connect(world.server->port());
        reply = co_await probe.get("/health/live");
        CHECK(reply.status == 200);
        co_await check_ended(probe);
        reply = co_await first.get(ticker);
        CHECK(reply.status == 200);
        CHECK(world.server->metrics().connections.refused == 1);
        second.vanish();
        co_await support::eventually("there is room",
                                     [&] { return world.server->metrics().connections.http == 1; });
        http_peer fourth(executor);
        co_await fourth.connect(world.server->port());
        reply = co_await fourth.get(ticker);
        CHECK(reply.status == 200);
        co_await world.stop();
    });
}

TEST_CASE("however many are one too many, each is told, and only a few at a time have a socket")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            world.settings.max_connections = 1;
            co_await begin(world);
            http_peer first(executor);
            co_await first.connect(world.server->port());
            auto reply = co_await first.get("/health/live");
            CHECK(reply.status == 200);
            std::vector<std::unique_ptr<http_peer>> many;
            for (int i = 0; i < 200; ++i) {
                many.push_back(std::make_unique<http_peer>(executor));
                co_await many.back()->connect(world.server->port());
            }
            co_await support::eventually("those who may be told are accepted",
                                         [&] { return world.server->metrics().connections.http >= 65; });
            CHECK(world.server->metrics().connections.http == 65);
            for (const auto& one : many)
                asio::write(one->socket(), asio::buffer(request("GET", ticker)));
            for (const auto& one : many) {
                reply = co_await one->read();
                CHECK(reply.status == 503);
            }
            reply = co_await first.get(ticker);
            CHECK(reply.status == 200);
            co_await world.stop();
        },
        60s);
}

TEST_CASE("a connection keeps its place when it becomes a WebSocket, and as many as there are places may "
          "upgrade at once")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_connections = 2;
        co_await begin(world);
        std::vector<std::unique_ptr<http_peer>> peers;
        for (int i = 0; i < 10; ++i) {
            peers.push_back(std::make_unique<http_peer>(executor));
            co_await peers.back()->connect(world.server->port());
        }
        const auto upgrade = support::upgrade_request();
        for (const auto& one : peers) // none waits: the server finds them all at once
            asio::write(one->socket(), asio::buffer(upgrade));
        int upgraded = 0;
        for (const auto& one : peers) {
            const auto reply = co_await one->read();
            CHECK((reply.status == 101 || reply.status == 503));
            upgraded += reply.status == 101 ? 1 : 0;
        }
        CHECK(upgraded == 2);
        peers.clear();
        co_await support::eventually("they are gone", [&] { return world.server->connections() == 0; });

        std::vector<std::unique_ptr<http_peer>> both;
        for (int i = 0; i < 2; ++i) {
            both.push_back(std::make_unique<http_peer>(executor));
            co_await both.back()->connect(world.server->port());
            const auto alive = co_await both.back()->get("/health/live");
            CHECK(alive.status == 200);
        }
        co_await both.front()->send(upgrade);
        const auto reply = co_await both.front()->read();
        CHECK(reply.status == 101);
        co_await world.stop();
    });
}

TEST_CASE("an answer that is ready does not wait for a pipelined one that takes long")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.redis.socket_timeout = 1500ms;
        co_await begin(world);
        http_peer peer(executor);
        co_await peer.connect(world.server->port());
        world.redis.pause();
        const auto begun = std::chrono::steady_clock::now();
        co_await peer.send(request("GET", "/health/live") + request("GET", ticker) +
                           request("GET", "/health/live"));
        auto reply = co_await peer.read();
        CHECK(reply.status == 200);
        CHECK(std::chrono::steady_clock::now() - begun < 1000ms * support::patience);
        reply = co_await peer.read();
        CHECK((reply.status == 408 || reply.status == 503));
        reply = co_await peer.read();
        CHECK(reply.status == 200);
        world.redis.resume();
        co_await world.stop();
    });
}

TEST_CASE("a second port serves WebSockets and REST as the first does, or REST is not served at all")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.api_port = 0;
        world.settings.api_host = "127.0.0.1";
        world.settings.rest_prefix = "/my/cache/";
        co_await begin(world);
        CHECK(world.server->api_port() != world.server->port());
        http_peer rest(executor);
        co_await rest.connect(world.server->api_port());
        auto reply = co_await rest.get("/my/cache/tickers/nulls/BTC/USDT");
        CHECK(reply.status == 200);
        reply = co_await rest.get(ticker);
        CHECK(reply.status == 404);
        reply = co_await rest.get("/openapi.json");
        CHECK(reply.body.find("\"/my/cache/bots\"") != std::string::npos);
        http_peer first(executor);
        co_await first.connect(world.server->port());
        reply = co_await first.get("/my/cache/tickers/nulls/BTC/USDT");
        CHECK(reply.status == 200);
        for (const auto port : {world.server->port(), world.server->api_port()}) {
            websocket_peer socket(executor);
            co_await socket.open(port);
            const auto answer = co_await socket.ask("ping");
            CHECK(answer.at("success").as_bool());
            socket.hang_up();
        }
        CHECK(world.server->endpoints().size() == 2);
        co_await world.server->stop();
        CHECK(world.server->endpoints().empty());
        world.settings.port = world.server->port(); // one port may be named twice
        world.settings.api_port = world.settings.port;
        world.settings.host = world.settings.api_host;
        co_await world.start_server();
        CHECK(world.server->endpoints().size() == 1);
        CHECK(world.server->api_port() == world.server->port());
        co_await world.stop_server();
        world.settings.port = 0;
        world.settings.rest = false;
        co_await world.start_server();
        CHECK(world.server->api_port() == 0);
        http_peer none(executor);
        co_await none.connect(world.server->port());
        reply = co_await none.get("/health");
        CHECK(reply.status == 426);
        co_await world.stop();
    });
}

TEST_CASE("a page whose name was pointed to this machine reads nothing, whatever it asks for")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(world);
        const std::string rebound = " HTTP/1.1\r\nHost: rebound.test:8765\r\n";
        const std::string upgrade =
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        const std::string own_page = "Origin: http://rebound.test:8765\r\n";
        for (const auto& one :
             {"GET " + ticker + rebound, "GET /docs" + rebound, "GET /metrics" + rebound,
              "GET /" + rebound + upgrade, "GET /ws/tickers/1" + rebound + upgrade + own_page}) {
            http_peer peer(executor);
            co_await peer.connect(world.server->port());
            co_await peer.send(one + "\r\n");
            const auto reply = co_await peer.read();
            INFO(one);
            CHECK(reply.status == 403);
            CHECK(reply.field("Content-Type") == "application/problem+json");
            CHECK(reply.body.find("ALLOWED_HOSTS") != std::string::npos);
        }
        co_await world.stop_server();
        world.settings.allowed_hosts = {"rebound.test"};
        co_await world.start_server();
        http_peer peer(executor);
        co_await peer.connect(world.server->port());
        co_await peer.send("GET " + ticker + rebound + "\r\n");
        auto reply = co_await peer.read();
        CHECK(reply.status == 200);
        co_await peer.send("GET /" + rebound + upgrade + own_page + "\r\n");
        reply = co_await peer.read();
        CHECK(reply.status == 101);
        CHECK(reply.head.find("Beast") == std::string::npos);
        co_await world.stop();
    });
}

TEST_CASE("an upgrade of no version, or of another one, is told which is spoken")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(world);
        for (const std::string version :
             {"", "Sec-WebSocket-Version: 8\r\n", "Sec-WebSocket-Version: 13, 8\r\n"}) {
            http_peer peer(executor);
            co_await peer.connect(world.server->port());
            const auto reply = co_await peer.get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                                                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                                                          version);
            CHECK(reply.status == 426);
            CHECK(reply.field("Sec-WebSocket-Version") == "13");
            CHECK(reply.head.find("Beast") == std::string::npos);
        }
        co_await world.stop();
    });
}

TEST_CASE("the service's own routes and WebSockets are below the prefix, too")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(world);
        http_peer peer(executor);
        co_await peer.connect(world.server->port());
        for (const std::string at : {"", "/api/v1/cache"})
            for (const std::string route : {"/health", "/health/live", "/health/ready", "/info", "/metrics",
                                            "/openapi.json", "/asyncapi.json", "/docs", "/redoc"}) {
                const auto reply = co_await peer.get(at + route);
                INFO(at + route);
                CHECK(reply.status == 200);
                CHECK(reply.field("X-Content-Type-Options") == "nosniff");
                CHECK(reply.field("Cross-Origin-Resource-Policy") == "same-origin");
            }
        for (const std::string none :
             {"/api/v1/health", "/api/v1/cache/health/dead", "/api/v1/cache/nothing"}) {
            const auto reply = co_await peer.get(none);
            CHECK(reply.status == 404);
            CHECK(reply.field("X-Content-Type-Options") == "nosniff");
        }
        websocket_peer socket(executor);
        co_await socket.open(world.server->port(), "/api/v1/cache/ws");
        const auto answer = co_await socket.ask("ping");
        CHECK(answer.at("success").as_bool());
        socket.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("pages of welcome origins may read the answers, others are refused")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.allowed_origins = {"https://Desk.test:443/"};
        co_await begin(world);
        http_peer peer(executor);
        co_await peer.connect(world.server->port());
        auto reply = co_await peer.get(ticker, "Origin: https://desk.test\r\n");
        CHECK(reply.status == 200);
        CHECK(reply.field("Access-Control-Allow-Origin") == "https://desk.test");
        CHECK(reply.field("Vary") == "Origin");
        co_await peer.send(request("OPTIONS", ticker, "Origin: https://desk.test\r\n"));
        reply = co_await peer.read();
        CHECK(reply.field("Access-Control-Allow-Methods") == "GET, HEAD, OPTIONS");
        reply = co_await peer.get(ticker, "Origin: https://evil.test\r\n");
        CHECK(reply.status == 403);
        reply = co_await peer.get(ticker);
        CHECK(reply.status == 200);
        CHECK(reply.field("Access-Control-Allow-Origin").empty());
        co_await world.stop_server();
        world.settings.allowed_origins = {"*"};
        co_await world.start_server();
        http_peer any(executor);
        co_await any.connect(world.server->port());
        reply = co_await any.get(ticker, "Origin: null\r\n");
        CHECK(reply.status == 200);
        CHECK(reply.field("Access-Control-Allow-Origin") == "*");
        co_await world.stop();
    });
}

TEST_CASE("stop lets an answer go out whole, also to a client that reads slowly")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        support::redis_cli cli(world.redis);
        for (int i = 0; i < 40; ++i)
            cli("HSET", "bot_status", "big_" + std::to_string(i),
                R"({"0":{"text":")" + std::string(500'000, 'x') + "\"}}");
        co_await begin(world);
        http_peer slow(executor);
        co_await slow.connect(world.server->port());
        co_await slow.send(request("GET", "/api/v1/cache/bots"));
        const auto answered = [&] {
            const auto now = world.server->metrics();
            return std::any_of(now.http.begin(), now.http.end(),
                               [](const auto& one) { return one.route == "/bots"; });
        };
        co_await support::eventually("the answer is ready", answered);
        http_peer late(executor); // is not served any more
        co_await late.connect(world.server->port());
        auto stopping = asio::co_spawn(executor, world.server->stop(), asio::deferred);
        auto reading = asio::co_spawn(executor, slow.read(), asio::deferred);
        auto both = asio::experimental::make_parallel_group(std::move(stopping), std::move(reading));
        const auto [order, stop_failed, read_failed, reply] =
            co_await both.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
        CHECK_FALSE(stop_failed);
        CHECK_FALSE(read_failed);
        CHECK(reply.status == 200);
        CHECK(reply.body.size() > 20'000'000);
        co_await check_ended(slow);
        co_await world.stop();
    });
}

TEST_CASE("stop answers what is under way, and closes what is idle")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.redis.socket_timeout = 600ms;
        co_await begin(world);
        http_peer idle(executor);
        co_await idle.connect(world.server->port());
        auto reply = co_await idle.get("/health/live");
        http_peer busy(executor);
        co_await busy.connect(world.server->port());
        reply = co_await busy.get("/health/live");
        world.redis.pause();
        co_await busy.send(request("GET", ticker));
        co_await support::pause(50ms); // for what must not come: an answer
        const auto begun = std::chrono::steady_clock::now();
        co_await world.stop_server();
        CHECK(std::chrono::steady_clock::now() - begun < 5s * support::patience);
        world.redis.resume();
        reply = co_await busy.read();
        CHECK((reply.status == 408 || reply.status == 503));
        CHECK(reply.field("Connection") == "close");
        co_await check_ended(idle);
        co_await world.stop();
    });
}
