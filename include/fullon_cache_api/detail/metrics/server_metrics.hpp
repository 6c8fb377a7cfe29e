// What a server counts. Sans-io.
#pragma once

#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

struct operation_entry;
struct outcome;

/// One thread writes, any may read: an ordinary addition, without the bus lock of fetch_add().
class counter {
public:
    void add(std::uint64_t more = 1) noexcept { value_.store(value() + more, std::memory_order_relaxed); }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// The same, going down too.
class gauge {
public:
    void add() noexcept { value_.store(value() + 1, std::memory_order_relaxed); }
    void subtract() noexcept { value_.store(value() - 1, std::memory_order_relaxed); }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// How many took how long: each counted once, in the narrowest class; added up when it is read.
class latency_histogram {
public:
    using nanoseconds = std::chrono::nanoseconds;

    static constexpr std::array<nanoseconds, 17> bounds = [] {
        constexpr std::array<std::int64_t, 17> microseconds{
            50,    100,    250,    500,    1000,    2500,    5000,    10000,   25000,
            50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};
        std::array<nanoseconds, 17> result{};
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = std::chrono::microseconds(microseconds[i]);
        return result;
    }();

    void add(nanoseconds spent) noexcept
    {
        std::size_t at = 0;
        while (at < bounds.size() && spent > bounds[at])
            ++at;
        classes_[at].add();
        nanoseconds_.add(static_cast<std::uint64_t>(spent.count()));
    }

    latency_metrics metrics() const;

private:
    std::array<counter, bounds.size() + 1> classes_;
    counter nanoseconds_;
};

/// What was asked of one operation.
struct operation_counters {
    /// Success, each error of the wire, abandoned.
    static constexpr std::size_t outcome_count = static_cast<std::size_t>(error::internal_error) + 2;

    std::array<counter, outcome_count> outcomes;
    latency_histogram latency;
    gauge open_streams;
};

/// What was asked of one HTTP route.
class route_counters {
public:
    explicit route_counters(std::string pattern) : route_(std::move(pattern)) {}

    /// Once per answer.
    void answered(unsigned status, std::chrono::nanoseconds spent) noexcept;

    const std::string& route() const noexcept { return route_; }
    route_metrics metrics() const;

private:
    /// Others are counted as "other": labels are no business of whoever asks.
    static constexpr std::array<std::uint16_t, 18> known{200, 204, 304, 400, 403, 404, 405, 406, 408,
                                                         413, 414, 417, 422, 426, 431, 500, 502, 503};

    std::string route_;
    std::array<counter, known.size() + 1> statuses_;
    latency_histogram latency_;
};

/// The counters of one server (or of a gateway that stands alone), shared by its sessions. Written on the server's
/// executor; scrape() is called there too. Nothing here allocates but the constructor, route() and scrape().
class server_metrics {
public:
    server_metrics();
    server_metrics(const server_metrics&) = delete;
    server_metrics& operator=(const server_metrics&) = delete;

    /// A request that was run; and one that was refused before; and one that nobody waits for any more.
    /// `which` is null for an operation that there is not.
    void answered(const operation_entry& which, const outcome& done, std::chrono::nanoseconds spent) noexcept;
    void refused(const operation_entry* which, error why) noexcept;
    /// A query whose answer was kept: a hit that took no time.
    void recalled(const operation_entry& which) noexcept;
    void abandoned(const operation_entry& which) noexcept;

    /// Streams that are open now, of an operation by its name.
    gauge& open_streams(std::string_view operation) noexcept;

    /// The counters of a route, made if need be: once, at the start. They stay where they are.
    route_counters& route(std::string_view pattern);

    metrics_snapshot scrape() const;
    double uptime_seconds() const;

    counter connections;
    counter refused_connections;
    counter slow_consumers_cut;
    counter sent_messages;
    counter sent_bytes;
    counter conflated_messages;
    counter dropped_messages;
    counter cache_hits;
    counter cache_misses;
    gauge subscriptions;
    gauge http_in_flight;

    /// Puts what is not counted here but known elsewhere into a snapshot. Set by the owner, who takes it back before it ends.
    std::function<void(metrics_snapshot& to)> gather;

private:
    operation_counters& of(const operation_entry* which) noexcept;

    std::vector<operation_counters> operations_; // by place in the catalogue; behind them all that is unknown
    std::deque<route_counters> routes_;
    double started_at_;
    std::chrono::steady_clock::time_point started_;
};

/// A request over HTTP that is being answered.
class in_flight {
public:
    explicit in_flight(std::shared_ptr<server_metrics> of) : metrics_(std::move(of))
    {
        metrics_->http_in_flight.add();
    }
    in_flight(const in_flight&) = delete;
    in_flight& operator=(const in_flight&) = delete;
    ~in_flight() { metrics_->http_in_flight.subtract(); }

private:
    std::shared_ptr<server_metrics> metrics_;
};

} // namespace fullon_cache_api::detail
