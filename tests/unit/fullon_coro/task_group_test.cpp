// task_group: errors, cancellation, join and destruction.
#include <fullon_coro/task_group.hpp>

#include "support/gate.hpp"
#include "support/run_coro.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using boost::system::system_error;
using fullon_coro::task_group;
using support::gate;
using support::run;
using support::run_ready;

namespace {

struct error_list {
    std::vector<std::string> entries; // "name: what"

    fullon_coro::task_group::error_handler handler()
    {
        return [this](std::string_view name, const std::exception_ptr& failure) {
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& error) {
                entries.push_back(std::string(name) + ": " + error.what());
            }
        };
    }
};

asio::awaitable<void> wait_at(gate* door, int* ended = nullptr)
{
    co_await door->async_wait();
    if (ended)
        ++*ended;
}

asio::awaitable<void> failing(std::string what, gate* after = nullptr)
{
    if (after)
        co_await after->async_wait();
    throw std::runtime_error(what);
}

asio::awaitable<void> join_and_count(fullon_coro::task_group* group, int* joined)
{
    co_await group->join();
    ++*joined;
}

void check_no_failure(const std::exception_ptr& failure)
{
    CHECK_FALSE(failure);
}

} // namespace

TEST_CASE("join() completes when all children have ended, for every caller", "[task_group]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        error_list errors;
        fullon_coro::task_group group(executor, errors.handler());
        co_await group.join(); // nothing to wait for
        gate first(executor);
        gate second(executor);
        int ended = 0;
        int joined = 0;
        group.spawn("first", wait_at(&first, &ended));
        group.spawn("second", wait_at(&second, &ended));
        CHECK(group.size() == 2);
        for (int i = 0; i < 3; ++i)
            asio::co_spawn(executor, join_and_count(&group, &joined), check_no_failure);
        first.open();
        co_await run_ready();
        CHECK(group.size() == 1);
        CHECK(joined == 0);
        second.open();
        co_await group.join();
        CHECK(ended == 2);
        co_await run_ready();
        CHECK(joined == 3);
        CHECK(group.size() == 0);
        group.spawn("later", wait_at(&first, &ended)); // a group without children is not over
        CHECK(group.size() == 1);
        first.open();
        co_await group.join();
        CHECK(errors.entries.empty());
    });
}

TEST_CASE("what a child throws reaches the handler with its name", "[task_group]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        error_list errors;
        fullon_coro::task_group group(executor, errors.handler());
        gate door(executor);
        group.spawn("at once", failing("one"));
        group.spawn("later", failing("two", &door));
        auto text = []() -> asio::awaitable<void> {
            throw system_error(asio::error::operation_aborted, "not cancelled");
            co_return;
        };
        group.spawn("aborted", text());
        co_await run_ready();
        door.open();
        co_await group.join();
        REQUIRE(errors.entries.size() == 3);
        CHECK(errors.entries[0] == "at once: one");
        CHECK(errors.entries[1].starts_with("aborted: not cancelled"));
        CHECK(errors.entries[2] == "later: two");
    });
}

TEST_CASE("cancel() reaches every child; operation_aborted is then no error, others are", "[task_group]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        error_list errors;
        fullon_coro::task_group group(executor, errors.handler());
        std::vector<std::unique_ptr<gate>> doors;
        int ended = 0;
        for (int i = 0; i < 5; ++i) {
            doors.push_back(std::make_unique<gate>(executor));
            group.spawn("child", wait_at(doors.back().get(), &ended));
        }
        auto clean_up = [](gate* door) -> asio::awaitable<void> {
            bool cancelled = false;
            try {
                co_await door->async_wait();
            } catch (const system_error&) {
                cancelled = true;
            }
            if (cancelled)
                throw std::runtime_error("clean-up failed");
        };
        gate door(executor);
        group.spawn("careless", clean_up(&door));
        co_await run_ready();
        group.cancel();
        co_await group.join();
        CHECK(ended == 0);
        CHECK(door.cancelled() == asio::cancellation_type::terminal);
        CHECK(errors.entries == std::vector<std::string>{"careless: clean-up failed"});
    });
}

TEST_CASE("a child that comes after cancel() is refused", "[task_group]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_coro::task_group group(executor,
                                      [](std::string_view, const std::exception_ptr&) { CHECK(false); });
        group.cancel();
        bool started = false;
        const auto parameter = std::make_shared<int>(0);
        auto child = [](bool* flag, std::shared_ptr<int>) -> asio::awaitable<void> {
            *flag = true;
            co_return;
        };
        group.spawn("late", child(&started, parameter));
        co_await run_ready();
        CHECK_FALSE(started);
        CHECK(parameter.use_count() == 1);
        co_await group.join();
    });
}

TEST_CASE("a child that was cancelled before it could start never runs", "[task_group]")
{
    asio::io_context context;
    bool started = false;
    fullon_coro::task_group group(context.get_executor(),
                                  [](std::string_view, const std::exception_ptr&) { CHECK(false); });
    auto child = [](bool* flag) -> asio::awaitable<void> {
        *flag = true;
        co_return;
    };
    group.spawn("queued", child(&started)); // not on the executor: only queued
    group.cancel();
    context.run();
    CHECK_FALSE(started);
    CHECK(group.size() == 0);
}

