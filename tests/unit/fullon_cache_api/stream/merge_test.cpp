// merge(): items, whose turn it is, errors; streams as sources.
#include "merge_sources.hpp"
#include "stream_messages.hpp"

#include <fullon_cache_api/detail/stream/stream_channel.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/merge.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

using namespace merge_sources;
using fullon_cache_api::merge;
using fullon_cache_api::merged;
using fullon_cache_api::stream;
using fullon_cache_api::detail::stream_channel;

namespace {

using two_ints = std::variant<int, int>;

static_assert(std::is_same_v<decltype(merge(numbers(0, 1), numbers(0, 1))), merged<two_ints>>);
static_assert(fullon_cache_api::mergeable<merged<two_ints>>);
static_assert(fullon_cache_api::mergeable<async_generator<std::string>>);
static_assert(!fullon_cache_api::mergeable<std::vector<int>>);
static_assert(!std::is_copy_constructible_v<merged<int>>);
static_assert(std::is_nothrow_move_constructible_v<merged<int>>);

async_generator<std::string> words(std::vector<std::string> all)
{
    for (auto& one : all)
        co_yield std::move(one);
}

async_generator<int> failing_after(int items)
{
    for (int i = 0; i < items; ++i)
        co_yield i;
    throw std::runtime_error("broken");
}

// Neither a stream nor a generator. Fails at each third item, and goes on.
class foreign {
public:
    using value_type = int;

    asio::awaitable<std::optional<int>> next()
    {
        co_await asio::post(asio::deferred);
        const int number = (*next_)++;
        if (number % 3 == 2)
            throw std::runtime_error("third");
        std::optional<int> result;
        if (number < 7)
            result = number;
        co_return result;
    }

private:
    std::unique_ptr<int> next_ = std::make_unique<int>(0);
};

struct number {
    int value = 0;
};

stream_channel& add(stream_channel& to, std::uint64_t id, int value)
{
    auto message = stream_messages::live("topic", id, value, "item");
    number made;
    made.value = value;
    message.value = std::make_shared<const number>(made);
    to.track.offer(message);
    to.wake();
    return to;
}

std::shared_ptr<stream_channel> open_channel(asio::any_io_executor executor,
                                             fullon_cache_api::stream_options options = {})
{
    auto channel =
        std::make_shared<stream_channel>(executor, fullon_cache_api::detail::stream_content::state, options);
    channel->track.begin("e1");
    channel->track.end_snapshot();
    return channel;
}

template <class T>
asio::awaitable<std::string> text_of_failure(merged<T>* items)
{
    std::string text;
    try {
        (void)co_await items->next();
    } catch (const std::exception& failure) {
        text = failure.what();
    }
    co_return text;
}

} // namespace

TEST_CASE("a merge gives the items of all sources, told apart by their index, and then nothing", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        std::vector<std::string> texts;
        texts.emplace_back("a");
        texts.emplace_back("b");
        auto all = merge(numbers(0, 3), words(texts), slow_numbers(10, 12));
        std::vector<std::string> got[3];
        for (auto item = co_await all.next(); item; item = co_await all.next()) {
            auto& list = got[item->index()];
            if (const auto* text = std::get_if<1>(&*item))
                list.push_back(*text);
            else
                list.push_back(std::to_string(item->index() == 0 ? std::get<0>(*item) : std::get<2>(*item)));
        }
        CHECK(got[0] == std::vector<std::string>{"0", "1", "2"});
        CHECK(got[1] == texts);
        CHECK(got[2] == std::vector<std::string>{"10", "11"});
        const auto after = co_await all.next();
        CHECK_FALSE(after);
    });
}

TEST_CASE("sources of one type in a vector give items of that type", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        std::vector<async_generator<int>> sources;
        sources.reserve(50);
        for (int i = 0; i < 50; ++i)
            sources.push_back(slow_numbers(10 * i, 10 * i + 10, i % 4));
        auto all = merge(std::move(sources));
        std::vector<int> next(50, 0);
        int count = 0;
        for (auto item = co_await all.next(); item; item = co_await all.next()) {
            const auto source = static_cast<std::size_t>(*item / 10);
            CHECK(*item % 10 == next[source]++);
            ++count;
        }
        CHECK(count == 500);
        auto none = merge(std::vector<async_generator<int>>());
        const auto item = co_await none.next();
        CHECK_FALSE(item);
    });
}

TEST_CASE("an empty or moved-from merge is at its end", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        merged<two_ints> empty;
        auto item = co_await empty.next();
        CHECK_FALSE(item);
        auto all = merge(numbers(0, 2), async_generator<int>());
        empty = std::move(all);
        item = co_await all.next(); // NOLINT(bugprone-use-after-move): the point
        CHECK_FALSE(item);
        item = co_await empty.next();
        CHECK(item == two_ints(std::in_place_index<0>, 0));
        empty = merged<two_ints>();
        item = co_await empty.next();
        CHECK_FALSE(item);
    });
}

