// The feed engine: follows keys of Redis for all streams of a server.
#pragma once

#include <fullon_cache_api/detail/feed/feed_spec.hpp>
#include <fullon_cache_api/detail/feed/hub.hpp>
#include <fullon_cache_api/detail/feed/stream_source.hpp>

#include <fullon_cache/error.hpp>
#include <fullon_cache/push_listener.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_coro/task_group.hpp>

#include <fullon_log/logger.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fullon_cache_api::detail {

class in_session;

/// A key that is followed and cannot be read.
struct feed_problem {
    std::string key;
    stale_reason reason;
};

/// Feeds are shared: one reader each, whatever the number of streams. Invalidations, publications, a link that came up and a
/// timer are hints: they make a feed read, and never carry a value. A reading that is under way when hints come is followed
/// by exactly one more, so that no stream of hints can starve it; how often Redis is asked is bounded by what it costs.
/// A feed that cannot be read is marked stale, with the reason, until it can.
class feed_registry final : public fullon_cache::push_listener,
                            public std::enable_shared_from_this<feed_registry> {
public:
    /// Each feed is read at least once every `reconcile_interval`, give or take a tenth (zero: never without a hint): Redis
    /// reports SWAPDB and the like to nobody.
    feed_registry(std::shared_ptr<fullon_cache::redis_link> redis, hub& updates,
                  std::chrono::milliseconds reconcile_interval);
    ~feed_registry();

    /// Ends the reading coroutines; leases may be let go afterwards.
    boost::asio::awaitable<void> stop();

    /// Follows these ids (none: all that there are) for `stream`. Completes when each has been read.
    /// \throws cache_error; nothing is followed then.
    boost::asio::awaitable<std::unique_ptr<stream_source>> open(feed_spec feed, std::vector<std::string> ids,
                                                                feed_listener& stream);

    void on_message(std::string_view channel, std::string_view payload) override;
    void on_invalidate(std::string_view key) override;
    void on_invalidate_all() override;
    void on_link_up() override;
    void on_link_down() override;
    void on_tracking_refused(std::string_view prefix, std::string_view why) override;

    /// Trades that came in the last minute to a list that is followed (by its key), as far as this server saw them; nothing
    /// for one that no stream follows, or while it cannot be read.
    followed_traffic traffic_of(std::string_view key) const;
    /// All lists that are followed of those whose keys begin with `prefix`.
    followed_traffic traffic_below(std::string_view prefix) const;

    /// Every ticker that is followed.
    std::vector<followed_ticker> tickers() const;

    /// Keys that cannot be read though Redis serves this server, at most `most` of them.
    std::vector<feed_problem> problems(std::size_t most) const;

    std::uint64_t readings() const noexcept { return readings_; }

private:
    struct feed;
    struct turn;
    class lease;

    struct text_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>()(text);
        }
    };
    using feeds_by_key = std::unordered_multimap<std::string, feed*, text_hash, std::equal_to<>>;

    std::shared_ptr<feed> follow(const feed_spec& spec);
    void release(lease& gone);
    boost::asio::awaitable<void> subscribe(lease& made, const feed_spec& spec);

    boost::asio::awaitable<void> read_loop(std::shared_ptr<feed> where);
    boost::asio::awaitable<void> wait_for_change(std::shared_ptr<feed> where);
    boost::asio::awaitable<void> read_once(std::shared_ptr<feed> where);
    boost::asio::awaitable<void> rest(std::shared_ptr<feed> where, std::chrono::steady_clock::duration time);
    void post_field_read(std::shared_ptr<feed> where);
    void read_fields(const std::shared_ptr<feed>& where);
    void take_fields(const std::shared_ptr<feed>& where, const field_read::taker& take,
                     const in_session& session, fullon_cache::reply* answer);
    boost::asio::awaitable<void> wait_turn(std::shared_ptr<feed> where, turn& of,
                                           std::chrono::steady_clock::time_point deadline);

    bool up() const noexcept;
    stale_reason outage() const;
    void schedule_reconciliation(feed& where);
    void failed(feed& where, turn& of, const fullon_cache::cache_error& failure);
    void set_stale(feed& where, stale_reason why);
    static void changed(feed& where, std::string_view key);
    template <class Visit>
    void visit_feeds_of(std::string_view key, Visit visit) const;

    std::shared_ptr<fullon_cache::redis_link> redis_;
    hub& hub_;
    std::chrono::milliseconds reconcile_interval_;
    fullon_log::logger log_;
    fullon_coro::task_group tasks_;
    std::map<std::string, std::shared_ptr<feed>, std::less<>> feeds_; // by key and view
    feeds_by_key by_key_;
    feeds_by_key by_prefix_;
    std::minstd_rand jitter_{std::random_device()()};
    std::uint64_t readings_ = 0;
};

} // namespace fullon_cache_api::detail
