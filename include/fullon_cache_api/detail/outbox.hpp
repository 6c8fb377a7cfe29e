// What one session still has to send. Sans-io: no socket, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace fullon_cache_api::detail {

/// One serialised message. Shared: a topic's update is the same bytes for every subscriber.
using frame = std::shared_ptr<const std::string>;

/// Names what a state update is the state OF (one item of one topic). Given out by the hub, never reused,
/// so that a queued message of a removed item cannot be taken for one of its successor.
using item_key = std::uint64_t;

/// FIFO of messages for one peer, in which a newer state may replace an older one that still waits.
///
/// While little waits, everything is kept: a peer that keeps up gets every update. Once more than
/// `conflate_above` bytes wait, a new state of an item takes the place of the one of it that waits: the old
/// one is taken out and the new one appended, so what a peer reads only ever moves forward in time. The
/// queue is then bounded by that mark plus one message per item; replies are bounded by the session, which
/// stops reading requests while `bytes()` is over its limit.
class outbox {
public:
    explicit outbox(std::size_t conflate_above = 64 * 1024) : conflate_above_(conflate_above) {}

    /// A message that is never dropped or replaced: replies, snapshots, marks.
    void push(frame message);

    /// The state of an item. \returns whether an older state of it was taken out for it.
    bool push_state(item_key key, frame message);

    /// What waits of the item stays: a newer state is appended beside it.
    void keep(item_key key) { newest_.erase(key); }

    /// Moves messages, oldest first, to the end of `out`, until they make up `max_bytes` (at least one).
    void take(std::vector<frame>& out, std::size_t max_bytes);

    bool empty() const noexcept { return queue_.empty(); }
    std::size_t size() const noexcept { return queue_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }
    bool backlogged() const noexcept { return bytes_ > conflate_above_; }

private:
    struct entry {
        frame message;
        item_key key; // 0 = not a state
    };
    using queue = std::list<entry>;

    queue::iterator append(frame message, item_key key);
    void retire(queue::iterator position);

    queue queue_;
    queue spare_; // nodes to use again: a steady stream allocates nothing
    std::unordered_map<item_key, queue::iterator> newest_;
    std::size_t bytes_ = 0;
    std::size_t conflate_above_;
};

} // namespace fullon_cache_api::detail
