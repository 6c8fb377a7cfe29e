// The text that Prometheus reads. tests/metrics has a real parser read it.
#include <fullon_cache_api/detail/metrics/prometheus_text.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using fullon_cache_api::latency_metrics;
using fullon_cache_api::metrics_snapshot;
using fullon_cache_api::detail::prometheus_text;
using fullon_cache_api::detail::to_prometheus;
using kind = prometheus_text::kind;
using label = prometheus_text::label;

namespace {

std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        REQUIRE(end != std::string_view::npos); // the last line too
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

} // namespace

TEST_CASE("a family is its help, its type and its samples", "[prometheus_text]")
{
    prometheus_text text;
    text.begin_family("x_total", kind::counter, "Things, of \"a\\b\"\nand more.");
    text.add({}, std::uint64_t{18446744073709551615U});
    const std::array one{label{"name", "a\"b\\c\nd"}, label{"other", "é{}"}};
    text.add(one, std::uint64_t{0});
    text.begin_family("y", kind::gauge, "");
    for (const double value :
         {0.5, 1.0, -1e-7, 1e22, std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
        text.add({}, value);
    CHECK(lines_of(text.text()) == std::vector<std::string>{
                                       R"(# HELP x_total Things, of "a\\b"\nand more.)",
                                       "# TYPE x_total counter",
                                       "x_total 18446744073709551615",
                                       R"(x_total{name="a\"b\\c\nd",other="é{}"} 0)",
                                       "# HELP y ",
                                       "# TYPE y gauge",
                                       "y 0.5",
                                       "y 1.0",
                                       "y -1e-07",
                                       "y 1e+22",
                                       "y +Inf",
                                       "y -Inf",
                                       "y NaN",
                                   });
}

TEST_CASE("a histogram has its classes, all, the sum and the count", "[prometheus_text]")
{
    prometheus_text text;
    const std::vector<double> bounds{0.00005, 1};
    const latency_metrics value{7, 12.5, {2, 5}};
    text.begin_family("t_seconds", kind::histogram, "T.");
    const std::array one{label{"operation", "ping"}};
    text.add(one, value, bounds);
    CHECK(lines_of(text.text()) == std::vector<std::string>{
                                       "# HELP t_seconds T.",
                                       "# TYPE t_seconds histogram",
                                       R"(t_seconds_bucket{operation="ping",le="5e-05"} 2)",
                                       R"(t_seconds_bucket{operation="ping",le="1.0"} 5)",
                                       R"(t_seconds_bucket{operation="ping",le="+Inf"} 7)",
                                       R"(t_seconds_sum{operation="ping"} 12.5)",
                                       R"(t_seconds_count{operation="ping"} 7)",
                                   });
}

TEST_CASE("all figures have their place in the text, each name once", "[prometheus_text]")
{
    metrics_snapshot now;
    now.started_at = 1234.5;
    std::uint64_t next = 1000; // every figure another number
    for (auto* const figure : {&now.connections.open,
                               &now.connections.total,
                               &now.connections.refused,
                               &now.connections.slow_consumers_cut,
                               &now.requests_in_flight,
                               &now.delivery.sent_messages,
                               &now.delivery.sent_bytes,
                               &now.delivery.conflated_messages,
                               &now.delivery.dropped_messages,
                               &now.delivery.waiting_messages,
                               &now.delivery.waiting_bytes,
                               &now.cache.hits,
                               &now.cache.misses,
                               &now.local_cache.hits,
                               &now.local_cache.answers,
                               &now.local_cache.bytes,
                               &now.redis.reconnects,
                               &now.redis.losses,
                               &now.redis.invalidations,
                               &now.redis.publications,
                               &now.redis.readings,
                               &now.topics.followed,
                               &now.topics.subscriptions,
                               &now.topics.updates,
                               &now.topics.suppressed,
                               &now.topics.deliveries,
                               &now.open_streams["stream_tickers"]})
        *figure = ++next;
    now.redis.up = true;
    now.latency_bounds = {1};
    now.requests.push_back(
        {"get_ticker", {{"CACHE_MISS", ++next}, {"success", ++next}}, {++next, 0, {++next}}});
    now.requests.push_back({"unknown", {{"INVALID_OPERATION", ++next}}, {0, 0, {0}}});
    now.http.push_back({"/tickers/{exchange}", {{"200", ++next}}, {++next, 0, {++next}}});

    const auto text = to_prometheus(now);
    std::set<std::string> names;
    std::string name;
    std::string type;
    for (const auto& line : lines_of(text)) {
        INFO(line);
        if (line.starts_with("# HELP ")) {
            name = line.substr(7, line.find(' ', 7) - 7);
            CHECK(names.insert(name).second);
            CHECK(name.starts_with("fullon_cache_"));
            CHECK(line.ends_with('.'));
        } else if (line.starts_with("# TYPE ")) {
            CHECK(line.starts_with("# TYPE " + name + " "));
            type = line.substr(line.rfind(' ') + 1);
            CHECK((type == "counter") == name.ends_with("_total"));
        } else
            CHECK(line.starts_with(name));
    }
    for (std::uint64_t figure = 1001; figure <= next; ++figure) {
        INFO(figure);
        CHECK(text.find(' ' + std::to_string(figure) + '\n') != std::string::npos);
    }
    for (const auto* const line :
         {"fullon_cache_start_time_seconds 1234.5\n", "fullon_cache_redis_up 1\n",
          "fullon_cache_open_streams{operation=\"stream_tickers\"} 1027\n",
          "fullon_cache_requests_total{operation=\"get_ticker\",outcome=\"CACHE_MISS\"} 1028\n",
          "fullon_cache_request_duration_seconds_bucket{operation=\"get_ticker\",le=\"1.0\"} 1031\n",
          "fullon_cache_http_requests_total{route=\"/tickers/{exchange}\",code=\"200\"} 1033\n"})
        CHECK(text.find(line) != std::string::npos);
    // Nothing was measured: no histogram.
    CHECK(text.find("duration_seconds_count{operation=\"unknown\"}") == std::string::npos);
}
