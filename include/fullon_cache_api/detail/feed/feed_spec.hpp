// A feed: topics that are read together because Redis keeps them together, and how they are read.
#pragma once

#include <fullon_cache_api/detail/feed/feed_topics.hpp>
#include <fullon_cache_api/detail/feed/series.hpp>
#include <fullon_cache_api/detail/feed/ticker_topics.hpp>

#include <fullon_cache/command.hpp>
#include <fullon_cache/reply.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// A command that reads some fields, and what takes its answer. \throws cache_error (the taker)
struct field_read {
    using taker = std::function<void(fullon_cache::reply answer)>;
    fullon_cache::command ask;
    taker take;
};

/// The kind of a feed that is followed: its topics, its commands and its diff. When to read, and what to do about failures,
/// is decided by the registry. A hint says that something may have changed; only what was read is told.
class feed_kind {
public:
    virtual ~feed_kind() = default;

    virtual feed_topics& topics() noexcept = 0;

    /// A hint of `key`, or of everything for an empty one. \returns whether something has to be read.
    virtual bool on_changed(std::string_view key) = 0;

    /// A stream names a key that its topic stands behind too. \returns whether something has to be read.
    virtual bool on_asked(std::string_view) { return false; }

    /// What is read next may be older than what was read last.
    virtual void on_outage() {}

    /// Reads what has changed, or a part of it, and tells the differences. \returns whether nothing is left to read.
    /// \throws cache_error
    virtual boost::asio::awaitable<bool> read() = 0;

    /// How long Redis is left in peace after a reading that took so long. A reading costs it at most a fifth of its time.
    virtual std::chrono::steady_clock::duration rest_after(std::chrono::steady_clock::duration cost)
    {
        return cost * 4;
    }
    /// Whether somebody waits for a reading that costs little.
    virtual bool urgent() const { return false; }

    /// Feeds whose writers publish: a hint of one field. \returns whether it has to be read.
    virtual bool on_publication(std::string_view /*field*/, std::string_view /*payload*/) { return false; }
    /// Ids that were never read get a hint, too. \returns whether the feed has that.
    virtual bool hint_unread(const std::vector<std::string>& /*ids*/) { return false; }
    virtual bool hinted() const { return false; }
    /// Takes hints: a reading of these fields, side by side with read(), and with those that are under way.
    virtual std::optional<field_read> read_hinted() { return std::nullopt; }
    /// One of those has failed.
    virtual void on_hinted_failed() {}

    /// Updates within the last minute of the topic that `key` stands behind, and of all; nothing where that is not counted.
    virtual followed_traffic traffic_of(std::string_view) { return {}; }
    virtual followed_traffic traffic() { return {}; }

    /// Its tickers, if it has some.
    virtual std::vector<followed_ticker> tickers() const { return {}; }

    /// Keys that cannot be read though the feed can.
    virtual std::vector<std::string> unreadable_keys() const { return {}; }

    /// In what time the topics change without a write; and makes them change. \returns whether something has to be read.
    virtual std::optional<std::chrono::steady_clock::duration> changes_in() const { return std::nullopt; }
    virtual bool on_time() { return false; }
};

struct feed_spec {
    std::string key; ///< in Redis, or what its keys begin with
    std::string view; ///< tells it from other feeds of the same key
    bool is_prefix = false; ///< then `key` ends with ':'
    std::string tracked; ///< prefix that Redis reports changes of
    std::string asked_for; ///< one more key that a stream wants its topic to be read from, or empty
    std::string_view delivery = "exact";

    /// Channels on which writers publish the field of that id, and what those of all begin with.
    std::function<std::vector<std::string>(std::string_view id)> channels;
    std::vector<std::string> channel_prefixes;

    std::function<std::unique_ptr<feed_kind>(hub& updates)> follow;
};

} // namespace fullon_cache_api::detail
