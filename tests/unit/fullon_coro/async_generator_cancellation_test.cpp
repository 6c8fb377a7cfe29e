// async_generator: cancelled waits lose nothing; destruction at every moment is safe.
#include <fullon_coro/async_generator.hpp>

#include "support/gate.hpp"
#include "support/run_coro.hpp"

#include <boost/asio/cancel_after.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using boost::system::error_code;
using boost::system::system_error;
using fullon_coro::async_generator;
using std::chrono::steady_clock;
using support::gate;
using support::run;

namespace {

// Yields 0, 1, 2 ..., each when the door was opened once more.
fullon_coro::async_generator<int> through(gate* door)
{
    for (int i = 0;; ++i) {
        co_await door->async_wait();
        co_yield i;
    }
}

fullon_coro::async_generator<int> ready_numbers()
{
    for (int i = 0;; ++i)
        co_yield i;
}

// A source of 0, 1, 2 ... that gives as many as were released.
struct tap {
    explicit tap(asio::any_io_executor executor) : door(std::move(executor)) {}
    void release()
    {
        ++released;
        door.open();
    }

    gate door;
    int released = 0;
};

fullon_coro::async_generator<int> dripping(tap* source)
{
    for (int i = 0;; ++i) {
        while (source->released <= i)
            co_await source->door.async_wait();
        co_yield i;
    }
}

asio::awaitable<void> wait_at(gate* door)
{
    co_await door->async_wait();
}

asio::awaitable<int> at_once(int value)
{
    co_return value;
}

// A local that tells of its destruction.
class witness {
public:
    explicit witness(int* gone) : gone_(gone) {}
    witness(witness&& other) noexcept : gone_(std::exchange(other.gone_, nullptr)) {}
    witness& operator=(witness&&) = delete;
    ~witness()
    {
        if (gone_)
            ++*gone_;
    }

private:
    int* gone_;
};

fullon_coro::async_generator<int> watched(gate* door, int* gone, int* resumed)
{
    const witness local(gone);
    co_await door->async_wait();
    ++*resumed;
    co_yield 1;
    ++*resumed;
}

// The outcome of a next() that runs on its own.
struct outcome {
    bool done = false;
    std::optional<int> item;
    error_code error;
    std::exception_ptr failure;
};

template <typename Executor>
std::shared_ptr<outcome> start_next(Executor executor, fullon_coro::async_generator<int>& items,
                                    asio::cancellation_slot slot = asio::cancellation_slot())
{
    auto result = std::make_shared<outcome>();
    auto finish = [result](const std::exception_ptr& failure, std::optional<int> item) {
        result->done = true;
        result->item = item;
        result->failure = failure;
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (const system_error& error) {
            result->error = error.code();
        } catch (...) { // the failure says it
        }
    };
    asio::co_spawn(executor, items.next(), asio::bind_cancellation_slot(slot, finish));
    return result;
}

} // namespace

TEST_CASE("cancelling next() ends the wait; body and item are unharmed", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        auto items = through(&door);
        asio::cancellation_signal signal;
        const auto first = start_next(executor, items, signal.slot());
        co_await support::run_ready();
        REQUIRE(door.waited_for());
        signal.emit(asio::cancellation_type::terminal);
        co_await support::run_ready();
        CHECK(first->done);
        CHECK(first->error == asio::error::operation_aborted);
        CHECK(door.waited_for()); // the body goes on
        CHECK(door.cancelled() == asio::cancellation_type::none);

        door.open(); // nobody waits: the item is kept, and the body stops there
        co_await support::run_ready();
        CHECK_FALSE(door.waited_for());
        const auto item = co_await items.next();
        CHECK(item == 0);

        door.open(); // nobody waits for it: nothing happens
        const auto second = start_next(executor, items);
        co_await support::run_ready();
        door.open();
        co_await support::run_ready();
        CHECK(second->item == 1);
    });
}

TEST_CASE("an exception that comes while nobody waits is kept too", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        auto items = through(&door);
        asio::cancellation_signal signal;
        const auto first = start_next(executor, items, signal.slot());
        signal.emit(asio::cancellation_type::terminal);
        co_await support::run_ready();
        CHECK(first->error == asio::error::operation_aborted);
        door.open(asio::error::connection_reset);
        co_await support::run_ready();
        const auto second = start_next(executor, items);
        const auto third = start_next(executor, items);
        co_await support::run_ready();
        const bool once = (second->error == asio::error::connection_reset) !=
                          (third->error == asio::error::connection_reset);
        CHECK(once);
    });
}

