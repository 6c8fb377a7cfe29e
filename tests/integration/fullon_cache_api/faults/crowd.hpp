// One asker and one watcher of each surface, and what is checked of their answers.
#pragma once

#include "fault_world.hpp"
#include "surface.hpp"

#include "support/background.hpp"

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>

#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace faults {

struct crowd {
    explicit crowd(fault_world& world)
        : crowd(server_place{world.executor, world.settings.port, &*world.server})
    {}
    /// Over all surfaces, or over those that mend themselves.
    explicit crowd(const server_place& at, bool mending_only = false)
    {
        for (const auto& one : surfaces()) {
            if ((mending_only && !one.mends_itself) || (one.in_process && !at.server))
                continue;
            names.push_back(one.name);
            askers.push_back(one.ask(at));
            if (one.watch)
                watchers.push_back(one.watch(at));
        }
    }

    asio::awaitable<void> open()
    {
        for (const auto& one : askers)
            co_await one->open();
        for (const auto& one : watchers)
            co_await one->open();
    }
    asio::awaitable<void> close()
    {
        for (const auto& one : askers)
            co_await one->close();
        for (const auto& one : watchers)
            co_await one->close();
    }

    /// Everything over every surface at once.
    asio::awaitable<std::vector<std::vector<verdict>>> ask_all()
    {
        std::vector<support::background<std::vector<verdict>>> pending;
        for (const auto& one : askers)
            pending.emplace_back(co_await asio::this_coro::executor, one->ask_all());
        std::vector<std::vector<verdict>> verdicts;
        for (const auto& one : pending)
            verdicts.push_back(co_await one.result());
        co_return verdicts;
    }

    std::string lacks(long n) const
    {
        std::string text;
        for (const auto& one : watchers)
            text += one->lacks(n);
        return text;
    }

    /// Every stream is fresh and shows state `n`.
    bool mended(long n) const
    {
        for (const auto& one : watchers)
            if (one->stale_now() != 0)
                return false;
        return lacks(n).empty();
    }

    std::vector<std::string> names;
    std::vector<std::unique_ptr<asker>> askers;
    std::vector<std::unique_ptr<watcher>> watchers;
};

using answers = std::vector<std::vector<verdict>>;

/// `failures`: the codes that are allowed; `truth`: what a success must be, nullptr where there may be none. `known`: that
/// Redis is away; before, a stream of what is followed already begins, and is told that it is stale. `kept`: what the
/// local cache may still say.
inline void check_answers(const crowd& all, const answers& found, const std::set<std::string>& failures,
                          const answers* truth, bool known = false, const std::set<std::string>& only = {},
                          const answers* kept = nullptr)
{
    for (std::size_t s = 0; s < found.size(); ++s)
        for (std::size_t i = 0; i < found[s].size(); ++i) {
            const auto& asked = all.askers[s]->questions()[i];
            const auto& got = found[s][i];
            INFO(all.names[s] << ": " << asked.name << " -> " << got.code << " " << got.body);
            if (!asked.needs_redis)
                CHECK(got.code.empty());
            else if (got.code.empty()) {
                const auto* const entry = fullon_cache_api::detail::find_operation(asked.operation);
                const auto* const expected = truth ? truth : entry && entry->kept ? kept : nullptr;
                CHECK((expected || (!known && asked.operation.starts_with("stream_"))));
                if (expected)
                    CHECK(got.body == (*expected)[s][i].body);
            } else if (asked.operation == "ping" && !failures.empty())
                CHECK(got.code == "HEALTH_CHECK_FAILED");
            else {
                CHECK(failures.contains(got.code));
                CHECK((only.empty() || only.contains(asked.operation)));
            }
        }
}

} // namespace faults
