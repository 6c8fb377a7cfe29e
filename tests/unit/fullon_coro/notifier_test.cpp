// notifier: who is woken, when, and what cancellation and destruction do.
#include <fullon_coro/notifier.hpp>

#include "support/run_coro.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::system_error;
using fullon_coro::notifier;
using std::chrono::steady_clock;
using support::run;
using support::run_ready;

namespace {

constexpr auto never = steady_clock::time_point::max();
constexpr auto long_ago = steady_clock::time_point::min();

struct wait_result {
    bool done = false;
    bool notified = false;
    error_code error;
    asio::cancellation_signal signal;
};

// A waiter that runs on its own.
std::shared_ptr<wait_result> start_wait(const asio::any_io_executor& executor, fullon_coro::notifier& changed,
                                        steady_clock::time_point deadline = never)
{
    auto result = std::make_shared<wait_result>();
    auto finish = [result](const std::exception_ptr& failure, bool notified) {
        result->done = true;
        result->notified = notified;
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (const system_error& error) {
            result->error = error.code();
        }
    };
    asio::co_spawn(executor, changed.wait_until(deadline),
                   asio::bind_cancellation_slot(result->signal.slot(), finish));
    return result;
}

} // namespace

TEST_CASE("notify_all wakes everybody who waits, nobody else", "[notifier]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_coro::notifier changed(executor);
        changed.notify_all(); // not remembered
        std::vector<std::shared_ptr<wait_result>> waiters;
        for (int i = 0; i < 100; ++i)
            waiters.push_back(start_wait(executor, changed));
        co_await run_ready();
        for (const auto& one : waiters)
            CHECK_FALSE(one->done);
        changed.notify_all();
        for (const auto& one : waiters)
            CHECK_FALSE(one->done); // nobody is resumed inside the call
        const auto late = start_wait(executor, changed);
        co_await run_ready();
        for (const auto& one : waiters)
            CHECK(one->notified);
        CHECK_FALSE(late->done);
        changed.notify_all();
        changed.notify_all();
        co_await run_ready();
        CHECK(late->notified);
    });
}

TEST_CASE("notify_one wakes the longest waiting, each call another one", "[notifier]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_coro::notifier changed(executor);
        const auto first = start_wait(executor, changed);
        const auto second = start_wait(executor, changed);
        const auto third = start_wait(executor, changed);
        changed.notify_one();
        co_await run_ready();
        CHECK(first->notified);
        CHECK_FALSE(second->done);
        changed.notify_one();
        changed.notify_one();
        co_await run_ready();
        CHECK(second->notified);
        CHECK(third->notified);
        changed.notify_one(); // nobody
    });
}

TEST_CASE("a condition and wait() lose no wake-up", "[notifier]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_coro::notifier changed(executor);
        int produced = 0;
        int consumed = 0;
        bool over = false;
        auto consumer = [](fullon_coro::notifier* signal, int* made, int* used,
                           bool* end) -> asio::awaitable<void> {
            while (*used < 1000) {
                while (*used == *made)
                    co_await signal->wait();
                ++*used;
            }
            *end = true;
        };
        asio::co_spawn(executor, consumer(&changed, &produced, &consumed, &over),
                       [](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
        for (int i = 0; i < 1000; ++i) {
            ++produced;
            changed.notify_all();
            if (i % 3 == 0)
                co_await run_ready(i % 5);
        }
        const bool ended = co_await support::eventually([&] { return over; });
        CHECK(ended);
    });
}

TEST_CASE("wait_until says whether it was notified or the deadline has passed", "[notifier]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_coro::notifier changed(executor);
        const bool notified = co_await changed.wait_until(long_ago);
        CHECK_FALSE(notified);
        const auto waiting = start_wait(executor, changed, never);
        changed.notify_all();
        co_await run_ready();
        CHECK(waiting->notified);
    });
}

// The timer has expired, its handler is queued, and then comes the notification: it counts.
TEST_CASE("a notification in the turn of the deadline counts", "[notifier]")
{
    asio::io_context context;
    fullon_coro::notifier changed(context.get_executor());
    const auto waiting = start_wait(context.get_executor(), changed, long_ago);
    while (!waiting->done && context.poll_one() > 0)
        changed.notify_all();
    context.poll();
    CHECK(waiting->done);
    CHECK(waiting->notified);
}

