// The link to Redis: two physical connections (queries, pushes), their watchdogs and the reconnect loop.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/config.hpp>
#include <fullon_cache/detail/notifier.hpp>
#include <fullon_cache/detail/push_listener.hpp>
#include <fullon_cache/detail/task_group.hpp>
#include <fullon_cache/reply.hpp>

#include <fullon_log/logger.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache::detail {

class blocking_pool;
class redis_lane;
class tls_trust;

enum class link_state : std::uint8_t {
    connecting, ///< the first attempt is under way: operations wait for its outcome
    up,
    down,       ///< operations are refused at once; attempts go on
    closed,
};

/// Shared by every cache over one `connection`. All members are used on one serial executor.
///
/// Each physical session gets fresh Boost.Redis connections, which are never asked to reconnect by
/// themselves: subscriptions and tracking are queued before the session runs, so no push can be missed
/// between being connected and being set up. A request that ran out of time is abandoned, not cancelled:
/// cancelling a written request would end the connection for everybody.
class link : public std::enable_shared_from_this<link> {
public:
    link(boost::asio::any_io_executor executor, config settings);
    ~link();

    void start();
    boost::asio::awaitable<void> stop();
    void cancel() noexcept;

    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
    const config& settings() const noexcept { return settings_; }
    link_state state() const noexcept { return state_; }

    /// How often a session was set up, and how often an established one was lost.
    std::uint64_t sessions() const noexcept { return sessions_; }
    std::uint64_t losses() const noexcept { return losses_; }

    /// How many changes of keys were reported (of all at once: one), and how many messages of channels came.
    std::uint64_t invalidations() const noexcept { return invalidations_; }
    std::uint64_t publications() const noexcept { return publications_; }

    /// Waits until the link is up. \throws cache_error (closed; unavailable at the deadline)
    boost::asio::awaitable<void> wait_up(std::chrono::steady_clock::time_point deadline);

    /// One command. \throws cache_error (unavailable, timeout, closed, and what an error reply says)
    boost::asio::awaitable<reply> execute(command one);

    /// Sends the commands in one write; one reply each, errors among them.
    /// \throws cache_error (unavailable, timeout, closed)
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands);

    /// What has to be done when the answer of a command comes for nobody any more; empty = nothing.
    using undo = std::function<pipeline(const reply& answer)>;

    /// One command that may wait inside Redis for `wait`, on a connection of its own (zero: on the shared one).
    /// \par Cancellation terminal: the wait is ended in Redis; `give_back` undoes what had been done by then.
    /// \throws cache_error (unavailable, timeout, closed, and what an error reply says)
    boost::asio::awaitable<reply> execute_blocking(command one, std::chrono::milliseconds wait,
                                                   undo give_back = {});

    /// Subscribes (counted) and completes when Redis has the subscription in force.
    /// \throws cache_error (unavailable, timeout, permission_denied, closed); nothing is subscribed then.
    boost::asio::awaitable<void> subscribe(std::vector<std::string> channels);
    void unsubscribe(const std::vector<std::string>& channels) noexcept;

    /// Follows every channel that starts with `prefix`, for as long as the link lives: Boost.Redis before
    /// 1.90 miscounts the replies of PUNSUBSCRIBE, so patterns are a few fixed ones, never taken back.
    boost::asio::awaitable<void> subscribe_prefix(std::string prefix);

    /// Has Redis report every change of a key that starts with `prefix`, for as long as the link lives.
    boost::asio::awaitable<void> track(std::string prefix);

    void attach(push_listener& listener) { listeners_.push_back(&listener); }
    void detach(push_listener& listener) noexcept { std::erase(listeners_, &listener); }

private:
    struct session;

    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> run_session(std::shared_ptr<session> current);
    boost::asio::awaitable<void> run_lane(std::shared_ptr<session> current, redis_lane& lane);
    boost::asio::awaitable<void> watch_lane(std::shared_ptr<session> current, redis_lane& lane);
    boost::asio::awaitable<void> set_up(std::shared_ptr<session> current);
    boost::asio::awaitable<void> receive_pushes(std::shared_ptr<session> current);
    boost::asio::awaitable<void> require_up();
    boost::asio::awaitable<void> register_pushes(pipeline commands, bool subscribes);
    pipeline push_set_up(session& current) const;
    void end_session(session& current, std::string why);
    bool followed(std::string_view channel) const;
    void dispatch(const reply& push);
    void set_state(link_state next);

    boost::asio::any_io_executor executor_;
    config settings_;
    std::shared_ptr<tls_trust> trust_; // of all connections
    fullon_log::logger log_;
    task_group tasks_;
    notifier state_changed_;
    boost::asio::steady_timer retry_;
    std::shared_ptr<session> session_;
    std::shared_ptr<blocking_pool> blocking_;
    std::vector<push_listener*> listeners_;
    std::map<std::string, std::size_t> channels_; // subscribers each
    std::set<std::string> prefixes_; // of channels
    std::set<std::string> tracked_; // prefixes of keys
    link_state state_ = link_state::closed;
    bool started_ = false;
    bool stopping_ = false;
    std::uint64_t sessions_ = 0;
    std::uint64_t losses_ = 0;
    std::uint64_t invalidations_ = 0;
    std::uint64_t publications_ = 0;
};

} // namespace fullon_cache::detail
