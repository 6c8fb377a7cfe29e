// Connections that a host's own listener has accepted, handed over to a server that listens itself or does not.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/http_peer.hpp"
#include "support/served_redis.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/beast.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/handle_client.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using asio::ip::tcp;
using namespace std::chrono_literals;
using fullon_cache_api::cache_websocket_server;
using fullon_cache_api::error;
using fullon_cache_api::handle_client;
using support::http_peer;
using support::served_redis;
using support::websocket_peer;
using running = support::background<void>;

const std::string live = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

// A host's listener. Its sockets live on a strand of their own: the server takes them to its executor.
struct own_listener {
    explicit own_listener(asio::any_io_executor on)
        : executor(on), acceptor(asio::make_strand(on), tcp::endpoint(asio::ip::address_v4::loopback(), 0))
    {}

    std::uint16_t port() const { return acceptor.local_endpoint().port(); }

    /// Accepts one connection, reads so many bytes of it, hands it over and waits for its end.
    running hand_over(cache_websocket_server* to, std::size_t read = 0)
    {
        return running(executor, accept(this, to, read));
    }

    static asio::awaitable<void> accept(own_listener* self, cache_websocket_server* to, std::size_t read)
    {
        auto socket = co_await self->acceptor.async_accept(asio::use_awaitable);
        std::string bytes(read, '\0');
        co_await asio::async_read(socket, asio::buffer(bytes), asio::use_awaitable);
        co_await handle_client(*to, std::move(socket), std::move(bytes));
    }

    asio::any_io_executor executor;
    tcp::acceptor acceptor;
};

// A server that binds nothing.
asio::awaitable<void> begin(served_redis& world)
{
    world.settings.listen = false;
    co_await world.start();
    CHECK(world.server->port() == 0);
    CHECK(world.server->endpoints().empty());
    co_await support::eventually("the server has its Redis", [&] { return world.server->redis_up(); });
    co_await world.ticks.set_ticker(support::make_tick("x", "A", 1.5, 1));
}

asio::awaitable<void> check_ticker(websocket_peer& peer)
{
    const auto found = co_await peer.ask("get_ticker", R"({"exchange":"x","symbol":"A"})");
    CHECK(found.at("result").at("price") == 1.5);
}

template <class Call>
asio::awaitable<boost::system::error_code> failure_of(Call call)
{
    boost::system::error_code code;
    try {
        co_await std::move(call);
    } catch (const boost::system::system_error& failure) {
        code = failure.code();
    }
    co_return code;
}

} // namespace

TEST_CASE("a connection that the host accepted becomes a WebSocket, wherever the host stopped reading")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await begin(world);
            own_listener host(executor);
            const auto wish = support::upgrade_request("/");
            for (std::size_t read = 0; read <= wish.size(); ++read) {
                INFO(read << " bytes read by the host");
                const auto handed = host.hand_over(&*world.server, read);
                websocket_peer peer(executor);
                co_await peer.open(host.port());
                co_await check_ticker(peer);
                CHECK_FALSE(handed.done());
                CHECK(world.server->connections() == 1);
                peer.hang_up();
                co_await handed.result();
                CHECK(world.server->connections() == 0);
            }
            co_await world.stop();
        },
        60s);
}

TEST_CASE("a connection that the host accepted is served HTTP, wherever the host stopped reading")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await begin(world);
            own_listener host(executor);
            const std::string two =
                live + "GET /api/v1/cache/tickers/x/A HTTP/1.1\r\nHost: localhost\r\n\r\n";
            for (std::size_t read = 0; read <= two.size(); ++read) {
                INFO(read << " bytes read by the host");
                const auto handed = host.hand_over(&*world.server, read);
                http_peer peer(executor);
                co_await peer.connect(host.port());
                co_await peer.send(two);
                auto reply = co_await peer.read();
                CHECK(reply.status == 200);
                reply = co_await peer.read();
                CHECK(reply.status == 200);
                CHECK(json::parse(reply.body).as_object().at("price") == 1.5);
                CHECK_FALSE(handed.done());
                reply = co_await peer.get("/health/live", "Connection: close\r\n");
                CHECK(reply.status == 200);
                const auto more = co_await peer.read_to_end();
                CHECK(more == 0);
                peer.socket().close();
                co_await handed.result();
            }
            co_await world.stop();
        },
        60s);
}

TEST_CASE("a request that Beast has read goes over with its connection, and what stood behind it")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(world);
        own_listener host(executor);
        const auto serve = [&](bool as_stream) -> asio::awaitable<void> {
            boost::beast::tcp_stream stream(co_await host.acceptor.async_accept(asio::use_awaitable));
            boost::beast::flat_buffer buffer;
            http::request<http::string_body> asked;
            co_await http::async_read(stream, buffer, asked, asio::use_awaitable);
            CHECK(asked.count("X-Of-The-Client") == 1);
            auto behind = boost::beast::buffers_to_string(buffer.data());
            if (as_stream)
                co_await handle_client(*world.server, std::move(stream), std::move(asked), std::move(behind));
            else
                co_await handle_client(*world.server, stream.release_socket(), std::move(asked),
                                       std::move(behind));
        };
        for (const bool as_stream : {false, true}) {
            running handed(executor, serve(as_stream));
            websocket_peer peer(executor);
            co_await peer.connect(host.port());
            const auto answer =
                co_await peer.ask_http(support::upgrade_request("/ws?a=b", "X-Of-The-Client: yes\r\n"));
            CHECK(answer.status == 101);
            co_await check_ticker(peer);
            peer.hang_up();
            co_await handed.result();

            running pages(executor, serve(as_stream));
            http_peer reader(executor);
            co_await reader.connect(host.port());
            co_await reader.send("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nX-Of-The-Client: yes\r\n"
                                 "Content-Length: 3\r\n\r\nabc" +
                                 live);
            auto reply = co_await reader.read();
            CHECK(reply.status >= 400);
            reply = co_await reader.read();
            CHECK(reply.status == 200);
            reader.socket().close();
            co_await pages.result();
        }
        co_await world.stop();
    });
}

