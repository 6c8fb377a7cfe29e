// The gateway and its routers as a host uses them: a connection of its own or a server's, mounting, lifetimes, Beast.
#include "operation_table.hpp"

#include <fullon_cache_api/beast.hpp>
#include <fullon_cache_api/cache_gateway.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using namespace std::chrono_literals;
using fullon_cache_api::cache_gateway;
using fullon_cache_api::cache_router;
using fullon_cache_api::find_header;
using fullon_cache_api::gateway_config;
using fullon_cache_api::http_request;
using fullon_cache_api::http_response;
using operation_table::seed;
using support::served_redis;

const std::string ticker = "/api/v1/cache/tickers/nulls/BTC-USDT";

http_request get(std::string target)
{
    http_request request;
    request.method = "GET";
    request.target = std::move(target);
    return request;
}

gateway_config settings_for(const support::redis_server& redis)
{
    gateway_config settings;
    settings.redis = support::redis_config(redis);
    settings.redis.user = "api";
    settings.redis.password = "secret";
    return settings;
}

asio::awaitable<unsigned> status_of(cache_gateway gateway, std::string target)
{
    auto answering = gateway.handle(get(std::move(target)));
    const auto answer = co_await std::move(answering);
    co_return answer.status;
}

} // namespace

TEST_CASE("a gateway with a connection of its own answers from start() to stop(), and says 503 outside")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis{support::smallest_user()};
        seed(redis);
        cache_gateway gateway(executor, settings_for(redis));
        auto status = co_await status_of(gateway, ticker);
        CHECK(status == 503);
        gateway.start();
        co_await gateway.ready();
        CHECK(gateway.redis_up());
        status = co_await status_of(gateway, ticker);
        CHECK(status == 200);
        status = co_await status_of(gateway, "/health");
        CHECK(status == 200);
        status = co_await status_of(gateway, "/elsewhere");
        CHECK(status == 404);
        co_await gateway.stop();
        status = co_await status_of(gateway, ticker);
        CHECK(status == 503);
    });
}

TEST_CASE("a bad prefix is refused when the gateway is made")
{
    asio::io_context context;
    gateway_config settings;
    settings.prefix = "cache";
    CHECK_THROWS_AS(cache_gateway(context.get_executor(), settings), fullon_cache::configuration_error);
}

TEST_CASE("the seven routers serve what is theirs, wherever they are mounted")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis{support::smallest_user()};
        seed(redis);
        cache_gateway gateway(executor, settings_for(redis));
        gateway.start();
        co_await gateway.ready();
        const auto routers = fullon_cache_api::get_all_routers(gateway);
        std::vector<std::string> names;
        for (const auto& one : routers)
            names.push_back(one.name());
        std::sort(names.begin(), names.end());
        CHECK(names == std::vector<std::string>{"accounts", "bots", "ohlcv", "orders", "processes", "tickers",
                                                "trades"});
        for (const auto& one : routers) {
            INFO(one.name());
            CHECK_FALSE(one.routes().empty());
            for (const auto& route : one.routes())
                CHECK((route.empty() || route.front() == '/'));
        }
        const auto& tickers = *std::find_if(routers.begin(), routers.end(),
                                            [](const auto& one) { return one.name() == "tickers"; });
        const auto routes = tickers.routes();
        CHECK(std::count(routes.begin(), routes.end(), "/{exchange}/{symbol}") == 1);

        const struct {
            std::string at;
            std::string target;
            unsigned status;
        } mounted[] = {
            {"/my/prices", "/my/prices/nulls/BTC/USDT", 200},
            {"/my/prices/", "/my/prices/nulls/BTC-USDT?timeout=1", 200},
            {"/", "/nulls/BTC-USDT", 200},
            {"", "/nulls/BTC-USDT", 200},
            {"/my/prices", "/my/pricesnulls/BTC-USDT", 404},
            {"/my/prices", "/nulls/BTC-USDT", 404},
            {"/my/prices", ticker, 404},
            {"/my/prices", "/health", 404},
            {"/my/prices", "/my/prices/../bots", 404},
        };
        for (const auto& one : mounted) {
            INFO(one.at << " " << one.target);
            auto answering = tickers.handle(get(one.target), one.at);
            const auto answer = co_await std::move(answering);
            CHECK(answer.status == one.status);
        }
        CHECK(cache_router::serves("/my/prices", "/my/prices?x=1"));
        CHECK(cache_router::serves("/my/prices/", "/my/prices/a/b"));
        CHECK_FALSE(cache_router::serves("/my/prices", "/my/pricesX"));
        CHECK_FALSE(cache_router::serves("/my/prices", "/my"));
        CHECK(json::parse(gateway.openapi()).as_object().at("openapi").as_string().starts_with("3.1"));
        CHECK(json::parse(gateway.asyncapi()).as_object().at("asyncapi").as_string().starts_with("3."));
        co_await gateway.stop();
    });
}

