// The topics of a group that lists in Redis stand behind: which have to be read, and what was read. Sans-io.
#pragma once

#include <fullon_cache_api/detail/feed/feed_topics.hpp>
#include <fullon_cache_api/detail/feed/series.hpp>

#include <fullon_log/logger.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

class series_topics final : public feed_topics {
public:
    using making = std::function<std::unique_ptr<series>(std::string_view id)>;

    series_topics(hub& updates, naming topic_name, making make_series)
        : feed_topics(updates, std::move(topic_name)), make_series_(std::move(make_series)),
          log_(fullon_log::get_component_logger("fullon.api.cache.server"))
    {}

    /// Hears of every reading: its list, and what of it could be read.
    std::function<void(std::string_view key, const fullon_cache::reading& found)> report;

    /// What has to be read for one topic.
    struct request {
        std::string id;
        std::uint64_t serial = 0;  // of this following of the topic
        std::uint64_t outages = 0; // that there had been
        std::vector<std::string> keys;
        std::size_t window = 0;
    };

    /// `key`, a list of topic `id`, has changed; where all are followed this may be how the topic is found.
    /// \returns whether the topic is followed.
    bool mark(const std::string& id, std::string_view key);
    void mark_all();

    /// A stream names a list of a topic. \returns whether it must be read.
    bool learn(const std::string& id, std::string_view key);

    /// Everything that has changed since it was taken, or was never read.
    std::vector<request> take_marked();
    /// What could not be read.
    void mark_again(const request& one);

    /// \returns whether nothing more must be read for it.
    bool apply(const request& one, std::vector<list_tail> lists, series::moment now);

    /// When something has to be read though nobody writes; and marks what has to be. \returns whether there is something.
    std::optional<series::moment> next_look();
    bool mark_due(series::moment now);

    /// Lists that cannot be read.
    std::vector<std::string> unreadable_keys() const;

    /// How many updates the topic had in the minute that ends with this second; nothing when it is not followed, or not
    /// read yet. The minute begins with the first reading, and with the first one after an outage: what that tells came at
    /// nobody knows what time.
    followed_traffic traffic_of(std::string_view id, std::int64_t second);

    /// The same of all topics together.
    followed_traffic traffic(std::int64_t second);

    void on_outage();

    bool whole_read() const noexcept { return whole_read_; }

    /// Every list that there was has been found and read, by a reading that began at `ends`. What has come since, and was
    /// not read yet, is news.
    void set_whole_read(std::size_t ends) noexcept;

private:
    struct sequence;

    std::unique_ptr<followed> make(const std::string& id) override;
    sequence* find_sequence(std::string_view id);

    making make_series_;
    std::set<std::string, std::less<>> marked_;
    std::set<std::string, std::less<>> looked_at_later_;
    fullon_log::logger log_;
    std::uint64_t next_serial_ = 1;
    std::uint64_t outages_ = 0;
};

} // namespace fullon_cache_api::detail