// The item and the cancellation become ready in the same turn of the event loop, in both orders.
TEST_CASE("next() || other loses no item, whichever comes first", "[async_generator]")
{
    const bool item_first = GENERATE(true, false);
    const bool generator_left = GENERATE(true, false);
    CAPTURE(item_first, generator_left);
    run([=]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate other(executor);
        tap source(executor);
        auto items = dripping(&source);
        int abandoned = 0;
        for (int round = 0; round < 100; ++round) {
            asio::post(executor, [&] {
                if (item_first)
                    source.release();
                other.open();
                if (!item_first)
                    source.release();
            });
            std::optional<int> item;
            if (generator_left) {
                auto both = co_await (items.next() || wait_at(&other));
                if (auto* const got = std::get_if<0>(&both))
                    item = *got;
            } else {
                auto both = co_await (wait_at(&other) || items.next());
                if (auto* const got = std::get_if<1>(&both))
                    item = *got;
            }
            if (!item) {
                ++abandoned;
                item = co_await items.next();
            }
            CHECK(item == round);
        }
        CHECK(abandoned == (item_first ? 0 : 100));
    });
}

// co_spawn hands over the result of a coroutine that never waited in a later turn: by then the other may have won.
TEST_CASE("a ready item is not lost to an operand that is ready as well", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto a = ready_numbers();
        auto b = ready_numbers();
        int next_a = 0;
        int next_b = 0;
        for (int round = 0; round < 50; ++round) {
            const auto either = co_await (a.next() || b.next());
            if (const auto* const item = std::get_if<0>(&either))
                CHECK(*item == next_a++);
            else
                CHECK(std::get<1>(either) == next_b++);
            const auto value = co_await (at_once(7) || b.next());
            if (const auto* const item = std::get_if<1>(&value))
                CHECK(*item == next_b++);
            const auto item_a = co_await a.next();
            CHECK(item_a == next_a++);
            const auto item_b = co_await b.next();
            CHECK(item_b == next_b++);
        }
    });
}

TEST_CASE("random cancellations lose and repeat nothing", "[async_generator]")
{
    const auto seed = GENERATE(1U, 2U, 3U, 4U, 5U);
    CAPTURE(seed);
    run([=]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        std::mt19937 random(seed);
        gate other(executor);
        auto make = [](std::mt19937* dice) -> fullon_coro::async_generator<int> {
            for (int i = 0; i < 3000; ++i) {
                for (auto turns = (*dice)() % 4; turns > 0; --turns)
                    co_await asio::post(asio::deferred);
                co_yield i;
            }
        };
        auto items = make(&random);
        int expected = 0;
        for (bool end = false; !end;) {
            const auto turns = random() % 5;
            auto later = [](gate* wait, unsigned after) -> asio::awaitable<void> {
                co_await support::run_ready(static_cast<int>(after));
                if (after > 3) // one operand that needs its cancellation, others that just complete
                    co_await wait->async_wait();
            };
            std::optional<std::optional<int>> got;
            switch (random() % 3) {
            case 0: {
                auto both = co_await (items.next() || later(&other, turns));
                if (both.index() == 0)
                    got = std::get<0>(both);
                break;
            }
            case 1: {
                auto both = co_await (later(&other, turns) || items.next());
                if (both.index() == 1)
                    got = std::get<1>(both);
                break;
            }
            default: got = co_await items.next();
            }
            if (got && *got) {
                const bool in_order = **got == expected;
                REQUIRE(in_order);
                ++expected;
            }
            end = got && !*got;
        }
        CHECK(expected == 3000);
    });
}

TEST_CASE("next() is cancelled by Asio's cancel_after", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        auto items = through(&door);
        error_code error;
        try {
            co_await asio::co_spawn(executor, items.next(),
                                    asio::cancel_after(std::chrono::milliseconds(0), asio::use_awaitable));
        } catch (const system_error& failure) {
            error = failure.code();
        }
        CHECK(error == asio::error::operation_aborted);
        door.open();
        const auto item = co_await items.next();
        CHECK(item == 0);
    });
}

