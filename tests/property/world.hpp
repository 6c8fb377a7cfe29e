// A whole system in one process, for the property test: Redis, services that write, a server, clients; and what is done
// to it.
#pragma once

#include "property/auditor.hpp"
#include "property/journal.hpp"
#include "property/member.hpp"
#include "property/schedule.hpp"
#include "property/services.hpp"

#include "support/context_thread.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache_api/cache_websocket_server.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace property {

/// What a run came across: for looking whether it went where it should.
struct travels {
    std::uint64_t written = 0;
    std::uint64_t failed_writes = 0;
    std::uint64_t items = 0;
    std::uint64_t missed = 0;
    std::uint64_t removed = 0;
    std::uint64_t resynced = 0;
    std::uint64_t disconnects = 0;
    std::uint64_t outages = 0;
    std::uint64_t conflated = 0;
    std::uint64_t dropped = 0;
    std::uint64_t audits = 0;

    void add(const member& one);
    travels& operator+=(const travels& other);
};

/// One run. Every function may throw: what did not hold, or did not happen in time, in words.
class world {
public:
    world();
    world(const world&) = delete;
    world& operator=(const world&) = delete;
    ~world();

    void execute(const step& one);

    /// Mends everything, and checks that all comes to what Redis holds, that the counters add up, and that nothing is
    /// left when all have gone. The last call.
    void settle();

    const travels& seen() const noexcept { return seen_; }

private:
    struct place;

    void remove(const step& one);
    void take(const step& one);
    void expire(const step& one);

    void hang_redis(std::chrono::milliseconds time);
    void save_redis();
    std::map<std::string, std::size_t> written_trades() const;
    bool may_restore() const;
    void restart_redis(const step& one);
    void excuse_late_clients();
    void kill_links(std::uint32_t which);

    void open_client(std::size_t at);
    void end_client(std::size_t at, bool in_order);
    void cut_client(std::uint32_t which);
    void set_speed(std::size_t at, std::optional<std::chrono::milliseconds> delay);
    void stall(support::context_thread& which, std::chrono::milliseconds time);

    void stall_auditor(std::chrono::milliseconds time);

    void start_server();
    void stop_server(bool in_order);
    void restart_server(const step& one);
    void open_audit();
    void close_audit();
    std::string audit();
    fullon_cache_api::metrics_snapshot figures();

    void wait_for_clients();
    std::string difference(const support::truth& redis);
    void agree();
    void check();
    void close_all();

    support::market market_;
    journal written_;
    support::redis_server redis_;
    std::map<std::string, std::size_t> saved_trades_; // when Redis was saved last
    support::context_thread server_thread_;
    support::context_thread client_thread_;
    support::context_thread writer_thread_;
    std::atomic<std::uint64_t> lives_{0};
    services services_;
    std::uint16_t port_ = 0;
    std::optional<fullon_cache_api::cache_websocket_server> server_;
    std::unique_ptr<auditor> auditor_;
    std::vector<std::unique_ptr<place>> places_; // of clients
    travels seen_;
    // Behind what lives on the threads.
    support::thread_stopper first_{client_thread_};
    support::thread_stopper second_{server_thread_};
    support::thread_stopper third_{writer_thread_};
};

} // namespace property
