// async_generator: items, errors, what the body may await.
#include <fullon_coro/async_generator.hpp>

#include "support/gate.hpp"
#include "support/run_coro.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

// g++ 12 runs a co_await inside a Catch2 assertion twice: once more in its __builtin_constant_p().
#define CHECK_NEXT(items, ...)                                                                               \
    do {                                                                                                     \
        const auto next_item = co_await (items).next();                                                      \
        CHECK(next_item == __VA_ARGS__);                                                                     \
    } while (false)

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::system_error;
using fullon_coro::async_generator;
using support::gate;
using support::run;

namespace {

static_assert(!std::is_copy_constructible_v<fullon_coro::async_generator<int>>);
static_assert(!std::is_copy_assignable_v<fullon_coro::async_generator<int>>);
static_assert(std::is_nothrow_move_constructible_v<fullon_coro::async_generator<int>>);
static_assert(std::is_nothrow_move_assignable_v<fullon_coro::async_generator<int>>);

fullon_coro::async_generator<int> count(int from, int to)
{
    for (int i = from; i < to; ++i)
        co_yield i;
}

template <typename T>
asio::awaitable<std::vector<T>> all(fullon_coro::async_generator<T> items)
{
    std::vector<T> result;
    while (auto item = co_await items.next())
        result.push_back(std::move(*item));
    co_return result;
}

asio::awaitable<int> doubled(int value)
{
    co_await asio::post(asio::deferred);
    co_return 2 * value;
}

asio::awaitable<int> immediately(int value)
{
    co_return value;
}

asio::awaitable<void> failing(std::string what)
{
    throw std::runtime_error(what);
    co_return;
}

// Completes with what it is given, in the next turn.
template <typename... Values>
auto async_values(asio::any_io_executor executor, Values... values)
{
    return asio::async_initiate<const asio::deferred_t&, void(Values...)>(
        [executor](auto handler, auto... given) {
            asio::post(executor,
                       [handler = std::move(handler), given...]() mutable { std::move(handler)(given...); });
        },
        asio::deferred, std::move(values)...);
}

struct no_default {
    explicit no_default(int its_value) : value(its_value) {}
    no_default(int one, int other) : value(one + other) {}
    int value;
};

} // namespace

TEST_CASE("a generator gives its items in order and then nothing for ever", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto items = count(0, 3);
        CHECK_NEXT(items, 0);
        CHECK_NEXT(items, 1);
        CHECK_NEXT(items, 2);
        for (int i = 0; i < 3; ++i)
            CHECK_NEXT(items, std::nullopt);
    });
}

TEST_CASE("a body runs only when asked, and only up to the next item", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        std::vector<std::string> steps;
        auto make = [](std::vector<std::string>* log) -> fullon_coro::async_generator<int> {
            log->push_back("begin");
            co_yield 1;
            log->push_back("between");
            co_yield 2;
            log->push_back("end");
        };
        auto items = make(&steps);
        co_await support::run_ready();
        CHECK(steps.empty());
        (void)co_await items.next();
        co_await support::run_ready();
        CHECK(steps == std::vector<std::string>{"begin"});
        (void)co_await items.next();
        CHECK(steps.back() == "between");
        CHECK_NEXT(items, std::nullopt);
        CHECK(steps.back() == "end");
    });
}

TEST_CASE("an empty or moved-from generator is at its end", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        fullon_coro::async_generator<int> empty;
        CHECK_NEXT(empty, std::nullopt);
        auto items = count(0, 2);
        CHECK_NEXT(items, 0);
        auto other = std::move(items);
        CHECK_NEXT(items, std::nullopt); // NOLINT(bugprone-use-after-move): the point
        CHECK_NEXT(other, 1);
        other = count(7, 8);
        CHECK_NEXT(other, 7);
        auto& same = other;
        other = std::move(same);
        CHECK_NEXT(other, std::nullopt);
        other = fullon_coro::async_generator<int>();
        CHECK_NEXT(other, std::nullopt);
    });
}

TEST_CASE("what the body throws comes out of next() once", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto make = [](int items) -> fullon_coro::async_generator<int> {
            for (int i = 0; i < items; ++i)
                co_yield i;
            throw std::runtime_error("broken");
        };
        for (const int before : {0, 2}) {
            auto items = make(before);
            for (int i = 0; i < before; ++i)
                CHECK_NEXT(items, i);
            std::string what;
            try {
                (void)co_await items.next();
            } catch (const std::runtime_error& error) {
                what = error.what();
            }
            CHECK(what == "broken");
            CHECK_NEXT(items, std::nullopt);
            CHECK_NEXT(items, std::nullopt);
        }
    });
}

TEST_CASE("a body that fails after a wait wakes its consumer with the exception", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto make = []() -> fullon_coro::async_generator<int> {
            co_await asio::post(co_await asio::this_coro::executor, asio::deferred);
            throw std::runtime_error("late");
            co_yield 0;
        };
        auto items = make();
        bool thrown = false;
        try {
            (void)co_await items.next();
        } catch (const std::runtime_error&) {
            thrown = true;
        }
        CHECK(thrown);
        CHECK_NEXT(items, std::nullopt);
    });
}

