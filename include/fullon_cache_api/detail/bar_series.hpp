// The bars of one symbol and timeframe: the newest is a state, each that is closed an event. Sans-io.
#pragma once

#include <fullon_cache_api/detail/series.hpp>

#include <fullon_log/logger.hpp>
#include <fullon_orm/bar.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Redis: lists `ohlcv:{symbol}:{timeframe}`, whose writers have spelled the symbol with and without "/". The lists are
/// merged by time; of equal times the list without "/" counts, in a list the last. A bar is closed by a newer one; its
/// final value is told, once more when it is corrected afterwards.
class bar_series final : public series {
public:
    /// `symbol` without "/".
    bar_series(std::string symbol, std::string timeframe);

    std::vector<std::string> keys() const override;
    std::size_t window() const override { return window_; }
    bool apply(hub& updates, topic& where, std::vector<list_tail> lists, bool tell) override;
    bool learn(std::string_view key, bool reported) override;

private:
    static constexpr std::size_t usual_window =
        8; // the open bar as it was written lately, and some before it
    static constexpr std::size_t widening = 8;
    static constexpr std::size_t widest_window = 100'000;
    static constexpr std::size_t remembered = 64; // closed bars, whose corrections are told
    static constexpr std::size_t most_spellings = 4; // no client can make more lists be read for one topic

    using bars = std::map<double, fullon_orm::bar>; // by their time

    struct spelling {
        std::string key;
        bool reported; // Redis has it, or had it
    };

    struct reading {
        bars merged;
        double complete_from; // no list can have more at this time or later
        bool whole; // nothing was left unread
    };

    reading merge(const std::vector<list_tail>& lists) const;
    bool suffices(const reading& read, bool tell) const;
    void tell_closed(hub& updates, topic& where, const reading& read);
    void remember_closed(const reading& read);
    void set_open(hub& updates, topic& where, const fullon_orm::bar& newest, bool tell);
    void forget_old();
    std::string body_of(const fullon_orm::bar& one, bool closed) const;

    std::string symbol_;
    std::string timeframe_;
    fullon_log::logger log_;
    std::vector<spelling> keys_; // that without "/" last
    std::size_t window_;
    std::optional<fullon_orm::bar> open_; // as it was told
    std::optional<double> last_open_; // its time, also where there is none now
    bars closed_; // the newest of them, as they were told
};

} // namespace fullon_cache_api::detail
