// Learns of changes of keys, for those who wait for one. Included by impl files only.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/config.hpp>
#include <fullon_cache/detail/redis/redis_connection.hpp>
#include <fullon_cache/reply.hpp>
#include <fullon_coro/task_group.hpp>

#include <fullon_log/logger.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_cache::detail {

/// A connection for all who wait, made when the first one does, on which Redis tells when what was read changes (CLIENT
/// TRACKING). Where it cannot be had, or Redis refuses that, who waits looks again every `blind_pause`. Belongs to one
/// session of the link: cancel() ends all waits.
class key_watch : public std::enable_shared_from_this<key_watch> {
public:
    static constexpr std::chrono::milliseconds blind_pause{100};

    /// Held by who waits.
    struct watched {
        bool over = false; ///< it has changed, perhaps; `tell` was called then
        bool blind = false; ///< a change is not told
        std::function<void()> tell;

        /// When to look again at the latest.
        std::chrono::steady_clock::time_point
        look_again(std::chrono::steady_clock::time_point deadline) const;
    };
    struct reading {
        std::optional<reply> answer; ///< none where this connection cannot be had
        std::shared_ptr<watched> since;
    };

    key_watch(boost::asio::any_io_executor executor, const config& settings, std::shared_ptr<tls_trust> trust,
              std::shared_ptr<host_resolver> names);

    /// Reads `key` by `one`; `tell` is called when it changes afterwards.
    boost::asio::awaitable<reading> read(command one, std::string key, std::function<void()> tell);

    void cancel() noexcept;
    boost::asio::awaitable<void> join() { return tasks_.join(); }

private:
    void connect();
    boost::asio::awaitable<void> run(std::shared_ptr<redis_connection> lane);
    boost::asio::awaitable<void> watch(std::shared_ptr<redis_connection> lane);
    void on_push(const reply& push);
    void end_all();
    void forget_expired();

    boost::asio::any_io_executor executor_;
    const config& settings_;
    std::shared_ptr<tls_trust> trust_;
    std::shared_ptr<host_resolver> names_;
    fullon_log::logger log_;
    fullon_coro::task_group tasks_;
    std::shared_ptr<redis_connection> lane_;
    std::multimap<std::string, std::weak_ptr<watched>, std::less<>> watched_;
    std::size_t tidy_above_ = 64;
    bool refusal_told_ = false;
    bool cancelled_ = false;
};

} // namespace fullon_cache::detail
