// The routes of the gateway, without a socket: hit, miss, bad parameters, Redis down; conditional requests, spellings.
#include "operation_table.hpp"

#include <fullon_cache_api/detail/rest/rest_gateway.hpp>

#include <fullon_cache/connection.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace operation_table;
using fullon_cache_api::find_header;
using fullon_cache_api::http_request;
using fullon_cache_api::http_response;
using fullon_cache_api::operation_context;
using fullon_cache_api::detail::rest_gateway;

// A gateway over a Redis of its own, logged in as the user who may do least.
struct gateway_world {
    explicit gateway_world(asio::any_io_executor executor)
        : connection(std::move(executor), settings()),
          context(connection.shared_link(), nullptr, "e", 0, nullptr)
    {
        seed(redis);
        connection.start();
    }

    asio::awaitable<http_response> get(std::string target, std::string if_none_match = {})
    {
        http_request request;
        request.method = "GET";
        request.target = std::move(target);
        if (!if_none_match.empty())
            request.headers.emplace_back("if-none-match", std::move(if_none_match));
        auto answering = gateway.handle(std::move(request));
        co_return co_await std::move(answering);
    }

    fullon_cache::config settings() const
    {
        auto made = support::redis_config(redis);
        made.user = "api";
        made.password = "secret";
        return made;
    }

    support::redis_server redis{support::smallest_user()};
    fullon_cache::connection connection;
    operation_context context;
    rest_gateway gateway{context, fullon_cache_api::gateway_config()};
};

const std::string prefix = "/api/v1/cache";

} // namespace

TEST_CASE("every route answers what its operation finds, a problem, or a miss")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        gateway_world world(executor);
        co_await world.connection.ready();
        for (const auto& one : routes) {
            INFO(one.hit);
            const auto found = co_await world.get(prefix + one.hit);
            INFO(found.body);
            CHECK(found.status == 200);
            CHECK(find_header(found.headers, "content-type") == "application/json");
            if (found.status == 200)
                check_contains(json::parse(found.body).as_object(), one.least);
            const auto misspelt = co_await world.get(
                prefix + one.hit + (one.hit.find('?') == one.hit.npos ? '?' : '&') + "no_such=1");
            INFO(misspelt.body);
            CHECK(misspelt.status == 422);
            CHECK(text_in(json::parse(misspelt.body).as_object(), "detail").starts_with("no_such: unknown"));
            const std::string tag(find_header(found.headers, "etag"));
            const auto again = co_await world.get(prefix + one.hit, tag);
            CHECK(again.status == 304);
            if (!one.miss.empty()) {
                const auto missed = co_await world.get(prefix + one.miss);
                INFO(one.miss << " -> " << missed.body);
                CHECK(missed.status == one.miss_status);
            }
            if (!one.bad.empty()) {
                const auto refused = co_await world.get(prefix + one.bad);
                INFO(one.bad << " -> " << refused.body);
                CHECK(refused.status == 422);
                CHECK(text_in(json::parse(refused.body).as_object(), "detail").starts_with(one.problem));
            }
        }
        co_await world.connection.stop();
    });
}

TEST_CASE("a symbol may be spelled in three ways on every route that takes one")
{
    const struct {
        std::string pattern;
        std::string before;
        std::string symbol; // with its slash
        std::string behind;
    } spelled[] = {
        {"/tickers/{exchange}/{symbol}", "/tickers/nulls/", "BTC/USDT", ""},
        {"/tickers/{exchange}/{symbol}/ticker", "/tickers/nulls/", "BTC/USDT", "/ticker"},
        {"/bots/{exchange}/{symbol}/blocked", "/bots/binance/", "BTC/USDT", "/blocked"},
        {"/trades/{exchange}/{symbol}", "/trades/binance/", "BTC/USDT", "?limit=2"},
        {"/ohlcv/{symbol}/{timeframe}", "/ohlcv/", "BTC/USD", "/1h"},
        {"/ohlcv/{symbol}/timeframes", "/ohlcv/", "BTC/USD", "/timeframes"},
    };
    std::set<std::string> listed;
    for (const auto& one : spelled)
        listed.insert(one.pattern);
    std::set<std::string> with_symbol;
    for (const auto& one : fullon_cache_api::detail::rest_routes()) {
        if (one.pattern.find("{symbol}") != one.pattern.npos)
            with_symbol.emplace(one.pattern);
    }
    CHECK(listed == with_symbol);
    const std::vector<std::string> signs{"/", "%2F", "%2f", "-"};
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        gateway_world world(executor);
        co_await world.connection.ready();
        for (const auto& one : spelled) {
            std::set<std::string> tags;
            for (const auto& sign : signs) {
                auto symbol = one.symbol;
                symbol.replace(symbol.find('/'), 1, sign);
                INFO(one.before << symbol << one.behind);
                const auto found = co_await world.get(prefix + one.before + symbol + one.behind);
                CHECK(found.status == 200);
                tags.emplace(find_header(found.headers, "etag"));
            }
            CHECK(tags.size() == 1);
        }
        co_await world.connection.stop();
    });
}

