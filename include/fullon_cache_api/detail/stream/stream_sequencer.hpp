// One stream as its consumer's side sees it: what is accepted, what waits, what was missed. Sans-io.
#pragma once

#include <fullon_cache_api/detail/stream/event_topic.hpp>
#include <fullon_cache_api/detail/stream/stream_item.hpp>
#include <fullon_cache_api/detail/stream/stream_message.hpp>
#include <fullon_cache_api/stale_reason.hpp>
#include <fullon_cache_api/stream_options.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fullon_cache_api::detail {

/// What a stream's snapshot lists. Of a state only the newest counts, events each do; among states events may come too.
enum class stream_content : std::uint8_t { state, events };

/// The life of a stream: begin() when it is acknowledged, offer() its snapshot and the live messages of its
/// topics, end_snapshot(); then live messages. After disconnect() the same again, which is a resync.
///
/// Ids only grow on a connection, but one topic may reach it for several streams. A live message is accepted
/// if its id is above the last one of its topic; an item of a snapshot unless the same state of the item (its id)
/// came live meanwhile. In a resync every item of the snapshot is handed out, and at its end what was known before
/// and did not come again is handed out as removed. The removal of what the stream never had is not handed out.
///
/// `missed` is counted when an item is taken: the ids between it and the one taken before it. So what the server
/// conflated or dropped and what was conflated here come out of the same subtraction. Numbers of different epochs
/// (lives of the server) are not compared; in one epoch a resync counts what passed while the connection was down.
/// Streams of events: see event_topic.
class stream_sequencer {
public:
    explicit stream_sequencer(stream_content content = stream_content::state, std::size_t queue_limit = 1024)
        : content_(content), limit_(queue_limit == 0 ? 1 : queue_limit)
    {}
    stream_sequencer(const stream_sequencer&) = delete;
    stream_sequencer& operator=(const stream_sequencer&) = delete;

    /// What a snapshot lists is never dropped for the limit: for who offers it at once, before anybody could take any.
    void keep_snapshots() noexcept { keeps_snapshots_ = true; }

    void begin(std::string_view epoch);
    void disconnect();

    /// A mark of a topic, or of the whole stream for an empty name; `none`: it is fresh again.
    void mark(std::string_view topic, stale_reason why);

    /// \returns whether there is something to hand out
    bool offer(const stream_message& message);
    void end_snapshot();

    /// The next item, if one waits.
    std::optional<stream_item> take();

    /// Drops what waits.
    void clear();

    stream_state state() const noexcept
    {
        return state_ == stream_state::live && why() != stale_reason::none ? stream_state::stale : state_;
    }
    /// Of the whole stream, else of one of its topics.
    stale_reason why() const noexcept
    {
        return stale_ != stale_reason::none || stale_topics_.empty() ? stale_ : stale_topics_.begin()->second;
    }
    bool in_snapshot() const noexcept { return in_snapshot_; }
    std::size_t size() const noexcept { return queue_.size(); }
    std::size_t topics() const noexcept { return topics_.size(); }

private:
    struct topic_view;
    struct item_view;

    struct queued {
        stream_item what;
        topic_view* topic;
        item_view* item; // null: events
        std::uint64_t epoch; // 0: not numbered
        std::uint64_t before; // the id that the first accepted one of the epoch followed
        std::uint64_t place = 0; // of events
    };
    using queue = std::list<queued>;

    struct item_view {
        std::string_view key; // of this entry in `items`
        std::shared_ptr<const void> value;
        std::uint64_t last_id = 0;
        std::uint64_t seen_in = 0; // subscription
        bool present = false;
        bool waits = false; // whether `newest` is valid
        queue::iterator newest;
    };

    struct topic_view {
        std::uint64_t epoch = 0; // that `before` and `last_id` belong to
        std::uint64_t before = 0;
        std::uint64_t last_id = 0;
        std::uint64_t taken_epoch = 0;
        std::uint64_t taken_id = 0;
        std::map<std::string, item_view, std::less<>> items;
        event_topic events; // of a stream of events
        std::uint64_t taken_place = 0;
        std::size_t events_waiting = 0;
    };

    bool offer_event(topic_view& topic, const stream_message& message);
    void push_events(topic_view& topic, const std::vector<accepted_event>& accepted);
    event_topic::moment now() const { return {epoch_, subscription_, in_snapshot_, limit_}; }
    void make_room(const topic_view& topic, const item_view* item);
    void push(topic_view& topic, item_view* item, stream_item what, std::uint64_t epoch,
              std::uint64_t place = 0);
    void forget(queue::iterator position);

    stream_content content_;
    std::size_t limit_;
    stream_state state_ = stream_state::disconnected; // never stale
    stale_reason stale_ = stale_reason::none;
    std::map<std::string, stale_reason, std::less<>> stale_topics_;
    bool in_snapshot_ = false;
    bool keeps_snapshots_ = false;
    std::string epoch_name_;
    std::uint64_t epoch_ = 0; // counts changes of epoch_name_
    std::uint64_t subscription_ = 0; // counts begin()
    std::unordered_map<std::string, topic_view> topics_;
    queue queue_;
    queue spare_; // nodes to use again
};

} // namespace fullon_cache_api::detail
