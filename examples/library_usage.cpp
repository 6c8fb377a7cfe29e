// Hosts that embed this library in their own io_context and do their own work beside it, on the same thread: one serves
// WebSockets, one mounts the REST routers in the HTTP server that it has, one asks the cache itself and gives WebSockets on
// its own port. Starts a Redis of its own; library_usage/host.cpp, library_usage/rest.cpp and library_usage/sharing.cpp are
// the parts to copy.
#include "library_usage/host.hpp"
#include "library_usage/rest.hpp"
#include "library_usage/sharing.hpp"
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/connection.hpp>
#include <fullon_cache/tick_cache.hpp>
#include <fullon_cache_api/client.hpp>

#include <boost/asio/cancel_after.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

std::optional<fullon_cache::config> private_redis; // of this example

// What a trading service does.
asio::awaitable<void> write_ticker()
{
    fullon_cache::connection redis(co_await asio::this_coro::executor, *private_redis);
    redis.start();
    const fullon_cache::tick_cache ticks(redis);
    fullon_orm::tick tick;
    tick.exchange = "binance";
    tick.symbol = "BTC/USDT";
    tick.price = 50000.5;
    tick.time = 1762500000;
    co_await redis.ready();
    co_await ticks.set_ticker(tick);
    co_await redis.stop();
}

asio::awaitable<http::response<http::string_body>> get(std::uint16_t port, std::string target)
{
    const auto in_time = asio::cancel_after(std::chrono::seconds(10), asio::use_awaitable);
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    const asio::ip::tcp::endpoint where(asio::ip::address_v4::loopback(), port);
    co_await socket.async_connect(where, in_time);
    http::request<http::empty_body> request(http::verb::get, target, 11);
    request.set(http::field::host, "localhost");
    co_await http::async_write(socket, request, in_time);
    boost::beast::flat_buffer buffer;
    http::response<http::string_body> found;
    co_await http::async_read(socket, buffer, found, in_time);
    fmt::print("GET {}: {} {}\n", target, found.result_int(), found.body().substr(0, 90));
    co_return found;
}

} // namespace

asio::awaitable<void> ask(std::uint16_t port)
{
    co_await write_ticker();
    const auto own = co_await get(port, "/desk");
    examples::expect(own.result() == http::status::ok, "a page of the host");
    const auto other = co_await get(port, "/desk/hours");
    examples::expect(other.result() == http::status::ok, "another page of the host");
    const auto price = co_await get(port, "/market/tickers/binance/BTC-USDT");
    examples::expect(price.body().find("50000.5") != std::string::npos, "the price that was written");
    const auto free = co_await get(port, "/market/bots/binance/BTC-USDT/blocked");
    examples::expect(free.body().find(R"("is_blocked":false)") != std::string::npos, "a symbol that is free");
    const auto none = co_await get(port, "/market/tickers/binance/NO-SUCH");
    examples::expect(none.result() == http::status::not_found, "no such ticker");
}

asio::awaitable<void> compare(std::string url, double price)
{
    auto cache = co_await fullon_cache_api::client::connect(url);
    const auto same = co_await price_of(cache, "BTC/USDT");
    fmt::print("BTC/USDT in process: {}, by a client: {}\n", price, same);
    examples::expect(price == 50000.5 && same == price, "the price that was written, both ways");
    co_await cache.close();
}

asio::awaitable<void> own_work(std::string url)
{
    fmt::print("serving on {}\n", url);
    auto cache = co_await fullon_cache_api::client::connect(url);
    const auto answer = co_await cache.ping();
    fmt::print("ping: {}, cache {}\n", answer.status, answer.cache);
    examples::expect(answer.status == "healthy", "a healthy server");
    const auto ticker = co_await cache.get_ticker("binance", "BTC/USDT");
    examples::expect(!ticker, "an empty Redis");
    fmt::print("BTC/USDT at binance: {}\n", ticker ? "there" : "not in the cache");
    co_await cache.close();
}

int main(int argc, char** argv)
{
    examples::take_no_arguments(argc, argv,
                                "Programs with the server, the REST routers or the queries inside.");
    try {
        support::redis_server redis;
        fullon_cache_api::server_config config;
        config.host = "127.0.0.1";
        config.port = 0; // any free one
        config.redis.host = redis.host();
        config.redis.port = redis.port();
        private_redis = config.redis;
        if (const int failed = examples::run(host(config)))
            return failed;
        fullon_cache_api::gateway_config rest;
        rest.redis = config.redis;
        if (const int failed = examples::run(rest_host(rest)))
            return failed;
        return examples::run(sharing_host(config));
    } catch (const std::exception& failure) {
        fmt::print(stderr, "failed: {}\n", failure.what());
        return 1;
    }
}
