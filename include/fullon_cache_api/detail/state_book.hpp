// What is known of one group of topics that are states in Redis, and what of it is told. Sans-io.
#pragma once

#include <fullon_cache_api/detail/hub.hpp>
#include <fullon_cache_api/detail/topic_group.hpp>

#include <fullon_orm/codec.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// An item as it was read.
struct state_item {
    std::string body;    ///< its message without the closing brace
    std::string content; ///< what tells its states apart; empty = the body
};

/// What a reading found: items by the id of their topic.
struct state_page {
    std::map<std::string, std::map<std::string, state_item, std::less<>>, std::less<>> topics;
    std::set<std::string, std::less<>> unreadable; ///< ids that are there, but nothing can be said of them
    std::set<std::string, std::less<>> covered;    ///< ids that were looked at
    bool whole = false;                            ///< all that there are were looked at
};

/// The message of an item without the closing brace.
template <class T>
std::string state_body(std::string_view type, const T& value)
{
    std::string body = R"({"type":)";
    fullon_orm::append_string(body, type, fullon_orm::json_style::wire);
    body.push_back(',');
    fullon_orm::write_members(body, value, fullon_orm::json_style::wire);
    return body;
}

/// Topics that are followed one by one, or all that there are, future ones included. A reading is compared with what was
/// told last: only differences are.
class state_book {
public:
    using naming = std::function<std::string(std::string_view id)>;

    state_book(hub& updates, naming topic_name) : hub_(updates), topic_name_(std::move(topic_name)) {}

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
    /// Every topic that is known.
    std::vector<topic_ptr> topics() const;
    topic_ptr find(std::string_view id) const;

    /// A topic that is read for the first time is where its numbering starts: nobody is told.
    void apply(state_page found);

    void announce_stale();
    void announce_fresh();

private:
    struct followed {
        topic_ptr updates;
        std::map<std::string, std::string, std::less<>> told; // item -> content
        std::size_t named = 0;
        bool read = false;
    };

    void apply_items(followed& where, std::map<std::string, state_item, std::less<>> items);

    hub& hub_;
    naming topic_name_;
    std::map<std::string, followed, std::less<>> topics_;
    std::map<group_watcher*, bool> streams_; // of all?
    std::size_t whole_watchers_ = 0;
    bool whole_read_ = false;
};

} // namespace fullon_cache_api::detail
