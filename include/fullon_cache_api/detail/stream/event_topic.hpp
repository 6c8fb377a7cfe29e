// The events of one topic as a client hears of them: each is handed out once. Sans-io.
#pragma once

#include <fullon_cache_api/detail/stream/stream_message.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

namespace fullon_cache_api::detail {

/// An event to hand out. Places count events: a hole between two is what was lost in between.
struct accepted_event {
    std::shared_ptr<const void> value;
    std::uint64_t update_id;
    std::uint64_t place;
    bool snapshot;
    bool resync;
};

/// A snapshot lists events that may be known: those of it that came live meanwhile, for another stream of the client; and
/// after a reconnect those that were there before. The first are known by their ids. The others are not, ids belong to
/// one life of the server: what was handed out last is looked for in the list. A new life of the server cannot know what
/// an earlier one has told either: what Redis brings back then, as a restored or swapped database does, is not handed out
/// again.
class event_topic {
public:
    /// What the stream was doing when a message came.
    struct moment {
        std::uint64_t epoch; // life of the server
        std::uint64_t subscription; // 1 = the first
        bool in_snapshot;
        std::size_t limit; // of events that wait for the end of the snapshot
    };

    void offer(const stream_message& message, const moment& now, std::vector<accepted_event>& out);
    void end_snapshot(const moment& now, std::vector<accepted_event>& out);

private:
    struct held_event {
        std::shared_ptr<const void> value;
        std::uint64_t fingerprint;
        std::uint64_t update_id;
    };

    void enter(const moment& now);
    void accept_live(held_event one, const moment& now, std::vector<accepted_event>& out);
    std::size_t known_of(std::size_t may_be_known) const;
    bool told_in_former_life(std::uint64_t fingerprint);
    void accept(held_event one, bool snapshot, bool resync, std::vector<accepted_event>& out);

    std::uint64_t subscription_ = 0; // that `found_` and `held_` belong to
    std::uint64_t epoch_ = 0; // that `last_id_` belongs to
    std::uint64_t last_id_ = 0;
    std::uint64_t place_ = 0;
    std::uint64_t found_id_ = 0;
    std::vector<held_event> found_; // by the snapshot after a reconnect
    std::deque<held_event> held_; // came live before the end of the snapshot
    std::uint64_t lost_ = 0; // of these, they were too many
    std::deque<std::uint64_t> handed_out_; // lately: fingerprints
    std::uint64_t life_ = 0; // of the server, that `former_` is older than
    std::unordered_map<std::uint64_t, std::size_t> former_; // how many of these were handed out
};

} // namespace fullon_cache_api::detail
