// The tickers of one exchange as this server last told them, and what a reading makes of them. Sans-io.
#pragma once

#include <fullon_cache_api/detail/feed/feed_topics.hpp>
#include <fullon_cache_api/detail/feed/publication_count.hpp>

#include <fullon_orm/tick.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// One ticker that is followed.
struct followed_ticker {
    std::string exchange;
    std::string symbol;
    topic_ptr updates;
    std::optional<double> time; ///< of the last tick, epoch seconds
    bool stale = false;
};

/// What a read found under one symbol.
struct ticker_reading {
    std::string symbol;
    bool present = false;
    std::optional<fullon_orm::tick> value; ///< empty where it is unreadable, too
    std::string text{}; ///< as it is stored
};

/// Only what a read of the hash gave is told. Reads are numbered when they are issued, as several may be under way; a
/// symbol takes no value from one that was issued before the one that it has its value from.
class ticker_topics final : public feed_topics {
public:
    ticker_topics(hub& updates, std::string exchange);

    const std::string& exchange() const noexcept { return exchange_; }

    /// Number of a read that is issued now.
    std::uint64_t next_read() noexcept { return ++issued_; }

    /// A message of the exchange's channels. \returns whether the field has to be read.
    bool on_publication(const std::string& symbol, std::string_view payload);

    /// Fields that have to be read at once: named by publications, or not read yet. At most `most` of them.
    std::vector<std::string> take_hinted(std::size_t most);
    bool hinted() const noexcept { return !hinted_.empty(); }
    void hint(std::string symbol) { hinted_.insert(std::move(symbol)); }
    void forget_hints() noexcept { hinted_.clear(); }

    /// Ids that were never read get a hint.
    void hint_unread(const std::vector<std::string>& symbols);

    /// What the read of that number found. A symbol that is gone while a publication says otherwise is looked at once more
    /// before that is told.
    void apply(ticker_reading found, std::uint64_t number);

    /// The reads from `first` on saw all symbols of the hash: those that are expected and were not seen get a hint, as a scan
    /// may overlook what is written meanwhile. What is gone and nobody asked for by name is forgotten.
    void end_scan(const std::set<std::string, std::less<>>& seen, std::uint64_t first);

    bool whole_read() const noexcept { return whole_read_; }
    void set_whole_read() noexcept { whole_read_ = whole(); }

    std::vector<followed_ticker> list() const;

private:
    struct ticker_state;

    std::unique_ptr<followed> make(const std::string& symbol) override;
    ticker_state* find_state(std::string_view symbol) const;
    void apply_value(ticker_state& where, ticker_reading found, std::uint64_t number);
    void count(ticker_state& where, const std::string& symbol, std::string_view read, std::uint64_t hash);
    void apply_nothing(ticker_state& where, const std::string& symbol, std::uint64_t number);

    std::string exchange_;
    std::uint64_t issued_ = 0;
    std::set<std::string, std::less<>> hinted_;
};

} // namespace fullon_cache_api::detail
