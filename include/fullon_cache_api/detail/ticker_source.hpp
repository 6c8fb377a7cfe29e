// Follows tickers in Redis for all streams of a server: channels, invalidations, verification reads.
#pragma once

#include <fullon_cache_api/detail/hub.hpp>
#include <fullon_cache_api/detail/stream_source.hpp>
#include <fullon_cache_api/detail/ticker_book.hpp>

#include <fullon_cache/detail/link.hpp>
#include <fullon_cache/detail/notifier.hpp>
#include <fullon_cache/detail/push_listener.hpp>
#include <fullon_cache/detail/task_group.hpp>

#include <fullon_log/logger.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// One book per followed exchange, each with one coroutine that verifies it against the hash: at once when
/// the hash is reported changed after a pause, then at most every 100 ms (a whole exchange: every second),
/// and once after the last change.
class ticker_source final : public fullon_cache::detail::push_listener,
                            public std::enable_shared_from_this<ticker_source> {
public:
    ticker_source(std::shared_ptr<fullon_cache::detail::link> redis, hub& updates);
    ~ticker_source();

    /// Ends the verifying coroutines; leases may be let go afterwards.
    boost::asio::awaitable<void> stop();

    /// Follows these symbols (none: the whole exchange) for `stream`. Completes when the channels are
    /// subscribed and every symbol was read once. \throws cache_error; nothing is followed then.
    boost::asio::awaitable<std::unique_ptr<stream_source>>
    open(std::string exchange, std::vector<std::string> symbols, group_watcher& stream);

    void on_message(std::string_view channel, std::string_view payload) override;
    void on_invalidate(std::string_view key) override;
    void on_invalidate_all() override;
    void on_link_up() override;
    void on_link_down() override;

    struct followed_exchange {
        std::string exchange;
        bool stale; ///< what is known of it is from before Redis went away
        std::vector<ticker_book::followed_ticker> tickers;
    };
    std::vector<followed_exchange> all_followed() const;

    std::uint64_t verifications() const noexcept { return verifications_; }

private:
    struct followed;
    class lease;

    std::shared_ptr<followed> follow(const std::string& exchange);
    void release(lease& gone);
    boost::asio::awaitable<void> verify_loop(std::shared_ptr<followed> where);
    boost::asio::awaitable<void> verify_named(std::shared_ptr<followed> where,
                                              std::vector<std::string> symbols);
    boost::asio::awaitable<void> verify_all(std::shared_ptr<followed> where);
    static void changed(followed& where);

    std::shared_ptr<fullon_cache::detail::link> redis_;
    hub& hub_;
    fullon_log::logger log_;
    fullon_cache::detail::task_group tasks_;
    std::map<std::string, std::shared_ptr<followed>, std::less<>> exchanges_;
    std::uint64_t verifications_ = 0;
};

} // namespace fullon_cache_api::detail
