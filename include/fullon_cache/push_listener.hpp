// What the link tells the parts of this process that follow Redis's pushes.
#pragma once

#include <string_view>

namespace fullon_cache {

/// Called on the link's executor, in the order in which Redis sent the pushes. The views are valid during
/// the call only. An implementation must not block or throw: a stalled push loop stalls every reply.
class push_listener {
public:
    virtual void on_message(std::string_view channel, std::string_view payload) = 0;
    virtual void on_invalidate(std::string_view key) = 0;
    virtual void on_invalidate_all() = 0; ///< FLUSHALL and the like: everything may have changed
    virtual void on_link_up() = 0;        ///< subscriptions and tracking are in force again
    virtual void on_link_down() = 0;      ///< what is known may be stale from now on

    /// The connection of channels was made anew while the link was up: they are in force again, and what was published
    /// meanwhile is lost. Invalidations are not concerned.
    virtual void on_publications_lost() {}

    /// Redis refuses to report changes of keys that begin with `prefix`, though it did so in an earlier session. Queries
    /// work; on_link_up() comes when it reports them again. Called at every attempt, some seconds apart.
    virtual void on_tracking_refused(std::string_view /*prefix*/, std::string_view /*why*/) {}

protected:
    ~push_listener() = default;
};

} // namespace fullon_cache
