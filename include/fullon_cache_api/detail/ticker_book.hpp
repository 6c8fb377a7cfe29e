// The tickers of one exchange as this server last sent them, and the rules for what is sent next. Sans-io.
#pragma once

#include <fullon_cache_api/detail/group_watcher.hpp>

#include <fullon_orm/tick.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Two sources say what a ticker is: publications, which are fast, and the hash, which is the truth. A
/// publication goes out unless it is older than what went out before; a verification read of the hash goes
/// out where it differs. A verification reply that may be older than a publication is not used (see
/// `stamp`): the caller reads again.
class ticker_book {
public:
    /// Counts publications: taken when a read is issued, compared when its reply is applied.
    using stamp = std::uint64_t;

    ticker_book(hub& updates, std::string exchange) : hub_(updates), exchange_(std::move(exchange)) {}

    const std::string& exchange() const noexcept { return exchange_; }

    /// Interest. Counted: each watch wants one unwatch.
    void watch(const std::string& symbol);
    void unwatch(const std::string& symbol);
    void watch_all() { ++whole_; }
    void unwatch_all();
    bool whole() const noexcept { return whole_ != 0; }
    bool unused() const noexcept { return whole_ == 0 && entries_.empty(); }

    /// Symbols asked for by name.
    std::vector<std::string> named() const;

    /// Every symbol with a topic now; for a whole exchange, all that are known.
    std::vector<topic_ptr> topics() const;
    topic_ptr find(std::string_view symbol) const;

    /// One that is followed.
    struct followed_ticker {
        std::string symbol;
        topic_ptr updates;
        std::optional<double> time; ///< of the last tick, epoch seconds
    };
    /// Those that somebody asked for by name, and those that there are.
    std::vector<followed_ticker> all_followed() const;

    /// Whether the hash was read for it at least once since it is watched.
    bool known(std::string_view symbol) const;

    /// Streams to tell of new topics, of `stale` and of `fresh`.
    void add(group_watcher& stream, bool all);
    void remove(group_watcher& stream);
    void announce_stale();
    void announce_fresh();

    /// A message of the exchange's channels.
    void on_publication(std::string_view symbol, fullon_orm::tick published);

    stamp now() const noexcept { return stamp_; }

    /// What the hash held for a symbol (nothing = no such field) when a read issued at `issued` was answered.
    /// \returns false if a publication came in between: the reply was not used, read again.
    bool apply(std::string_view symbol, std::optional<fullon_orm::tick> stored, stamp issued);

    /// After a complete scan issued at `issued` that saw the fields `seen`: what it did not see is gone.
    /// \returns false if something was published in between and has to be read again.
    bool apply_missing(const std::set<std::string, std::less<>>& seen, stamp issued);

private:
    struct entry {
        topic_ptr updates;
        std::optional<fullon_orm::tick> sent; // what subscribers hold now
        bool sent_is_stored = false; // it came from the hash, so an equal time is no news
        bool read = false;
        bool announced = false; // there was something: the streams of all hold it
        stamp published = 0;
        std::size_t watchers = 0;
    };
    using entries = std::map<std::string, entry, std::less<>>;

    entries::iterator open(std::string_view symbol);
    void announce(entry& state);
    void send(entry& state, std::string_view symbol, fullon_orm::tick value, bool stored);

    hub& hub_;
    std::string exchange_;
    entries entries_;
    std::vector<group_watcher*> streams_; // all of them
    std::vector<group_watcher*> all_streams_; // those that want new topics
    std::size_t whole_ = 0;
    stamp stamp_ = 0;
};

/// The message of a ticker without its closing brace.
std::string ticker_body(const fullon_orm::tick& value);

} // namespace fullon_cache_api::detail