TEST_CASE("lvalues are copied, rvalues moved, braces taken for the item type", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto texts = []() -> fullon_coro::async_generator<std::string> {
            const std::string fixed = "const";
            std::string own = "lvalue";
            co_yield own;
            co_yield own; // still there
            co_yield fixed;
            co_yield std::move(own);
            CHECK(own.empty()); // NOLINT(bugprone-use-after-move): the point
            co_yield "literal";
        };
        const auto got = co_await all(texts());
        CHECK(got == std::vector<std::string>{"lvalue", "lvalue", "const", "lvalue", "literal"});

        auto pointers = []() -> fullon_coro::async_generator<std::unique_ptr<int>> {
            co_yield std::make_unique<int>(5);
        };
        auto items = pointers();
        const auto pointer = co_await items.next();
        REQUIRE(pointer);
        CHECK(**pointer == 5);

        auto values = []() -> fullon_coro::async_generator<no_default> {
            co_yield no_default(6);
            co_yield {3, 4};
        };
        auto others = values();
        for (const int expected : {6, 7}) {
            const auto item = co_await others.next();
            REQUIRE(item);
            CHECK(item->value == expected);
        }
    });
}

// A taken item must not live on in the generator.
TEST_CASE("a generator keeps nothing of an item that was taken", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto watched = std::make_shared<int>(1);
        auto make =
            [](std::shared_ptr<int> item) -> fullon_coro::async_generator<std::shared_ptr<const int>> {
            co_yield std::move(item);
            co_yield nullptr;
        };
        auto items = make(watched);
        {
            const auto item = co_await items.next();
            CHECK(watched.use_count() == 2);
        }
        CHECK(watched.use_count() == 1);
    });
}

TEST_CASE("a body awaits awaitables", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto make = []() -> fullon_coro::async_generator<int> {
            co_yield co_await doubled(1);
            co_yield co_await immediately(3);
            std::string caught;
            try {
                co_await failing("caught in the body");
            } catch (const std::runtime_error& error) {
                caught = error.what();
            }
            co_yield static_cast<int>(caught.size());
            auto boxed = []() -> asio::awaitable<no_default> { co_return no_default(9); };
            co_yield (co_await boxed()).value;
            auto named = doubled(5);
            co_yield co_await std::move(named);
            co_await failing("out of the generator");
        };
        auto items = make();
        for (const int expected : {2, 3, 18, 9, 10})
            CHECK_NEXT(items, expected);
        std::string what;
        try {
            (void)co_await items.next();
        } catch (const std::runtime_error& error) {
            what = error.what();
        }
        CHECK(what == "out of the generator");
        CHECK_NEXT(items, std::nullopt);
    });
}

TEST_CASE("a body awaits deferred operations, whose results come as in Asio's coroutines",
          "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto make = []() -> fullon_coro::async_generator<std::string> {
            const auto executor = co_await asio::this_coro::executor;
            co_await async_values(executor);
            co_await async_values(executor, error_code());
            co_await async_values(executor, std::exception_ptr());
            co_yield co_await async_values(executor, error_code(), std::string("error_code, value"));
            co_yield co_await async_values(executor, std::exception_ptr(),
                                           std::string("exception_ptr, value"));
            co_yield co_await async_values(executor, std::string("value"));
            const auto [number, text] =
                co_await async_values(executor, error_code(), 1, std::string("two values"));
            co_yield text + std::to_string(number);
            const auto [first, second] = co_await async_values(executor, 2, std::string("plain values"));
            co_yield second + std::to_string(first);
            asio::steady_timer timer(executor, std::chrono::steady_clock::time_point::min());
            co_await timer.async_wait(asio::deferred);
            const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::deferred));
            co_yield error.message();
            std::string caught;
            try {
                co_await async_values(executor, error_code(asio::error::eof), 1);
            } catch (const system_error& failure) {
                caught = failure.code() == asio::error::eof ? "eof" : "?";
            }
            co_yield caught;
            try {
                co_await async_values(executor,
                                      std::make_exception_ptr(std::runtime_error("as exception_ptr")));
            } catch (const std::runtime_error& failure) {
                caught = failure.what();
            }
            co_yield caught;
        };
        const auto got = co_await all(make());
        CHECK(got == std::vector<std::string>{"error_code, value", "exception_ptr, value", "value",
                                              "two values1", "plain values2", "Success", "eof",
                                              "as exception_ptr"});
    });
}

