// The topics of a feed, and the streams that hold them. Sans-io.
#pragma once

#include <fullon_cache_api/detail/feed/feed_listener.hpp>
#include <fullon_cache_api/detail/feed/hub.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

/// Topics are followed one by one, or all that there are, future ones included. What is known of a topic is the
/// derived book's.
class feed_topics {
public:
    using naming = std::function<std::string(std::string_view id)>;

    feed_topics(hub& updates, naming topic_name) : hub_(updates), topic_name_(std::move(topic_name)) {}
    feed_topics(const feed_topics&) = delete;
    feed_topics& operator=(const feed_topics&) = delete;
    virtual ~feed_topics() = default;

    void add(feed_listener& stream, bool of_all);
    void remove(feed_listener& stream) noexcept;

    topic_ptr watch(const std::string& id);
    void unwatch(const std::string& id);

    bool whole() const noexcept { return whole_watchers_ != 0; }
    bool unused() const noexcept { return streams_.empty(); }

    /// Whether these ids (all that there are, for none) were read before, so that what is known of them is kept up to date.
    bool has_read(const std::vector<std::string>& ids) const;

    /// Ids that are followed by name.
    std::vector<std::string> named() const;
    /// Every topic of which there is or was something.
    std::vector<topic_ptr> topics() const;
    topic_ptr find(std::string_view id) const;

    /// Counts the times that nobody wanted all any more. What a reading of all must know at its end: that it was for those
    /// who want all now.
    std::size_t whole_ends() const noexcept { return whole_ends_; }

    void announce_stale(stale_reason why);
    void announce_fresh();

protected:
    struct followed {
        virtual ~followed() = default;
        topic_ptr updates;
        std::size_t named = 0;
        bool read = false;
        bool announced = false; ///< there was something: the streams of all hold it
    };

    virtual std::unique_ptr<followed> make(const std::string& id) = 0;

    /// The topic of that id, made if need be. Where all were read, a new one was seen to appear: what is first read of it
    /// is news.
    followed& follow(const std::string& id);

    /// There is something of the topic: the streams of all hear of it. Names that clients invent never come so far.
    void announce(followed& where);

    hub& hub_;
    std::map<std::string, std::unique_ptr<followed>, std::less<>> topics_;
    bool whole_read_ = false;

private:
    naming topic_name_;
    std::map<feed_listener*, bool> streams_; // of all?
    std::size_t whole_watchers_ = 0;
    std::size_t whole_ends_ = 0;
};

} // namespace fullon_cache_api::detail
