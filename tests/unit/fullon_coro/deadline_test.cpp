// with_deadline: both orders of result and deadline, and who cancelled.
#include <fullon_coro/deadline.hpp>

#include "support/gate.hpp"
#include "support/run_coro.hpp"

#include <boost/system/system_error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::system_error;
using fullon_coro::with_deadline;
using std::chrono::steady_clock;
using support::gate;
using support::run;

namespace {

constexpr auto never = steady_clock::time_point::max();
constexpr auto long_ago = steady_clock::time_point::min();

struct no_default {
    explicit no_default(int its_value) : value(std::make_unique<int>(its_value)) {}
    std::unique_ptr<int> value;
};

asio::awaitable<no_default> value_after(gate* door, int value)
{
    if (door)
        co_await door->async_wait();
    co_return no_default(value);
}

asio::awaitable<int> failing(error_code error)
{
    co_await asio::post(asio::deferred);
    throw system_error(error);
}

template <typename T>
asio::awaitable<error_code> error_of(asio::awaitable<T> operation)
{
    try {
        co_await std::move(operation);
    } catch (const system_error& error) {
        co_return error.code();
    }
    co_return error_code();
}

} // namespace

TEST_CASE("a result in time comes through", "[deadline]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const auto at_once = co_await fullon_coro::with_deadline(never, value_after(nullptr, 1));
        CHECK(*at_once.value == 1);
        gate door(executor);
        asio::post(executor, [&] { door.open(); });
        const auto later = co_await fullon_coro::with_deadline(never, value_after(&door, 2));
        CHECK(*later.value == 2);
        co_await fullon_coro::with_deadline(std::chrono::hours::max(), support::run_ready(3));
        co_await fullon_coro::with_deadline(std::chrono::seconds(60), support::run_ready(3));
    });
}

TEST_CASE("at the deadline the operation is cancelled and timed_out thrown", "[deadline]")
{
    run([]() -> asio::awaitable<void> {
        gate door(co_await asio::this_coro::executor);
        const auto error = co_await error_of(fullon_coro::with_deadline(long_ago, value_after(&door, 1)));
        CHECK(error == asio::error::timed_out);
        CHECK(door.cancelled() == asio::cancellation_type::terminal);
        CHECK_FALSE(door.waited_for());
        const auto relative = co_await error_of(
            fullon_coro::with_deadline(std::chrono::microseconds(1), value_after(&door, 1)));
        CHECK(relative == asio::error::timed_out);
    });
}

// The result is queued when the deadline passes: it is not thrown away.
TEST_CASE("a result at the last moment comes through", "[deadline]")
{
    run([]() -> asio::awaitable<void> {
        gate door(co_await asio::this_coro::executor, gate::when_cancelled::ignores);
        auto open_when_cancelled = [](gate* wait) -> asio::awaitable<void> {
            while (wait->cancelled() == asio::cancellation_type::none)
                co_await support::run_ready(1);
            wait->open();
        };
        asio::co_spawn(co_await asio::this_coro::executor, open_when_cancelled(&door),
                       [](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
        const auto got = co_await fullon_coro::with_deadline(long_ago, value_after(&door, 3));
        CHECK(*got.value == 3);
        const auto at_once = co_await fullon_coro::with_deadline(long_ago, value_after(nullptr, 4));
        CHECK(*at_once.value == 4);
    });
}

TEST_CASE("other errors come through, before and after the deadline", "[deadline]")
{
    run([]() -> asio::awaitable<void> {
        const auto before = co_await error_of(fullon_coro::with_deadline(never, failing(asio::error::eof)));
        CHECK(before == asio::error::eof);
        const auto aborted =
            co_await error_of(fullon_coro::with_deadline(never, failing(asio::error::operation_aborted)));
        CHECK(aborted == asio::error::operation_aborted); // not by us
        auto stubborn = [](gate* door) -> asio::awaitable<void> {
            try {
                co_await door->async_wait();
            } catch (const system_error&) {
                throw std::runtime_error("clean-up failed");
            }
        };
        gate door(co_await asio::this_coro::executor);
        std::string what;
        try {
            co_await fullon_coro::with_deadline(long_ago, stubborn(&door));
        } catch (const std::runtime_error& error) {
            what = error.what();
        }
        CHECK(what == "clean-up failed");
    });
}

TEST_CASE("a cancellation of any type from outside is passed on and is not a time-out", "[deadline]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        for (const auto deadline : {never, long_ago})
            for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                    asio::cancellation_type::total}) {
                gate door(executor);
                asio::cancellation_signal signal;
                bool done = false;
                error_code error;
                auto body = [](gate* wait, steady_clock::time_point when,
                               error_code* result) -> asio::awaitable<void> {
                    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
                    try {
                        co_await fullon_coro::with_deadline(when, value_after(wait, 1));
                    } catch (const system_error& failure) {
                        *result = failure.code();
                    }
                };
                asio::co_spawn(executor, body(&door, deadline, &error),
                               asio::bind_cancellation_slot(signal.slot(),
                                                            [&](const std::exception_ptr&) { done = true; }));
                signal.emit(type);
                const bool ended = co_await support::eventually([&] { return done; });
                CHECK(ended);
                CHECK(error == asio::error::operation_aborted);
            }
    });
}

TEST_CASE("an operation under a deadline goes with its io_context", "[deadline]")
{
    const auto watched = std::make_shared<int>(0);
    {
        asio::io_context context;
        auto body = [](std::shared_ptr<int> held) -> asio::awaitable<void> {
            asio::steady_timer timer(co_await asio::this_coro::executor, never);
            co_await timer.async_wait(asio::deferred);
            ++*held;
        };
        asio::co_spawn(context, fullon_coro::with_deadline(std::chrono::hours(1), body(watched)),
                       [](const std::exception_ptr&) {});
        context.poll();
        CHECK(watched.use_count() == 2);
    }
    CHECK(watched.use_count() == 1);
}
