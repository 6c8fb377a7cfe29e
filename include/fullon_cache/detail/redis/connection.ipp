// Bodies of connection.hpp.
#pragma once

#include <fullon_cache/connection.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_orm/clock.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache {

namespace {

std::chrono::milliseconds bounded(std::chrono::milliseconds time)
{
    return std::min<std::chrono::milliseconds>(time, fullon_orm::longest_lifetime);
}

// Durations such as `milliseconds::max()` must not overflow where they are added to a time.
config bounded(config settings)
{
    for (auto* const time :
         {&settings.socket_timeout, &settings.connect_timeout, &settings.backoff_min, &settings.backoff_max,
          &settings.ping_interval, &settings.ping_timeout, &settings.replica_tolerance, &settings.take_lease})
        *time = bounded(*time);
    settings.order_lifetime = std::min(settings.order_lifetime, fullon_orm::longest_lifetime);
    return settings;
}

} // namespace

// Each owns the link, which the caller may let go of before it begins.
struct connection::calls {
    using shared = std::shared_ptr<redis_link>;

    static boost::asio::awaitable<void> stop(shared link) { co_await link->stop(); }
    static boost::asio::awaitable<void> ready(shared link, std::chrono::milliseconds timeout)
    {
        const auto now = std::chrono::steady_clock::now();
        co_await link->wait_up(now + std::clamp(timeout, std::chrono::milliseconds::zero(), longest_wait));
    }
    static boost::asio::awaitable<reply> execute(shared link, command one)
    {
        co_return co_await link->execute(std::move(one));
    }
    static boost::asio::awaitable<std::vector<reply>> execute(shared link, pipeline commands)
    {
        co_return co_await link->execute(std::move(commands));
    }
};

connection::connection(boost::asio::any_io_executor executor, config settings)
    : link_(std::make_shared<redis_link>(std::move(executor), bounded(std::move(settings))))
{}

connection::~connection()
{
    if (link_)
        link_->cancel();
}

void connection::start()
{
    link_->start();
}

boost::asio::awaitable<void> connection::stop()
{
    return calls::stop(link_);
}

boost::asio::awaitable<void> connection::ready(std::chrono::milliseconds timeout)
{
    return calls::ready(link_, timeout);
}

bool connection::up() const noexcept
{
    return link_->state() == link_state::up;
}

boost::asio::awaitable<reply> connection::execute(command one)
{
    return calls::execute(link_, std::move(one));
}

boost::asio::awaitable<std::vector<reply>> connection::execute(pipeline commands)
{
    return calls::execute(link_, std::move(commands));
}

boost::asio::any_io_executor connection::get_executor() const
{
    return link_->executor();
}

} // namespace fullon_cache
