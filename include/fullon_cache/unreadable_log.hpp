// Limits what is logged about stored entries that cannot be read: one line for each read of a key, and only
// when it changes. Does no I/O except for log_unreadable().
#pragma once

#include <fullon_log/level.hpp>
#include <fullon_log/line_budget.hpp>
#include <fullon_log/logger.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fullon_cache {

/// Counts the entries of one read, readable and not.
///
/// \code
/// fullon_cache::reading found;
/// for (const auto& [symbol, json] : fields)
///     if (const auto tick = fullon_orm::tick_from_json(json, "kraken", symbol))
///         found.readable();
///     else
///         found.unreadable(symbol, tick.error().text());
/// log_unreadable(told, log, "tickers:kraken", found); // told: the unreadable_log of the link
/// \endcode
class reading {
public:
    void readable(std::size_t entries = 1) noexcept { entries_ += entries; }
    /// Counts one that could not be read. The texts are copied. \param entry its field; empty in a list
    void unreadable(std::string_view entry, std::string_view reason);

    /// All entries, unreadable ones included.
    std::size_t entries() const noexcept { return entries_; }
    std::size_t unreadable() const noexcept { return unreadable_; }
    /// The first unreadable entry, as `<entry>: <reason>`, cut if long.
    const std::string& first() const noexcept { return first_; }
    /// A hash of the unreadable entries and their reasons that does not depend on their order.
    std::uint64_t mark() const noexcept { return mark_; }

private:
    std::size_t entries_ = 0;
    std::size_t unreadable_ = 0;
    std::uint64_t mark_ = 0;
    std::string first_{};
};

/// Remembers what was logged about which key, so that the same is not logged again.
///
/// Memory is bounded: beyond `most_keys` keys the least recently read one is forgotten. So is the log: one
/// key gets 4 lines at once and then one in 15 seconds, all keys together 50 and then one a second. What
/// there is no room for is logged by a later read, if it still holds.
///
/// \par Concurrency one thread at a time.
class unreadable_log {
public:
    using clock = std::chrono::steady_clock;

    static constexpr std::size_t most_keys = 1000;

    /// A line that is due.
    struct line {
        fullon_log::level severity; ///< WARNING; INFO if everything is readable again
        std::string text; ///< `1000 of 1001 unreadable, first: BTC/USDT: price: missing`, or `readable again`
        std::uint64_t left_out; ///< how many lines were due but had no room since the last line
    };

    /// The line that is due after a read of `key`; usually none.
    /// \param key the key; for reads of a part of it, the key and the part: otherwise reads of different
    ///            parts would look like changes.
    std::optional<line> note(std::string_view key, const reading& found,
                             clock::time_point now = clock::now());

    /// How many keys are remembered.
    std::size_t keys() const noexcept { return known_.size(); }

private:
    struct told {
        std::string key;
        std::size_t unreadable = 0;
        std::uint64_t mark = 0;
        fullon_log::line_budget budget{4, std::chrono::seconds(15)};
    };

    std::list<told> known_{}; // the last read first
    std::unordered_map<std::string_view, std::list<told>::iterator> places_{};
    fullon_log::line_budget budget_{50, std::chrono::seconds(1)};
};

/// Notes a read, and logs the line that is due, with the key as a field.
void log_unreadable(unreadable_log& told, const fullon_log::logger& log, std::string_view key,
                    const reading& found);

} // namespace fullon_cache
