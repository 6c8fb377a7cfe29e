// The processes of the trading system.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/listing.hpp>
#include <fullon_cache/process_health.hpp>

#include <fullon_orm/process_info.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {

/// Which processes are meant; an empty text means any.
struct process_filter {
    process_filter() = default; // no aggregate: g++ 12 destroys those twice inside a co_await expression

    std::string process_type{};
    std::string component{};
    std::chrono::seconds within = active_for; ///< since the last update
    bool alive_only = false;                  ///< leave out those that are stale
};

/// What is stored about processes.
struct process_metrics {
    std::map<std::string, std::int64_t> active_by_type{}; ///< entries of `process:active:{type}`, however old
    std::int64_t active_total = 0;
    std::int64_t components = 0;
    std::int64_t stored = 0; ///< `process:data:*`

    bool operator==(const process_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_metrics, (), (active_by_type, active_total, components, stored))

/// Reads processes. Redis: strings `process:data:{id}` (24 h), hashes `process:active:{type}` (id -> ISO time of the last
/// update) and `process:components` (component -> id). Errors and cancellation: see cache_base. In lists an unreadable
/// entry is skipped.
class process_reader : public cache_base {
public:
    explicit process_reader(const connection& redis) : process_reader(redis.shared_link()) {}
    explicit process_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.process")
    {}

    /// The process; empty when the cache has none. \throws cache_error serialization when it is unreadable.
    boost::asio::awaitable<std::optional<fullon_orm::process_info>> get_process(std::string process_id) const;

    /// Those that were updated lately, the newest update first. One whose update is ahead of now is not active.
    /// \throws cache_error invalid_argument where `within` is below zero.
    boost::asio::awaitable<std::vector<fullon_orm::process_info>>
    get_active_processes(process_filter filter = {}) const;
    /// The same, and how many are unreadable.
    boost::asio::awaitable<listing<fullon_orm::process_info>>
    list_active_processes(process_filter filter = {}) const;

    /// The process that a component runs as; empty when it is not registered.
    boost::asio::awaitable<std::optional<fullon_orm::process_info>>
    get_component_status(std::string component) const;

    /// Every stored process of a component, at most `limit`, the newest first.
    boost::asio::awaitable<std::vector<fullon_orm::process_info>>
    get_process_history(std::string component, std::size_t limit = 100) const;

    /// The processes of which health is told: see is_counted(). In no particular order.
    boost::asio::awaitable<listing<fullon_orm::process_info>> list_counted_processes() const;

    /// Counts over these.
    boost::asio::awaitable<system_health> get_system_health() const;

    boost::asio::awaitable<process_metrics> get_metrics() const;

private:
    struct calls;
};

} // namespace fullon_cache
