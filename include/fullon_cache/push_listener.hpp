// The interface to what Redis pushes: messages of channels, and changes of keys.
#pragma once

#include <string_view>

namespace fullon_cache {

/// Hears what Redis pushes over a link: see redis_link::attach(), subscribe() and track().
///
/// \code
/// struct counter final : fullon_cache::push_listener {
///     void on_message(std::string_view, std::string_view) override { ++messages; }
///     void on_invalidate(std::string_view) override { ++changes; }
///     void on_invalidate_all() override { ++changes; }
///     void on_link_up() override {}
///     void on_link_down() override {}
///     int messages = 0, changes = 0;
/// };
/// \endcode
///
/// \par Concurrency called on the executor of the link, in the order in which Redis sent the pushes of a
///                  connection. An implementation must not block or throw: it would keep every reply waiting.
/// \par Lifetimes the texts are valid during the call only.
class push_listener {
public:
    /// A message of any channel that somebody on this link has subscribed to, not only this listener.
    virtual void on_message(std::string_view channel, std::string_view payload) = 0;
    /// A tracked key was written, deleted or has expired: what was read of it is old.
    virtual void on_invalidate(std::string_view key) = 0;
    virtual void on_invalidate_all() = 0; ///< everything may have changed, as after FLUSHALL
    virtual void on_link_up() = 0; ///< queries work, and tracking is in force again
    virtual void on_link_down() = 0; ///< what is known may be stale from now on

    /// The connection for channels was made anew while the link was up. Subscriptions are in force again;
    /// what was published meanwhile is lost. Reports of changed keys were not affected.
    virtual void on_publications_lost() {}

    /// Redis refuses to report changes of keys that begin with `prefix`, although it did so in an earlier
    /// session. Queries work. The link asks again every few seconds and calls this each time it is refused;
    /// on_link_up() comes once Redis agrees.
    virtual void on_tracking_refused(std::string_view /*prefix*/, std::string_view /*why*/) {}

protected:
    ~push_listener() = default;
};

} // namespace fullon_cache
