// One session of the link: its connections and what Redis has confirmed on them. Included by impl files only.
#pragma once

#include <fullon_cache/detail/redis/key_watch.hpp>
#include <fullon_cache/detail/redis/redis_connection.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_coro/notifier.hpp>
#include <fullon_coro/random.hpp>
#include <fullon_coro/task_group.hpp>
#include <fullon_log/failure_text.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_cache {

struct redis_link::session {
    struct tracking {
        wish status = wish::asked;
        std::string refusal;
    };

    session(const boost::asio::any_io_executor& executor, const config& settings, tls_trust& trust,
            std::shared_ptr<host_resolver> names, detail::redis_wire::push_handler pushed)
        : queries(executor, settings, trust, std::move(names), std::move(pushed)),
          tasks(executor,
                [this](std::string_view, const std::exception_ptr& failure) {
                    failed(fullon_log::failure_text(failure));
                }),
          over(executor), settled(executor), wanted(executor)
    {}

    /// Whether every key with this prefix is reported.
    bool tracks(std::string_view prefix) const
    {
        for (const auto& [known, its] : tracked)
            if (its.status == wish::in_force && prefix.starts_with(known))
                return true;
        return false;
    }

    /// Whether it is worth to wait for an answer about a channel.
    bool awaits(wish status) const noexcept
    {
        return !ended && push_failures < 2 && (status == wish::queued || status == wish::asked);
    }

    detail::redis_connection queries;
    std::shared_ptr<detail::redis_connection> pushes; // the present one
    std::shared_ptr<detail::key_watch> changes; // made when somebody waits
    std::function<void(const std::string& why)> failed; // one of the tasks
    fullon_coro::task_group tasks;
    fullon_coro::notifier over;
    fullon_coro::notifier settled; // something was answered, or the session is over
    fullon_coro::notifier wanted; // there is something to subscribe
    std::map<std::string, tracking, std::less<>> tracked;
    bool pushes_tried = false; // all that was wanted is answered, or the first connection for it has failed
    int push_failures = 0; // connections for channels in a row that ended before everything was in force
    std::string refusal; // of a channel, the last one; or why there is no connection for them
    bool refusal_told = false;
    bool scripts_by_digest = true; // until Redis has said that this user may not call them so
    bool may_transact = false; // Redis has let it
    bool was_master = false;
    bool is_replica = false;
    bool cut = false; // a replica without its master
    bool role_readable = true;
    std::chrono::steady_clock::time_point in_sync{}; // when its master was last there
    bool set = false; // everything is in force: the link is up unless `cut`
    bool ended = false;
    ending how;
};

} // namespace fullon_cache
