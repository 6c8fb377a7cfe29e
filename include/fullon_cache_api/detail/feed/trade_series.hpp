// The public trades of one symbol: each that is pushed is an event. Sans-io.
#pragma once

#include <fullon_cache_api/detail/feed/series.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace fullon_cache_api::detail {

/// Redis: list `trades:{exchange}:{symbol without "/"}`, from whose beginning others take. What is new is what stands
/// behind the overlap with the reading before; where nothing of that is left, what the list never had, as services empty lists and
/// write them again, in pieces. The topic keeps what is in the list, the newest `limit` of it.
class trade_series final : public series {
public:
    /// `symbol` without "/".
    trade_series(std::string exchange, std::string symbol, std::size_t limit);

    std::vector<std::string> keys() const override;
    std::size_t window() const override { return window_; }
    bool apply(hub& updates, topic& where, std::vector<list_tail> lists, bool tell, moment now) override;
    void on_outage() override
    {
        uncertain_ = true;
        window_ = limit_;
    }

private:
    struct element {
        std::uint64_t hash; // of the stored text
        bool kept; // readable: the topic has it
        bool again = false; // written again: `taken_` has it
    };
    struct same_text;

    static constexpr std::size_t usual_window = 32; // seldom more are pushed between two readings
    static constexpr std::size_t widening = 8;
    static constexpr std::size_t remembered = 4096; // of what is in the list no more, or `limit_`

    std::unordered_set<std::uint64_t> never_taken(const std::vector<std::uint64_t>& hashes) const;
    void tell_rejected(hub& updates, topic& where, const std::vector<std::uint64_t>& hashes);
    /// How many elements of a reading stood in the list when it was read before, and how many are no news.
    struct known_elements {
        std::size_t standing;
        std::size_t known;
    };
    known_elements known_of(const list_tail& tail, const std::vector<std::uint64_t>& hashes) const;
    void append_refilled(hub& updates, topic& where, const list_tail& tail,
                         const std::vector<std::uint64_t>& hashes, std::size_t standing);
    void append(hub& updates, topic& where, std::string_view text, std::uint64_t hash, bool tell);
    void remember(const element& one);
    void forget_front(hub& updates, topic& where, std::size_t rest);

    std::string exchange_;
    std::string symbol_;
    std::size_t limit_;
    std::size_t window_;
    std::deque<element> seen_; // the end of the list as it was read last
    std::deque<std::uint64_t> taken_; // what it had before, however it went
    std::uint64_t length_ = 0; // of the list then
    std::uint64_t rejected_length_ = 0; // of the list when it had these:
    std::vector<std::string> rejected_; // read since, all of it new, but something may stand before it
    bool uncertain_ = false;
    std::optional<std::uint64_t> last_end_; // what stood last in the list when it was emptied
    std::optional<std::uint64_t> refilled_up_to_; // the list is written again, up to this element
};

} // namespace fullon_cache_api::detail
