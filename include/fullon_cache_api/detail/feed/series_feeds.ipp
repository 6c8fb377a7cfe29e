// The feeds of detail/feeds.hpp that lists stand behind: trades and bars.
#pragma once

#include <fullon_cache_api/detail/feed/bar_series.hpp>
#include <fullon_cache_api/detail/feed/feeds.hpp>
#include <fullon_cache_api/detail/feed/series_topics.hpp>
#include <fullon_cache_api/detail/feed/trade_series.hpp>
#include <fullon_cache_api/detail/wire/topics.hpp>

#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/list_tail.hpp>
#include <fullon_coro/yield_point.hpp>
#include <fullon_orm/trade.hpp>

#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
namespace cache = fullon_cache;

namespace {

// What is read together.
constexpr std::size_t lists_per_read = 64;
constexpr std::size_t elements_per_read = 20'000;

class followed_series final : public feed_kind {
public:
    /// `prefix` is what the keys of its lists begin with.
    followed_series(shared_link redis, std::string prefix, std::unique_ptr<series_topics> lists)
        : redis_(std::move(redis)), prefix_(std::move(prefix)), topics_(std::move(lists))
    {
        topics_->report = [redis = redis_, log = fullon_log::get_component_logger("fullon.api.cache.server")](
                              std::string_view key, const cache::reading& found) {
            cache::log_unreadable(redis->unreadable(), log, std::string(key) + " (followed)", found);
        };
    }

    feed_topics& topics() noexcept override { return *topics_; }
    void on_outage() override { topics_->on_outage(); }

    bool on_changed(std::string_view key) override
    {
        if (!key.empty())
            return topics_->mark(id_of(key), key);
        topics_->mark_all();
        scanned_ = false; // lists may have come unseen
        return true;
    }

    bool on_asked(std::string_view key) override { return !key.empty() && topics_->learn(id_of(key), key); }

    followed_traffic traffic_of(std::string_view key) override
    {
        return topics_->traffic_of(id_of(key), second_now());
    }

    followed_traffic traffic() override { return topics_->traffic(second_now()); }
    std::vector<std::string> unreadable_keys() const override { return topics_->unreadable_keys(); }

    std::optional<std::chrono::steady_clock::duration> changes_in() const override
    {
        const auto next = topics_->next_look();
        return next ? std::optional(*next - std::chrono::steady_clock::now()) : std::nullopt;
    }
    bool on_time() override { return topics_->mark_due(std::chrono::steady_clock::now()); }

    asio::awaitable<bool> read() override
    {
        const bool searches = topics_->whole() && !(scanned_ && topics_->whole_read());
        const auto ends = topics_->whole_ends();
        if (searches)
            co_await search();
        const bool complete = co_await read_marked();
        if (searches && scanned_)
            topics_->set_whole_read(ends);
        co_return complete;
    }

private:
    static std::int64_t second_now()
    {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::seconds>(now).count();
    }

    std::string id_of(std::string_view key) const
    {
        return fullon_orm::without_slash(key.substr(prefix_.size()));
    }

    asio::awaitable<void> search()
    {
        scanned_ = true; // what comes meanwhile is reported
        std::string cursor = "0";
        try {
            do {
                auto page = cache::read_scan_page(
                    co_await redis_->execute(cache::scan_keys(cache::escape_pattern(prefix_) + "*", cursor)));
                for (const auto& key : page.keys)
                    topics_->mark(id_of(key), key);
                cursor = std::move(page.cursor);
            } while (cursor != "0" && topics_->whole());
            scanned_ = scanned_ && cursor == "0";
        } catch (...) {
            scanned_ = false;
            throw;
        }
    }

    asio::awaitable<bool> read_marked()
    {
        const auto wanted = topics_->take_marked();
        bool complete = true;
        std::size_t done = 0;
        try {
            while (done != wanted.size() && !topics_->unused()) {
                std::vector<cache::list_request> reads;
                const auto end = collect(wanted, done, reads);
                auto tails = co_await cache::read_list_tails(redis_, std::move(reads));
                fullon_coro::yield_point pause;
                for (auto tail = tails.begin(); done != end; ++done) {
                    const auto last = tail + static_cast<std::ptrdiff_t>(wanted[done].keys.size());
                    std::vector<list_tail> lists(std::make_move_iterator(tail),
                                                 std::make_move_iterator(last));
                    complete =
                        topics_->apply(wanted[done], std::move(lists), std::chrono::steady_clock::now()) &&
                        complete;
                    tail = last;
                    if (pause.due())
                        co_await pause.take();
                }
            }
        } catch (...) {
            for (; done != wanted.size(); ++done)
                topics_->mark_again(wanted[done]);
            throw;
        }
        co_return complete;
    }

    /// The lists of those from `begin` on that are read together. \returns where the next ones begin.
    static std::size_t collect(const std::vector<series_topics::request>& wanted, std::size_t begin,
                               std::vector<cache::list_request>& reads)
    {
        std::size_t elements = 0;
        std::size_t end = begin;
        while (end != wanted.size() && reads.size() < lists_per_read && elements < elements_per_read) {
            for (const auto& key : wanted[end].keys)
                reads.push_back({key, wanted[end].window});
            elements += wanted[end].window * wanted[end].keys.size();
            ++end;
        }
        return end;
    }

    shared_link redis_;
    std::string prefix_;
    std::unique_ptr<series_topics> topics_;
    bool scanned_ = false;
};

/// Symbol and timeframe of a topic of bars: timeframes have no ':'.
std::unique_ptr<series> make_bars(std::string_view id)
{
    const auto colon = std::min(id.rfind(':'), id.size());
    return std::make_unique<bar_series>(std::string(id.substr(0, colon)),
                                        std::string(id.substr(std::min(colon + 1, id.size()))));
}

} // namespace

feed_spec trades_feed(shared_link redis, std::string exchange, std::size_t limit)
{
    feed_spec feed;
    feed.key = cache::trades_list(exchange, "");
    feed.is_prefix = true;
    feed.tracked = cache::trades_prefix;
    feed.delivery = "best_effort"; // what is taken before it could be read is unknowable
    feed.follow = [redis, exchange, limit, prefix = feed.key](hub& updates) {
        auto name = [exchange](std::string_view id) { return protocol::trades_topic(exchange, id); };
        auto make = [exchange, limit](std::string_view id) {
            return std::make_unique<trade_series>(exchange, std::string(id), limit);
        };
        return std::make_unique<followed_series>(
            redis, prefix, std::make_unique<series_topics>(updates, std::move(name), std::move(make)));
    };
    return feed;
}

feed_spec bars_feed(shared_link redis, std::string symbol, std::string timeframe)
{
    feed_spec feed;
    feed.key = feed.tracked = cache::bars_prefix;
    feed.is_prefix = true;
    feed.asked_for = cache::bars_list(symbol, timeframe);
    feed.follow = [redis](hub& updates) {
        auto name = [](std::string_view id) { return std::string(cache::bars_prefix).append(id); };
        return std::make_unique<followed_series>(
            redis, std::string(cache::bars_prefix),
            std::make_unique<series_topics>(updates, std::move(name), make_bars));
    };
    return feed;
}

} // namespace fullon_cache_api::detail