TEST_CASE("cancellation may come in two stages", "[task_group]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_coro::task_group group(executor,
                                      [](std::string_view, const std::exception_ptr&) { CHECK(false); });
        gate polite(executor);
        gate plain(executor);
        auto child = [](gate* door) -> asio::awaitable<void> {
            co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
            co_await door->async_wait();
        };
        group.spawn("polite", child(&polite));
        group.spawn("plain", wait_at(&plain));
        group.cancel(asio::cancellation_type::total);
        co_await run_ready();
        CHECK(polite.cancelled() == asio::cancellation_type::total);
        CHECK(group.size() == 1); // what has not enabled `total` goes on
        group.cancel();
        co_await group.join();
        CHECK(plain.cancelled() == asio::cancellation_type::terminal);
    });
}

TEST_CASE("cancelling join() abandons only the wait", "[task_group]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_coro::task_group group(executor,
                                      [](std::string_view, const std::exception_ptr&) { CHECK(false); });
        gate door(executor);
        int ended = 0;
        group.spawn("child", wait_at(&door, &ended));
        asio::cancellation_signal signal;
        bool aborted = false;
        asio::co_spawn(executor, group.join(),
                       asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& failure) {
                           aborted = static_cast<bool>(failure);
                       }));
        co_await run_ready();
        signal.emit(asio::cancellation_type::terminal);
        co_await run_ready();
        CHECK(aborted);
        CHECK(group.size() == 1);
        door.open();
        co_await group.join();
        CHECK(ended == 1);
    });
}

TEST_CASE("destroying the group cancels its children, which end safely", "[task_group]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        error_list errors;
        auto group = std::make_optional<fullon_coro::task_group>(executor, errors.handler());
        gate door(executor);
        gate stubborn(executor, gate::when_cancelled::ignores);
        int ended = 0;
        int joined = 0;
        group->spawn("child", wait_at(&door, &ended));
        group->spawn("stubborn", failing("too late", &stubborn));
        asio::co_spawn(executor, join_and_count(&*group, &joined), check_no_failure);
        group.reset();
        co_await run_ready();
        CHECK(door.cancelled() == asio::cancellation_type::terminal);
        CHECK(joined == 0);
        stubborn.open();
        co_await run_ready();
        CHECK(joined == 1);
        CHECK(errors.entries == std::vector<std::string>{"stubborn: too late"});
    });
}

TEST_CASE("a child may destroy or cancel its own group", "[task_group]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        for (const bool at_once : {true, false}) {
            std::optional<fullon_coro::task_group> group;
            group.emplace(executor, [](std::string_view, const std::exception_ptr&) { CHECK(false); });
            gate door(executor);
            gate other(executor);
            bool went_on = false;
            auto child = [](std::optional<fullon_coro::task_group>* own, gate* before,
                            bool* after) -> asio::awaitable<void> {
                if (before)
                    co_await before->async_wait();
                (*own)->cancel();
                own->reset();
                *after = true;
                auto turn = asio::post(asio::deferred);
                co_await std::move(turn);
                CHECK(false); // cancelled
            };
            group->spawn("other", wait_at(&other));
            group->spawn("child", child(&group, at_once ? nullptr : &door, &went_on));
            door.open();
            co_await run_ready();
            CHECK(went_on);
            CHECK(other.cancelled() == asio::cancellation_type::terminal);
        }
    });
}

TEST_CASE("children go with their io_context, the group may outlive it", "[task_group]")
{
    const auto watched = std::make_shared<int>(0);
    std::optional<fullon_coro::task_group> group;
    {
        asio::io_context context;
        group.emplace(context.get_executor(), [](std::string_view, const std::exception_ptr&) {});
        auto child = [](std::shared_ptr<int> held) -> asio::awaitable<void> {
            asio::steady_timer timer(co_await asio::this_coro::executor,
                                     std::chrono::steady_clock::time_point::max());
            co_await timer.async_wait(asio::deferred);
            ++*held;
        };
        group->spawn("child", child(watched));
        context.poll();
        CHECK(watched.use_count() == 2);
    }
    CHECK(watched.use_count() == 1);
    CHECK(*watched == 0);
}

TEST_CASE("children that own their group go with their io_context", "[task_group]")
{
    struct owner {
        explicit owner(asio::any_io_executor executor) : tasks(std::move(executor)) {}
        fullon_coro::task_group tasks;
    };
    const auto watched = std::make_shared<int>(0);
    {
        asio::io_context context;
        const auto shared = std::make_shared<owner>(context.get_executor());
        auto child = [](std::shared_ptr<owner> own, std::shared_ptr<int> held) -> asio::awaitable<void> {
            auto wait = []() -> asio::awaitable<void> {
                asio::steady_timer timer(co_await asio::this_coro::executor,
                                         std::chrono::steady_clock::time_point::max());
                co_await timer.async_wait(asio::deferred);
            };
            co_await wait();
            ++*held;
            own->tasks.cancel();
        };
        shared->tasks.spawn("first", child(shared, watched));
        shared->tasks.spawn("second", child(shared, watched));
        context.poll();
        CHECK(shared->tasks.size() == 2);
    }
    CHECK(watched.use_count() == 1);
    CHECK(*watched == 0);
}

TEST_CASE("without a handler errors are logged, not lost", "[task_group]")
{
    run([]() -> asio::awaitable<void> {
        fullon_coro::task_group group(co_await asio::this_coro::executor);
        auto unknown = []() -> asio::awaitable<void> {
            throw 5;
            co_return;
        };
        group.spawn("test of the default error handler", failing("this line is expected"));
        group.spawn("test of the default error handler", unknown());
        co_await group.join();
    });
}
