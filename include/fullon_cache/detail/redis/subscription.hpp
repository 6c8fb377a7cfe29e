// The messages of some channels, queued until somebody takes them.
#pragma once

#include <fullon_cache/base_reader.hpp>
#include <fullon_cache/push_listener.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_coro/notifier.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache::detail {

/// From open() on it hears the channels, until it is destroyed.
class subscription final : public push_listener {
public:
    subscription(std::shared_ptr<redis_link> redis, std::vector<std::string> channels, std::size_t capacity);
    subscription(const subscription&) = delete;
    subscription& operator=(const subscription&) = delete;
    ~subscription();

    /// Completes when Redis has the subscription in force. \throws cache_error
    boost::asio::awaitable<void> open();

    /// \throws cache_error unavailable when the link went down and everything heard before has been taken.
    boost::asio::awaitable<published> next();

    /// The same up to a deadline; empty then.
    boost::asio::awaitable<std::optional<published>>
    next_until(std::chrono::steady_clock::time_point deadline);

    void on_message(std::string_view channel, std::string_view payload) override;
    void on_invalidate(std::string_view) override {}
    void on_invalidate_all() override {}
    void on_link_up() override {}
    void on_link_down() override;
    void on_publications_lost() override;

private:
    std::shared_ptr<redis_link> redis_;
    std::vector<std::string> channels_;
    std::set<std::string, std::less<>> followed_;
    std::size_t capacity_;
    fullon_coro::notifier changed_;
    std::deque<published> queue_;
    std::uint64_t missed_ = 0;
    bool subscribed_ = false;
    bool lost_ = false;
};

} // namespace fullon_cache::detail
