// Bodies of reply_budget.hpp.
#pragma once

#include <fullon_cache_api/detail/net/reply_budget.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

namespace fullon_cache_api::detail {

/// Lives in the frame of acquire().
struct reply_budget::waiter {
    waiter(std::shared_ptr<reply_budget> from, const boost::asio::any_io_executor& executor,
           std::size_t wanted, std::chrono::steady_clock::time_point deadline)
        : of(std::move(from)), timer(executor, deadline), bytes(wanted),
          place(of->queue_.insert(of->queue_.end(), this))
    {}
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;
    ~waiter()
    {
        if (!granted) {
            of->queue_.erase(place);
            of->grant(); // a smaller one behind it may fit
        }
    }

    std::shared_ptr<reply_budget> of;
    boost::asio::steady_timer timer;
    std::size_t bytes;
    std::list<waiter*>::iterator place;
    bool granted = false;
};

void reply_budget::grant() noexcept
{
    while (!queue_.empty() && fits(queue_.front()->bytes)) {
        auto& next = *queue_.front();
        queue_.pop_front();
        held_ += next.bytes;
        next.granted = true;
        next.timer.cancel();
    }
}

boost::asio::awaitable<std::optional<reply_budget::share>>
reply_budget::acquire(std::size_t bytes, std::chrono::steady_clock::time_point deadline)
{
    namespace asio = boost::asio;
    const auto self = shared_from_this();
    if (queue_.empty() && fits(bytes)) {
        held_ += bytes;
        co_return share(self, bytes);
    }
    const auto executor = co_await asio::this_coro::executor;
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    const auto cancelled_before = cancellation.cancelled();
    std::optional<share> given;
    {
        waiter place(self, executor, bytes, deadline);
        boost::system::error_code ignored;
        auto expiry = place.timer.async_wait(asio::redirect_error(asio::deferred, ignored));
        co_await std::move(expiry);
        if (place.granted)
            given = share(self, bytes);
    }
    if (cancellation.cancelled() != cancelled_before)
        throw boost::system::system_error(asio::error::operation_aborted);
    co_return given;
}

} // namespace fullon_cache_api::detail
