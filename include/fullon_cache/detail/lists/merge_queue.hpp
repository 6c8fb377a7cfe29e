// Changes to what is stored, of all callers of one link: each is made to what was read, and written only over that.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/detail/lists/stored_document.hpp>
#include <fullon_cache/reply.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fullon_cache::detail {

/// A change to one stored object.
class merge_change {
public:
    virtual ~merge_change() = default;

    /// Makes the change. May be called several times, each time on what is stored then.
    /// \returns false where there is nothing to write. \throws what the caller is to be told; nothing is written then
    virtual bool apply(stored_document& at) = 0;

    /// The script that writes what apply() has made over the text that was read, and answers as read_set_result() reads.
    virtual command write(const std::optional<std::string>& expected, const std::string& text) const = 0;
};

/// What became of a change.
struct merged {
    bool changed = false;
    bool found = false; ///< there was something to change
    bool lifetime_kept = true; ///< see set_result
};

/// Changes of one key and field wait for each other here, and go several in one round: without that, callers that change
/// the same thing would refuse each other's writes. Against other processes the scripts compare.
///
/// Who finds nobody there makes its own change by itself. Others that come meanwhile wait; then rounds are run by a task of
/// the queue's own, for as long as something waits: they depend on no caller. One that goes away takes its change with it
/// while it waits (it is surely not made); one that is being written is left to its end.
class merge_queue {
public:
    /// How a command goes to Redis. \throws cache_error
    using sender = std::function<boost::asio::awaitable<reply>(command)>;

    explicit merge_queue(boost::asio::any_io_executor executor);
    merge_queue(const merge_queue&) = delete;
    merge_queue& operator=(const merge_queue&) = delete;
    ~merge_queue();

    /// \param field empty: the key is a string, not a hash
    /// \param send  must be usable for as long as it is kept: the queue's task may use it after this has ended
    /// \par Cancellation terminal: the change is not made, or made as a whole.
    /// \throws cache_error timeout when it was surely not made by the deadline; what apply() throws; what `send` throws
    boost::asio::awaitable<merged> run(sender send, std::string key, std::string field,
                                       std::shared_ptr<merge_change> what,
                                       std::chrono::steady_clock::time_point deadline);

    /// The io_context is being destroyed: lets go of all that lives in it.
    void context_gone() noexcept;

    /// Completes when nothing waits and nothing is under way.
    boost::asio::awaitable<void> join();

private:
    struct waiting;
    struct leaving;
    struct place;
    struct state;
    class turn;

    static boost::asio::awaitable<std::optional<merged>> run_alone(place* at, const sender* send,
                                                                   std::shared_ptr<merge_change> what);
    static boost::asio::awaitable<void> work(std::shared_ptr<state> self, place* at, sender send);
    static boost::asio::awaitable<void> run_round(place* at, const sender* send);
    static boost::asio::awaitable<void> join_all(std::shared_ptr<state> self);

    std::shared_ptr<state> state_;
};

} // namespace fullon_cache::detail
