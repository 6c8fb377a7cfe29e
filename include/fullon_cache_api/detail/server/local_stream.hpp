// A stream of a server's own process: from the topics of the hub to the consumer, without messages. Sans-io but for the
// consumer's channel.
#pragma once

#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/feed/feed_listener.hpp>
#include <fullon_cache_api/detail/feed/hub.hpp>
#include <fullon_cache_api/detail/feed/stream_source.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>
#include <fullon_cache_api/detail/stream/stream_channel.hpp>
#include <fullon_cache_api/detail/stream/stream_message.hpp>
#include <fullon_cache_api/detail/stream/stream_request.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// The hub hands one frame to all who hold a topic: it is decoded for the first of a server's streams, and the value is
/// shared by the others.
class frame_decoder {
public:
    /// Null for what cannot be read. Valid until the next call.
    const stream_message* read(const frame& message);

private:
    frame last_;
    std::optional<stream_message> decoded_;
};

/// Lives through: made while its source is being opened, start(), its snapshot in portions by produce(), then live
/// updates until end(). Attached to a topic at the moment that the topic's snapshot is taken: no update falls between.
class local_stream final : public feed_listener {
public:
    local_stream(std::string key, stream_request what, std::shared_ptr<stream_channel> to,
                 std::shared_ptr<frame_decoder> decoder, std::shared_ptr<server_metrics> metrics);
    local_stream(const local_stream&) = delete;
    local_stream& operator=(const local_stream&) = delete;
    ~local_stream();

    void start(std::unique_ptr<stream_source> source, std::string_view epoch);

    /// Offers so many further items of the snapshot to the consumer. \returns whether there are more.
    bool produce(std::size_t items);

    /// Lets go of its topics; the consumer's next() is empty from now on. Must not be called by what the hub calls.
    void end();
    bool ended() const noexcept { return ended_; }
    bool started() const noexcept { return source_ != nullptr; }

    const stream_request& request() const noexcept { return what_; }
    stream_info info() const;

    void on_new_topic(const topic_ptr& made) override;
    void on_stale(stale_reason why) override;
    void on_fresh() override;

private:
    class hold;

    void attach(const topic_ptr& where);
    void mark(std::string_view topic, stale_reason why);
    void deliver(const frame& message);

    std::string key_;
    stream_request what_;
    std::shared_ptr<stream_channel> channel_;
    std::shared_ptr<frame_decoder> decoder_;
    std::shared_ptr<server_metrics> metrics_;
    std::unique_ptr<stream_source> source_; // null until it is started
    std::deque<topic_ptr> pending_topics_; // of the snapshot
    std::deque<frame> pending_items_; // of the topics that it has come to
    std::map<const topic*, std::unique_ptr<hold>> holds_;
    std::uint64_t delivered_ = 0;
    std::uint64_t conflated_ = 0;
    std::uint64_t dropped_ = 0;
    stale_reason stale_ = stale_reason::none;
    bool ended_ = false;
};

} // namespace fullon_cache_api::detail
