// The clients of the scale test, on one event loop, and whether they all see what Redis holds.
#pragma once

#include "support/market_streams.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace scale {

/// Lives on its executor, which must be serial. Await close() last.
class crowd {
public:
    explicit crowd(boost::asio::any_io_executor executor);

    /// Connects `count` clients, some at a time, and begins to follow their streams.
    boost::asio::awaitable<void> open(std::string url, std::size_t count);

    /// Completes when every stream agrees with Redis. \throws std::runtime_error after `limit`, with what differs.
    boost::asio::awaitable<void> agree(support::truth redis, std::chrono::milliseconds limit);

    /// Completes when every client has answered, and what reached it before has been handed out.
    boost::asio::awaitable<void> settle();

    boost::asio::awaitable<void> close();

    support::stream_counts counts() const;
    std::size_t disconnects() const noexcept { return disconnects_; }
    /// How often a client was told that the server had lost Redis.
    std::size_t outages() const noexcept { return outages_; }

private:
    struct member {
        fullon_cache_api::client cache;
        support::watched_list streams;
    };

    boost::asio::awaitable<void> open_some(std::string url, std::size_t first, std::size_t step);
    boost::asio::awaitable<void>
    count_events(fullon_coro::async_generator<fullon_cache_api::client_event> events);
    void throw_if_failed() const;

    std::exception_ptr failure_;
    fullon_coro::task_group tasks_;
    std::vector<std::unique_ptr<member>> members_;
    std::size_t disconnects_ = 0;
    std::size_t outages_ = 0;
};

} // namespace scale
