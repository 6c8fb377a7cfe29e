// Takes elements out of one list of Redis, for all callers of one link. Included by impl files only.
#pragma once

#include <fullon_cache/detail/redis/key_watch.hpp>
#include <fullon_cache/detail/redis/take_script.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_cache/taken.hpp>
#include <fullon_coro/notifier.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache::detail {

/// Takes for as many callers at once as there are, hands out in the order in which they came, and settles that before it
/// takes again: so whatever goes back is the last that was taken here. A caller only waits: that it is cancelled, too late
/// or gone changes nothing in what is asked of Redis.
class list_taker : public std::enable_shared_from_this<list_taker> {
public:
    using clock = std::chrono::steady_clock;

    list_taker(boost::asio::any_io_executor executor, std::string list);

    /// The first element, or all; where there are none, waits until `until` for some. Once a connection has failed, what it
    /// may have taken goes back: nobody else has to care.
    /// \throws cache_error (unavailable, timeout, closed, and what an error reply says)
    boost::asio::awaitable<taken> take(std::shared_ptr<redis_link> redis, bool all, clock::time_point until);

    /// What was handed out is the caller's, or goes back. From any context, a destructor too.
    void decide(std::size_t first, std::size_t count, bool keeps) noexcept;

    /// Completes when everything that was decided is settled in Redis, or at the deadline.
    boost::asio::awaitable<void> settled(clock::time_point deadline);

    /// Who waits gets nothing any more.
    void close() noexcept;

private:
    struct caller {
        caller(const boost::asio::any_io_executor& executor, bool wants_all, clock::time_point waits_until)
            : all(wants_all), until(waits_until), woken(executor)
        {}
        bool all;
        clock::time_point until;
        fullon_coro::notifier woken;
        bool done = false; // with elements, without, or failed
        bool served = false;
        std::size_t first = 0;
        std::vector<std::string> elements;
        std::exception_ptr failure;
    };
    struct place_in_line; // of a caller, for as long as it waits
    struct batch { // handed out, being decided
        batch(std::string its_token, std::string its_name, clock::time_point asked, std::size_t count)
            : token(std::move(its_token)), name(std::move(its_name)), sent(asked), size(count),
              back(count, true)
        {}
        std::string token;
        std::string name;
        clock::time_point sent;
        std::size_t size;
        std::vector<bool> back;
    };

    boost::asio::awaitable<void> serve(std::shared_ptr<redis_link> redis);
    boost::asio::awaitable<void> step(std::shared_ptr<redis_link> redis);
    boost::asio::awaitable<take_result> ask(std::shared_ptr<redis_link> redis, take_step what);
    boost::asio::awaitable<void> wait_for_more(std::shared_ptr<redis_link> redis);
    boost::asio::awaitable<void> wait_until_up(std::shared_ptr<redis_link> redis);
    void hand_out(std::vector<std::string> elements);
    void serve_one(caller& one, std::size_t first, std::vector<std::string> elements);
    void close_batch();
    void give_up(const std::exception_ptr& failure);
    void fail_all(const std::exception_ptr& failure);
    void end(caller& one);
    bool idle() const noexcept { return callers_.empty() && !batch_ && unsettled_.empty() && !waiting_; }
    bool too_late() const;
    clock::time_point earliest() const;
    std::function<void()> on_change();

    boost::asio::any_io_executor executor_;
    std::string list_;
    fullon_log::logger log_;
    std::chrono::milliseconds lease_{};
    std::deque<std::shared_ptr<caller>> callers_; // not done, in turn
    std::optional<batch> batch_;
    std::size_t undecided_ = 0; // callers who have something of the batch
    std::vector<settlement> unsettled_; // until Redis has confirmed it
    std::shared_ptr<key_watch::watched> since_; // the list was empty then
    clock::time_point next_look_ = clock::time_point::max(); // something in the register may be put back then
    bool waiting_ = false; // what went back is not in the list yet
    bool arrived_ = false; // somebody has come since the last step
    bool running_ = false;
    bool closed_ = false;
    bool by_digest_ = true; // whether the script may be called so
    fullon_coro::notifier changed_;
};

} // namespace fullon_cache::detail
