// What a stream hears about the group of topics (one exchange, one hash) that it draws from.
#pragma once

#include <fullon_cache_api/detail/hub.hpp>

namespace fullon_cache_api::detail {

/// One stream of one session.
class group_watcher {
public:
    virtual void on_new_topic(const topic_ptr& made) = 0; ///< streams of "all" only
    virtual void on_stale() = 0;                          ///< Redis went away
    virtual void on_fresh() = 0;                          ///< back, and every difference has been sent

protected:
    ~group_watcher() = default;
};

} // namespace fullon_cache_api::detail
