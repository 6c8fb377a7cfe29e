// One feed that is followed, as the registry keeps it. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/feed/feed_registry.hpp>

#include <fullon_coro/notifier.hpp>

#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// Readings that somebody may wait for.
struct feed_registry::turn {
    std::uint64_t asked = 0;
    std::uint64_t done = 0;
    std::exception_ptr failure; ///< of the last one
};

struct feed_registry::feed : std::enable_shared_from_this<feed> {
    feed(hub& updates, const feed_spec& from, const boost::asio::any_io_executor& executor)
        : name(name_of(from)), key(from.key), tracked(from.tracked), is_prefix(from.is_prefix),
          delivery(from.delivery), kind(from.follow(updates)), topics(kind->topics()), wake(executor),
          answered(executor), field_pause(executor)
    {}

    static std::string name_of(const feed_spec& spec)
    {
        return spec.view.empty() ? spec.key : spec.key + " " + spec.view;
    }

    /// Its coroutine ends.
    void end()
    {
        over = true;
        field_pause.cancel();
        wake.notify_all();
    }

    std::string name; // in the map
    std::string key;
    std::string tracked;
    bool is_prefix;
    std::string_view delivery;
    std::unique_ptr<feed_kind> kind;
    feed_topics& topics; // of the kind
    fullon_coro::notifier wake; // read_loop
    fullon_coro::notifier answered;
    turn whole; // of read()
    turn hinted; // of fields that have a hint
    int field_reads = 0; // of these, under way
    bool field_read_posted = false;
    bool fields_paused = false; // after a failure
    boost::asio::steady_timer field_pause;
    stale_reason why = stale_reason::none;
    bool failing = false; // the last reading, though Redis is there
    bool unreported = false; // Redis refuses to report its changes
    std::string problem; // why, told once
    std::chrono::steady_clock::time_point reconciliation{};
    std::chrono::steady_clock::duration cost{}; // of a reading, as they usually are
    std::chrono::milliseconds pause_after_failure{};
    bool dirty = false;
    bool over = false;
};

} // namespace fullon_cache_api::detail
