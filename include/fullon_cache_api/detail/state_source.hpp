// Follows states in Redis (positions, queues, bots, processes) for all streams of a server.
#pragma once

#include <fullon_cache_api/detail/hub.hpp>
#include <fullon_cache_api/detail/state_book.hpp>
#include <fullon_cache_api/detail/stream_source.hpp>

#include <fullon_cache/detail/link.hpp>
#include <fullon_cache/detail/notifier.hpp>
#include <fullon_cache/detail/push_listener.hpp>
#include <fullon_cache/detail/task_group.hpp>

#include <fullon_log/logger.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// How a group of states is read. One per group; used by the group's coroutine alone.
class state_reader {
public:
    virtual ~state_reader() = default;

    /// Reads these ids, or all that there are. \throws cache_error
    virtual boost::asio::awaitable<state_page> read(std::vector<std::string> ids, bool whole) = 0;

    /// When the states change without a write (epoch seconds), after the last reading; and what they are then.
    virtual std::optional<double> next_change() const { return std::nullopt; }
    virtual state_page at(double) { return {}; }
};

/// A group of states: what is read together, because it stands under one key (or prefix of keys).
struct state_group {
    std::string key; ///< in Redis
    std::string tracked; ///< prefix that Redis reports changes of
    bool is_prefix = false; ///< `key` is one
    state_book::naming topic_name;
    std::function<std::unique_ptr<state_reader>()> make_reader;
};

/// One coroutine per group reads it again when Redis says that it has changed: once for all streams, however many
/// changes came meanwhile. A reading that takes long is followed by a pause four times as long.
class state_source final : public fullon_cache::detail::push_listener,
                           public std::enable_shared_from_this<state_source> {
public:
    state_source(std::shared_ptr<fullon_cache::detail::link> redis, hub& updates);
    ~state_source();

    /// Ends the reading coroutines; leases may be let go afterwards.
    boost::asio::awaitable<void> stop();

    /// Follows these ids (none: all that there are) for `stream`. Completes when each has been read.
    /// \throws cache_error; nothing is followed then.
    boost::asio::awaitable<std::unique_ptr<stream_source>>
    open(state_group group, std::vector<std::string> ids, group_watcher& stream);

    void on_message(std::string_view, std::string_view) override {}
    void on_invalidate(std::string_view key) override;
    void on_invalidate_all() override;
    void on_link_up() override;
    void on_link_down() override;

    std::uint64_t readings() const noexcept { return readings_; }

private:
    struct followed;
    class lease;

    std::shared_ptr<followed> follow(const state_group& group);
    void release(lease& gone);
    boost::asio::awaitable<void> read_loop(std::shared_ptr<followed> where);
    boost::asio::awaitable<void> wait_for_change(std::shared_ptr<followed> where);
    boost::asio::awaitable<void> read_once(std::shared_ptr<followed> where);
    boost::asio::awaitable<void> wait_until_read(std::shared_ptr<followed> where);
    static void changed(followed& where);

    std::shared_ptr<fullon_cache::detail::link> redis_;
    hub& hub_;
    fullon_log::logger log_;
    fullon_cache::detail::task_group tasks_;
    std::map<std::string, std::shared_ptr<followed>, std::less<>> groups_; // by key
    std::uint64_t readings_ = 0;
};

} // namespace fullon_cache_api::detail
