// What is counted, and how it is read.
#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>

using namespace std::chrono_literals;
using fullon_cache_api::error;
using fullon_cache_api::metrics_snapshot;
using fullon_cache_api::detail::find_operation;
using fullon_cache_api::detail::latency_histogram;
using fullon_cache_api::detail::outcome;
using fullon_cache_api::detail::server_metrics;
using counts = std::map<std::string, std::uint64_t>;

TEST_CASE("a latency is counted in every class that it is within", "[server_metrics]")
{
    latency_histogram latencies;
    latencies.add(0ns);
    latencies.add(50us); // exactly on a bound: within
    latencies.add(51us);
    latencies.add(10s);
    latencies.add(11s); // in no class
    const auto metrics = latencies.metrics();
    CHECK(metrics.count == 5);
    CHECK(metrics.sum_seconds == 21.000101);
    REQUIRE(metrics.within.size() == latency_histogram::bounds.size());
    CHECK(metrics.within.front() == 2);
    CHECK(metrics.within[1] == 3);
    CHECK(metrics.within[metrics.within.size() - 2] == 3);
    CHECK(metrics.within.back() == 4);
    for (std::size_t i = 1; i < latency_histogram::bounds.size(); ++i)
        CHECK(latency_histogram::bounds[i - 1] < latency_histogram::bounds[i]);
    CHECK(latency_histogram::bounds.front() == 50us);
    CHECK(latency_histogram::bounds.back() == 10s);
}

TEST_CASE("requests are counted by operation and outcome, unknown operations as one", "[server_metrics]")
{
    server_metrics metrics;
    const auto& get_ticker = *find_operation("get_ticker");
    CHECK(metrics.scrape().requests.empty());
    metrics.answered(get_ticker, outcome(), 1ms);
    metrics.answered(get_ticker, outcome::failed(error::cache_miss, ""), 1ms);
    metrics.answered(get_ticker, outcome::failed(error::cache_miss, ""), 1ms);
    metrics.answered(get_ticker, outcome::failed(error::closed, ""), 1ms); // never travels
    metrics.refused(&get_ticker, error::rate_limited);
    metrics.abandoned(get_ticker);
    metrics.refused(nullptr, error::malformed_message);
    metrics.refused(find_operation("what a client invents"), error::invalid_operation);
    metrics.refused(find_operation("something else"), error::invalid_operation);

    const auto now = metrics.scrape();
    REQUIRE(now.requests.size() == 2);
    CHECK(now.requests[0].operation == "get_ticker");
    CHECK(
        now.requests[0].outcomes ==
        counts{
            {"success", 1}, {"CACHE_MISS", 2}, {"INTERNAL_ERROR", 1}, {"RATE_LIMITED", 1}, {"abandoned", 1}});
    CHECK(now.requests[0].latency.count == 4);
    CHECK(now.requests[1].operation == "unknown");
    CHECK(now.requests[1].outcomes == counts{{"MALFORMED_MESSAGE", 1}, {"INVALID_OPERATION", 2}});
    CHECK(now.requests[1].latency.count == 0);
    CHECK(now.latency_bounds.size() == latency_histogram::bounds.size());
    CHECK(now.latency_bounds.front() == 0.00005);
}

TEST_CASE("only what looks into the cache hits or misses", "[server_metrics]")
{
    server_metrics metrics;
    outcome nothing;
    nothing.anything = false;
    metrics.answered(*find_operation("get_ticker"), outcome(), 1ms);
    metrics.answered(*find_operation("get_ticker"), outcome::failed(error::cache_miss, ""), 1ms);
    metrics.answered(*find_operation("get_all_tickers"), nothing, 1ms);
    metrics.answered(*find_operation("get_ticker"), outcome::failed(error::timeout, ""), 1ms);
    for (const auto* const other : {"ping", "health_check", "list_operations", "list_streams", "unsubscribe",
                                    "stream_tickers", "stream_metrics"})
        metrics.answered(*find_operation(other), outcome(), 1ms);
    const auto now = metrics.scrape();
    CHECK(now.cache.hits == 1);
    CHECK(now.cache.misses == 2);
}

TEST_CASE("routes are counted by the statuses that there are", "[server_metrics]")
{
    server_metrics metrics;
    auto& tickers = metrics.route("/tickers/{exchange}");
    CHECK(metrics.scrape().http.empty());
    for (int i = 0; i < 100; ++i)
        metrics.route("/r" + std::to_string(i));
    CHECK(&metrics.route("/tickers/{exchange}") == &tickers);
    tickers.answered(200, 1ms);
    tickers.answered(200, 1ms);
    tickers.answered(503, 1ms);
    tickers.answered(418, 1ms);
    tickers.answered(65536 + 200, 1ms);
    const auto now = metrics.scrape();
    REQUIRE(now.http.size() == 1);
    CHECK(now.http[0].route == "/tickers/{exchange}");
    CHECK(now.http[0].statuses == counts{{"200", 2}, {"503", 1}, {"other", 2}});
    CHECK(now.http[0].latency.count == 5);
}

TEST_CASE("what is known elsewhere is asked for at each scrape", "[server_metrics]")
{
    server_metrics metrics;
    std::uint64_t open = 3;
    metrics.gather = [&](metrics_snapshot& to) { to.connections.open = open; };
    CHECK(metrics.scrape().connections.open == 3);
    open = 2;
    const auto now = metrics.scrape();
    CHECK(now.connections.open == 2);
    CHECK(now.uptime_seconds >= 0);
    CHECK(now.timestamp >= now.started_at);
    metrics.open_streams("stream_tickers").add();
    metrics.open_streams("stream_tickers").add();
    metrics.open_streams("stream_tickers").subtract();
    CHECK(metrics.scrape().open_streams == counts{{"stream_tickers", 1}});
    metrics.open_streams("stream_tickers").subtract();
    CHECK(metrics.scrape().open_streams.empty());
}
