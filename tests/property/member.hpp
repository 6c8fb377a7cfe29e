// One client of the property test: its streams, how fast it takes from them, and what must hold for each item.
#pragma once

#include "property/journal.hpp"

#include "support/market_streams.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_coro/notifier.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace property {

/// What all members are held against.
struct expectations {
    const journal* written; ///< null: values are not looked at
    std::function<std::uint64_t()>
        server_lives; ///< how many servers there have been; numbers begin anew with each
    std::function<bool()> may_refuse =
        {}; ///< whether a server may refuse streams: it could not read their keys
};

/// How fast all streams of a client are taken from.
class pace {
public:
    explicit pace(boost::asio::any_io_executor executor) : changed_(std::move(executor)) {}

    void stop() { stopped_ = true; }
    void go(std::chrono::milliseconds delay = {})
    {
        stopped_ = false;
        delay_ = delay;
        changed_.notify_all();
    }
    boost::asio::awaitable<void> turn();
    bool hurries() const noexcept { return !stopped_ && delay_.count() == 0; }

private:
    fullon_coro::notifier changed_;
    std::chrono::milliseconds delay_{0};
    bool stopped_ = false;
};

/// Looks at every item of one stream. on_item() throws std::runtime_error when something does not hold.
class inspector final : public support::stream_observer {
public:
    /// `conflates`: the stream's own queue is so short that items of its snapshot may give way to newer ones.
    inspector(std::string name, pace& speed, expectations wanted, bool conflates)
        : name_(std::move(name)), pace_(speed), wanted_(std::move(wanted)), conflates_(conflates)
    {}

    boost::asio::awaitable<void> before_next() override;
    void on_item(const support::seen_item& item) override;

private:
    struct topic_state {
        bool known = false;
        std::uint64_t last_id = 0;
        std::uint64_t resets = 0;
        std::uint64_t missed = 0;
        std::map<std::int64_t, std::int64_t> last_marks; // by writer
        std::set<std::int64_t> heard; // all events, where there may be late ones
    };

    void check_number(topic_state& topic, const support::seen_item& item);
    void check_event(topic_state& topic, const support::seen_item& item);
    [[noreturn]] void fail(const std::string& what, const support::seen_item& item) const;

    std::string name_;
    pace& pace_;
    expectations wanted_;
    bool conflates_;
    std::map<std::string, topic_state> topics_;
};

/// Lives on its executor, which must be serial. Await close() or drop() before it is destroyed.
class member {
public:
    /// `number` says which streams it has.
    member(boost::asio::any_io_executor executor, support::market what, std::size_t number,
           expectations wanted);

    /// Connects and subscribes. \throws boost::system::system_error where that cannot be done now.
    boost::asio::awaitable<void> open(std::string url);
    boost::asio::awaitable<void> close();
    /// The same without a word to the server.
    boost::asio::awaitable<void> drop();

    void set_speed(std::chrono::milliseconds delay) { pace_.go(delay); }
    void stop() { pace_.stop(); }

    /// Completes when the server has answered behind all that it had sent.
    boost::asio::awaitable<void> ping();

    /// \throws what has failed, if anything has
    void check() const;
    /// Events that stand in Redis now need not have been handed out: they had come and gone before this came.
    void excuse(const support::truth& redis);
    /// What differs from Redis, or may do so; empty when nothing does.
    std::string difference(const support::truth& redis) const;
    /// The same of the streams that nothing says of that they may be behind; nothing of one that is in no hurry.
    std::string live_difference(const support::truth& redis) const;
    /// Whether a stream has ended, being refused after a reconnect.
    bool refused() const noexcept { return refused_; }

    support::stream_counts counts() const;
    std::uint64_t disconnects() const noexcept { return disconnects_; }
    std::uint64_t outages() const noexcept { return outages_; }

private:
    boost::asio::awaitable<void>
    follow_events(fullon_coro::async_generator<fullon_cache_api::client_event> events);
    boost::asio::awaitable<void>
    follow_metrics(fullon_cache_api::stream<fullon_cache_api::metrics_snapshot> updates);
    boost::asio::awaitable<void> follow(support::watched* which);
    std::string difference(const support::truth& redis, bool only_live) const;
    boost::asio::awaitable<void> end();
    bool conflates() const noexcept { return number_ % 2 == 1; }

    support::market market_;
    std::size_t number_;
    expectations wanted_;
    pace pace_;
    std::exception_ptr failure_;
    fullon_coro::task_group tasks_;
    fullon_cache_api::client cache_;
    support::watched_list streams_;
    std::vector<std::unique_ptr<inspector>> inspectors_;
    std::uint64_t disconnects_ = 0;
    std::uint64_t outages_ = 0;
    bool refused_ = false;
};

} // namespace property
