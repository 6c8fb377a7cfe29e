// The feed of tickers of detail/feeds.hpp: how it is read.
#pragma once

#include <fullon_cache_api/detail/feed/feed_reading.hpp>
#include <fullon_cache_api/detail/feed/feeds.hpp>
#include <fullon_cache_api/detail/feed/ticker_topics.hpp>

#include <fullon_cache/keys.hpp>
#include <fullon_cache/ticker_scan.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
namespace cache = fullon_cache;
using std::chrono::steady_clock;

namespace {

/// Fields that a publication names are read at once. All others are verified, in pieces, when the hash has changed: not
/// every writer publishes, and one change of the hash may be many.
class ticker_feed final : public feed_kind {
public:
    ticker_feed(shared_link redis, std::string exchange, hub& updates)
        : redis_(std::move(redis)), topics_(updates, std::move(exchange)),
          log_(fullon_log::get_component_logger("fullon.api.cache.tickers"))
    {}

    feed_topics& topics() noexcept override { return topics_; }
    std::vector<followed_ticker> tickers() const override { return topics_.list(); }

    bool on_changed(std::string_view) override { return due_ = true; }
    void on_outage() override { everything_ = true; }
    bool urgent() const override { return everything_ || (topics_.whole() && !topics_.whole_read()); }

    bool on_publication(std::string_view symbol, std::string_view payload) override
    {
        last_publication_ = steady_clock::now();
        return topics_.on_publication(std::string(symbol), payload);
    }
    bool hint_unread(const std::vector<std::string>& symbols) override
    {
        topics_.hint_unread(symbols);
        return !symbols.empty();
    }
    bool hinted() const override { return topics_.hinted(); }

    std::optional<field_read> read_hinted() override
    {
        auto symbols = topics_.take_hinted(fields_per_read);
        if (symbols.empty())
            return std::nullopt;
        const auto number = topics_.next_read();
        auto ask = cache::ticks_command(topics_.exchange(), symbols);
        return field_read{std::move(ask),
                          [this, symbols = std::move(symbols), number](fullon_cache::reply answer) {
                              apply(cache::ticks_of(topics_.exchange(), symbols, std::move(answer)), number);
                          }};
    }
    void on_hinted_failed() override // what they are will be found with all others
    {
        topics_.forget_hints();
        everything_ = true;
    }

    asio::awaitable<bool> read() override
    {
        const bool everything = urgent();
        everything_ = false;
        if (everything)
            scan_.reset();
        try {
            do
                co_await read_piece();
            while (everything && scan_);
        } catch (...) {
            everything_ = everything_ || everything;
            scan_.reset();
            due_ = true;
            throw;
        }
        co_return !scan_ && !due_;
    }

    steady_clock::duration rest_after(steady_clock::duration cost) override
    {
        const auto now = steady_clock::now();
        const bool published = now - last_publication_ < whole_interval;
        if (!scan_ && !in_pieces_)
            return published ? std::max<steady_clock::duration>(published_interval, cost * 5) : cost * 4;
        const steady_clock::duration spaced =
            std::max<steady_clock::duration>(published ? published_interval : silent_interval, cost * 5);
        return scan_ || !published ? spaced : std::max(spaced, scan_began_ + whole_interval - now);
    }

private:
    static constexpr std::size_t fields_per_read = 512;

    // Between two reads of a verification, where publications tell of most changes and where they do not; and from one
    // verification in pieces to the next.
    static constexpr std::chrono::milliseconds published_interval{100};
    static constexpr std::chrono::milliseconds silent_interval{40};
    static constexpr std::chrono::milliseconds whole_interval{1000};

    struct scan {
        bool whole;
        std::size_t whole_ends; // that there had been
        std::uint64_t first_read;
        std::string cursor{"0"};
        std::set<std::string, std::less<>> seen{};
        std::vector<std::string> named{};
        std::size_t next_named = 0;
        cache::reading found{};
    };

