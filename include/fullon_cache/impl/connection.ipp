// Bodies of connection.hpp.
#pragma once

#include <fullon_cache/connection.hpp>
#include <fullon_cache/detail/link.hpp>

#include <utility>

namespace fullon_cache {

connection::connection(boost::asio::any_io_executor executor, config settings)
    : link_(std::make_shared<detail::link>(std::move(executor), std::move(settings)))
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
    return link_->stop();
}

boost::asio::awaitable<void> connection::ready(std::chrono::milliseconds timeout)
{
    return link_->wait_up(std::chrono::steady_clock::now() + timeout);
}

bool connection::up() const noexcept
{
    return link_->state() == detail::link_state::up;
}

boost::asio::awaitable<reply> connection::execute(command one)
{
    return link_->execute(std::move(one));
}

boost::asio::awaitable<std::vector<reply>> connection::execute(pipeline commands)
{
    return link_->execute(std::move(commands));
}

boost::asio::any_io_executor connection::get_executor() const
{
    return link_->executor();
}

} // namespace fullon_cache
