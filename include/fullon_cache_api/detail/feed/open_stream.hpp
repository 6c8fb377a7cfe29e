// A stream between its source and its consumer: what streams of sessions, of both dialects, and of the server's own process
// have in common. Sans-io.
#pragma once

#include <fullon_cache_api/detail/feed/feed_listener.hpp>
#include <fullon_cache_api/detail/feed/hub.hpp>
#include <fullon_cache_api/detail/feed/stream_source.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>
#include <fullon_cache_api/types/streams.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace fullon_cache_api::detail {

/// Lives through: made while its source is being opened, start(), its snapshot topic by topic with next_topic(),
/// end_snapshot(), then live updates. It is attached to a topic at the moment that the topic's snapshot is taken, so no
/// update falls between the two.
class open_stream : public feed_listener {
public:
    open_stream(std::string key, std::string operation, std::shared_ptr<server_metrics> metrics);
    open_stream(const open_stream&) = delete;
    open_stream& operator=(const open_stream&) = delete;

    const std::string& key() const noexcept { return key_; }
    bool started() const noexcept { return source_ != nullptr; }
    std::uint64_t delivered() const noexcept { return delivered_; }

    void on_new_topic(const topic_ptr& made) final;
    void on_stale(stale_reason why) final;
    void on_fresh() final { on_stale(stale_reason::none); }

    /// A topic that it holds was marked, or is fresh again.
    void on_mark(const topic& which);

protected:
    ~open_stream();

    void start(std::unique_ptr<stream_source> source);
    void stop() noexcept; ///< lets go of the source

    /// Of the snapshot, the next topic that it has not come to; null at the end.
    topic_ptr next_topic();
    bool awaits_topics() const noexcept { return !pending_.empty(); }
    bool awaits(const topic_ptr& where) const noexcept;
    std::vector<topic_ptr> topics() const { return source_->topics(); }
    const std::shared_ptr<server_metrics>& metrics() const noexcept { return metrics_; }

    /// Marks wait for this, as a consumer takes them as said of all of the stream: those that hold now are told.
    void end_snapshot();

    /// But for `params`.
    stream_info info() const;

    /// From now on the topic's updates are heard. \returns false where they were already.
    virtual bool attach(const topic_ptr& where) = 0;

    /// A mark of these topics, or of the whole stream for none; `none`: fresh again.
    virtual void tell(stale_reason why, std::span<const std::string> topics) = 0;

    std::uint64_t delivered_ = 0;
    std::uint64_t conflated_ = 0;
    std::uint64_t dropped_ = 0;

private:
    std::string key_;
    std::string operation_;
    std::shared_ptr<server_metrics> metrics_;
    std::unique_ptr<stream_source> source_; // null until it is started
    std::list<topic_ptr> pending_; // of the snapshot
    bool snapshot_told_ = false;
    stale_reason stale_ = stale_reason::none;
    stale_reason stale_told_ = stale_reason::none;
};

} // namespace fullon_cache_api::detail