// The wake-up is on its way to another executor when the consumer is cancelled.
TEST_CASE("a consumer on another executor loses nothing either", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const auto strand = asio::make_strand(executor);
        gate door(executor);
        auto items = through(&door);
        door.open();
        asio::cancellation_signal unused;
        const auto bind = start_next(executor, items);
        co_await support::run_ready();
        door.open();
        co_await support::run_ready();
        CHECK(bind->item == 0);
        for (int turns = 0; turns < 12; ++turns) {
            asio::cancellation_signal signal;
            const auto elsewhere = start_next(strand, items, signal.slot());
            co_await support::run_ready();
            door.open();
            co_await support::run_ready(turns);
            signal.emit(asio::cancellation_type::terminal);
            co_await support::run_ready();
            REQUIRE(elsewhere->done);
            if (elsewhere->item) {
                CHECK(elsewhere->item == turns + 1);
            } else {
                CHECK(elsewhere->error == asio::error::operation_aborted);
                const auto kept = co_await items.next();
                CHECK(kept == turns + 1);
            }
        }
    });
}

TEST_CASE("a cancelled consumer leaves the place to the next one at once", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        auto items = through(&door);
        asio::cancellation_signal signal;
        const auto first = start_next(executor, items, signal.slot());
        co_await support::run_ready();
        signal.emit(asio::cancellation_type::terminal);
        const auto second = start_next(executor, items); // before the first was told
        co_await support::run_ready();
        door.open();
        co_await support::run_ready();
        CHECK(first->error == asio::error::operation_aborted);
        CHECK(second->item == 0);
    });
}

TEST_CASE("two fresh consumers of a ready item: the second is refused", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        auto items = ready_numbers();
        const auto first = start_next(executor, items);
        const auto second = start_next(executor, items);
        co_await support::run_ready();
        CHECK(first->item == 0);
        CHECK(second->failure);
        CHECK_FALSE(second->item);
    });
}

TEST_CASE("destroying a waiting generator cancels the operation and frees the body when that has ended",
          "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        int gone = 0;
        int resumed = 0;
        auto items = std::make_optional(watched(&door, &gone, &resumed));
        asio::cancellation_signal signal;
        const auto waiting = start_next(executor, *items, signal.slot());
        co_await support::run_ready();
        signal.emit(asio::cancellation_type::terminal);
        co_await support::run_ready();
        REQUIRE(waiting->done);
        items.reset();
        CHECK(door.cancelled() == asio::cancellation_type::terminal);
        CHECK(gone == 0); // the operation may still use the frame
        co_await support::run_ready();
        CHECK(gone == 1);
        CHECK(resumed == 0);
    });
}

TEST_CASE("an operation that ignores the cancellation keeps the frame until it completes",
          "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor, gate::when_cancelled::ignores);
        int gone = 0;
        int resumed = 0;
        auto items = std::make_optional(watched(&door, &gone, &resumed));
        const auto waiting = start_next(executor, *items);
        co_await support::run_ready();
        items.reset();
        co_await support::run_ready();
        CHECK(waiting->error == asio::error::operation_aborted);
        CHECK(gone == 0);
        door.open();
        co_await support::run_ready();
        CHECK(gone == 1);
        CHECK(resumed == 0);
    });
}

// Completion and destruction in both orders, in the same turn.
TEST_CASE("a completion that is on its way does not resume a destroyed body", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        for (const bool open_first : {true, false}) {
            gate door(executor, gate::when_cancelled::ignores);
            int gone = 0;
            int resumed = 0;
            auto items = std::make_optional(watched(&door, &gone, &resumed));
            const auto waiting = start_next(executor, *items);
            co_await support::run_ready();
            if (open_first)
                door.open();
            items.reset();
            door.open();
            co_await support::run_ready();
            CHECK(gone == 1);
            CHECK(resumed == 0);
            CHECK(waiting->error == asio::error::operation_aborted);
        }
    });
}

TEST_CASE("a body that awaits an awaitable is cancelled through it", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        int gone = 0;
        auto make = [](gate* wait, int* count) -> fullon_coro::async_generator<int> {
            const witness outer(count);
            auto inner = [](gate* at, int* counted) -> asio::awaitable<void> {
                const witness local(counted);
                co_await at->async_wait();
            };
            co_await inner(wait, count);
            co_yield 1;
        };
        auto items = std::make_optional(make(&door, &gone));
        const auto waiting = start_next(executor, *items);
        co_await support::run_ready();
        REQUIRE(door.waited_for());
        items.reset();
        co_await support::run_ready();
        CHECK(door.cancelled() == asio::cancellation_type::terminal);
        CHECK(gone == 2);
        CHECK(waiting->error == asio::error::operation_aborted);
    });
}

