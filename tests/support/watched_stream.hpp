// A stream as tests of many streams follow it: the last value of each item, to be compared with what Redis holds.
#pragma once

#include "support/market_truth.hpp"

#include <fullon_cache_api/stream.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace support {

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

/// An item that was handed out, without its value.
struct seen_item {
    std::string topic;
    std::string name; ///< tells the items of a stream apart
    std::int64_t mark = 0; ///< of its value, see market_writer; 0: has none
    std::uint64_t update_id = 0;
    std::uint64_t missed = 0;
    bool snapshot = false;
    bool removed = false;
    bool resync = false;
    bool event = false;
    bool known = false; ///< there was a value of that name before
};

/// Looks on while a stream is followed, and says when the next item is taken. Must outlive that.
class stream_observer {
public:
    virtual boost::asio::awaitable<void> before_next() = 0;
    /// \throws what then comes out of follow()
    virtual void on_item(const seen_item& item) = 0;

protected:
    ~stream_observer() = default;
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
    /// Whether nothing says that it may be behind.
    virtual bool is_live() const = 0;
    /// Events that stand in Redis now need not have been handed out.
    virtual void excuse(const truth& redis) = 0;
    /// The items in which it differs.
    virtual std::string difference(const truth& redis) const = 0;

    const std::string& name() const noexcept { return name_; }
    const stream_counts& counts() const noexcept { return counts_; }

    /// Before follow().
    void set_observer(stream_observer& who) noexcept { observer_ = &who; }

protected:
    stream_counts counts_;
    stream_observer* observer_ = nullptr;

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
        std::string (*topic)(const Item& from) = nullptr;
        std::int64_t (*mark)(const Item& from) = nullptr;
        /// Of events, in place of `wanted`: what stands in Redis and must have been handed out, but for what was missed.
        std::function<std::map<std::string, std::vector<Seen>>(const truth& redis)> events{};
    };

    watched_stream(std::string name, fullon_cache_api::stream<Item> updates, reading how)
        : watched(std::move(name)), updates_(std::move(updates)), how_(std::move(how))
    {}

    boost::asio::awaitable<void> follow() override
    {
        for (;;) {
            if (observer_)
                co_await observer_->before_next();
            const auto update = co_await updates_.next();
            if (!update)
                co_return;
            ++counts_.items;
            counts_.missed += update->missed;
            counts_.removed += update->removed ? 1 : 0;
            counts_.resynced += update->resync ? 1 : 0;
            if (observer_)
                observer_->on_item(facts_of(*update));
            if (how_.passes && how_.passes(*update))
                continue;
            if (how_.events)
                note(how_.item(*update), how_.show(how_.seen(*update)));
            if (update->removed)
                view_.erase(how_.item(*update));
            else
                view_.insert_or_assign(how_.item(*update), how_.seen(*update));
        }
    }

    bool agrees(const truth& redis) const override
    {
        if (how_.events)
            return unheard(redis).size() <= counts_.missed;
        view made;
        return view_ == how_.wanted(redis, made);
    }

    bool is_live() const override { return updates_.state() == fullon_cache_api::stream_state::live; }

    void excuse(const truth& redis) override
    {
        if (how_.events)
            for (const auto& [item, values] : how_.events(redis))
                for (const auto& value : values)
                    note(item, how_.show(value));
    }

    std::string difference(const truth& redis) const override
    {
        if (how_.events)
            return "\n  never heard of " + std::to_string(unheard(redis).size()) + ", missed " +
                   std::to_string(counts_.missed) + ", the first: " + unheard(redis).front();
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
    // As many as may stand in a list.
    void note(const std::string& item, std::string shown)
    {
        constexpr std::size_t most = 4096;
        auto& heard = heard_[item];
        heard.push_back(std::move(shown));
        if (heard.size() > most)
            heard.pop_front();
    }
    static bool contains(const std::deque<std::string>& heard, const std::string& shown)
    {
        return std::find(heard.rbegin(), heard.rend(), shown) != heard.rend();
    }

    std::vector<std::string> unheard(const truth& redis) const
    {
        std::vector<std::string> all;
        for (const auto& [item, values] : how_.events(redis)) {
            const auto found = heard_.find(item);
            for (const auto& value : values)
                if (found == heard_.end() || !contains(found->second, how_.show(value)))
                    all.push_back(item + " " + how_.show(value));
        }
        return all;
    }

    seen_item facts_of(const fullon_cache_api::update<Item>& from) const
    {
        seen_item made;
        made.topic = how_.topic(from);
        made.name = how_.item(from);
        made.mark = how_.mark ? how_.mark(from) : 0;
        made.update_id = from.update_id;
        made.missed = from.missed;
        made.snapshot = from.snapshot;
        made.removed = from.removed;
        made.resync = from.resync;
        made.event = static_cast<bool>(how_.events) || (how_.passes && how_.passes(from));
        made.known = view_.contains(made.name);
        return made;
    }

    fullon_cache_api::stream<Item> updates_;
    reading how_;
    view view_;
    std::map<std::string, std::deque<std::string>> heard_; // lately, of events, as show() has them
};

} // namespace support
