// Writes and the stream that they reach: measured one by one.
#pragma once

#include "bench/stream_world.hpp"

#include <fullon_cache_api/stream.hpp>
#include <fullon_coro/notifier.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bench {

using steady = std::chrono::steady_clock;

/// Where a write goes: one of several equal things, in one of many rounds. Each round has another number.
struct place {
    int subject = 0;
    int round = 1;
};

template <class Awaited>
asio::awaitable<void> ignoring(Awaited operation)
{
    (void)co_await std::move(operation);
}

class any_scenario {
public:
    virtual ~any_scenario() = default;
    /// Prints a line per kind of write. \returns whether each was within the limit.
    virtual bool run(stream_world& at) = 0;
};

template <class X>
struct step {
    std::string name;
    std::function<asio::awaitable<void>(stream_world& at, place where)> write;
    /// Whether this is what the write is heard by; without it nothing is to be heard.
    std::function<bool(const fullon_cache_api::update<X>& heard, place where)> arrived{};
};

template <class X>
class scenario final : public any_scenario {
public:
    std::string name;
    int subjects = 1;               // that take turns, each with a stream of its own
    std::chrono::milliseconds rest{
        0}; // after all subjects had their turn: until the server would look again at once
    std::function<asio::awaitable<fullon_cache_api::stream<X>>(stream_world& at, int subject)> open;
    std::vector<step<X>> steps;

    bool run(stream_world& at) override
    {
        results_.assign(steps.size(), {});
        at.run([&] { return count(&at, false); });
        for (int attempt = 0; attempt < attempts; ++attempt) {
            at.run([&] { return measure(&at); });
            if (within_limit())
                break;
        }
        at.run([&] { return count(&at, true); });
        for (std::size_t i = 0; i < steps.size(); ++i)
            print(steps[i], results_[i]);
        return within_limit();
    }

private:
    static constexpr int attempts = 3;
    static constexpr int measured = 300;
    static constexpr int counted = 5;
    static constexpr std::chrono::milliseconds gap{
        2}; // between writes: longer than the server rests after a reading
    static constexpr std::chrono::milliseconds limit{5};
    static constexpr std::chrono::seconds patience{5};

    struct result {
        std::vector<double> micros{}; // of the last attempt, in order
        support::command_counts own{};
        support::command_counts all{};
    };

    struct listener {
        listener(const asio::any_io_executor& executor, fullon_cache_api::stream<X> from)
            : updates(std::move(from)), changed(executor)
        {}
        fullon_cache_api::stream<X> updates;
        fullon_coro::notifier changed;
        const step<X>* expected = nullptr;
        place where{};
        std::optional<steady::time_point> heard{};
    };

    // Reads as a user would, and notes when what is waited for has come.
    static asio::awaitable<void> listen(std::shared_ptr<listener> to)
    {
        for (;;) {
            const auto update = co_await to->updates.next();
            const auto now = steady::now();
            if (!update)
                co_return;
            if (to->expected && !to->heard && to->expected->arrived(*update, to->where)) {
                to->heard = now;
                to->changed.notify_all();
            }
        }
    }

    static asio::awaitable<void> pause(std::chrono::milliseconds time)
    {
        asio::steady_timer timer(co_await asio::this_coro::executor, time);
        co_await timer.async_wait(asio::deferred);
    }

    asio::awaitable<std::vector<std::shared_ptr<listener>>> open_all(stream_world* at,
                                                                     fullon_coro::task_group* tasks)
    {
        std::vector<std::shared_ptr<listener>> all;
        for (int i = 0; i < subjects; ++i) {
            auto updates = co_await open(*at, i);
            all.push_back(std::make_shared<listener>(at->context.get_executor(), std::move(updates)));
            tasks->spawn("listener", listen(all.back()));
        }
        co_return all;
    }

