// Bodies of base_cache.hpp.
#pragma once

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/detail/link.hpp>

namespace fullon_cache {

boost::asio::awaitable<void> base_cache::ping() const
{
    const auto link = redis();
    co_await link->execute(command("PING"));
}

std::chrono::milliseconds base_cache::timeout() const noexcept
{
    return link_->settings().socket_timeout;
}

} // namespace fullon_cache
