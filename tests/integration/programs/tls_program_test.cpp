// bin/fullon-cache-server with a certificate: what it says, SIGHUP, Redis over TLS.
#include "support/async_test.hpp"
#include "support/certificates.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"
#include "support/server_process.hpp"
#include "support/tls_peer.hpp"

#include <fullon_cache/connection.hpp>
#include <fullon_cache/tick_cache.hpp>
#include <fullon_cache_api/client.hpp>
#include <fullon_coro/deadline.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache_api::client;
using support::certificates;
using support::server_process;
using support::tls_peer;

template <class T>
asio::awaitable<T> soon(asio::awaitable<T> call)
{
    return fullon_coro::with_deadline(10s * support::patience, std::move(call));
}

asio::awaitable<std::string> served_serial(asio::any_io_executor executor, std::string ca_file,
                                           std::uint16_t port)
{
    tls_peer peer(executor, ca_file);
    co_await peer.connect(port);
    co_return peer.serial();
}

} // namespace

TEST_CASE(
    "on SIGHUP the server program reads its certificate again; streams go on, and a bad one changes nothing")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        certificates files;
        const auto first = files.make();
        const std::vector<std::string> arguments{"--port",          "0",         "--tls-cert",
                                                 files.cert_file(), "--tls-key", files.key_file()};
        server_process server(server_process::variables_for(redis), arguments);
        const auto port = co_await server.listening();
        const auto where = "127.0.0.1:" + std::to_string(port);
        CHECK(server.out() == "listening on wss://" + where + "\nREST on https://" + where +
                                  "/api/v1/cache\ndocumentation on https://" + where + "/docs\n");
        auto serial = co_await served_serial(executor, files.ca_file(), port);
        CHECK(serial == first);

        fullon_cache::connection writer(executor, support::redis_config(redis));
        writer.start();
        co_await writer.ready();
        fullon_cache::tick_cache ticks(writer);
        co_await ticks.set_ticker(support::make_tick("okx", "A/B", 1, 1));
        fullon_cache_api::client_config config;
        config.ca_file = files.ca_file();
        auto cache = co_await soon(client::connect("wss://" + where, config));
        auto updates = co_await soon(cache.stream_tickers("okx", "A/B"));
        auto item = co_await soon(updates.next());
        CHECK(item.has_value());

        const auto second = files.make();
        server.send(SIGHUP);
        while (serial != second)
            serial = co_await served_serial(executor, files.ca_file(), port);
        files.write("server.crt", "nothing");
        server.send(SIGHUP);
        co_await support::eventually("the failure is logged", [&] {
            return server.err().find("certificate not reloaded") != std::string::npos;
        });
        CHECK(server.err().find(files.cert_file()) != std::string::npos);
        serial = co_await served_serial(executor, files.ca_file(), port);
        CHECK(serial == second);
        co_await ticks.set_ticker(support::make_tick("okx", "A/B", 2, 2));
        item = co_await soon(updates.next());
        REQUIRE(item);
        CHECK(item->price == 2);
        CHECK_FALSE(item->resync);
        co_await soon(cache.close());
        co_await writer.stop();
        server.send(SIGTERM);
        const auto ended = co_await server.end();
        CHECK(ended.value_or(-1) == 0);
    });
}

TEST_CASE("SIGHUP does not end a server program without a certificate")
{
    support::run([](asio::any_io_executor) -> asio::awaitable<void> {
        support::redis_server redis;
        server_process server(server_process::variables_for(redis));
        co_await server.listening();
        server.send(SIGHUP);
        server.send(SIGHUP);
        co_await support::pause(50ms);
        CHECK(server.running());
        server.send(SIGTERM);
        const auto ended = co_await server.end();
        CHECK(ended.value_or(-1) == 0);
    });
}

TEST_CASE(
    "the server program takes its certificate from the environment, and ends with 2 when it is not there")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        certificates files;
        const auto serial = files.make();
        auto variables = server_process::variables_for(redis);
        variables.push_back("TLS_CERT_FILE=" + files.cert_file());
        variables.push_back("TLS_KEY_FILE=" + files.key_file());
        server_process server(variables);
        const auto port = co_await server.listening();
        const auto served = co_await served_serial(executor, files.ca_file(), port);
        CHECK(served == serial);
        files.write("server.key", "nothing");
        server_process other(variables);
        const auto ended = co_await other.end();
        CHECK(ended.value_or(-1) == 2);
        CHECK(other.err().find("TLS_KEY_FILE: invalid value '" + files.key_file() + "'") !=
              std::string::npos);
    });
}
