// Bodies of taken.hpp.
#pragma once

#include <fullon_cache/detail/redis/list_taker.hpp>
#include <fullon_cache/taken.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache {

taken::taken() noexcept = default;

taken::taken(std::shared_ptr<detail::list_taker> from, std::size_t first,
             std::vector<std::string> elements) noexcept
    : from_(std::move(from)), first_(first), elements_(std::move(elements))
{}

taken::taken(taken&&) noexcept = default;

taken::~taken()
{
    if (from_)
        from_->decide(first_, elements_.size(), false);
}

std::vector<std::string> taken::keep()
{
    if (const auto from = std::exchange(from_, nullptr))
        from->decide(first_, elements_.size(), true);
    return std::move(elements_);
}

boost::asio::awaitable<void> taken::put_back(std::chrono::milliseconds limit)
{
    if (const auto from = std::exchange(from_, nullptr)) {
        from->decide(first_, elements_.size(), false);
        co_await from->settled(std::chrono::steady_clock::now() + limit);
    }
}

} // namespace fullon_cache