TEST_CASE("tickers carry the time of their data and how old it is, alone and in a list")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        gateway_world world(executor);
        co_await world.connection.ready();
        const auto one = co_await world.get(prefix + "/tickers/nulls/BTC-USDT");
        const auto all = co_await world.get(prefix + "/tickers/nulls");
        const auto none = co_await world.get(prefix + "/tickers/nowhere");
        CHECK(all.status == 200);
        const auto alone = json::parse(one.body).as_object();
        const auto list = json::parse(all.body).as_object();
        CHECK(list.at("cached_at") == alone.at("cached_at"));
        CHECK(list.at("cache_hit") == true);
        CHECK(alone.at("age_seconds").to_number<double>() > 0);
        const auto& listed = list.at("tickers").as_array();
        CHECK_FALSE(listed.empty());
        for (const auto& ticker : listed)
            CHECK((ticker.at("cached_at").is_null() == ticker.at("timestamp").is_null() &&
                   ticker.at("age_seconds").is_null() == ticker.at("timestamp").is_null()));
        const auto nothing = json::parse(none.body).as_object();
        CHECK(nothing.at("cache_hit") == false);
        CHECK(nothing.at("cached_at").is_null());
        co_await world.connection.stop();
    });
}

TEST_CASE("a time that has no ISO 8601 has no such text, and one far ahead has no age", "[rest]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        gateway_world world(executor);
        co_await world.connection.ready();
        support::redis_cli cli(world.redis);
        const double now =
            std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        const auto seconds = [](double time) { return std::to_string(static_cast<long long>(time)); };
        const struct {
            std::string time;
            bool iso;
            bool aged;
        } rows[] = {
            {"1700000000000", false, false}, // milliseconds
            {"1e300", false, false},         {seconds(now + 3600), true, false},
            {seconds(now + 30), true, true}, // the clock of another machine
            {seconds(now - 30), true, true}, {"-1e300", false, true},
            {"null", false, false},
        };
        for (const auto& row : rows) {
            INFO(row.time);
            cli("HSET", "tickers:n", "N", R"({"price":1,"time":)" + row.time + "}");
            const auto one = co_await world.get(prefix + "/tickers/n/N");
            const auto all = co_await world.get(prefix + "/tickers/n");
            const auto alone = json::parse(one.body).as_object();
            const auto list = json::parse(all.body).as_object();
            INFO(one.body);
            CHECK(alone.at("cached_at").is_string() == row.iso);
            CHECK(alone.at("cached_at") != "");
            CHECK(alone.at("age_seconds").is_null() != row.aged);
            CHECK(find_header(one.headers, "age").empty() != row.aged);
            CHECK(list.at("cached_at") == alone.at("cached_at"));
            const auto& listed = list.at("tickers").at(0).as_object();
            CHECK(listed.at("cached_at") == alone.at("cached_at"));
            CHECK(listed.at("age_seconds").is_null() != row.aged);
        }
        // The newest of a list is the newest of those that can be said.
        cli("HSET", "tickers:n", "M", R"({"price":1,"time":1700000000})");
        cli("HSET", "tickers:n", "N", R"({"price":1,"time":1700000000000})");
        const auto all = co_await world.get(prefix + "/tickers/n");
        CHECK(json::parse(all.body).at("cached_at") == "2023-11-14T22:13:20+00:00");
        cli("SET", "TRADE:STATUS:n", "1700000000000");
        const auto status = co_await world.get(prefix + "/trades/n/status");
        CHECK(status.status == 200);
        CHECK(json::parse(status.body).at("updated_at").is_null());
        CHECK(find_header(status.headers, "age").empty());
        co_await world.connection.stop();
    });
}

TEST_CASE("every route says 503 while Redis is away, and when to ask again")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        gateway_world world(executor);
        co_await world.connection.ready();
        world.redis.kill();
        co_await support::eventually("it is known", [&] { return !world.connection.up(); });
        for (const auto& one : routes) {
            INFO(one.hit);
            const auto failed = co_await world.get(prefix + one.hit);
            CHECK(failed.status == (one.needs_redis ? 503 : 200));
            if (!one.needs_redis)
                continue;
            CHECK(find_header(failed.headers, "retry-after") == "1");
            CHECK(text_in(json::parse(failed.body).as_object(), "error_code") == "CACHE_UNAVAILABLE");
        }
        const auto health = co_await world.get("/health");
        CHECK(health.status == 503);
        const auto live = co_await world.get("/health/live");
        CHECK(live.status == 200);
        co_await world.connection.stop();
    });
}

