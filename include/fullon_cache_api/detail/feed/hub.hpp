// Topics and their subscribers: numbering and fan-out. Sans-io.
#pragma once

#include <fullon_cache_api/detail/feed/topic_update.hpp>
#include <fullon_cache_api/detail/stream/topic_value.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>
#include <fullon_cache_api/stale_reason.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

class topic;

/// One holder of a topic: a session (once, however many of its streams hold the topic).
class topic_subscriber {
public:
    /// A new state of the item `key`. Must not attach to or detach from the topic, nor on_event().
    virtual void on_update(item_key key, const topic_update& what) = 0;

    /// Something that happened: each counts, no newer one takes its place.
    virtual void on_event(const topic_update& what) = 0;

    /// So many events before the next one are known only by their number.
    virtual void on_lost(std::uint64_t /*count*/) {}

    /// What topic::stale() says has changed.
    virtual void on_mark(const topic& which) = 0;

protected:
    ~topic_subscriber() = default;
};

/// What updates are numbered by. Keeps for snapshots the current state of its items, and those of its events that have not
/// been taken back.
class topic {
public:
    topic(std::string name, item_key ring) : name_(std::move(name)), ring_(ring) {}
    topic(const topic&) = delete;
    topic& operator=(const topic&) = delete;

    struct item {
        item_key key;
        topic_value value;
    };

    const std::string& name() const noexcept { return name_; }

    /// Id of the last update; 0 = none yet in this epoch.
    std::uint64_t last_id() const noexcept { return last_id_; }
    const std::map<std::string, item, std::less<>>& items() const noexcept { return items_; }
    const std::deque<topic_value>& events() const noexcept { return events_; }

    /// Why this topic alone cannot be read; `none` while it can.
    stale_reason stale() const noexcept { return stale_; }

    /// Names its events in an outbox.
    item_key ring() const noexcept { return ring_; }

    const std::vector<topic_subscriber*>& subscribers() const noexcept { return subscribers_; }

    void attach(topic_subscriber& who) { subscribers_.push_back(&who); }
    void detach(topic_subscriber& who) { std::erase(subscribers_, &who); }

private:
    friend class hub;

    std::string name_;
    item_key ring_;
    std::uint64_t last_id_ = 0;
    std::map<std::string, item, std::less<>> items_;
    std::deque<topic_value> events_;
    stale_reason stale_ = stale_reason::none;
    std::vector<topic_subscriber*> subscribers_;
};

using topic_ptr = std::shared_ptr<topic>;

/// Every topic of a server.
class hub {
public:
    /// Of the JSON message of a value, in bytes. What is larger must not be given: it is said to be unreadable.
    std::size_t max_body = std::numeric_limits<std::size_t>::max();

    struct counters {
        std::uint64_t published = 0; ///< ids given out
        std::uint64_t suppressed = 0; ///< ids given out without a message: overtaken by a newer value
        std::uint64_t deliveries = 0; ///< messages handed to subscribers
    };

    /// The topic of that name, made if need be. It lives while somebody holds it; its numbering lives on.
    topic_ptr open(std::string_view name);

    /// Sets an item without telling anybody: the state found when a topic is first read.
    void seed(topic& where, std::string_view item, topic_value value);

    /// A new state of an item: next id, every subscriber.
    void publish(topic& where, std::string_view item, topic_value value);

    /// The item is gone: its last state goes out once more, marked as removed. Nothing if it was not there.
    void remove(topic& where, std::string_view item);

    /// An event for snapshots to come, without telling anybody; and the oldest `count` of those no more.
    void keep(topic& where, topic_value value);
    void drop_oldest(topic& where, std::size_t count);

    /// An event: next id, every subscriber.
    void emit(topic& where, const topic_value& value);

    /// States that are not sent, since a newer one went out already, still take an id each.
    void suppress(topic& where, std::uint64_t count = 1);

    /// Events that cannot be told still take an id each, and subscribers hear how many they were.
    void lose(topic& where, std::uint64_t count);

    /// Tells subscribers why the topic cannot be read, or that it can again (`none`). Nothing where they know.
    void mark(topic& where, stale_reason why);

    const counters& stats() const noexcept { return counters_; }

    /// How many topics somebody holds.
    std::size_t topics() const noexcept { return index_->topics.size(); }

private:
    topic::item& set_item(topic& where, std::string_view item, topic_value value);
    void send(topic& where, const topic::item& from, bool removed);
    std::uint64_t next_id(topic& where);

    struct index {
        std::unordered_map<std::string, std::weak_ptr<topic>> topics;
        std::unordered_map<std::string, std::uint64_t> retired_ids; // of topics that nobody holds now
    };

    std::shared_ptr<index> index_ = std::make_shared<index>(); // shared: topics may outlive the hub
    item_key next_key_ = 1;
    counters counters_;
};

} // namespace fullon_cache_api::detail
