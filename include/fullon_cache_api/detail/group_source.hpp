// Follows groups of topics in Redis for all streams of a server.
#pragma once

#include <fullon_cache_api/detail/hub.hpp>
#include <fullon_cache_api/detail/stream_source.hpp>
#include <fullon_cache_api/detail/topic_group.hpp>

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

/// One coroutine per group reads it again when Redis says that it has changed: once for all streams, however many
/// changes came meanwhile. A reading that takes long is followed by a pause four times as long.
class group_source final : public fullon_cache::detail::push_listener,
                           public std::enable_shared_from_this<group_source> {
public:
    group_source(std::shared_ptr<fullon_cache::detail::link> redis, hub& updates);
    ~group_source();

    /// Ends the reading coroutines; leases may be let go afterwards.
    boost::asio::awaitable<void> stop();

    /// Follows these ids (none: all that there are) for `stream`. Completes when each has been read.
    /// \throws cache_error; nothing is followed then.
    boost::asio::awaitable<std::unique_ptr<stream_source>>
    open(topic_group group, std::vector<std::string> ids, group_watcher& stream);

    void on_message(std::string_view, std::string_view) override {}
    void on_invalidate(std::string_view key) override;
    void on_invalidate_all() override;
    void on_link_up() override;
    void on_link_down() override;

    /// Trades that came in the last minute to a list that is followed (by its key), as far as this server saw them; nothing
    /// for one that no stream follows, or while Redis is away.
    followed_traffic traffic_of(std::string_view key) const;
    /// All lists that are followed of those whose keys begin with `prefix`.
    followed_traffic traffic_below(std::string_view prefix) const;

    std::uint64_t readings() const noexcept { return readings_; }

private:
    struct followed;
    class lease;

    std::shared_ptr<followed> follow(const topic_group& group);
    void release(lease& gone);
    boost::asio::awaitable<void> read_loop(std::shared_ptr<followed> where);
    boost::asio::awaitable<void> wait_for_change(std::shared_ptr<followed> where);
    boost::asio::awaitable<void> read_once(std::shared_ptr<followed> where);
    boost::asio::awaitable<void> wait_until_read(std::shared_ptr<followed> where,
                                                 std::chrono::steady_clock::time_point deadline);
    static void changed(followed& where, std::string_view key);

    std::shared_ptr<fullon_cache::detail::link> redis_;
    hub& hub_;
    fullon_log::logger log_;
    fullon_cache::detail::task_group tasks_;
    std::map<std::string, std::shared_ptr<followed>, std::less<>> groups_; // by key and view
    std::uint64_t readings_ = 0;
};

} // namespace fullon_cache_api::detail
