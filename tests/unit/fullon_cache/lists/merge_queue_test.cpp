// Changes of one key wait for each other and go several at once; none is lost, none is made twice, whoever goes away.
#include <fullon_cache/detail/lists/compare_and_set.hpp>
#include <fullon_cache/detail/lists/merge_queue.hpp>
#include <fullon_cache/error.hpp>

#include "support/background.hpp"
#include "support/cancelled_at.hpp"
#include "support/run_coro.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::cache_error;
using fullon_cache::command;
using fullon_cache::errc;
using fullon_cache::reply;
using fullon_cache::detail::merge_change;
using fullon_cache::detail::merge_queue;
using fullon_cache::detail::merged;
using fullon_cache::detail::stored_document;
using std::chrono::steady_clock;
using caller = support::background<merged>;

reply text(const std::optional<std::string>& value)
{
    reply one;
    if (value) {
        one.type = reply::kind::text;
        one.text = *value;
    }
    return one;
}

reply answer(const char* outcome, const std::optional<std::string>& stored)
{
    reply one;
    one.type = reply::kind::array;
    one.items.resize(2);
    one.items[0].type = reply::kind::integer;
    one.items[0].text = outcome;
    one.items[1] = text(stored);
    return one;
}

// One stored text, behind commands that take a few turns of the event loop.
struct store {
    std::optional<std::string> stored;
    std::vector<std::string> commands;
    std::function<void()> before_write; // what others do meanwhile
    std::deque<errc> failures; // of the next commands
    int turns = 2;

    asio::awaitable<reply> execute(command one)
    {
        commands.push_back(one.words().front());
        for (int i = 0; i < turns; ++i)
            co_await asio::post(asio::deferred);
        if (!failures.empty()) {
            const auto code = failures.front();
            failures.pop_front();
            throw cache_error(code);
        }
        if (one.words().front() == "HGET")
            co_return text(stored);
        if (before_write)
            before_write();
        // EVALSHA digest 1 key field compare expected value lifetime
        const auto& words = one.words();
        const auto expected = words.at(5) == "text" ? std::optional(words.at(6)) : std::nullopt;
        if (stored != expected)
            co_return answer("0", stored);
        stored = words.at(7);
        co_return answer("1", std::nullopt);
    }

    merge_queue::sender sender()
    {
        return [this](command one) { return execute(std::move(one)); };
    }
};

class adding final : public merge_change {
public:
    adding(std::string name, std::function<bool(stored_document&)> apply = {})
        : name_(std::move(name)), apply_(std::move(apply))
    {}

    bool apply(stored_document& at) override
    {
        if (apply_)
            return apply_(at);
        auto& count = at.change()[name_];
        count = count.is_int64() ? count.get_int64() + 1 : 1;
        return true;
    }
    command write(const std::optional<std::string>& expected, const std::string& value) const override
    {
        return fullon_cache::detail::set_field_if("h", "f", expected, value);
    }

private:
    std::string name_;
    std::function<bool(stored_document&)> apply_;
};

asio::awaitable<merged> add(merge_queue* queue, store* at, std::string name,
                            std::function<bool(stored_document&)> apply = {},
                            steady_clock::time_point deadline = steady_clock::now() + 10s)
{
    return queue->run(at->sender(), "h", "f", std::make_shared<adding>(std::move(name), std::move(apply)),
                      deadline);
}

template <class Body>
void with_queue(Body body)
{
    support::run([&](const asio::any_io_executor&) -> asio::awaitable<void> {
        store at;
        merge_queue queue(co_await asio::this_coro::executor);
        co_await body(queue, at);
        co_await queue.join();
    });
}

} // namespace

TEST_CASE("one change is one reading and one write", "[merge_queue]")
{
    with_queue([](merge_queue& queue, store& at) -> asio::awaitable<void> {
        const auto first = co_await add(&queue, &at, "a");
        CHECK(first.changed);
        CHECK_FALSE(first.found);
        const auto second = co_await add(&queue, &at, "b");
        CHECK(second.found);
        CHECK(at.stored == R"({"a": 1, "b": 1})");
        CHECK(at.commands == std::vector<std::string>{"HGET", "EVALSHA", "HGET", "EVALSHA"});
    });
}

