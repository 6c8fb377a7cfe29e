// The topics of a group, and the streams that hold them. Sans-io.
#pragma once

#include <fullon_cache_api/detail/group_watcher.hpp>
#include <fullon_cache_api/detail/hub.hpp>

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
class group_book {
public:
    using naming = std::function<std::string(std::string_view id)>;

    group_book(hub& updates, naming topic_name) : hub_(updates), topic_name_(std::move(topic_name)) {}
    group_book(const group_book&) = delete;
    group_book& operator=(const group_book&) = delete;
    virtual ~group_book() = default;

    void add(group_watcher& stream, bool of_all);
    void remove(group_watcher& stream) noexcept;

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

    void announce_stale();
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

    /// Counts the times that nobody wanted all any more.
    std::size_t whole_ends_ = 0;

private:
    naming topic_name_;
    std::map<group_watcher*, bool> streams_; // of all?
    std::size_t whole_watchers_ = 0;
};

} // namespace fullon_cache_api::detail
