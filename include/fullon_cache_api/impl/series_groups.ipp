// The groups of detail/topic_groups.hpp that lists stand behind: trades and bars.
#pragma once

#include <fullon_cache_api/detail/bar_series.hpp>
#include <fullon_cache_api/detail/series_book.hpp>
#include <fullon_cache_api/detail/topic_groups.hpp>
#include <fullon_cache_api/detail/trade_series.hpp>
#include <fullon_cache_api/protocol/topics.hpp>

#include <fullon_cache/detail/breather.hpp>
#include <fullon_cache/detail/hash_page.hpp>
#include <fullon_cache/detail/list_tail.hpp>
#include <fullon_cache/detail/trade_keys.hpp>
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
namespace cache = fullon_cache::detail;

namespace {

// What is read together.
constexpr std::size_t lists_per_read = 64;
constexpr std::size_t elements_per_read = 20'000;

class followed_series final : public followed_group {
public:
    /// `prefix` is what the keys of its lists begin with.
    followed_series(shared_link redis, std::string prefix, std::unique_ptr<series_book> book)
        : redis_(std::move(redis)), prefix_(std::move(prefix)), book_(std::move(book))
    {}

    group_book& book() noexcept override { return *book_; }
    void on_outage() override { book_->lost_sight(); }

    bool on_changed(std::string_view key) override
    {
        if (!key.empty())
            return book_->mark(id_of(key), key);
        book_->mark_all();
        scanned_ = false; // lists may have come unseen
        return true;
    }

    bool on_asked(std::string_view key) override { return !key.empty() && book_->learn(id_of(key), key); }

    followed_traffic traffic_of(std::string_view key) override
    {
        return book_->traffic_of(id_of(key), second_now());
    }

    followed_traffic traffic() override { return book_->traffic(second_now()); }

    asio::awaitable<bool> read() override
    {
        const bool searches = book_->whole() && !(scanned_ && book_->whole_read());
        const auto ends = book_->whole_ends();
        if (searches)
            co_await search();
        const bool complete = co_await read_marked();
        if (searches && scanned_)
            book_->set_whole_read(ends);
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
                auto page = cache::read_scan_page(co_await redis_->execute(
                    cache::scan_keys(cache::escape_pattern(prefix_) + "*", cursor, 1000, "list")));
                for (const auto& key : page.keys)
                    book_->mark(id_of(key), key);
                cursor = std::move(page.cursor);
            } while (cursor != "0" && book_->whole());
            scanned_ = scanned_ && cursor == "0";
        } catch (...) {
            scanned_ = false;
            throw;
        }
    }

    asio::awaitable<bool> read_marked()
    {
        const auto wanted = book_->take_marked();
        bool complete = true;
        std::size_t done = 0;
        try {
            while (done != wanted.size() && !book_->unused()) {
                std::vector<cache::list_request> reads;
                const auto end = collect(wanted, done, reads);
                auto tails = co_await cache::read_list_tails(redis_, std::move(reads));
                cache::breather pause;
                for (auto tail = tails.begin(); done != end; ++done) {
                    const auto last = tail + static_cast<std::ptrdiff_t>(wanted[done].keys.size());
                    std::vector<list_tail> lists(std::make_move_iterator(tail),
                                                 std::make_move_iterator(last));
                    complete = book_->apply(wanted[done], std::move(lists), second_now()) && complete;
                    tail = last;
                    if (pause.due())
                        co_await pause.take();
                }
            }
        } catch (...) {
            for (; done != wanted.size(); ++done)
                book_->mark_again(wanted[done]);
            throw;
        }
        co_return complete;
    }

    /// The lists of those from `begin` on that are read together. \returns where the next ones begin.
    static std::size_t collect(const std::vector<series_book::request>& wanted, std::size_t begin,
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
    std::unique_ptr<series_book> book_;
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

topic_group trades_group(shared_link redis, std::string exchange, std::size_t limit)
{
    topic_group group;
    group.key = cache::trades_list(exchange, "");
    group.is_prefix = true;
    group.tracked = cache::trades_prefix;
    group.delivery = "best_effort"; // what is taken before it could be read is unknowable
    group.follow = [redis, exchange, limit, prefix = group.key](hub& updates) {
        auto name = [exchange](std::string_view id) { return protocol::trades_topic(exchange, id); };
        auto make = [exchange, limit](std::string_view id) {
            return std::make_unique<trade_series>(exchange, std::string(id), limit);
        };
        return std::make_unique<followed_series>(
            redis, prefix, std::make_unique<series_book>(updates, std::move(name), std::move(make)));
    };
    return group;
}

topic_group bars_group(shared_link redis, std::string symbol, std::string timeframe)
{
    topic_group group;
    group.key = group.tracked = cache::bars_prefix;
    group.is_prefix = true;
    group.asked_for = cache::bars_list(symbol, timeframe);
    group.follow = [redis](hub& updates) {
        auto name = [](std::string_view id) { return std::string(cache::bars_prefix).append(id); };
        return std::make_unique<followed_series>(
            redis, std::string(cache::bars_prefix),
            std::make_unique<series_book>(updates, std::move(name), make_bars));
    };
    return group;
}

} // namespace fullon_cache_api::detail