TEST_CASE("a body that does not wait is destroyed at once", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        int gone = 0;
        auto make = [](witness parameter, int* count) -> fullon_coro::async_generator<int> {
            const witness local(count);
            (void)parameter;
            for (int i = 0;; ++i)
                co_yield i;
        };
        {
            auto never_started = make(witness(&gone), &gone);
        }
        CHECK(gone == 1);
        gone = 0;
        {
            auto items = make(witness(&gone), &gone);
            const auto item = co_await items.next();
            CHECK(item == 0);
        }
        CHECK(gone == 2);
        gone = 0;
        auto items = make(witness(&gone), &gone);
        (void)co_await items.next();
        items = make(witness(&gone), &gone); // assignment destroys the old one
        CHECK(gone == 2);
    });
}

TEST_CASE("a body that has ended is destroyed before the generator is", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        int gone = 0;
        auto make = [](witness parameter) -> fullon_coro::async_generator<int> {
            (void)parameter;
            co_yield 1;
        };
        auto items = make(witness(&gone));
        (void)co_await items.next();
        CHECK(gone == 0);
        (void)co_await items.next();
        CHECK(gone == 1);
    });
}

TEST_CASE("the consumer may destroy the generator when it is woken", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        int gone = 0;
        int resumed = 0;
        bool done = false;
        auto consumer = [](gate* wait, int* count, int* steps, bool* over) -> asio::awaitable<void> {
            {
                auto items = watched(wait, count, steps);
                const auto item = co_await items.next(); // resumed inside the body's completion handler
                CHECK(item == 1);
            }
            CHECK(*count == 1);
            *over = true;
        };
        asio::co_spawn(executor, consumer(&door, &gone, &resumed, &done),
                       [](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
        co_await support::run_ready();
        door.open();
        co_await support::run_ready();
        CHECK(done);
        CHECK(gone == 1);
        CHECK(resumed == 1);
    });
}

TEST_CASE("the body may destroy its own generator", "[async_generator]")
{
    for (const bool while_waiting : {false, true}) {
        run([=]() -> asio::awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            gate door(executor);
            int gone = 0;
            std::optional<fullon_coro::async_generator<int>> items;
            auto make = [](gate* before, gate* after, std::optional<fullon_coro::async_generator<int>>* self,
                           int* count) -> fullon_coro::async_generator<int> {
                const witness local(count);
                if (before)
                    co_await before->async_wait();
                self->reset();
                co_await after->async_wait(); // started, cancelled at once, never resumed
                ++*count;
            };
            gate second(executor);
            items.emplace(make(while_waiting ? &door : nullptr, &second, &items, &gone));
            const auto waiting = start_next(executor, *items);
            co_await support::run_ready();
            door.open();
            co_await support::run_ready();
            CHECK(gone == 1);
            CHECK(second.cancelled() == asio::cancellation_type::terminal);
            CHECK(waiting->done);
            CHECK(waiting->error == asio::error::operation_aborted);
        });
    }
}

TEST_CASE("a fresh consumer whose generator is destroyed before its turn is told so", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        auto items = std::make_optional(ready_numbers());
        const auto waiting = start_next(executor, *items);
        items.reset();
        co_await support::run_ready();
        CHECK(waiting->error == asio::error::operation_aborted);
    });
}

TEST_CASE("an awaitable of next() may outlive or outmove its generator", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        auto items = std::make_optional(ready_numbers());
        auto never_awaited = items->next();
        auto first = items->next();
        auto moved = std::move(*items);
        const auto item = co_await std::move(first);
        CHECK(item == 0);
        auto late = moved.next();
        moved = fullon_coro::async_generator<int>();
        error_code error;
        try {
            (void)co_await std::move(late);
        } catch (const system_error& failure) {
            error = failure.code();
        }
        CHECK(error == asio::error::operation_aborted);
    });
}

// What a completed operation left in the cancellation slot may point to what it owned: a timer that is gone.
TEST_CASE("destruction does not cancel an operation that is over", "[async_generator]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        auto make = []() -> fullon_coro::async_generator<int> {
            {
                auto timer = std::make_unique<asio::steady_timer>(co_await asio::this_coro::executor,
                                                                  steady_clock::time_point::min());
                co_await timer->async_wait(asio::deferred);
            }
            co_await asio::post(asio::deferred); // knows no cancellation, leaves the slot alone
            co_yield 1;
        };
        for (int turns = 0; turns < 5; ++turns) {
            auto items = std::make_optional(make());
            const auto waiting = start_next(executor, *items);
            co_await support::run_ready(turns);
            items.reset();
            co_await support::run_ready();
            CHECK(waiting->done);
        }
    });
}

