// Connections for commands that wait inside Redis. Included by impl files only.
#pragma once

#include <fullon_cache/detail/link.hpp>
#include <fullon_cache/detail/notifier.hpp>
#include <fullon_cache/detail/task_group.hpp>
#include <fullon_cache/impl/redis_lane.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

namespace fullon_cache::detail {

/// Each waiting command has a connection to itself; those that are free are kept for the next one. Whoever asks waits
/// for a task of the pool: when he is cancelled, or has waited for too long, that task has Redis end the wait, and gives
/// back what comes nevertheless. So the connection is cut only where Redis answers, but knows of no such wait.
/// A command that has to be given back but does not wait goes over the shared connection.
class blocking_pool : public std::enable_shared_from_this<blocking_pool> {
public:
    using undo = link::undo;

    blocking_pool(const boost::asio::any_io_executor& executor, const config& settings,
                  std::shared_ptr<tls_trust> trust);

    /// \throws cache_error (unavailable, timeout, closed, and what an error reply says)
    boost::asio::awaitable<reply> execute(std::shared_ptr<link> redis, command what,
                                          std::chrono::milliseconds wait, undo give_back);

    /// Has Redis end all waits, with `errc::closed` for those who get nothing, and completes when everything that was
    /// taken is with its taker or has been given back; at the deadline at the latest.
    boost::asio::awaitable<void> settle(std::shared_ptr<link> redis,
                                        std::chrono::steady_clock::time_point deadline);

    /// Cuts all connections.
    void cancel() noexcept;
    boost::asio::awaitable<void> join() { return tasks_.join(); }

private:
    using clock = std::chrono::steady_clock;

    struct worker {
        worker(const boost::asio::any_io_executor& executor, const config& settings, tls_trust& trust,
               std::uint64_t of)
            : lane(executor, settings, trust), session(of)
        {}
        redis_lane lane;
        std::uint64_t session; // of the link: a connection older than its last outage may be dead
        std::int64_t id = 0; // as Redis calls this client
        bool over = false;
    };

    struct call {
        call(const boost::asio::any_io_executor& executor, command one, std::chrono::milliseconds time,
             undo back)
            : what(std::move(one)), wait(time), give_back(std::move(back)), finished(executor)
        {}
        command what;
        std::chrono::milliseconds wait;
        clock::time_point deadline; // counts from the start, and again when the command is with Redis
        undo give_back;
        notifier finished;
        std::shared_ptr<worker> waits_on; // while the command is with Redis
        reply answer;
        std::exception_ptr failure;
        bool done = false;
        bool abandoned = false;
    };

    boost::asio::awaitable<void> serve(std::shared_ptr<link> redis, std::shared_ptr<call> one);
    boost::asio::awaitable<void> serve_waiting(std::shared_ptr<link> redis, std::shared_ptr<call> one);
    boost::asio::awaitable<std::shared_ptr<worker>> take_worker(std::shared_ptr<link> redis,
                                                                std::shared_ptr<call> one);
    boost::asio::awaitable<void> run_worker(std::shared_ptr<worker> one);
    void abandon(const std::shared_ptr<link>& redis, const std::shared_ptr<call>& one);
    boost::asio::awaitable<void> unblock(std::shared_ptr<link> redis, std::shared_ptr<call> one);
    boost::asio::awaitable<void> give_back(std::shared_ptr<link> redis, std::shared_ptr<call> one);
    void forget(const std::shared_ptr<call>& one) noexcept;
    void free_worker(const std::shared_ptr<worker>& one);

    boost::asio::any_io_executor executor_;
    const config& settings_;
    std::shared_ptr<tls_trust> trust_; // the link's
    fullon_log::logger log_;
    task_group tasks_;
    notifier freed_;
    notifier ended_;
    std::vector<std::shared_ptr<call>> calls_; // until the caller has the answer, or it is given back
    std::vector<std::shared_ptr<worker>> workers_; // all
    std::vector<std::shared_ptr<worker>> free_;
    bool closed_ = false;
};

} // namespace fullon_cache::detail