TEST_CASE("two sources that are always ready take turns, and leave the event loop alone", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        auto all = merge(endless(), endless());
        (void)co_await all.next();
        (void)co_await all.next();
        bool turned = false;
        asio::post(executor, [&] { turned = true; });
        for (int i = 2; i < 1000; ++i) {
            const auto item = co_await all.next();
            const bool in_turn = item && item->index() == static_cast<std::size_t>(i % 2);
            REQUIRE(in_turn);
        }
        CHECK_FALSE(turned);
        co_await support::run_ready(1);
    });
}

// The first never gives up the thread by itself.
TEST_CASE("a source that is always ready does not starve one that needs the event loop", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        auto all = merge(endless(), slow_numbers(0, 20));
        int turns = 0;
        bool over = false;
        auto count = [](int* counted, const bool* end) -> asio::awaitable<void> {
            for (; !*end; ++*counted)
                co_await support::run_ready(1);
        };
        asio::co_spawn(executor, count(&turns, &over), [](const std::exception_ptr&) {});
        int total = 0;
        int slow = 0;
        for (; slow < 20 && total < 5000; ++total) {
            const auto item = co_await all.next();
            if (item && item->index() == 1)
                CHECK(std::get<1>(*item) == slow++);
        }
        over = true;
        CHECK(slow == 20);
        CHECK(turns <= total / 32 + 2);
        co_await support::run_ready(2);
    });
}

TEST_CASE("what a source throws comes once, after its items; the others go on", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        auto all = merge(failing_after(1), numbers(0, 3));
        std::string said;
        for (int i = 0; i < 6; ++i) {
            try {
                const auto item = co_await all.next();
                said += item ? std::to_string(item->index()) : "-";
            } catch (const std::runtime_error& failure) {
                said += failure.what();
            }
        }
        CHECK(said == "01broken11-");
    });
}

TEST_CASE("a source of another kind is asked again after it has thrown", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        auto all = merge(merge(foreign(), numbers(100, 102)), foreign());
        std::vector<int> got[2];
        int failures = 0;
        for (bool end = false; !end;) {
            try {
                const auto item = co_await all.next();
                end = !item;
                if (item && item->index() == 1)
                    got[1].push_back(std::get<1>(*item));
                else if (item && std::get<0>(*item).index() == 0)
                    got[0].push_back(std::get<0>(std::get<0>(*item)));
            } catch (const std::runtime_error&) {
                ++failures;
            }
        }
        CHECK(got[0] == std::vector<int>{0, 1, 3, 4, 6});
        CHECK(got[1] == std::vector<int>{0, 1, 3, 4, 6});
        CHECK(failures == 4);
    });
}

TEST_CASE("a stream in a merge goes on conflating: nothing is taken before it is wanted", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        gate door(executor);
        fullon_cache_api::stream_options one_item;
        one_item.queue_limit = 1;
        const auto channel = open_channel(executor, one_item);
        {
            auto all = merge(stream<number>(channel), through(&door));
            const auto waiting = start_next(executor, all);
            co_await support::run_ready();
            door.open();
            co_await support::run_ready();
            REQUIRE(waiting->item);
            CHECK(waiting->item->index() == 1);
            for (int i = 1; i <= 5; ++i) {
                add(*channel, static_cast<std::uint64_t>(i), 10 * i);
                co_await support::run_ready();
            }
            const auto item = co_await all.next();
            REQUIRE(item);
            CHECK(std::get<0>(*item).value == 50);
            CHECK(std::get<0>(*item).missed == 4);
        }
        bool unsubscribed = false;
        channel->on_end = [&] { unsubscribed = true; };
        co_await support::run_ready();
        CHECK(unsubscribed);
    });
}

TEST_CASE("a stream that may not wait says once that it is stale; the others go on", "[merge]")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        fullon_cache_api::stream_options options;
        options.on_stale = fullon_cache_api::on_stale::fail;
        const auto failing = open_channel(executor, options);
        const auto other = open_channel(executor);
        std::vector<stream<number>> both;
        both.emplace_back(failing);
        both.emplace_back(other);
        auto all = merge(std::move(both));
        for (int round = 1; round <= 2; ++round) {
            const auto waiting = start_next(executor, all);
            co_await support::run_ready();
            CHECK_FALSE(waiting->done);
            failing->track.mark({}, fullon_cache_api::stale_reason::redis_down);
            failing->wake();
            co_await support::run_ready();
            CHECK(waiting->error ==
                  fullon_cache_api::make_error_code(fullon_cache_api::error::cache_unavailable));
            const auto next = start_next(executor, all);
            co_await support::run_ready();
            CHECK_FALSE(next->done);
            add(*other, static_cast<std::uint64_t>(round), round);
            co_await support::run_ready();
            REQUIRE(next->item);
            CHECK(next->item->value == round);
            failing->track.mark({}, fullon_cache_api::stale_reason::none);
            failing->wake();
            co_await support::run_ready();
        }
        add(*failing, 1, 7);
        failing->fail(fullon_cache_api::make_error_code(fullon_cache_api::error::forbidden), "refused");
        const auto item = co_await all.next();
        REQUIRE(item);
        CHECK(item->value == 7);
        const auto refusal = co_await text_of_failure(&all);
        CHECK(refusal.find("refused") != std::string::npos);
        other->close();
        const auto end = co_await all.next();
        CHECK_FALSE(end);
    });
}
