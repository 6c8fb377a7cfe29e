// The link to Redis: two physical connections (queries, channels), their watchdogs and the reconnect loop.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/config.hpp>
#include <fullon_cache/outage.hpp>
#include <fullon_cache/push_listener.hpp>
#include <fullon_cache/reply.hpp>
#include <fullon_cache/taken.hpp>
#include <fullon_cache/unreadable_log.hpp>
#include <fullon_coro/notifier.hpp>
#include <fullon_coro/task_group.hpp>

#include <fullon_log/line_budget.hpp>
#include <fullon_log/logger.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache {

namespace detail {
class key_watch;
class list_taker;
class merge_queue;
class redis_connection;
} // namespace detail
class host_resolver;
class tls_trust;

enum class link_state : std::uint8_t {
    connecting, ///< the first attempt is under way: operations wait for its outcome
    up,
    down,       ///< operations are refused at once; attempts go on
    closed,
};

/// What became of a wish to hear channels.
struct subscribed {
    std::vector<std::string> refused; ///< channels, or the prefix; held as if they were heard
    std::string why; ///< as Redis says it; empty where nothing was refused
};

/// Shared by every cache over one `connection`. All members are used on one serial executor.
///
/// A session is one connection for queries, with its life. CLIENT TRACKING is set on it: what Redis reports as changed
/// and what it answers come from one server, in one order. Channels have a connection of their own, which is made anew
/// within a session when it breaks (Redis cuts it when rights to a channel are taken away).
///
/// What is asked of Redis to subscribe or to track belongs to the link. Whoever asked waits for the outcome, and undoes
/// nothing for others by going away.
class redis_link : public std::enable_shared_from_this<redis_link> {
public:
    redis_link(boost::asio::any_io_executor executor, config settings);
    ~redis_link();

    void start();
    boost::asio::awaitable<void> stop();
    void cancel() noexcept;

    /// The io_context is being destroyed: lets go of all that lives in it.
    void context_gone() noexcept;

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

    /// One command. \throws cache_error (unavailable, timeout, unknown_outcome, closed, too_large, and what an error reply
    ///         says; invalid_argument for one that a shared connection does not carry: see command_facts.hpp)
    boost::asio::awaitable<reply> execute(command one);

    /// Sends the commands in one write; one reply each, errors among them.
    /// \throws cache_error (unavailable, timeout, unknown_outcome, closed, too_large, invalid_argument)
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands);

    /// Completes at once where Redis has let this session execute a transaction before, else when it has one without commands.
    /// \throws cache_error permission_denied where it may not, and as execute()
    boost::asio::awaitable<void> require_transactions();

    /// One command that only reads, sent at once and without a coroutine, for who must not lose a turn of the event loop.
    /// `done` is called once, and must not throw: in the turn in which the answer (or an error reply) is read, or with null
    /// where the session has ended first. Only while the link is up.
    void ask(command one, std::function<void(reply* answer)> done);

    /// Takes the first element of a list, or all that are in it; where there are none, waits up to `wait` for some. See
    /// taken: what its owner does not keep goes back.
    /// \throws cache_error (unavailable, timeout, closed, and what an error reply says). After any of them nothing is taken,
    ///         or it goes back.
    boost::asio::awaitable<taken> take(std::string list, bool all, std::chrono::milliseconds wait);

    /// The answer of a command that reads `key`, as soon as it is not null; null when `wait` is over.
    /// \throws cache_error (unavailable as soon as the session is over, timeout, closed, and what an error reply says)
    boost::asio::awaitable<reply> read_until(command one, std::string key, std::chrono::milliseconds wait);

    /// Subscribes (counted) and completes when Redis has answered for every channel. What it refuses is no failure: see
    /// the result; it is asked again after half a minute. Where no connection for channels can be made, though queries
    /// work, all count as refused until one can: then on_publications_lost() comes.
    /// \throws cache_error (unavailable, timeout, closed); nothing is held then.
    boost::asio::awaitable<subscribed> subscribe(std::vector<std::string> channels);
    void unsubscribe(const std::vector<std::string>& channels) noexcept;

    /// Follows every channel that starts with `prefix`, for as long as the link lives.
    /// \throws cache_error (unavailable, timeout, closed)
    boost::asio::awaitable<subscribed> subscribe_prefix(std::string prefix);

    /// Has Redis report every change of a key that starts with `prefix`, for as long as the link lives.
    /// \throws cache_error (unavailable, timeout, closed; permission_denied, server_error with "CLIENT TRACKING: " and
    ///         what Redis says)
    boost::asio::awaitable<void> track(std::string prefix);

    /// Why the link is not up, in a word and in a line; `none` and empty while it is.
    outage down_reason() const noexcept { return down_.why; }
    const std::string& down_text() const noexcept { return down_.text; }

    /// What the log was told of what cannot be read, and its room for operations that fail or are slow: of all caches.
    unreadable_log& unreadable() noexcept { return unreadable_; }
    fullon_log::line_budget& operation_lines() noexcept { return operation_lines_; }

    /// For list_taker: what it asks is not bounded by time but by the session; what tells of changes, none while there is no
    /// session; its end.
    boost::asio::awaitable<std::vector<reply>> execute_patiently(pipeline commands);
    std::shared_ptr<detail::key_watch> changes();
    void spawn(std::string name, boost::asio::awaitable<void> task)
    {
        tasks_.spawn(std::move(name), std::move(task));
    }
    void forget_taker(const std::string& list) noexcept;
    /// Of what is taken: no other has it, in whatever process.
    std::string next_token() { return owner_ + "-" + std::to_string(++tokens_); }
    /// Changes to what is stored, of all caches.
    detail::merge_queue& merges() noexcept { return *merges_; }

    void attach(push_listener& listener) { listeners_.push_back(&listener); }
    void detach(push_listener& listener) noexcept { std::erase(listeners_, &listener); }

