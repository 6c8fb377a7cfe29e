// One physical session of the link: its two connections and what Redis has confirmed on them. Included by impl
// files only.
#pragma once

#include <fullon_cache/detail/link.hpp>
#include <fullon_cache/detail/notifier.hpp>
#include <fullon_cache/detail/task_group.hpp>
#include <fullon_cache/impl/redis_lane.hpp>

#include <exception>
#include <set>
#include <string>
#include <string_view>

namespace fullon_cache::detail {

struct link::session {
    session(const boost::asio::any_io_executor& executor, const config& settings, tls_trust& trust)
        : queries(executor, settings, trust), pushes(executor, settings, trust),
          tasks(executor, ignore_errors), over(executor)
    {}

    static void ignore_errors(std::string_view, std::exception_ptr) {}

    redis_lane queries;
    redis_lane pushes;
    task_group tasks;
    notifier over;
    std::set<std::string> patterns; // channel prefixes that Redis has confirmed
    std::set<std::string> channels; // and channels
    std::set<std::string> tracked;
    bool ended = false;
    std::string reason;
};

} // namespace fullon_cache::detail
