// A raw client that follows everything and counts: what a server gives out must add up with what reaches this one.
#pragma once

#include "support/market.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/types/metrics_snapshot.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace property {

/// It must be subscribed before anything is given out that it is to account for. Lives on its executor, which must be
/// serial; await close() before it is destroyed.
class auditor {
public:
    explicit auditor(boost::asio::any_io_executor executor);

    /// Connects and subscribes all topics of the market. Completes when every snapshot has come.
    boost::asio::awaitable<void> open(std::uint16_t port, support::market what);

    /// From here on everything is counted; `figures` are those of the server now.
    void begin(const fullon_cache_api::metrics_snapshot& metrics);

    /// Reads nothing from its socket for that long.
    void stall(std::chrono::milliseconds time) { stalled_until_ = clock::now() + time; }

    /// What the server says of these streams, when all that it sent before has been read.
    struct told {
        std::uint64_t delivered = 0;
        std::uint64_t conflated = 0;
        std::uint64_t dropped = 0;
    };
    boost::asio::awaitable<told> ask();

    /// What health_check calls the server.
    boost::asio::awaitable<std::string> ask_health();

    /// What does not add up; empty when everything does. While nothing changes: `figures` are of the same moment.
    std::string difference(const told& streams, const fullon_cache_api::metrics_snapshot& metrics) const;

    /// \throws what has failed, if anything has
    void check() const;

    boost::asio::awaitable<void> close();

    std::uint16_t local_port() const { return peer_.local_port(); }
    std::uint64_t conflated() const noexcept { return last_.conflated; }
    std::uint64_t dropped() const noexcept { return last_.dropped; }

private:
    using clock = std::chrono::steady_clock;

    boost::asio::awaitable<void> read();
    boost::asio::awaitable<boost::json::object> request(std::string operation, std::string params);
    void on_message(const boost::json::object& message);
    void on_mark(const boost::json::object& message, bool stale);
    void on_update(const boost::json::object& message);
    [[noreturn]] static void fail(const std::string& what, const boost::json::object& message);

    support::websocket_peer peer_;
    std::exception_ptr failure_;
    fullon_coro::task_group tasks_;
    clock::time_point stalled_until_;
    std::uint64_t requests_ = 0;
    std::optional<boost::json::object> reply_;
    std::set<std::string> snapshots_; // under way, by stream key
    std::map<std::string, std::map<std::string, std::string>> stale_; // reasons, by stream key and topic
    std::map<std::string, std::string> mark_history_; // by stream key
    std::map<std::string, std::uint64_t> numbers_; // by topic, live
    std::string epoch_;
    std::uint64_t received_ = 0; // updates, with snapshots
    std::uint64_t live_ = 0;
    std::uint64_t gaps_ = 0; // events that were dropped, as said in the place of them
    std::uint64_t updates_before_ = 0;
    std::uint64_t suppressed_before_ = 0;
    std::uint64_t live_before_ = 0;
    told last_;
    told before_;
    bool over_ = false;
};

} // namespace property
