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

/// What operations find when they begin.
enum class link_state : std::uint8_t {
    connecting, ///< the first attempt is under way: operations wait for its outcome
    up,         ///< operations are sent
    down,       ///< operations fail at once; attempts to connect go on
    closed,     ///< not started yet, or stopped: operations fail with `errc::closed`
};

/// The outcome of a subscription.
struct subscribed {
    /// The channels that Redis refused, or the prefix. They stay held: Redis is asked again after half a
    /// minute.
    std::vector<std::string> refused;
    std::string why; ///< the text of Redis' refusal; empty if nothing was refused
};

/// The link to Redis that a `connection` and all its caches share: sessions, reconnects, and what is sent.
///
/// Users construct a connection; this class is for code that follows Redis' pushes, or writes its own caches.
///
/// A session is the life of one physical connection for queries. CLIENT TRACKING is set on that connection,
/// so that answers and reports of changed keys come from one server, in one order. Channels have a connection
/// of their own, which is made anew within the session if it breaks: Redis cuts it when it takes away rights
/// to a channel. A third connection is made when something waits for a key.
///
/// Subscriptions and tracked prefixes belong to the link and are set again in each session. Whoever asked for
/// them only waits for the outcome: if it is cancelled, nothing is undone for others.
///
/// \code
/// const auto& link = redis.shared_link(); // redis: a started fullon_cache::connection
/// const auto answer = co_await link->execute(fullon_cache::command("LLEN", "trades:kraken:BTCUSDT"));
/// use(answer.as_integer());
/// \endcode
///
/// \par Concurrency all members are used on the serial executor of the connection. Any number of operations
///                  may be under way at once.
/// \par Lifetimes   background tasks own the link. Whoever awaits an operation must hold the link until it
///                  completes.
/// \par Cancellation terminal, for every operation; a command that was sent may still be executed.
class redis_link : public std::enable_shared_from_this<redis_link> {
public:
    /// Does nothing before start(). \throws configuration_error if the settings are not valid.
    redis_link(boost::asio::any_io_executor executor, config settings);
    ~redis_link();

    /// Starts to connect, and to connect again after each outage, until stop() or cancel(). Further calls do
    /// nothing.
    void start();

    /// Ends what waits for a list, gives back what was taken and not kept (for at most one second), then
    /// cancel(). Completes when all background tasks have ended. Cancelled, it throws after having called
    /// cancel().
    boost::asio::awaitable<void> stop();

    /// Closes the connections at once. Operations under way fail with `errc::unavailable`, or
    /// `errc::unknown_outcome` for writes that were sent; later ones with `errc::closed`. Background tasks
    /// end on the executor.
    void cancel() noexcept;

    /// Called when the io_context is being destroyed: releases everything that lives in it.
    void context_gone() noexcept;

    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
    const config& settings() const noexcept { return settings_; }
    /// Whether operations are sent now; follows the watchdog.
    link_state state() const noexcept { return state_; }

    /// How often the link came up, and how often it was lost after that, since construction.
    std::uint64_t sessions() const noexcept { return sessions_; }
    std::uint64_t losses() const noexcept { return losses_; }

    /// Counters for metrics: keys that Redis reported as changed (a report of all keys at once counts one),
    /// and messages of channels.
    std::uint64_t invalidations() const noexcept { return invalidations_; }
    std::uint64_t publications() const noexcept { return publications_; }

    /// Completes when the link is up.
    /// \throws cache_error `errc::closed`; at the deadline `errc::unavailable`, or why Redis refuses the
    ///         link.
    boost::asio::awaitable<void> wait_up(std::chrono::steady_clock::time_point deadline);

    /// Sends one command, and completes with its reply.
    /// \throws cache_error for an error reply; else as the overload for pipelines.
    boost::asio::awaitable<reply> execute(command one);

