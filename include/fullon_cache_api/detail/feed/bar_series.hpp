// The bars of one symbol and timeframe: the newest is a state, each that is closed an event. Sans-io.
#pragma once

#include <fullon_cache_api/detail/feed/series.hpp>

#include <fullon_orm/bar.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Redis: lists `ohlcv:{symbol}:{timeframe}`, whose writers have spelled the symbol with and without "/". The lists are
/// merged by time; of equal times the list without "/" counts, in a list the last. A bar is closed by a newer one; its
/// final value is told, once more when it is corrected afterwards. What was told is remembered apart from what the lists
/// hold: services write them again, from the beginning and in pieces. So the newest bar goes back in time only where the
/// lists stay so, or are written for too long, or where Redis was away. Where the last element of a list cannot be read,
/// what was told stands. unreadable() says so, and after a while of those that are put off, too.
class bar_series final : public series {
public:
    /// `symbol` without "/".
    bar_series(std::string symbol, std::string timeframe);

    std::vector<std::string> keys() const override;
    std::size_t window() const override { return window_; }
    bool apply(hub& updates, topic& where, std::vector<list_tail> lists, bool tell, moment now) override;
    bool learn(std::string_view key, bool reported) override;
    void on_outage() override { uncertain_ = true; }
    std::optional<moment> next_look() const override;

private:
    static constexpr std::size_t usual_window =
        8; // the open bar as it was written lately, and some before it
    static constexpr std::size_t widening = 8;
    static constexpr std::size_t widest_window = 100'000;
    static constexpr std::size_t remembered = 64; // closed bars, whose corrections are told
    static constexpr std::chrono::seconds patience{2};
    static constexpr std::chrono::seconds longest_patience{60}; // with lists that are written again
    static constexpr std::size_t most_spellings = 4; // no client can make more lists be read for one topic

    using bars = std::map<double, fullon_orm::bar>; // by their time

    struct spelling {
        std::string key;
        bool reported; // Redis has it, or had it
    };

    // The lists end before the newest bar that was told.
    struct setback {
        moment begun;
        moment since; // the newest bar has not moved forward
        double newest; // its time
        moment end() const { return std::min(since + patience, begun + longest_patience); }
    };

    struct reading {
        bars merged;
        double complete_from; // no list can have more at this time or later
        bool whole; // nothing was left unread
    };

    reading merge(const std::vector<list_tail>& lists);
    bool put_off(const reading& read, moment now);
    bool suffices(const reading& read, bool tell) const;
    void tell_closed(hub& updates, topic& where, const reading& read);
    void remember_closed(const reading& read);
    void set_open(hub& updates, topic& where, const fullon_orm::bar& newest, bool tell);
    topic_value value_of(const fullon_orm::bar& one, bool closed) const;

    std::string symbol_;
    std::string timeframe_;
    std::vector<spelling> keys_; // that without "/" last
    std::size_t window_;
    std::optional<fullon_orm::bar> open_; // as it was told
    std::optional<double> last_open_; // its time, also where there is none now
    bars closed_; // the newest of them, as they were told
    std::optional<setback> setback_;
    bool uncertain_ = false;
};

} // namespace fullon_cache_api::detail
