// What is followed by the end of lists in Redis: sequences of events, and of bars. Sans-io.
#pragma once

#include <fullon_cache_api/detail/feed/hub.hpp>

#include <fullon_cache/list_tail.hpp>
#include <fullon_cache/unreadable_log.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

using fullon_cache::list_tail;

/// Topics that are followed, and how many updates those that are for a minute and more had in the last one.
struct followed_traffic {
    std::int64_t topics = 0;
    std::int64_t counted = 0; ///< of these, for a minute and more
    std::uint64_t updates = 0;

    void add(const followed_traffic& other) noexcept
    {
        topics += other.topics;
        counted += other.counted;
        updates += other.updates;
    }
    std::optional<double> per_minute() const noexcept
    {
        return counted != 0 ? std::optional(static_cast<double>(updates)) : std::nullopt;
    }
};

/// One topic that lists stand behind. A reading is compared with the one before it: only what is new is told.
class series {
public:
    virtual ~series() = default;

    /// What could be read of the last reading, for the log.
    const fullon_cache::reading& found() const noexcept { return found_; }

    /// Whether what counts most of the last reading, such as the newest bar, could not be read.
    bool unreadable() const noexcept { return unreadable_; }

    /// The lists.
    virtual std::vector<std::string> keys() const = 0;

    /// How many elements must be read from the end of each.
    virtual std::size_t window() const = 0;

    using moment = std::chrono::steady_clock::time_point;

    /// Takes a reading of `keys()` that came at `now`. `tell` is false where numbering starts: nobody is told of what is there by then.
    /// \returns false if more must be seen to say anything; then `window()` has grown.
    virtual bool apply(hub& updates, topic& where, std::vector<list_tail> lists, bool tell, moment now) = 0;

    /// A list of the same topic under another name: one that Redis has reported, or that a stream has named.
    /// \returns whether it was not known, and is now.
    virtual bool learn(std::string_view /*key*/, bool /*reported*/) { return false; }

    /// When the lists have to be looked at though nobody writes.
    virtual std::optional<moment> next_look() const { return std::nullopt; }

    /// From the last reading to the next one Redis may have lost what it had.
    virtual void on_outage() {}

protected:
    fullon_cache::reading found_;
    bool unreadable_ = false;
};

} // namespace fullon_cache_api::detail