TEST_CASE("a gateway over a server's connection ends with it, and may outlive it")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        co_await world.start();
        co_await support::eventually("the server has its Redis", [&] { return world.server->redis_up(); });
        cache_gateway gateway(*world.server);
        gateway.start();
        auto status = co_await status_of(gateway, ticker);
        CHECK(status == 200);
        co_await gateway.stop();
        status = co_await status_of(gateway, ticker);
        CHECK(status == 200); // the server's, not the gateway's
        co_await world.stop_server();
        status = co_await status_of(gateway, ticker);
        CHECK(status == 503);
        co_await world.stop();
    });
}

TEST_CASE("a request goes on when the gateway's handle is gone, and ends when it is cancelled")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis{support::smallest_user()};
        seed(redis);
        std::optional<cache_gateway> gateway(std::in_place, executor, settings_for(redis));
        gateway->start();
        co_await gateway->ready();
        redis.pause();
        auto answering = gateway->handle(get(ticker));
        auto cancelled = asio::co_spawn(executor, std::move(answering),
                                        asio::cancel_after(50ms, asio::as_tuple(asio::deferred)));
        const auto [thrown, nothing] = co_await std::move(cancelled);
        REQUIRE(thrown);
        try {
            std::rethrow_exception(thrown);
        } catch (const boost::system::system_error& failure) {
            CHECK(failure.code() == asio::error::operation_aborted);
        }
        auto going_on = gateway->handle(get(ticker));
        redis.resume();
        gateway.reset();
        const auto answer = co_await std::move(going_on);
        CHECK((answer.status == 200 || answer.status == 503));
    });
}

TEST_CASE("Beast's messages are answered with their version, connection and length")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis{support::smallest_user()};
        seed(redis);
        cache_gateway gateway(executor, settings_for(redis));
        gateway.start();
        co_await gateway.ready();
        http::request<http::empty_body> request(http::verb::get, ticker, 10);
        request.set(http::field::connection, "keep-alive");
        auto answering = fullon_cache_api::handle(gateway, request);
        const auto found = co_await std::move(answering);
        CHECK(found.result() == http::status::ok);
        CHECK(found.version() == 10);
        CHECK(found.keep_alive());
        CHECK(found[http::field::content_length] == std::to_string(found.body().size()));
        CHECK(json::parse(found.body()).as_object().at("symbol") == "BTC/USDT");

        http::request<http::empty_body> head(http::verb::head, ticker, 11);
        auto heading = fullon_cache_api::handle(gateway, head);
        const auto same = co_await std::move(heading);
        CHECK(same[http::field::content_length].size() == found[http::field::content_length].size());
        CHECK(same.body().empty());

        http::request<http::empty_body> again(http::verb::get, "/mine/nulls/BTC/USDT", 11);
        again.set(http::field::if_none_match, found[http::field::etag]);
        const auto routers = gateway.get_routers();
        auto routing = fullon_cache_api::handle(routers.front(), again, "/mine");
        const auto unchanged = co_await std::move(routing);
        CHECK(unchanged.result() == http::status::not_modified);
        CHECK(unchanged.count(http::field::content_length) == 0);
        co_await gateway.stop();
    });
}
