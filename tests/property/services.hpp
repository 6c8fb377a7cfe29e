// The services that write to Redis in the property test: one thing after the other, on a thread of its own.
#pragma once

#include "property/journal.hpp"

#include "support/context_thread.hpp"
#include "support/market_writer.hpp"
#include "support/redis_server.hpp"

#include <fullon_cache/command.hpp>
#include <fullon_cache/connection.hpp>
#include <fullon_coro/notifier.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <string>
#include <vector>

namespace property {

/// Writes fail while Redis is away: they are lost then, or done, nobody knows. Its functions are called on the thread of
/// the test, and all but drain() return at once.
class services {
public:
    /// `number` tells them apart, see market_writer; they write in that database.
    services(support::context_thread& thread, const support::redis_server& redis, support::market what,
             journal& written, std::size_t number = 0, int database = 0);

    void start();
    void stop();

    /// `count` random writes that follow from `seed`.
    void write(std::uint32_t seed, std::size_t count);
    /// So many tickers that are written and not published.
    void write_silently(std::uint32_t seed, std::size_t count);
    /// From here on their ticks have such times.
    void set_clock(support::market_writer::clock how);
    /// Commands, in one go.
    void execute(std::vector<fullon_cache::command> commands);
    /// One entry of a hash once more as it stands there, `number` says which; of tickers with the publication.
    /// Many bots, so big that a peer who does not read makes the server wait; and the usual writes among them.
    void flood(std::uint32_t seed);
    void rewrite(std::string key, std::uint32_t number);

    /// Nothing is written until release().
    void hold();
    void release();

    /// Until Redis answers.
    void connect();
    /// Until everything is written.
    void drain();

    std::uint64_t written() const noexcept { return written_; } ///< after drain()
    std::uint64_t failed() const noexcept { return failed_; }

private:
    struct job {
        std::uint32_t seed = 0;
        std::size_t count = 0;
        std::vector<fullon_cache::command> commands{};
        std::string key{};
        bool flood = false;
        bool silent = false;
    };

    void add(job one);
    boost::asio::awaitable<void> work();
    boost::asio::awaitable<void> write_big();
    boost::asio::awaitable<void> perform(job one);
    boost::asio::awaitable<void> wait_for_redis();
    boost::asio::awaitable<void> rewrite_entry(std::string key, std::uint32_t number);

    support::context_thread& thread_;
    fullon_cache::connection redis_;
    support::market_writer writer_;
    std::exception_ptr failure_;
    fullon_coro::task_group tasks_;
    fullon_coro::notifier changed_;
    std::deque<job> jobs_;
    bool held_ = false;
    bool working_ = false;
    bool over_ = false;
    std::uint64_t written_ = 0;
    std::uint64_t failed_ = 0;
};

} // namespace property
