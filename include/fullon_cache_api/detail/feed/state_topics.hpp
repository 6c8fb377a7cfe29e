// What is known of one group of topics that are states in Redis, and what of it is told. Sans-io.
#pragma once

#include <fullon_cache_api/detail/feed/feed_topics.hpp>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// The items of one topic, by their names.
using state_items = std::map<std::string, topic_value, std::less<>>;

/// What a reading found: items by the id of their topic.
struct state_page {
    std::map<std::string, state_items, std::less<>> topics;
    std::set<std::string, std::less<>> unreadable; ///< ids that are there, but nothing can be said of them
    /// Of what can be read otherwise, items of which nothing can be said.
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> unreadable_items;
    std::set<std::string, std::less<>> covered;    ///< ids that were looked at
    bool whole = false;                            ///< all that there are were looked at
};

/// A reading is compared with what was told last: only differences are.
class state_topics final : public feed_topics {
public:
    using feed_topics::feed_topics;

    /// A topic that is read for the first time is where its numbering starts: nobody is told.
    void apply(state_page found);

private:
    std::unique_ptr<followed> make(const std::string& id) override;
    bool too_large(const state_items& items) const;
    void apply_items(followed& where, state_items items,
                     const std::set<std::string, std::less<>>& unreadable);
};

} // namespace fullon_cache_api::detail
