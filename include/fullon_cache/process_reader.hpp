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

/// Selects processes; an empty text selects all.
struct process_filter {
    process_filter() = default; // no aggregate: g++ 12 destroys those twice inside a co_await expression

    std::string process_type{};               ///< such as `tick`; see `fullon_orm::process_types`
    std::string component{};                  ///< such as `ticker_daemon`
    std::chrono::seconds within = active_for; ///< longest time since the last update
    bool alive_only = false;                  ///< leave out processes that are stale: see is_stale()
};

/// How many entries Redis has about processes, however old they are.
struct process_metrics {
    std::map<std::string, std::int64_t>
        active_by_type{}; ///< fields of `process:active:{type}`, for every type
    std::int64_t active_total = 0;                        ///< their sum
    std::int64_t components = 0;                          ///< fields of `process:components`
    std::int64_t stored = 0;                              ///< keys `process:data:*`

    bool operator==(const process_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_metrics, (), (active_by_type, active_total, components, stored))

/// Reads what the processes of the trading system report about themselves.
///
/// Redis:
/// - strings `process:data:{id}`, value = JSON of a `fullon_orm::process_info`; they expire 24 h after the
///   last update,
/// - hashes `process:active:{type}`, field = id, value = ISO 8601 time of the last update,
/// - hash `process:components`, field = component, value = id of the process it runs as.
///
/// "Now" is the clock of this machine; process_health.hpp says how times ahead of it are judged.
///
/// \code
/// const fullon_cache::process_reader processes(redis); // redis: a started fullon_cache::connection
/// fullon_cache::process_filter bots;
/// bots.process_type = "bot";
/// bots.alive_only = true;
/// for (const auto& process : co_await processes.get_active_processes(bots))
///     use(process.component, process.status);
/// \endcode
///
/// \par Errors as in cache_base; `errc::invalid_argument` if an id or a component is empty. Methods that
///             return several processes leave out unreadable ones and log how many there were. What has
///             expired between two reads is left out.
class process_reader : public cache_base {
public:
    explicit process_reader(const connection& redis) : process_reader(redis.shared_link()) {}
    explicit process_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.process")
    {}

    /// Reads one process (GET).
    /// \returns an empty optional if there is none, or its data have expired.
    /// \throws cache_error `errc::serialization` if the stored value cannot be read.
    boost::asio::awaitable<std::optional<fullon_orm::process_info>> get_process(std::string process_id) const;

    /// Reads the processes that were updated within `filter.within`, the newest update first. A process whose
    /// last update is ahead of now by more than `most_ahead` is not active.
    ///
    /// Two round trips: the hashes of active processes, then the data of those that are recent.
    /// \throws cache_error `errc::invalid_argument` if `filter.within` is below zero.
    boost::asio::awaitable<std::vector<fullon_orm::process_info>>
    get_active_processes(process_filter filter = {}) const;
    /// The same, with the number of unreadable processes.
    boost::asio::awaitable<listing<fullon_orm::process_info>>
    list_active_processes(process_filter filter = {}) const;

    /// Reads the process that a component runs as.
    /// \returns an empty optional if the component is not registered, or the data of its process have expired
    ///          or are unreadable (which is logged).
    boost::asio::awaitable<std::optional<fullon_orm::process_info>>
    get_component_status(std::string component) const;

    /// Reads the stored processes of a component, at most `limit`, the newest update first. Walks the key
    /// space (SCAN).
    boost::asio::awaitable<std::vector<fullon_orm::process_info>>
    get_process_history(std::string component, std::size_t limit = 100) const;

    /// Reads the processes that count for the health of the system (see is_counted()), in no particular
    /// order, with the number of unreadable ones.
    boost::asio::awaitable<listing<fullon_orm::process_info>> list_counted_processes() const;

    /// Counts these processes by type and status, and says whether the system is healthy: see health_of().
    boost::asio::awaitable<system_health> get_system_health() const;

    /// Counts what Redis has about processes: one pipeline of HLEN, and a walk of the key space (SCAN).
    boost::asio::awaitable<process_metrics> get_metrics() const;

private:
    struct calls;
};

} // namespace fullon_cache
