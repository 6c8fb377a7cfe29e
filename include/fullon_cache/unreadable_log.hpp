// What the log is told of stored entries that cannot be read: one line for each reading, and only for what changed.
// Sans-io.
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

/// Counts the entries of one reading.
class reading {
public:
    void readable(std::size_t entries = 1) noexcept { entries_ += entries; }
    /// One that could not be read: its field (or nothing, in a list), and why.
    void unreadable(std::string_view entry, std::string_view reason);

    std::size_t entries() const noexcept { return entries_; }
    std::size_t unreadable() const noexcept { return unreadable_; }
    /// The first that was unreadable, as `<entry>: <reason>`; long ones are cut.
    const std::string& first() const noexcept { return first_; }
    /// Equal where the same entries are unreadable for the same reasons, in whatever order.
    std::uint64_t mark() const noexcept { return mark_; }

private:
    std::size_t entries_ = 0;
    std::size_t unreadable_ = 0;
    std::uint64_t mark_ = 0;
    std::string first_{};
};

/// What was told of which key. Its size is bounded: of more than `most_keys` keys those are forgotten that were read the
/// longest ago. So are its lines: what changes with every reading is told now and then.
class unreadable_log {
public:
    using clock = std::chrono::steady_clock;

    static constexpr std::size_t most_keys = 1000;

    struct line {
        fullon_log::level severity; ///< WARNING, or INFO where all is readable again
        std::string text; ///< `1000 of 1001 unreadable, first: BTC/USDT: price: missing`, or `readable again`
        std::uint64_t left_out; ///< lines of other keys that there was no room for since the last line
    };

    /// What the log has to be told after a reading of `key`; mostly nothing. Readings of different parts of one key need
    /// a name each, or each would seem a change: the key and the part.
    std::optional<line> note(std::string_view key, const reading& found,
                             clock::time_point now = clock::now());

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

/// The same, and logs it.
void log_unreadable(unreadable_log& told, const fullon_log::logger& log, std::string_view key,
                    const reading& found);

} // namespace fullon_cache