TEST_CASE("many changes at once take a few rounds, and are all there", "[merge_queue]")
{
    with_queue([](merge_queue& queue, store& at) -> asio::awaitable<void> {
        constexpr int callers = 800;
        const auto executor = co_await asio::this_coro::executor;
        std::vector<caller> all;
        for (int i = 0; i < callers; ++i)
            all.emplace_back(executor, add(&queue, &at, i % 2 == 0 ? "even" : "odd"));
        for (const auto& one : all)
            co_await one.result();
        CHECK(at.stored == R"({"even": 400, "odd": 400})");
        CHECK(at.commands.size() <= 6);
    });
}

TEST_CASE("what others have written in between is merged into", "[merge_queue]")
{
    with_queue([](merge_queue& queue, store& at) -> asio::awaitable<void> {
        at.stored = "{}";
        int others = 3;
        at.before_write = [&] {
            if (others-- > 0)
                at.stored = R"({"theirs": )" + std::to_string(others) + "}";
        };
        co_await add(&queue, &at, "ours");
        CHECK(at.stored == R"({"theirs": 0, "ours": 1})");
        CHECK(at.commands == std::vector<std::string>{"HGET", "EVALSHA", "EVALSHA", "EVALSHA", "EVALSHA"});
    });
}

TEST_CASE("while others keep changing the value, a change is surely not made by its deadline",
          "[merge_queue]")
{
    with_queue([](merge_queue& queue, store& at) -> asio::awaitable<void> {
        int n = 0;
        at.before_write = [&] { at.stored = R"({"n": )" + std::to_string(++n) + "}"; };
        const caller ours(co_await asio::this_coro::executor,
                          add(&queue, &at, "ours", {}, steady_clock::now() + 20ms));
        const auto failed = co_await ours.error();
        CHECK(failed == errc::timeout);
        CHECK(at.stored->find("ours") == std::string::npos);
    });
}

TEST_CASE("a change that is refused, or finds nothing to do, concerns no other", "[merge_queue]")
{
    with_queue([](merge_queue& queue, store& at) -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const caller first(executor, add(&queue, &at, "a"));
        const caller idle(executor, add(&queue, &at, "idle", [](stored_document&) { return false; }));
        const caller bad(executor, add(&queue, &at, "bad",
                                       [](stored_document& document) -> bool { document.refuse("odd"); }));
        const caller last(executor, add(&queue, &at, "b"));
        const auto one = co_await first.result();
        CHECK(one.changed);
        const auto nothing = co_await idle.result();
        CHECK_FALSE(nothing.changed);
        const auto refused = co_await bad.error();
        CHECK(refused == errc::serialization);
        co_await last.result();
        CHECK(at.stored == R"({"a": 1, "b": 1})");
        CHECK(at.commands == std::vector<std::string>{"HGET", "EVALSHA", "EVALSHA"}); // the first one alone
    });
}

TEST_CASE("unreadable text fails all who would change it, and stays", "[merge_queue]")
{
    with_queue([](merge_queue& queue, store& at) -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        at.stored = "{x";
        const caller first(executor, add(&queue, &at, "a"));
        const caller second(executor, add(&queue, &at, "b"));
        const auto one = co_await first.error();
        CHECK(one == errc::serialization);
        const auto other = co_await second.error();
        CHECK(other == errc::serialization);
        CHECK(at.stored == "{x");
        CHECK(at.commands == std::vector<std::string>{"HGET", "HGET"});
    });
}

TEST_CASE("a failure of Redis is told to those who asked before it, the next ones are served",
          "[merge_queue]")
{
    with_queue([](merge_queue& queue, store& at) -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        at.stored = "{}";
        int writes = 0;
        at.before_write = [&] {
            if (++writes > 1)
                throw cache_error(errc::unavailable);
        };
        const caller alone(executor, add(&queue, &at, "alone"));
        const caller first(executor, add(&queue, &at, "a"));
        const caller second(executor, add(&queue, &at, "b")); // in the same round
        co_await alone.result();
        const auto one = co_await first.error();
        CHECK(one == errc::unavailable);
        const auto other = co_await second.error();
        CHECK(other == errc::unavailable);
        CHECK(writes == 2);
        at.before_write = {};
        co_await add(&queue, &at, "c");
        CHECK(at.stored == R"({"alone": 1, "c": 1})");
        // Those that come while a reading fails are read for anew.
        at.commands.clear();
        at.failures.push_back(errc::timeout);
        const caller early(executor, add(&queue, &at, "early"));
        co_await asio::post(asio::deferred);
        const caller late(executor, add(&queue, &at, "late"));
        const auto failed = co_await early.error();
        CHECK(failed == errc::timeout);
        co_await late.result();
        CHECK(at.commands == std::vector<std::string>{"HGET", "HGET", "EVALSHA"});
    });
}