TEST_CASE("the root leads to the pages, and the prefix lists every route")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        gateway_world world(executor);
        co_await world.connection.ready();
        for (const std::string root : {"/", "", "/?a=b", "http://localhost"}) {
            INFO(root);
            const auto moved = co_await world.get(root);
            CHECK(moved.status == 302);
            CHECK(find_header(moved.headers, "location") == "/docs");
        }
        auto pages = co_await world.get("/docs");
        CHECK(pages.status == 200);
        for (const std::string end : {"", "/"}) {
            const auto found = co_await world.get(prefix + end);
            CHECK(found.status == 200);
            CHECK(find_header(found.headers, "content-type") == "application/json");
            const auto index = json::parse(found.body).as_object();
            for (const std::string member : {"documentation", "openapi", "asyncapi", "health"}) {
                const auto link = co_await world.get(std::string(index.at(member).as_string()));
                CHECK(link.status == 200);
            }
            std::set<std::string> listed;
            for (const auto& one : index.at("routes").as_array())
                listed.emplace(one.as_string());
            std::set<std::string> known;
            for (const auto& one : fullon_cache_api::detail::rest_routes())
                known.insert(prefix + std::string(one.pattern));
            CHECK(listed == known);
            const auto again =
                co_await world.get(prefix + end, std::string(find_header(found.headers, "etag")));
            CHECK(again.status == 304);
        }
        co_await world.connection.stop();
    });
}

TEST_CASE("without a prefix the root is both: the pages for browsers, the routes for all others")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        gateway_world world(executor);
        fullon_cache_api::gateway_config settings;
        settings.prefix = "/";
        rest_gateway bare(world.context, settings);
        http_request request{"GET", "/", {}};
        const auto listed = co_await bare.handle(request);
        CHECK(listed.status == 200);
        CHECK(listed.body.find(R"("/bots")") != std::string::npos);
        request.headers.emplace_back("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        const auto moved = co_await bare.handle(request);
        CHECK(moved.status == 302);
        CHECK(find_header(moved.headers, "location") == "/docs");
        co_await world.connection.stop();
    });
}

TEST_CASE("other methods, other paths and malformed targets are refused by their kind")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        gateway_world world(executor);
        co_await world.connection.ready();
        http_request post{"POST", prefix + "/bots", {}};
        const auto refused = co_await world.gateway.handle(post);
        CHECK(refused.status == 405);
        CHECK(find_header(refused.headers, "allow") == "GET, HEAD, OPTIONS");
        http_request options{"OPTIONS", prefix + "/bots", {}};
        const auto allowed = co_await world.gateway.handle(options);
        CHECK(allowed.status == 204);
        http_request head{"HEAD", prefix + "/bots", {}};
        const auto same = co_await world.gateway.handle(head);
        CHECK(same.status == 200);
        auto answer = co_await world.get("/bots");
        CHECK(answer.status == 404);
        answer = co_await world.get(prefix + "/nothing");
        CHECK(answer.status == 404);
        answer = co_await world.get("/openapi.json");
        CHECK(json::parse(answer.body).at("paths").as_object().contains(prefix + "/bots"));
        answer = co_await world.get("/asyncapi.json");
        CHECK(json::parse(answer.body).at("operations").as_object().contains("stream_tickers"));
        answer = co_await world.get("/docs"); // without assets, hence without scripts
        CHECK(find_header(answer.headers, "content-type") == "text/html; charset=utf-8");
        answer = co_await world.get("/docs/start.js");
        CHECK(answer.status == 404);
        answer = co_await world.get(prefix + "/bots/%zz/status");
        CHECK(answer.status == 400);
        answer = co_await world.get("/health/ready");
        CHECK(answer.status == 200);
        answer = co_await world.get(prefix + "/tickers/nulls/BTC/USDT?timeout=0.5");
        CHECK(answer.status == 200);
        answer = co_await world.get(prefix + "/tickers/nulls/BTC/USDT?timeout=1&timeout=2");
        CHECK(answer.status == 422);
        CHECK(answer.body.find("timeout: given more than once") != std::string::npos);
        co_await world.connection.stop();
    });
}

TEST_CASE("a request over HTTP is counted once, however many spellings were tried")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        gateway_world world(executor);
        co_await world.connection.ready();
        co_await world.get(prefix + "/tickers/nulls/BTC-USDT");
        co_await world.get(prefix + "/tickers/nulls/BTC/USDT");
        co_await world.get(prefix + "/tickers/nulls/A-B");
        co_await world.get(prefix + "/tickers/nulls/BTC-USDT?x=1");
        const auto now = world.context.metrics->scrape();
        REQUIRE(now.requests.size() == 1);
        CHECK(now.requests[0].operation == "get_ticker");
        CHECK(now.requests[0].outcomes ==
              std::map<std::string, std::uint64_t>{{"success", 2}, {"CACHE_MISS", 1}, {"INVALID_PARAMS", 1}});
        CHECK(now.cache.hits == 2);
        CHECK(now.cache.misses == 1);
        co_await world.connection.stop();
    });
}