TEST_CASE("cancelling one waiter ends only that one", "[notifier]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_coro::notifier changed(executor);
        const auto first = start_wait(executor, changed);
        const auto second = start_wait(executor, changed);
        co_await run_ready();
        first->signal.emit(asio::cancellation_type::terminal);
        co_await run_ready();
        CHECK(first->error == asio::error::operation_aborted);
        CHECK_FALSE(second->done);
        changed.notify_one();
        co_await run_ready();
        CHECK(second->notified);
    });
}

// Cancel and notify in one turn, both orders: the one wake-up must reach the other waiter.
TEST_CASE("a cancelled waiter passes the wake-up on", "[notifier]")
{
    const bool notify_first = GENERATE(true, false);
    CAPTURE(notify_first);
    run([=]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_coro::notifier changed(executor);
        const auto first = start_wait(executor, changed);
        const auto second = start_wait(executor, changed);
        co_await run_ready();
        if (notify_first)
            changed.notify_one();
        first->signal.emit(asio::cancellation_type::terminal);
        if (!notify_first)
            changed.notify_one();
        co_await run_ready();
        CHECK(first->error == asio::error::operation_aborted);
        CHECK(second->notified);
    });
}

TEST_CASE("destroying the fullon_coro::notifier ends every wait with operation_aborted", "[notifier]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        auto changed = std::make_optional<fullon_coro::notifier>(executor);
        const auto woken = start_wait(executor, *changed);
        const auto woken_and_cancelled = start_wait(executor, *changed);
        const auto waiting = start_wait(executor, *changed);
        const auto with_deadline =
            start_wait(executor, *changed, steady_clock::now() + std::chrono::hours(1));
        co_await run_ready();
        changed->notify_one();
        changed->notify_one();
        woken_and_cancelled->signal.emit(asio::cancellation_type::terminal);
        changed.reset();
        co_await run_ready();
        CHECK(woken->notified);
        CHECK(woken_and_cancelled->error == asio::error::operation_aborted);
        CHECK(waiting->error == asio::error::operation_aborted);
        CHECK(with_deadline->error == asio::error::operation_aborted);
    });
}

// The usual shape: the waiting coroutine owns the object that owns the notifier.
TEST_CASE("an io_context frees the coroutines that wait when it is destroyed", "[notifier]")
{
    std::weak_ptr<fullon_coro::notifier> owned;
    std::optional<fullon_coro::notifier> outliving;
    std::shared_ptr<wait_result> waiting;
    {
        asio::io_context context;
        outliving.emplace(context.get_executor());
        waiting = start_wait(context.get_executor(), *outliving);
        auto owner = std::make_shared<fullon_coro::notifier>(context.get_executor());
        owned = owner;
        auto wait = [](std::shared_ptr<fullon_coro::notifier> self) -> asio::awaitable<void> {
            co_await self->wait();
        };
        asio::co_spawn(context, wait(owner), [](const std::exception_ptr&) {});
        owner.reset();
        context.poll();
        CHECK_FALSE(owned.expired());
    }
    CHECK(owned.expired());
    CHECK_FALSE(waiting->done);
    outliving->notify_all(); // nobody is left
}

// For ThreadSanitizer.
TEST_CASE("a fullon_coro::notifier on a strand may be run by many threads", "[notifier]")
{
    asio::io_context context;
    const asio::any_io_executor strand = asio::make_strand(context);
    fullon_coro::notifier changed(strand);
    int turn = 0;
    auto player = [](fullon_coro::notifier* signal, int* whose, int me) -> asio::awaitable<void> {
        for (int i = 0; i < 500; ++i) {
            while (*whose % 3 != me)
                co_await signal->wait();
            ++*whose;
            signal->notify_all();
        }
    };
    for (int me = 0; me < 3; ++me)
        asio::co_spawn(strand, player(&changed, &turn, me), [](const std::exception_ptr& failure) {
            if (failure)
                std::terminate();
        });
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] { context.run(); });
    for (auto& thread : threads)
        thread.join();
    CHECK(turn == 1500);
}