TEST_CASE(
    "limits and deadlines count for connections of the host's listener, beside those of the server's own")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_connections = 2;
        world.settings.handshake_timeout = 300ms;
        world.settings.rest = false;
        co_await world.start(); // listens too
        own_listener host(executor);
        websocket_peer own(executor);
        co_await own.open(world.settings.port);
        const auto first = host.hand_over(&*world.server);
        websocket_peer handed(executor);
        co_await handed.open(host.port());
        CHECK(world.server->connections() == 2);

        const auto second = host.hand_over(&*world.server, 5);
        websocket_peer third(executor);
        co_await third.connect(host.port());
        auto answer = co_await third.ask_http(support::upgrade_request("/"));
        CHECK(answer.status == 503);
        third.hang_up();
        co_await second.result();
        handed.hang_up();
        co_await first.result();

        const auto stranger = host.hand_over(&*world.server);
        websocket_peer page(executor);
        co_await page.connect(host.port());
        answer = co_await page.ask_http(support::upgrade_request("/", "Origin: http://elsewhere\r\n"));
        CHECK(answer.status == 403);
        page.hang_up();
        co_await stranger.result();

        // Half of a request, read by the host: the rest never comes.
        const auto slow = host.hand_over(&*world.server, live.size() / 2);
        http_peer idle(executor);
        co_await idle.connect(host.port());
        co_await idle.send(live.substr(0, live.size() / 2));
        const auto reply = co_await idle.read();
        CHECK(reply.status == 408);
        idle.socket().close();
        co_await slow.result();

        // No REST: what is no upgrade is told so.
        const auto plain = host.hand_over(&*world.server, live.size());
        http_peer reader(executor);
        co_await reader.connect(host.port());
        co_await reader.send(live);
        const auto refused = co_await reader.read();
        CHECK(refused.status == 426);
        reader.socket().close();
        co_await plain.result();
        own.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("stop() ends connections of the host's listener: WebSockets with 1001, HTTP at its next turn")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(world);
        own_listener host(executor);
        const auto socket = host.hand_over(&*world.server);
        websocket_peer peer(executor);
        co_await peer.open(host.port());
        const auto page = host.hand_over(&*world.server);
        http_peer reader(executor);
        co_await reader.connect(host.port());
        const auto reply = co_await reader.get("/health/live");
        CHECK(reply.status == 200);
        const auto silent = host.hand_over(&*world.server, 3);
        http_peer half(executor);
        co_await half.connect(host.port());
        co_await half.send("GET /health");
        co_await support::eventually("all are the server's", [&] {
            const auto metrics = world.server->metrics();
            return metrics.connections.http == 2 && metrics.connections.open == 1;
        });

        running stopping(executor, world.server->stop());
        const auto code = co_await peer.read_close();
        CHECK(code == 1001);
        co_await stopping.result();
        co_await socket.result();
        co_await page.result();
        co_await silent.result();
        auto bytes = co_await reader.read_to_end();
        CHECK(bytes == 0);

        // And later ones are not taken.
        const auto late = host.hand_over(&*world.server);
        http_peer last(executor);
        co_await last.connect(host.port());
        const auto refusal = co_await failure_of(late.result());
        CHECK(refusal == error::closed);
        bytes = co_await last.read_to_end();
        CHECK(bytes == 0);
        co_await world.stop();
    });
}

TEST_CASE("a server that is destroyed first cuts the connections of the host's listener")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(world);
        own_listener host(executor);
        const auto socket = host.hand_over(&*world.server);
        websocket_peer peer(executor);
        co_await peer.open(host.port());
        const auto page = host.hand_over(&*world.server);
        http_peer reader(executor);
        co_await reader.connect(host.port());
        co_await reader.get("/health/live");
        world.kill_server();
        co_await socket.result();
        co_await page.result();
        const auto bytes = co_await reader.read_to_end();
        CHECK(bytes == 0);
        co_await peer.read_to_end();
        co_await world.stop();
    });
}

TEST_CASE("a host that gives up waiting leaves the connection to the server")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(world);
        own_listener host(executor);
        auto handed = host.hand_over(&*world.server);
        websocket_peer peer(executor);
        co_await peer.open(host.port());
        handed.cancel();
        const auto aborted = co_await handed.aborted();
        CHECK(aborted);
        co_await check_ticker(peer);
        peer.hang_up();
        co_await support::eventually("it has ended", [&] { return world.server->connections() == 0; });
        co_await world.stop();
    });
}

TEST_CASE("a server that was not started takes no connection")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.server.emplace(executor, world.settings);
        own_listener host(executor);
        const auto handed = host.hand_over(&*world.server);
        http_peer peer(executor);
        co_await peer.connect(host.port());
        const auto code = co_await failure_of(handed.result());
        CHECK(code == error::closed);
        const auto bytes = co_await peer.read_to_end();
        CHECK(bytes == 0);
        world.server.reset();
    });
}