TEST_CASE("a caller that goes away while it waits takes its change with it", "[merge_queue]")
{
    with_queue([](merge_queue& queue, store& at) -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        at.turns = 20;
        caller first(executor, add(&queue, &at, "first")); // its reading is under way
        caller second(executor, add(&queue, &at, "second"));
        const caller third(executor, add(&queue, &at, "third"));
        co_await support::run_ready(3);
        first.cancel();
        second.cancel();
        const bool gone = co_await first.aborted();
        CHECK(gone);
        const bool also = co_await second.aborted();
        CHECK(also);
        co_await third.result();
        CHECK(at.stored == R"({"third": 1})");
    });
}

TEST_CASE("a caller whose time is over while it waits surely has not changed anything", "[merge_queue]")
{
    with_queue([](merge_queue& queue, store& at) -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        at.turns = 2000;
        const caller patient(executor, add(&queue, &at, "patient"));
        const caller late(executor, add(&queue, &at, "late", {}, steady_clock::now()));
        const auto failed = co_await late.error();
        CHECK(failed == errc::timeout);
        co_await patient.result();
        CHECK(at.stored == R"({"patient": 1})");
    });
}

TEST_CASE("cancelled at any turn a change is made once or not at all, and those beside it are made",
          "[merge_queue]")
{
    bool ended = false;
    int made_though_cancelled = 0;
    for (std::size_t turns = 0; !ended; ++turns) {
        REQUIRE(turns < 200);
        INFO(turns);
        asio::io_context context(1);
        store at;
        at.stored = "{}";
        merge_queue queue(context.get_executor());
        const caller before(context.get_executor(), add(&queue, &at, "before"));
        auto cancelled = [&]() -> asio::awaitable<void> { co_await add(&queue, &at, "cancelled"); };
        auto beside = [&]() -> asio::awaitable<void> {
            co_await add(&queue, &at, "beside");
            co_await add(&queue, &at, "beside");
        };
        auto both = beside();
        const support::background<void> others(context.get_executor(), std::move(both));
        const auto end = support::cancel_after_turns(context, turns, cancelled());
        ended = end.in_time;
        context.restart();
        context.run();
        CHECK(before.done());
        CHECK(others.done());
        const bool made = at.stored->find(R"("cancelled": 1)") != std::string::npos;
        CHECK(at.stored->find(R"("before": 1)") != std::string::npos);
        CHECK(at.stored->find(R"("beside": 2)") != std::string::npos);
        CHECK((made || end.aborted));
        CHECK(at.stored->find(R"("cancelled": 2)") == std::string::npos);
        made_though_cancelled += made && end.aborted ? 1 : 0;
    }
    CHECK(made_though_cancelled > 0); // else the test would not have seen one that was under way
}

TEST_CASE("an event loop that is destroyed while changes are under way takes them with it", "[merge_queue]")
{
    for (std::size_t turns = 0; turns < 40; ++turns)
        for (const bool queue_first : {false, true}) {
            store at;
            auto context = std::make_unique<asio::io_context>(1);
            auto queue = std::make_unique<merge_queue>(context->get_executor());
            std::vector<caller> all;
            for (const auto* const name : {"a", "b", "c"})
                all.emplace_back(context->get_executor(), add(queue.get(), &at, name));
            for (std::size_t k = 0; k < turns; ++k)
                context->poll_one();
            all[1].cancel();
            if (queue_first)
                queue.reset(); // those who wait go on
            else if (turns % 2 == 1)
                context->poll();
            if (!queue_first)
                queue.reset();
            context.reset();
        }
    SUCCEED("nothing is touched that is gone");
}