private:
    struct session;
    enum class wish : std::uint8_t { queued, asked, in_force, refused };
    enum class queued : std::uint8_t { all, but_refused, refused };
    struct wanted_channel {
        std::size_t holders = 0; // may be none while Redis is asked, and where it has refused
        wish status = wish::queued;
        bool refused_before = false;
    };
    struct piece { // of what is to be subscribed
        bool prefixes = false;
        bool again = false; // all of it was refused before
        std::vector<std::string> names;
    };

    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> run_session(std::shared_ptr<session> current);
    boost::asio::awaitable<void> run_queries(std::shared_ptr<session> current);
    boost::asio::awaitable<void> watch_queries(std::shared_ptr<session> current);
    boost::asio::awaitable<void> watch_role(std::shared_ptr<session> current);
    boost::asio::awaitable<void> set_up(std::shared_ptr<session> current);
    void judge_tracking(session& current, const reply& answer);
    void judge_role(session& current, const reply& answer);
    void come_up(session& current);
    void tell_up(session& current);
    boost::asio::awaitable<void> require_up();
    boost::asio::awaitable<std::vector<reply>> execute_on(std::shared_ptr<session> current,
                                                          pipeline commands);
    void learn_bound(const std::string& answer, std::size_t size) noexcept;
    boost::asio::awaitable<void> ask_to_track(std::shared_ptr<session> current, std::string prefix);
    boost::asio::awaitable<void> retry_tracking(std::shared_ptr<session> current);

    boost::asio::awaitable<void> run_pushes(std::shared_ptr<session> current);
    boost::asio::awaitable<void> watch_pushes(std::shared_ptr<detail::redis_connection> lane);
    boost::asio::awaitable<void> follow_channels(std::shared_ptr<session> current,
                                                 std::shared_ptr<detail::redis_connection> lane);
    boost::asio::awaitable<void> ask_for(std::shared_ptr<session> current,
                                         std::shared_ptr<detail::redis_connection> lane, piece wanted);
    void queue_channels(queued which);
    piece next_piece();
    void settle(session& current, bool prefix, const std::string& name, const std::string& refusal);
    void release(const std::vector<std::string>& channels);

    void end_session(session& current, ending how);
    bool followed(std::string_view channel) const;
    void dispatch(const reply& push);
    void dispatch_invalidation(const reply& keys);
    void set_state(link_state next);
    template <class Call>
    void tell(Call call)
    {
        for (auto* listener : std::vector<push_listener*>(listeners_)) // it may detach in its call
            call(*listener);
    }

    boost::asio::any_io_executor executor_;
    config settings_;
    std::shared_ptr<tls_trust> trust_; // of all connections
    std::shared_ptr<host_resolver> names_;
    fullon_log::logger log_;
    unreadable_log unreadable_{};
    fullon_log::line_budget operation_lines_{50, std::chrono::seconds(1)};
    fullon_coro::task_group tasks_;
    fullon_coro::notifier state_changed_;
    std::optional<boost::asio::steady_timer> retry_; // once it has begun
    std::shared_ptr<session> session_;
    std::map<std::string, std::shared_ptr<detail::list_taker>, std::less<>>
        takers_; // that have something to do
    fullon_coro::notifier takers_gone_; // one of them
    const std::string owner_; // in the names of what is taken
    std::uint64_t tokens_ = 0;
    bool settling_ = false; // it is being stopped
    std::shared_ptr<detail::merge_queue> merges_;
    std::vector<push_listener*> listeners_;
    std::map<std::string, wanted_channel, std::less<>> channels_;
    std::map<std::string, wanted_channel, std::less<>> prefixes_; // of channels
    std::deque<std::string> wanted_channels_; // to be asked for
    std::deque<std::string> wanted_prefixes_;
    std::set<std::string, std::less<>> tracked_; // prefixes of keys
    ending down_;
    // Sizes of a value, from this one on, are not sent: what Redis takes at most (as it comes), or has refused.
    std::size_t smallest_refused_ = std::size_t{512} * 1024 * 1024 + 1;
    bool role_told_ = false; // that ROLE is refused
    bool listeners_up_ = false; // they were told that the link is up: it may be without tracking
    link_state state_ = link_state::closed;
    bool started_ = false;
    bool stopping_ = false;
    bool context_gone_ = false;
    std::uint64_t sessions_ = 0;
    std::uint64_t losses_ = 0;
    std::uint64_t invalidations_ = 0;
    std::uint64_t publications_ = 0;
};

} // namespace fullon_cache
