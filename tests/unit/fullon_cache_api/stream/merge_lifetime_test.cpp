// merge(): cancelled waits lose nothing; destruction at every moment is safe.
#include "merge_sources.hpp"

#include <fullon_cache_api/detail/stream/stream_channel.hpp>
#include <fullon_cache_api/merge.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <variant>
#include <vector>

using namespace merge_sources;
using namespace asio::experimental::awaitable_operators;
using fullon_cache_api::merge;
using fullon_cache_api::merged;
using fullon_cache_api::stream;
using fullon_cache_api::detail::stream_channel;

namespace {

struct number {
    int value = 0;
};

// A source of another kind, by means of a generator.
class foreign {
public:
    using value_type = int;
    explicit foreign(async_generator<int> items) : items_(std::move(items)) {}
    asio::awaitable<std::optional<int>> next() { return items_.next(); }

private:
    async_generator<int> items_;
};

async_generator<int> random_pace(std::mt19937* dice, int count)
{
    for (int i = 0; i < count; ++i) {
        for (auto turns = (*dice)() % 4; turns > 0; --turns)
            co_await asio::post(asio::deferred);
        co_yield i;
    }
}

async_generator<int> waiting_for_ever(int* gone)
{
    const witness local(gone);
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             std::chrono::steady_clock::time_point::max());
    co_await timer.async_wait(asio::deferred);
    co_yield 1;
}

std::shared_ptr<stream_channel> open_channel(asio::any_io_executor executor)
{
    auto channel = std::make_shared<stream_channel>(executor, fullon_cache_api::detail::stream_content::state,
                                                    fullon_cache_api::stream_options());
    channel->track.begin("e1");
    channel->track.end_snapshot();
    return channel;
}

} // namespace

TEST_CASE("random cancellations of a merge lose and repeat nothing", "[merge]")
{
    const auto seed = GENERATE(1U, 2U, 3U, 4U, 5U);
    CAPTURE(seed);
    run([=]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        std::mt19937 random(seed);
        gate other(executor);
        auto all = merge(random_pace(&random, 1000), numbers(0, 1000), foreign(random_pace(&random, 1000)));
        std::array<int, 3> expected{};
        auto later = [](gate* wait, unsigned after) -> asio::awaitable<void> {
            co_await support::run_ready(static_cast<int>(after));
            if (after > 3) // one operand that needs its cancellation, others that just complete
                co_await wait->async_wait();
        };
        using item = std::variant<int, int, int>;
        for (bool end = false; !end;) {
            const auto turns = static_cast<unsigned>(random() % 5);
            std::optional<std::optional<item>> got;
            switch (random() % 3) {
            case 0: {
                auto both = co_await (all.next() || later(&other, turns));
                if (both.index() == 0)
                    got = std::get<0>(both);
                break;
            }
            case 1: {
                auto both = co_await (later(&other, turns) || all.next());
                if (both.index() == 1)
                    got = std::get<1>(both);
                break;
            }
            default: got = co_await all.next();
            }
            if (got && *got) {
                const auto index = (*got)->index();
                const int value = std::visit([](int one) { return one; }, **got);
                const bool in_order = value == expected.at(index)++;
                REQUIRE(in_order);
            }
            end = got && !*got;
        }
        CHECK(expected == std::array<int, 3>{1000, 1000, 1000});
    });
}

TEST_CASE("a cancelled next() of a merge leaves its place; a second one is refused", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        auto all = merge(through(&door), async_generator<int>());
        asio::cancellation_signal signal;
        const auto first = start_next(executor, all, signal.slot());
        co_await support::run_ready();
        const auto second = start_next(executor, all);
        co_await support::run_ready();
        CHECK_FALSE(first->done);
        CHECK(second->failure);
        CHECK_FALSE(second->error); // a logic_error
        signal.emit(asio::cancellation_type::terminal);
        co_await support::run_ready();
        CHECK(first->error == asio::error::operation_aborted);
        CHECK(door.cancelled() == asio::cancellation_type::none);
        door.open(); // nobody waits: the item is kept
        co_await support::run_ready();
        const auto item = co_await all.next();
        CHECK(item == std::variant<int, int>(std::in_place_index<0>, 0));
    });
}

