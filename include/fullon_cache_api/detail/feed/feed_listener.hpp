// What a stream hears about the feed (one exchange, one hash) that it draws from.
#pragma once

#include <fullon_cache_api/detail/feed/hub.hpp>
#include <fullon_cache_api/detail/wire/topic_names.hpp>
#include <fullon_cache_api/stale_reason.hpp>

namespace fullon_cache_api::detail {

/// One stream of one session. What concerns single topics comes by topic_subscriber::on_mark().
class feed_listener {
public:
    virtual void on_new_topic(const topic_ptr& made) = 0; ///< streams of "all" only

    /// Nothing of the feed can be read; again when the reason changes.
    virtual void on_stale(stale_reason why) = 0;

    /// It can be read again, and every difference has been sent.
    virtual void on_fresh() = 0;

    connection_topics::claim names; ///< what it counts as, where streams are counted

protected:
    ~feed_listener() = default;
};

} // namespace fullon_cache_api::detail
