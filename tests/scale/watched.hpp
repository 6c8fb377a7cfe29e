// A stream as the scale test follows it: the last value of each item, to be compared with what Redis holds.
#pragma once

#include "scale/truth.hpp"

#include <fullon_cache_api/stream.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace scale {

struct stream_counts {
    std::uint64_t items = 0;
    std::uint64_t missed = 0;
    std::uint64_t removed = 0;
    std::uint64_t resynced = 0;

    stream_counts& operator+=(const stream_counts& other)
    {
        items += other.items;
        missed += other.missed;
        removed += other.removed;
        resynced += other.resynced;
        return *this;
    }
};

class watched {
public:
    explicit watched(std::string name) : name_(std::move(name)) {}
    watched(const watched&) = delete;
    watched& operator=(const watched&) = delete;
    virtual ~watched() = default;

    /// Completes at the end of the stream. This must outlive it.
    virtual boost::asio::awaitable<void> follow() = 0;
    virtual bool agrees(const truth& redis) const = 0;
    /// The items in which it differs.
    virtual std::string difference(const truth& redis) const = 0;

    const std::string& name() const noexcept { return name_; }
    const stream_counts& counts() const noexcept { return counts_; }

protected:
    stream_counts counts_;

private:
    std::string name_;
};

/// `Seen` is what is kept and compared of an item.
template <class Item, class Seen>
class watched_stream final : public watched {
public:
    using view = std::map<std::string, Seen>;

    struct reading {
        std::string (*item)(const Item& from); ///< what tells the items of the stream apart
        Seen (*seen)(const Item& from);
        /// \returns what the stream should have said: something of `redis`, or what it has put into `made`.
        std::function<const view&(const truth& redis, view& made)> wanted;
        std::string (*show)(const Seen& value);
        bool (*passes)(const Item& from) = nullptr; ///< an event, which leaves no state
    };

    watched_stream(std::string name, fullon_cache_api::stream<Item> updates, reading how)
        : watched(std::move(name)), updates_(std::move(updates)), how_(std::move(how))
    {}

    boost::asio::awaitable<void> follow() override
    {
        for (;;) {
            const auto update = co_await updates_.next();
            if (!update)
                co_return;
            ++counts_.items;
            counts_.missed += update->missed;
            counts_.removed += update->removed ? 1 : 0;
            counts_.resynced += update->resync ? 1 : 0;
            if (how_.passes && how_.passes(*update))
                continue;
            if (update->removed)
                view_.erase(how_.item(*update));
            else
                view_.insert_or_assign(how_.item(*update), how_.seen(*update));
        }
    }

    bool agrees(const truth& redis) const override
    {
        view made;
        return view_ == how_.wanted(redis, made);
    }

    std::string difference(const truth& redis) const override
    {
        view made;
        const auto& wanted = how_.wanted(redis, made);
        std::string text;
        for (const auto& [item, value] : wanted)
            if (const auto found = view_.find(item); found == view_.end())
                text.append("\n  never heard of " + item + ", which is " + how_.show(value));
            else if (found->second != value)
                text.append("\n  " + item + " is " + how_.show(value) + ", heard " +
                            how_.show(found->second));
        for (const auto& [item, value] : view_)
            if (!wanted.contains(item))
                text.append("\n  " + item + " is gone, heard " + how_.show(value));
        return text;
    }

private:
    fullon_cache_api::stream<Item> updates_;
    reading how_;
    view view_;
};

} // namespace scale
