// The streams of one session: snapshots, attaching to topics, marks and counters. Sans-io.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/feed/open_stream.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

/// A stream lives through: add() while its source is being opened, start() when it has been acknowledged,
/// its snapshot in portions by produce(), then live updates until remove().
///
/// A session receives a topic's update once, however many of its streams hold the topic.
class session_streams final : public open_streams {
public:
    /// `wake` is called when there is something to send.
    /// What happens to messages is counted in `figures` too, over all sessions.
    session_streams(outbox& out, std::function<void()> wake,
                    std::shared_ptr<server_metrics> metrics = std::make_shared<server_metrics>());
    ~session_streams();
    session_streams(const session_streams&) = delete;
    session_streams& operator=(const session_streams&) = delete;

    class stream;

    std::size_t size() const noexcept { return streams_.size(); }

    /// A new stream with a key of its own; nothing is sent for it yet.
    stream& add(std::string operation, boost::json::object params);

    /// Call right after the acknowledgement went into the outbox.
    void start(stream& which, std::unique_ptr<stream_source> source);

    /// Gives up a stream whose source could not be opened.
    void discard(stream& which);

    /// Ends a started stream. \returns how many messages of it went into the outbox; empty if there is none.
    std::optional<std::uint64_t> remove(std::string_view key) override;

    /// Puts snapshot messages into the outbox until `high_water` bytes wait there.
    void produce(std::size_t high_water);
    bool producing() const noexcept { return !snapshots_.empty(); }

    std::vector<stream_info> list() const override;

private:
    class hold;
    struct delivery_counts {
        std::uint64_t delivered = 0;
        std::uint64_t conflated = 0;
        std::uint64_t dropped = 0;
    };

    void pass_on(const topic_ptr& where);
    void send(std::string text);

    outbox& out_;
    std::function<void()> wake_;
    std::shared_ptr<server_metrics> metrics_;
    std::map<std::string, std::unique_ptr<stream>, std::less<>> streams_;
    std::unordered_map<const topic*, std::unique_ptr<hold>> holds_;
    std::vector<stream*> snapshots_; // that are not complete, in turn
    std::uint64_t next_key_ = 1;
};

class session_streams::stream final : public open_stream {
public:
    stream(session_streams& owner, std::string key, std::string operation, boost::json::object params);

private:
    friend class session_streams;

    bool attach(const topic_ptr& where) override;
    void tell(stale_reason why, std::span<const std::string> topics) override;

    void count(); ///< what the topics that it holds have delivered since

    session_streams& owner_;
    boost::json::object params_;
    std::vector<std::pair<hold*, delivery_counts>> holds_; // what was counted when it was last looked at
    std::uint64_t snapshot_items_ = 0;
};

} // namespace fullon_cache_api::detail
