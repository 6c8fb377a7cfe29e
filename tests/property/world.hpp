// A whole system in one process, for the property test: Redis, services that write, a server, clients; and what is done
// to it.
#pragma once

#include "property/auditor.hpp"
#include "property/journal.hpp"
#include "property/member.hpp"
#include "property/schedule.hpp"
#include "property/services.hpp"

#include "support/async_test.hpp"
#include "support/context_thread.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_coro/task_group.hpp>

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
    std::uint64_t compared = 0;
    std::uint64_t refused = 0;

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
    static constexpr std::chrono::seconds patient{15 * support::patience};
    static constexpr std::chrono::milliseconds reconciliation{1000};
    static constexpr std::size_t clocks = 7; // of market_writer
    static constexpr std::size_t number_elsewhere = 999; // of who writes in the other database
    static constexpr std::size_t remembered = 25; // trades of a list, by every client

    // A place for a client: whether it is there, is coming, or is going is known on the clients' thread.
    struct place {
        enum class phase { empty, opening, open, closing } now = phase::empty;
        std::unique_ptr<member> who;
        std::exception_ptr failure;
        bool since_save = false; // it came after Redis was saved last
    };

    void remove(const step& one);
    void take(const step& one);
    void expire(const step& one);

    void hang_redis(std::chrono::milliseconds time);
    void save_redis();
    std::map<std::string, std::size_t> written_trades() const;
    bool may_restore() const;
    void restart_redis(const step& one);
    void excuse_clients(bool only_late);
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
    fullon_cache_api::metrics_snapshot metrics();

    // What is met in the field: world_field.cpp.
    void hold_services();
    void release_services();
    void invent(const step& one);
    void refill(const step& one);
    void retype(const step& one);
    void set_rights(std::uint32_t which);
    bool may_swap() const;
    void swap_databases();
    void leave_early(const step& one);
    void compare();
    void mend();

    void replace_refused();
    void wait_for_clients();
    std::string difference(const support::truth& redis);
    void agree();
    void check();
    void close_all();

    support::market market_;
    journal written_;
    support::redis_server redis_{support::smallest_user()};
    std::map<std::string, std::size_t> saved_trades_; // when Redis was saved last
    std::map<std::string, std::size_t> swapped_trades_; // before its databases were swapped last
    journal elsewhere_; // what was written in the other database
    support::context_thread server_thread_;
    support::context_thread client_thread_;
    support::context_thread writer_thread_;
    std::atomic<std::uint64_t> lives_{0};
    services services_;
    services others_; // in another database
    std::int64_t invented_ = 0;
    std::chrono::steady_clock::time_point swapped_at_{};
    std::atomic<bool> unreadable_{false}; // some key has been, for the server
    std::uint16_t port_ = 0;
    std::optional<fullon_cache_api::cache_websocket_server> server_;
    std::unique_ptr<auditor> auditor_;
    std::vector<std::unique_ptr<place>> places_; // of clients
    fullon_coro::task_group leavers_;
    travels seen_;
    // Behind what lives on the threads.
    support::thread_stopper first_{client_thread_};
    support::thread_stopper second_{server_thread_};
    support::thread_stopper third_{writer_thread_};
};

} // namespace property