TEST_CASE("the io_context may be destroyed under a waiting generator", "[async_generator]")
{
    const bool generator_outlives = GENERATE(true, false);
    const bool through_awaitable = GENERATE(true, false);
    const bool with_consumer = GENERATE(true, false);
    CAPTURE(generator_outlives, through_awaitable, with_consumer);
    int gone = 0;
    auto make = [=](int* count) -> fullon_coro::async_generator<int> {
        const witness local(count);
        asio::steady_timer timer(co_await asio::this_coro::executor, steady_clock::time_point::max());
        if (through_awaitable)
            co_await timer.async_wait(asio::use_awaitable);
        else
            co_await timer.async_wait(asio::deferred);
        co_yield 1;
    };
    std::optional<fullon_coro::async_generator<int>> outer;
    asio::cancellation_signal signal;
    std::shared_ptr<outcome> waiting;
    {
        asio::io_context context;
        auto inner = make(&gone);
        auto& items = generator_outlives ? outer.emplace(std::move(inner)) : inner;
        waiting = start_next(context.get_executor(), items, signal.slot());
        context.poll();
        if (!with_consumer) {
            signal.emit(asio::cancellation_type::terminal);
            context.poll();
            CHECK(waiting->error == asio::error::operation_aborted);
        }
        CHECK(gone == 0);
    }
    CHECK(gone == 1);
    CHECK(waiting->done == !with_consumer);
}

TEST_CASE("the io_context may be destroyed after an abandoned generator", "[async_generator]")
{
    int gone = 0;
    {
        asio::io_context context;
        auto make = [](int* count) -> fullon_coro::async_generator<int> {
            const witness local(count);
            asio::steady_timer timer(co_await asio::this_coro::executor, steady_clock::time_point::max());
            co_await timer.async_wait(asio::deferred);
            co_yield 1;
        };
        auto items = make(&gone);
        const auto waiting = start_next(context.get_executor(), items);
        context.poll();
        items = fullon_coro::async_generator<int>(); // cancelled, but nobody runs the completion
        CHECK(gone == 0);
    }
    CHECK(gone == 1);
}

TEST_CASE("a coroutine that owns the generator it waits for goes with its io_context", "[async_generator]")
{
    int gone = 0;
    {
        asio::io_context context;
        auto body = [](int* count) -> fullon_coro::async_generator<int> {
            const witness local(count);
            asio::steady_timer timer(co_await asio::this_coro::executor, steady_clock::time_point::max());
            co_await timer.async_wait(asio::deferred);
            co_yield 1;
        };
        auto consumer = [](fullon_coro::async_generator<int> items) -> asio::awaitable<void> {
            while (co_await items.next()) {
            }
        };
        asio::co_spawn(context, consumer(body(&gone)), [](const std::exception_ptr&) {});
        context.poll();
        CHECK(gone == 0);
    }
    CHECK(gone == 1);
}

// For ThreadSanitizer: a strand is enough, whichever threads run it.
TEST_CASE("a generator on a strand may be run by many threads", "[async_generator]")
{
    asio::io_context context;
    int total = 0;
    for (int client = 0; client < 4; ++client) {
        const auto strand = asio::make_strand(context);
        auto numbers = []() -> fullon_coro::async_generator<int> {
            for (int i = 0; i < 500; ++i) {
                co_await asio::post(asio::deferred);
                co_yield 1;
            }
        };
        auto consumer = [numbers](int* sum) -> asio::awaitable<void> {
            auto items = numbers();
            while (true) {
                auto either = co_await (items.next() || support::run_ready(3));
                if (either.index() == 1)
                    continue;
                const auto item = std::get<0>(either);
                if (!item)
                    break;
                *sum += *item;
            }
        };
        auto sum = std::make_shared<int>(0);
        auto counted = [consumer, sum]() -> asio::awaitable<void> { co_await consumer(sum.get()); };
        auto factory = std::make_shared<decltype(counted)>(std::move(counted));
        asio::co_spawn(
            strand, [factory] { return (*factory)(); },
            [&, sum, factory](const std::exception_ptr& failure) {
                asio::post(context, [&total, sum, failed = static_cast<bool>(failure)] {
                    static std::mutex guard;
                    const std::lock_guard lock(guard);
                    total += failed ? 0 : *sum;
                });
            });
    }
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] { context.run(); });
    for (auto& thread : threads)
        thread.join();
    CHECK(total == 2000);
}