TEST_CASE("a source that has ended is destroyed, a merge that is destroyed cancels the others", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        gate other(executor);
        std::array<int, 3> gone{};
        auto ending = [](witness parameter) -> async_generator<int> {
            (void)parameter;
            co_yield 1;
        };
        const auto channel = open_channel(executor);
        auto all = std::make_optional(merge(ending(witness(&gone[0])), through(&door, &gone[1]),
                                            foreign(through(&other, &gone[2])), stream<number>(channel)));
        const auto first = start_next(executor, *all);
        co_await support::run_ready();
        REQUIRE(first->item);
        const auto second = start_next(executor, *all);
        co_await support::run_ready();
        CHECK(gone == std::array<int, 3>{1, 0, 0});
        CHECK(door.waited_for());
        CHECK(other.waited_for());
        all.reset();
        co_await support::run_ready();
        CHECK(second->error == asio::error::operation_aborted);
        CHECK(door.cancelled() == asio::cancellation_type::terminal);
        CHECK(gone == std::array<int, 3>{1, 1, 1});
        CHECK(channel.use_count() == 1);
    });
}

TEST_CASE("the consumer of a merge may destroy it when it is woken", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        int gone = 0;
        bool done = false;
        auto consumer = [](gate* wait, int* count, bool* over) -> asio::awaitable<void> {
            auto never = merge(endless(), endless()).next();
            {
                auto all = merge(through(wait, count), waiting_for_ever(count));
                const auto item = co_await all.next();
                CHECK(item);
            }
            co_await support::run_ready();
            CHECK(*count == 2);
            *over = true;
        };
        asio::co_spawn(executor, consumer(&door, &gone, &done),
                       [](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
        co_await support::run_ready();
        door.open();
        co_await support::run_ready(30);
        CHECK(done);
    });
}

TEST_CASE("the body of a source may destroy the merge", "[merge]")
{
    const bool while_waiting = GENERATE(true, false);
    run([=]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        gate second(executor);
        int gone = 0;
        std::optional<merged<std::variant<int, int>>> all;
        auto make = [](gate* before, gate* after, std::optional<merged<std::variant<int, int>>>* self,
                       int* count) -> async_generator<int> {
            const witness local(count);
            if (before)
                co_await before->async_wait();
            self->reset();
            co_await after->async_wait(); // started, cancelled at once, never resumed
            ++*count;
        };
        all.emplace(merge(make(while_waiting ? &door : nullptr, &second, &all, &gone), endless()));
        if (while_waiting)
            all.emplace(merge(make(&door, &second, &all, &gone), waiting_for_ever(&gone)));
        const auto waiting = start_next(executor, *all);
        co_await support::run_ready();
        door.open();
        co_await support::run_ready();
        CHECK(gone == (while_waiting ? 2 : 1));
        CHECK(waiting->error == asio::error::operation_aborted);
    });
}

TEST_CASE("a fresh consumer whose merge is destroyed before its turn is told so", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        auto all = std::make_optional(merge(endless(), endless()));
        auto late = all->next();
        const auto waiting = start_next(executor, *all);
        all.reset();
        co_await support::run_ready();
        CHECK(waiting->error == asio::error::operation_aborted);
        error_code error;
        try {
            (void)co_await std::move(late);
        } catch (const system_error& failure) {
            error = failure.code();
        }
        CHECK(error == asio::error::operation_aborted);
    });
}

TEST_CASE("the io_context may be destroyed under a waiting merge", "[merge]")
{
    const bool merge_outlives = GENERATE(true, false);
    const bool with_consumer = GENERATE(true, false);
    CAPTURE(merge_outlives, with_consumer);
    int gone = 0;
    using item = std::variant<int, int>;
    std::optional<merged<item>> outer;
    asio::cancellation_signal signal;
    {
        asio::io_context context;
        auto inner = merge(waiting_for_ever(&gone), foreign(waiting_for_ever(&gone)));
        auto& items = merge_outlives ? outer.emplace(std::move(inner)) : inner;
        const auto waiting = start_next(context.get_executor(), items, signal.slot());
        context.poll();
        if (!with_consumer) {
            signal.emit(asio::cancellation_type::terminal);
            context.poll();
            CHECK(waiting->error == asio::error::operation_aborted);
        }
        CHECK(gone == 0);
    }
    CHECK(gone == 2);
}

TEST_CASE("the io_context may own the consumer, the merge and its streams", "[merge]")
{
    const bool polled_after_end = GENERATE(true, false);
    int gone = 0;
    std::weak_ptr<stream_channel> last;
    {
        asio::io_context context;
        const auto channel = open_channel(context.get_executor());
        last = channel;
        auto consumer = [](int* count, std::shared_ptr<stream_channel> from) -> asio::awaitable<void> {
            auto all = merge(waiting_for_ever(count), stream<number>(std::move(from)),
                             foreign(waiting_for_ever(count)));
            for (auto item = co_await all.next(); item; item = co_await all.next()) {
            }
        };
        asio::co_spawn(context, consumer(&gone, channel), [](const std::exception_ptr&) {});
        context.poll();
        if (polled_after_end) {
            channel->close();
            context.poll();
        }
        CHECK(gone == 0);
    }
    CHECK(gone == 2);
    CHECK(last.expired());
}