    /// Sends the commands in one write, and completes with one reply each, in order. Error replies stay in
    /// their place: use reply::checked(). Other operations' commands may be executed in between, except
    /// within MULTI and EXEC.
    /// \throws cache_error `errc::unavailable` if Redis is down or the session ends; `errc::timeout` after
    ///         `config::socket_timeout`; instead of both, `errc::unknown_outcome` if they were sent and one
    ///         of them may write; `errc::too_large`; `errc::closed`; `errc::protocol` if the replies cannot
    ///         belong to the commands (the session ends); `errc::invalid_argument`, naming the command, for
    ///         what a shared connection does not carry: SUBSCRIBE, SELECT, MONITOR, WATCH, BLPOP, WAIT, XREAD
    ///         BLOCK, MULTI without EXEC, ...
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands);

    /// Makes sure that the Redis user may run MULTI and EXEC; otherwise Redis would run the commands between
    /// them one by one. Sends an empty transaction once for each session.
    /// \throws cache_error `errc::permission_denied` if it may not; else as execute()
    boost::asio::awaitable<void> require_transactions();

    /// Sends one command that only reads, at once and without a coroutine, for callers that must not lose a
    /// turn of the event loop. Precondition: the link is up.
    /// \param done called once, in the turn in which the reply (perhaps an error reply) is read, or with null
    ///             if the session ends first. It must not throw; the reply may be moved from, and is valid
    ///             only during the call.
    void ask(command one, std::function<void(reply* answer)> done);

    /// Takes the first element of a list, or all of them; if the list is empty, waits up to `wait` for
    /// elements. What the owner of the result does not keep goes back to the front of the list: see taken.
    /// \throws cache_error `errc::unavailable`, `errc::timeout`, `errc::closed`, and what an error reply
    ///         says. Nothing is lost: after any of them nothing was taken, or it goes back.
    boost::asio::awaitable<taken> take(std::string list, bool all, std::chrono::milliseconds wait);

    /// Sends a command that reads `key`, again each time the key changes, until its reply is not null.
    /// \returns that reply; null when `wait` is over.
    /// \throws cache_error `errc::unavailable` as soon as the session ends, `errc::timeout`, `errc::closed`,
    ///         and what an error reply says.
    boost::asio::awaitable<reply> read_until(command one, std::string key, std::chrono::milliseconds wait);

    /// Subscribes to channels, and completes when Redis has answered for each. Messages go to every
    /// push_listener.
    ///
    /// Subscriptions are counted: each successful call needs one unsubscribe() of the same channels. A
    /// channel that Redis refuses is no failure, see the result. If queries work but no connection for
    /// channels can be made, all count as refused; push_listener::on_publications_lost() tells when they are
    /// in force.
    /// \throws cache_error `errc::unavailable`, `errc::timeout`, `errc::closed`; nothing is held then.
    boost::asio::awaitable<subscribed> subscribe(std::vector<std::string> channels);
    /// Gives up one subscription of each channel; does not wait for Redis.
    void unsubscribe(const std::vector<std::string>& channels) noexcept;

    /// Subscribes to every channel that begins with `prefix` (taken literally), for the life of the link.
    /// \throws cache_error `errc::unavailable`, `errc::timeout`, `errc::closed`
    boost::asio::awaitable<subscribed> subscribe_prefix(std::string prefix);

    /// Has Redis report every change of a key that begins with `prefix` (CLIENT TRACKING ON BCAST), for the
    /// life of the link, to push_listener::on_invalidate(). Completes when Redis has agreed.
    /// \throws cache_error `errc::unavailable`, `errc::timeout`, `errc::closed`; `errc::permission_denied` or
    ///         `errc::server_error` if Redis refuses, with `CLIENT TRACKING: ` and its text.
    boost::asio::awaitable<void> track(std::string prefix);

    /// Whether changes of all keys that begin with this prefix are reported now, on the connection that queries use.
    bool tracks(std::string_view prefix) const;
    /// Whether the link is up and nothing that Redis has sent on that connection waits to be read. Asks the kernel.
    bool nothing_unread() const;
    /// Whether all that was sent on that connection is answered. While this and nothing_unread() hold, every change that
    /// Redis has confirmed to its writer is reported: Redis sends its reports before it confirms, but behind an answer that
    /// it owes.
    bool nothing_unanswered() const;
    /// Completes when all that was sent on that connection by now is answered, at the deadline, or when the session ends.
    /// \returns whether it is answered.
    boost::asio::awaitable<bool> catch_up(std::chrono::steady_clock::time_point deadline);
    /// When anything came on that connection last. While the link is up Redis is asked every `config::ping_interval`.
    std::chrono::steady_clock::time_point last_heard() const;

    /// Why the link is not up, as a code and as a line for people; outage::none and empty while it is.
    outage down_reason() const noexcept { return down_.why; }
    const std::string& down_text() const noexcept { return down_.text; }

    /// What all caches of the link share for their logs: which unreadable entries were told, and how many
    /// lines about failed and slow operations may be written.
    unreadable_log& unreadable() noexcept { return unreadable_; }
    fullon_log::line_budget& operation_lines() noexcept { return operation_lines_; }
    /// One line for each outage, for what is asked again and again whether Redis is there.
    fullon_log::line_budget& outage_lines() noexcept { return outage_lines_; }

    // For detail::list_taker, key_watch and merge_queue.

    /// As execute(), without a limit of time: ends with the session.
    boost::asio::awaitable<std::vector<reply>> execute_patiently(pipeline commands);
    /// Tells waiting operations that a key has changed; null while there is no session.
    std::shared_ptr<detail::key_watch> changes();
    /// Runs a task in the background of the link; what it throws is logged.
    void spawn(std::string name, boost::asio::awaitable<void> task)
    {
        tasks_.spawn(std::move(name), std::move(task));
    }
    /// The taker of this list has nothing left to do.
    void forget_taker(const std::string& list) noexcept;
    /// A name for what is taken in one step, unique among all processes.
    std::string next_token() { return owner_ + "-" + std::to_string(++tokens_); }
    /// The queue in which merges into one key wait for each other.
    detail::merge_queue& merges() noexcept { return *merges_; }

    /// Adds a listener. It is not owned, and must be detached before it is destroyed; it may detach itself in
    /// a call.
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
    boost::asio::awaitable<std::vector<reply>> execute_on(const std::shared_ptr<session>& current,
                                                          pipeline commands);
    boost::asio::awaitable<std::vector<reply>> execute_scripts(std::shared_ptr<session> current,
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
    fullon_log::line_budget outage_lines_ = one_line; // a new one with each session
    static constexpr fullon_log::line_budget one_line{1, std::chrono::hours(24 * 365 * 100)};
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
    // Values of this size and above are not sent: the default limit of Redis, or the smallest size that it
    // has refused.
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
