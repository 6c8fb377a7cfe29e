// The public trades of one symbol: each that is pushed is an event. Sans-io.
#pragma once

#include <fullon_cache_api/detail/series.hpp>

#include <fullon_log/logger.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Redis: list `trades:{exchange}:{symbol without "/"}`, from whose beginning others take. What is new is what stands
/// behind the overlap with the reading before. The topic keeps what is in the list, the newest `limit` of it.
class trade_series final : public series {
public:
    /// `symbol` without "/".
    trade_series(std::string exchange, std::string symbol, std::size_t limit);

    std::vector<std::string> keys() const override;
    std::size_t window() const override { return window_; }
    bool apply(hub& updates, topic& where, std::vector<list_tail> lists, bool tell) override;
    void lost_sight() override
    {
        uncertain_ = true;
        window_ = limit_;
    }

private:
    struct element {
        std::uint64_t hash; // of the stored text
        bool kept; // readable: the topic has it
    };
    struct same_text;

    static constexpr std::size_t usual_window = 32; // seldom more are pushed between two readings
    static constexpr std::size_t widening = 8;
    static constexpr std::size_t remembered = 64; // of what others have taken

    void tell_rejected(hub& updates, topic& where, const std::vector<std::uint64_t>& hashes);
    std::size_t known_of(const list_tail& tail, const std::vector<std::uint64_t>& hashes) const;
    void append(hub& updates, topic& where, std::string_view text, std::uint64_t hash, bool tell);
    void remember(const element& one);
    void forget_front(hub& updates, topic& where, std::size_t rest);

    std::string exchange_;
    std::string symbol_;
    fullon_log::logger log_;
    std::size_t limit_;
    std::size_t window_;
    std::deque<element> seen_; // the end of the list as it was read last
    std::deque<std::uint64_t> taken_; // told, and no more in it
    std::uint64_t length_ = 0; // of the list then
    std::uint64_t rejected_length_ = 0; // of the list when it had these:
    std::vector<std::string> rejected_; // read since, all of it new, but something may stand before it
    bool uncertain_ = false;
};

} // namespace fullon_cache_api::detail
