// One cache operation under way: its way to Redis, and what the log says about it.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/detail/link.hpp>
#include <fullon_cache/error.hpp>

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

    link& redis() const noexcept { return *link_; }
    const std::shared_ptr<link>& shared_link() const noexcept { return link_; }
    const config& settings() const noexcept { return link_->settings(); }

    /// One command. \throws cache_error, also what an error reply says.
    boost::asio::awaitable<reply> execute(command one);

    /// Many in one write; none of the replies is an error. \throws cache_error
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands);

    /// The same between MULTI and EXEC: the replies of the commands. All of one key, or a cluster would refuse it.
    /// \throws cache_error
    boost::asio::awaitable<std::vector<reply>> execute_atomically(pipeline commands);

    /// One command that only reads, and waits inside Redis for something to read. \throws cache_error
    boost::asio::awaitable<reply> execute_blocking(command one, std::chrono::milliseconds wait);

    /// LPOP, or BLPOP when there is time to wait: see pop.hpp. \throws cache_error
    boost::asio::awaitable<std::optional<std::string>> pop_front(std::string key,
                                                                 std::chrono::milliseconds timeout);

    /// Every field of a hash with its value, in chunks, so that a big one does not stop Redis for everybody.
    boost::asio::awaitable<std::vector<std::pair<std::string, std::string>>> read_hash(std::string key);

    /// Every key that matches, of one type where it is given.
    boost::asio::awaitable<std::vector<std::string>> scan(std::string pattern, std::string type = {});

    /// Notes whether the cache had what was asked for.
    void hit(bool found) noexcept { scope_.hit(found); }

    /// \throws cache_error
    [[noreturn]] void fail(errc code, std::string text);

    /// Has to be said of a value that is left out of a list.
    void skip(std::string_view key, std::string_view field, std::string_view reason) const;

    /// For loops that try again because others write too. \throws cache_error timeout when it has taken too long.
    void require_time_left();

private:
    void note(const std::exception_ptr& failure) noexcept;

    std::shared_ptr<link> link_;
    fullon_log::logger log_;
    std::chrono::steady_clock::time_point deadline_;
    fullon_log::operation_scope scope_;
};

} // namespace fullon_cache::detail