TEST_CASE("a body runs on the executor of its first consumer", "[async_generator]")
{
    asio::io_context context;
    const asio::any_io_executor strand = asio::make_strand(context);
    bool checked = false;
    asio::co_spawn(
        strand,
        [&]() -> asio::awaitable<void> {
            auto make = []() -> fullon_coro::async_generator<asio::any_io_executor> {
                co_yield co_await asio::this_coro::executor;
                co_await asio::post(asio::deferred);
                co_yield co_await asio::this_coro::executor;
            };
            auto items = make();
            CHECK_NEXT(items, strand);
            CHECK_NEXT(items, strand);
            checked = true;
        },
        [](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
    context.run();
    CHECK(checked);
}

TEST_CASE("ready items do not touch the event loop", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        co_await support::run_ready(1); // this coroutine is not fresh any more
        auto items = count(0, 1000);
        const auto others_ran = std::make_shared<bool>(false);
        asio::post(co_await asio::this_coro::executor, [others_ran] { *others_ran = true; });
        int sum = 0;
        while (auto item = co_await items.next())
            sum += *item;
        CHECK(sum == 499500);
        CHECK_FALSE(*others_ran);
    });
}

TEST_CASE("a million ready items do not grow the stack", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        struct range {
            std::uintptr_t low = UINTPTR_MAX, high = 0;
        } stack;
        auto make = [](range* seen) -> fullon_coro::async_generator<int> {
            for (int i = 0; i < 1'000'000; ++i) {
                const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
                seen->low = std::min(seen->low, here);
                seen->high = std::max(seen->high, here);
                co_yield i;
            }
        };
        auto items = make(&stack);
        int taken = 0;
        while (auto item = co_await items.next())
            ++taken;
        CHECK(taken == 1'000'000);
        CHECK(stack.high - stack.low < 4096);
    });
}

// Each wake-up resumes the consumer inside the completion handler of what the body awaited.
TEST_CASE("a hundred thousand awaited items do not grow the stack", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto make = []() -> fullon_coro::async_generator<int> {
            const auto executor = co_await asio::this_coro::executor;
            for (int i = 0; i < 100'000; ++i) {
                co_await asio::post(executor, asio::deferred);
                co_yield i;
            }
        };
        auto items = make();
        int taken = 0;
        while (auto item = co_await items.next())
            taken += *item == taken;
        CHECK(taken == 100'000);
    });
}

TEST_CASE("a generator reads another generator", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto even = [](fullon_coro::async_generator<int> source) -> fullon_coro::async_generator<int> {
            while (auto number = co_await source.next())
                if (*number % 2 == 0)
                    co_yield *number;
        };
        const auto got = co_await all(even(even(count(0, 9))));
        CHECK(got == std::vector<int>{0, 2, 4, 6, 8});
    });
}

TEST_CASE("a second next() at the same time throws and does not disturb the first", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        auto make = [](gate* wait) -> fullon_coro::async_generator<int> {
            co_await wait->async_wait();
            co_yield 1;
        };
        auto items = make(&door);
        std::optional<int> first;
        asio::co_spawn(executor, items.next(),
                       [&](const std::exception_ptr& failure, std::optional<int> item) {
                           CHECK_FALSE(failure);
                           first = item;
                       });
        co_await support::run_ready();
        std::string what;
        try {
            (void)co_await items.next();
        } catch (const std::logic_error& error) {
            what = error.what();
        }
        CHECK(what.find("one consumer at a time") != std::string::npos);
        door.open();
        const bool woken = co_await support::eventually([&] { return first.has_value(); });
        CHECK(woken);
        CHECK(first == 1);
        CHECK_NEXT(items, std::nullopt);
    });
}

TEST_CASE("next() from inside the body throws", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        fullon_coro::async_generator<int> items;
        auto make = [](fullon_coro::async_generator<int>* self) -> fullon_coro::async_generator<int> {
            bool refused = false;
            try {
                (void)co_await self->next();
            } catch (const std::logic_error&) {
                refused = true;
            }
            co_yield refused;
        };
        items = make(&items);
        CHECK_NEXT(items, 1);
    });
}

// Not what Asio's own operations do, but what a cheap hand-written one may.
TEST_CASE("an operation that completes while it is being started just goes on", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto make = []() -> fullon_coro::async_generator<int> {
            for (int i = 0; i < 3; ++i)
                co_yield co_await asio::async_initiate<const asio::deferred_t&, void(error_code, int)>(
                    [i](auto handler) { std::move(handler)(error_code(), i); }, asio::deferred);
        };
        const auto got = co_await all(make());
        CHECK(got == std::vector<int>{0, 1, 2});
    });
}

TEST_CASE("an operation that throws when it is started throws in the body", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto make = []() -> fullon_coro::async_generator<std::string> {
            std::string caught;
            try {
                co_await asio::async_initiate<const asio::deferred_t&, void(error_code)>(
                    [](auto&&) { throw std::runtime_error("not started"); }, asio::deferred);
            } catch (const std::runtime_error& error) {
                caught = error.what();
            }
            co_yield caught;
            co_await asio::post(co_await asio::this_coro::executor, asio::deferred);
            co_yield "goes on";
        };
        const auto got = co_await all(make());
        CHECK(got == std::vector<std::string>{"not started", "goes on"});
    });
}
