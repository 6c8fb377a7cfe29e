// One cache operation under way: its way to Redis, and what the log says about it.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/detail/lists/merge_queue.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_cache/unreadable_log.hpp>

#include <fullon_log/operation_scope.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <exception>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache::detail {

/// Lives in the frame of the cache's method, and must not outlive it. It keeps the link: the method does not touch its
/// cache after its first wait, so the cache may be gone by then.
class operation {
public:
    operation(const cache_base& cache, std::string_view name,
              std::initializer_list<fullon_log::field> fields = {});

    redis_link& redis() const noexcept { return *link_; }
    const std::shared_ptr<redis_link>& shared_link() const noexcept { return link_; }
    const config& settings() const noexcept { return link_->settings(); }

    /// One command. \throws cache_error, also what an error reply says.
    boost::asio::awaitable<reply> execute(command one);

    /// Many in one write; none of the replies is an error. \throws cache_error
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands);

    /// The same, where replies may say that a key has another type: that is an entry that cannot be read.
    boost::asio::awaitable<std::vector<reply>> execute_any_type(pipeline commands);

    /// The same, errors in their place: of single entries of a list.
    boost::asio::awaitable<std::vector<reply>> execute_each(pipeline commands);

    /// Many between MULTI and EXEC: the replies of the commands.
    /// \throws cache_error
    boost::asio::awaitable<std::vector<reply>> execute_atomically(pipeline commands);

    /// One command that reads `key`: its answer as soon as it is not null, null when `wait` is over. \throws cache_error
    boost::asio::awaitable<reply> read_until(command one, std::string key, std::chrono::milliseconds wait);

    /// The first element of a list, or all; waits up to `wait` for some. See taken.hpp. \throws cache_error
    boost::asio::awaitable<taken> take(std::string list, bool all, std::chrono::milliseconds wait);

    /// The first element of a list, kept. \throws cache_error
    boost::asio::awaitable<std::optional<std::string>> pop_front(std::string list,
                                                                 std::chrono::milliseconds wait);

    /// Every field of a hash with its value, in chunks, so that a big one does not stop Redis for everybody.
    boost::asio::awaitable<std::vector<std::pair<std::string, std::string>>> read_hash(std::string key);

    /// Every key that matches, of one type where it is given.
    boost::asio::awaitable<std::vector<std::string>> scan(std::string pattern, std::string type = {});

    /// For what polls: while the link is not up, its failure is an ERROR once and DEBUG from then on.
    void once_per_outage();

    /// Notes whether the cache had what was asked for.
    void hit(bool found) noexcept { scope_.hit(found); }

    /// \throws cache_error
    [[noreturn]] void fail(errc code, std::string text);

    /// Tells the log what a reading of `key` left out, where it has not been told yet: see unreadable_log.hpp.
    void report(std::string_view key, const reading& found) const;

    /// A change to what is stored under a key, or in a field of it (empty: the key is a string): see merge_queue.hpp.
    /// \throws cache_error
    boost::asio::awaitable<merged> merge(std::string key, std::string field,
                                         std::shared_ptr<merge_change> what);

    /// For loops that try again because others write too. \throws cache_error timeout when it has taken too long.
    void require_time_left();

private:
    void note(const std::exception_ptr& failure) noexcept;

    std::shared_ptr<redis_link> link_;
    fullon_log::logger log_;
    std::chrono::steady_clock::time_point deadline_;
    fullon_log::operation_scope scope_;
};

} // namespace fullon_cache::detail
