// Prints metrics in Prometheus's text format, for check_metrics.py to read: every kind of family, and texts that need care.
#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/metrics/prometheus_text.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>

#include <chrono>
#include <cstdio>

int main()
{
    using namespace std::chrono_literals;
    using fullon_cache_api::error;
    using fullon_cache_api::detail::outcome;
    fullon_cache_api::detail::server_metrics metrics;
    std::chrono::nanoseconds spent = 10us;
    for (const auto& operation : fullon_cache_api::detail::catalogue()) {
        metrics.answered(operation, outcome(), spent);
        metrics.answered(operation, outcome::failed(error::cache_unavailable, {}), 20s);
        metrics.open_streams(operation.name).add();
        spent *= 2;
    }
    metrics.refused(nullptr, error::malformed_message);
    metrics.route("/tickers/{exchange}/{symbol}").answered(200, 3ms);
    metrics.route("a\\b\"c\nd, e=\"f\"} 1").answered(404, 3ms);
    metrics.sent_bytes.add(18446744073709551615U);
    metrics.gather = [](fullon_cache_api::metrics_snapshot& to) {
        to.connections.open = 3;
        to.redis.up = true;
    };
    const auto text = fullon_cache_api::detail::to_prometheus(metrics.scrape());
    return std::fputs(text.c_str(), stdout) < 0 ? 1 : 0;
}
