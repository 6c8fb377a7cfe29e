// A group of topics: what is read together because Redis keeps it together.
#pragma once

#include <fullon_cache_api/detail/group_book.hpp>
#include <fullon_cache_api/detail/series.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// A group that is followed: its book, and how it is read. Used by the group's coroutine alone, but for what Redis reports.
class followed_group {
public:
    virtual ~followed_group() = default;

    virtual group_book& book() noexcept = 0;

    /// Redis reports a change of `key`, or of everything for an empty one. \returns whether something has to be read.
    virtual bool on_changed(std::string_view key) = 0;

    /// A stream names a key that its topic stands behind too. \returns whether something has to be read.
    virtual bool on_asked(std::string_view) { return false; }

    /// What is read next may be older than what was read last.
    virtual void on_outage() {}

    /// Updates within the last minute of the topic that `key` stands behind, and of all; nothing where that is not counted.
    virtual followed_traffic traffic_of(std::string_view) { return {}; }
    virtual followed_traffic traffic() { return {}; }

    /// Reads what has changed, and tells the differences. \returns false if that takes another reading. \throws cache_error
    virtual boost::asio::awaitable<bool> read() = 0;

    /// When the topics change without a write (epoch seconds), after the last reading; and makes them change.
    virtual std::optional<double> next_change() const { return std::nullopt; }
    virtual void pass(double) {}
};

struct topic_group {
    std::string key; ///< in Redis, or what its keys begin with
    std::string view; ///< tells it from other groups of the same key
    bool is_prefix = false;
    std::string tracked; ///< prefix that Redis reports changes of
    std::string asked_for; ///< one more key that a stream wants its topic to be read from, or empty
    std::string_view delivery = "exact";
    std::function<std::unique_ptr<followed_group>(hub& updates)> follow;
};

} // namespace fullon_cache_api::detail