    // \returns microseconds; nothing where nothing is to be heard.
    static asio::awaitable<std::optional<double>> write_and_hear(stream_world* at, const step<X>* what,
                                                                 place where, listener* to)
    {
        to->where = where;
        to->heard.reset();
        to->expected = what->arrived ? what : nullptr;
        const auto begin = steady::now();
        co_await what->write(*at, where);
        if (!to->expected)
            co_return std::nullopt;
        while (!to->heard) {
            const bool in_time = co_await to->changed.wait_until(begin + patience);
            if (!in_time && !to->heard)
                throw std::runtime_error("nothing was heard of: " + what->name);
        }
        co_return std::chrono::duration<double, std::micro>(*to->heard - begin).count();
    }

    asio::awaitable<void> measure(stream_world* at)
    {
        for (auto& one : results_)
            one.micros.clear();
        fullon_coro::task_group tasks(at->context.get_executor());
        const auto listeners = co_await open_all(at, &tasks);
        for (int round = 1; round <= (measured + subjects - 1) / subjects; ++round)
            for (std::size_t i = 0; i < steps.size(); ++i) {
                co_await pause(rest);
                for (int subject = 0; subject < subjects; ++subject) {
                    const auto micros = co_await write_and_hear(
                        at, &steps[i], {subject, round}, listeners[static_cast<std::size_t>(subject)].get());
                    if (micros)
                        results_[i].micros.push_back(*micros);
                    co_await pause(gap);
                }
            }
        tasks.cancel();
        co_await tasks.join();
        for (auto& one : results_)
            std::sort(one.micros.begin(), one.micros.end());
    }

    // What Redis executes for some writes of each kind, until it has nothing to do, with and without the stream.
    asio::awaitable<void> count(stream_world* at, bool with_stream)
    {
        fullon_coro::task_group tasks(at->context.get_executor());
        std::vector<std::shared_ptr<listener>> listeners;
        if (with_stream)
            listeners = co_await open_all(at, &tasks);
        const auto quiet = std::max(rest, std::chrono::milliseconds(20));
        co_await until_quiet(at, quiet);
        for (int round = 1; round <= counted; ++round)
            for (std::size_t i = 0; i < steps.size(); ++i) {
                const auto before = support::commands_of(at->cli);
                const place where{0, 1000 + round};
                if (with_stream) {
                    co_await write_and_hear(at, &steps[i], where, listeners.front().get());
                    co_await until_quiet(at, quiet);
                } else
                    co_await steps[i].write(*at, where);
                auto& into = with_stream ? results_[i].all : results_[i].own;
                const auto executed = support::difference(support::commands_of(at->cli), before);
                for (const auto& [command, calls] : executed)
                    into[command] += calls;
            }
        tasks.cancel();
        co_await tasks.join();
    }

    static double at_part(const std::vector<double>& sorted, double part)
    {
        return sorted[static_cast<std::size_t>(static_cast<double>(sorted.size() - 1) * part)];
    }

    bool within_limit() const
    {
        constexpr double micros = std::chrono::duration<double, std::micro>(limit).count();
        return std::all_of(results_.begin(), results_.end(), [](const result& one) {
            return one.micros.empty() || at_part(one.micros, 0.99) <= micros;
        });
    }

    void print(const step<X>& what, const result& one) const
    {
        std::string beyond;
        for (const auto& [command, calls] : support::difference(one.all, one.own)) {
            char text[80];
            std::snprintf(text, sizeof text, "%s%s %.1f", beyond.empty() ? "" : ", ", command.c_str(),
                          static_cast<double>(calls) / counted);
            beyond += text;
        }
        if (one.micros.empty())
            std::printf("%-28s %-32s %26s  %s\n", name.c_str(), what.name.c_str(), "says nothing new",
                        beyond.c_str());
        else
            std::printf("%-28s %-32s %8.0f %8.0f %8.0f  %s\n", name.c_str(), what.name.c_str(),
                        at_part(one.micros, 0.5), at_part(one.micros, 0.99), one.micros.back(),
                        beyond.c_str());
        std::fflush(stdout);
    }

    std::vector<result> results_;
};

} // namespace bench
