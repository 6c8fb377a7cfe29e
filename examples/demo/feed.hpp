// Stands for the service that collects prices: writes every market's ticks into Redis when they are due.
#pragma once

#include "market.hpp"

#include <fullon_cache/tick_cache.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace demo {

/// Has a connection to Redis of its own. `markets` must outlive it.
class feed {
public:
    feed(const fullon_cache::connection& redis, std::vector<market>& markets, double speed)
        : cache_(redis), markets_(markets), speed_(speed), timer_(redis.get_executor())
    {}

    /// One tick of every market, so that a client finds something.
    boost::asio::awaitable<void> write_first()
    {
        for (auto& one : markets_)
            co_await cache_.set_ticker(one.publish_next());
    }

    /// Replays until stop().
    boost::asio::awaitable<void> run()
    {
        const auto begin = steady_clock::now();
        while (!stopping_) {
            auto& next =
                *std::min_element(markets_.begin(), markets_.end(), [](const market& a, const market& b) {
                    return a.source.due() < b.source.due();
                });
            const std::chrono::duration<double> due(next.source.due() / speed_);
            timer_.expires_at(begin + std::chrono::duration_cast<steady_clock::duration>(due));
            co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
            if (!stopping_)
                co_await publish(next);
        }
        ended_ = true;
    }

    void stop()
    {
        stopping_ = true;
        timer_.cancel();
    }

    bool ended() const noexcept { return ended_; }

    /// One more tick of every market. Sent when all before has arrived, it shows a hole at the very end, too:
    /// the next update is what tells a client that one is missing.
    boost::asio::awaitable<void> write_closing()
    {
        for (auto& one : markets_)
            co_await publish(one);
    }

    /// How many markets hold in Redis what the client saw last.
    boost::asio::awaitable<std::size_t> count_equal_to_redis()
    {
        std::size_t equal = 0;
        for (const auto& one : markets_) {
            const auto& last = one.published_last;
            const auto stored = co_await cache_.get_ticker(last.exchange, last.symbol);
            if (stored && one.seen_last && stored->price == one.seen_last->price &&
                stored->time == one.seen_last->timestamp)
                ++equal;
        }
        co_return equal;
    }

private:
    boost::asio::awaitable<void> publish(market& which)
    {
        ++which.published;
        co_await cache_.set_ticker(which.publish_next());
    }

    fullon_cache::tick_cache cache_;
    std::vector<market>& markets_;
    double speed_;
    boost::asio::steady_timer timer_;
    bool stopping_ = false;
    bool ended_ = false;
};

} // namespace demo