    asio::awaitable<void> read_piece()
    {
        if (!scan_) {
            due_ = false;
            scan_began_ = steady_clock::now();
            scan_ = scan{topics_.whole(), topics_.whole_ends(), topics_.next_read()};
            if (!scan_->whole)
                scan_->named = topics_.named();
            in_pieces_ = scan_->whole || scan_->named.size() > fields_per_read;
        }
        bool done = false;
        if (scan_->whole)
            done = co_await read_page();
        else
            done = co_await read_next_named();
        if (!done)
            co_return;
        cache::log_unreadable(redis_->unreadable(), log_,
                              cache::ticker_hash(topics_.exchange()) + " (followed)", scan_->found);
        if (scan_->whole) {
            topics_.end_scan(scan_->seen, scan_->first_read);
            if (scan_->whole_ends == topics_.whole_ends())
                topics_.set_whole_read();
        }
        scan_.reset();
    }

    asio::awaitable<bool> read_page()
    {
        const in_session session(*redis_);
        const auto number = topics_.next_read();
        auto page = co_await cache::scan_ticks(redis_, topics_.exchange(), scan_->cursor);
        session.require();
        scan_->cursor = std::move(page.cursor);
        for (auto& one : page.ticks) {
            cache::count_tick(scan_->found, one);
            scan_->seen.insert(one.symbol);
        }
        apply(std::move(page.ticks), number);
        co_return scan_->cursor == "0";
    }

    asio::awaitable<bool> read_next_named()
    {
        const auto begin = scan_->named.begin() + static_cast<std::ptrdiff_t>(scan_->next_named);
        const auto count = std::min(fields_per_read, scan_->named.size() - scan_->next_named);
        std::vector<std::string> symbols(begin, begin + static_cast<std::ptrdiff_t>(count));
        if (!symbols.empty())
            co_await read_named(std::move(symbols));
        scan_->next_named += count;
        co_return scan_->next_named == scan_->named.size();
    }

    asio::awaitable<void> read_named(std::vector<std::string> symbols)
    {
        const in_session session(*redis_);
        const auto number = topics_.next_read();
        auto found = co_await cache::read_ticks(redis_, topics_.exchange(), std::move(symbols));
        session.require();
        for (const auto& one : found)
            cache::count_tick(scan_->found, one);
        apply(std::move(found), number);
    }

    void apply(std::vector<cache::stored_tick> found, std::uint64_t number)
    {
        for (auto& one : found) {
            ticker_reading reading{std::move(one.symbol), one.present, std::nullopt, std::move(one.text)};
            if (one.readable)
                reading.value = std::move(one.value);
            topics_.apply(std::move(reading), number);
        }
    }

    shared_link redis_;
    ticker_topics topics_;
    fullon_log::logger log_;
    std::optional<scan> scan_; // a verification that is under way
    steady_clock::time_point scan_began_{};
    steady_clock::time_point last_publication_{};
    bool in_pieces_ = false; // the last verification
    bool due_ = false;
    bool everything_ = false;
};

} // namespace

feed_spec tickers_feed(shared_link redis, std::string exchange)
{
    feed_spec feed;
    feed.key = cache::ticker_hash(exchange);
    feed.tracked = cache::ticker_hash_prefix;
    feed.channels = [exchange](std::string_view symbol) {
        std::vector<std::string> both;
        both.push_back(cache::ticker_channel(cache::ticker_channel_prefix, exchange, symbol));
        both.push_back(cache::ticker_channel(cache::older_ticker_channel_prefix, exchange, symbol));
        return both;
    };
    feed.channel_prefixes.emplace_back(cache::ticker_channel_prefix);
    feed.channel_prefixes.emplace_back(cache::older_ticker_channel_prefix);
    feed.follow = [redis, exchange](hub& updates) {
        return std::make_unique<ticker_feed>(redis, exchange, updates);
    };
    return feed;
}

// "{prefix}{exchange}:{symbol}": exchanges have no ':', symbols may.
std::optional<published_field> field_of_channel(std::string_view channel)
{
    for (const auto prefix : {cache::ticker_channel_prefix, cache::older_ticker_channel_prefix}) {
        if (!channel.starts_with(prefix))
            continue;
        const auto rest = channel.substr(prefix.size());
        const auto colon = rest.find(':');
        if (colon == std::string_view::npos || colon == 0 || colon + 1 == rest.size())
            return std::nullopt;
        return published_field{cache::ticker_hash(rest.substr(0, colon)), rest.substr(colon + 1)};
    }
    return std::nullopt;
}

} // namespace fullon_cache_api::detail
