// base_reader and base_cache: channels and Redis streams.
#include "support/background.hpp"
#include "support/caches.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/redis_link.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using fullon_cache::base_cache;
using fullon_cache::errc;
using fullon_cache::published;
using fullon_cache::stream_entry;
using fullon_coro::async_generator;
using std::chrono::steady_clock;
using support::background;
using world = support::cache_world<base_cache>;
using texts = std::vector<std::string>;
using fields = std::vector<std::pair<std::string, std::string>>;

template <class Body>
void with_base(Body body)
{
    support::with_cache<base_cache>(std::move(body));
}

template <class... Texts>
texts list(const Texts&... words)
{
    texts made;
    (made.emplace_back(words), ...);
    return made;
}

fields one_field(std::string name, std::string value)
{
    fields made;
    made.emplace_back(std::move(name), std::move(value));
    return made;
}

// Takes what is published until it fails or is cancelled.
class listener {
public:
    listener(world& w, texts channels, std::size_t capacity = 10000)
        : heard_(std::make_shared<std::vector<published>>()),
          task_(w.connection.get_executor(),
                collect(w.cache.subscribe_all(std::move(channels), capacity), heard_))
    {}

    const std::vector<published>& heard() const { return *heard_; }
    const background<void>& task() const { return task_; }
    void cancel() { task_.cancel(); }

    asio::awaitable<void> until_heard(std::size_t count)
    {
        auto enough = [heard = heard_, count] { return heard->size() >= count; };
        co_await support::eventually("what was published", enough);
    }

private:
    static asio::awaitable<void> collect(async_generator<published> messages,
                                         std::shared_ptr<std::vector<published>> into)
    {
        for (;;) {
            auto message = co_await messages.next();
            into->push_back(std::move(*message));
        }
    }

    std::shared_ptr<std::vector<published>> heard_;
    background<void> task_;
};

std::int64_t subscribers(world& w, const std::string& channel)
{
    return w.cli("PUBSUB", "NUMSUB", channel).elements.at(1).integer();
}

asio::awaitable<void> until_subscribers(world& w, std::string channel, std::int64_t count)
{
    auto reached = [&] { return subscribers(w, channel) == count; };
    co_await support::eventually(std::to_string(count) + " subscribers of " + channel, reached);
}

texts payloads(const std::vector<published>& messages)
{
    texts all;
    for (const auto& one : messages)
        all.push_back(one.payload);
    return all;
}

} // namespace

TEST_CASE("what is published on several channels comes in order, and nothing of others")
{
    with_base([](world& w) -> asio::awaitable<void> {
        listener one(w, list("a", "b"));
        co_await until_subscribers(w, "b", 1);
        CHECK(subscribers(w, "a") == 1);
        w.cli("PUBLISH", "c", "not for us");
        w.cli("PUBLISH", "ab", "not for us");
        texts sent;
        for (int i = 0; i < 2000; ++i) {
            sent.push_back(std::to_string(i));
            if (i % 2 == 0) {
                w.cli("PUBLISH", i % 3 == 0 ? "a" : "b", sent.back());
            } else {
                const auto receivers = co_await w.cache.publish(i % 3 == 0 ? "a" : "b", sent.back());
                CHECK(receivers == 1);
            }
        }
        co_await one.until_heard(sent.size());
        CHECK(payloads(one.heard()) == sent);
        for (std::size_t i = 0; i < one.heard().size(); ++i) {
            REQUIRE(one.heard()[i].channel == (i % 3 == 0 ? "a" : "b"));
            REQUIRE(one.heard()[i].missed == 0);
        }
        const auto nobody = co_await w.cache.publish("c", "1");
        CHECK(nobody == 0);
        std::string binary(1024 * 1024, '\0');
        binary += "\r\n\xFF";
        co_await w.cache.publish("a", binary);
        co_await one.until_heard(sent.size() + 1);
        CHECK(one.heard().back().payload == binary);
        one.cancel();
        const bool aborted = co_await one.task().aborted();
        CHECK(aborted);
    });
}

TEST_CASE("of messages that nobody takes the newest are kept, and those that are gone are counted")
{
    with_base([](world& w) -> asio::awaitable<void> {
        listener witness(w, list("a"));
        co_await until_subscribers(w, "a", 1);
        for (const std::size_t capacity : {std::size_t(10), std::size_t(1)}) {
            const auto before = witness.heard().size();
            auto slow = w.cache.subscribe_all(list("a"), capacity);
            background<std::optional<published>> first(w.connection.get_executor(), slow.next());
            co_await w.cache.publish("a", "0"); // the channel is subscribed to already: nothing to wait for
            const auto begun = co_await first.result();
            REQUIRE(begun);
            CHECK(begun->payload == "0");
            for (int i = 1; i <= 25; ++i)
                w.cli("PUBLISH", "a", i);
            co_await witness.until_heard(before + 26);
            const auto lost = 25 - capacity;
            for (std::size_t i = 0; i < capacity; ++i) {
                const auto message = co_await slow.next();
                REQUIRE(message);
                CHECK(message->payload == std::to_string(lost + 1 + i));
                CHECK(message->missed == (i == 0 ? lost : 0));
            }
            // Counted once.
            w.cli("PUBLISH", "a", "after");
            const auto after = co_await slow.next();
            REQUIRE(after);
            CHECK(after->payload == "after");
            CHECK(after->missed == 0);
        }
        CHECK(witness.heard().size() == 2 * 27);
        witness.cancel();
        const bool aborted = co_await witness.task().aborted();
        CHECK(aborted);
    });
}

TEST_CASE("when Redis goes what was heard is still given, then it is an error; the next one begins anew")
{
    with_base([](world& w) -> asio::awaitable<void> {
        listener witness(w, list("a"));
        auto messages = w.cache.subscribe("a");
        background<std::optional<published>> first(w.connection.get_executor(), messages.next());
        co_await until_subscribers(w, "a", 1);
        w.cli("PUBLISH", "a", "1");
        w.cli("PUBLISH", "a", "2");
        co_await witness.until_heard(2);
        w.server.kill();
        const auto lost = co_await witness.task().error();
        CHECK(lost == errc::unavailable);
        const auto one = co_await first.result();
        CHECK(one->payload == "1");
        const auto two = co_await messages.next();
        CHECK(two->payload == "2");
        const auto gone = co_await support::error_of(messages.next());
        CHECK(gone == errc::unavailable);
        const auto end = co_await messages.next(); // an error is told once
        CHECK_FALSE(end);

        w.server.start();
        co_await w.connection.ready(10s * support::patience);
        support::redis_cli cli(w.server);
        const auto channels = cli("PUBSUB", "CHANNELS").elements.size();
        CHECK(channels == 0); // nobody is left to hear
        auto again = w.cache.subscribe("a");
        background<std::optional<published>> next(w.connection.get_executor(), again.next());
        co_await support::eventually("subscribed", [&] { return cli("PUBLISH", "a", "3").integer() == 1; });
        const auto three = co_await next.result();
        CHECK(three->payload == "3");
    });
}

TEST_CASE("subscribers of one channel share it, and the last one to go unsubscribes")
{
    with_base([](world& w) -> asio::awaitable<void> {
        listener one(w, list("a", "a", "b")); // named twice, heard once
        listener two(w, list("a"));
        co_await until_subscribers(w, "a", 1);
        co_await until_subscribers(w, "b", 1);
        w.cli("PUBLISH", "a", "1");
        co_await one.until_heard(1);
        co_await two.until_heard(1);
        one.cancel();
        const bool first = co_await one.task().aborted();
        CHECK(first);
        co_await until_subscribers(w, "b", 0);
        CHECK(subscribers(w, "a") == 1);
        w.cli("PUBLISH", "a", "2");
        co_await two.until_heard(2);
        CHECK(payloads(two.heard()) == list("1", "2"));
        CHECK(payloads(one.heard()) == list("1"));
        two.cancel();
        const bool second = co_await two.task().aborted();
        CHECK(second);
        co_await until_subscribers(w, "a", 0);
        CHECK(w.connection.shared_link()->losses() == 0);
    });
}

TEST_CASE("a subscription that is dropped at any moment leaves nothing behind in Redis")
{
    with_base([](world& w) -> asio::awaitable<void> {
        for (int round = 0; round < 200; ++round) {
            {
                listener one(w, list("a"));
                co_await support::run_ready(round % 20);
                if (round % 40 >= 20)
                    co_await until_subscribers(w, "a", 1);
                one.cancel();
                const bool aborted = co_await one.task().aborted();
                REQUIRE(aborted);
            }
            if (round % 3 == 0)
                co_await until_subscribers(w, "a", 0);
        }
        co_await until_subscribers(w, "a", 0);
        // One that never began.
        {
            auto unused = w.cache.subscribe("a");
        }
        // And the connection still counts its replies right.
        listener last(w, list("a"));
        co_await until_subscribers(w, "a", 1);
        w.cli("PUBLISH", "a", "1");
        co_await last.until_heard(1);
        CHECK(payloads(last.heard()) == list("1"));
        CHECK(w.connection.shared_link()->losses() == 0);
        last.cancel();
        const bool aborted = co_await last.task().aborted();
        CHECK(aborted);
    });
}

TEST_CASE("waiting for a message beside a timer loses none")
{
    with_base([](world& w) -> asio::awaitable<void> {
        auto messages = w.cache.subscribe("a");
        background<std::optional<published>> first(w.connection.get_executor(), messages.next());
        co_await until_subscribers(w, "a", 1);
        w.cli("PUBLISH", "a", "0");
        const auto begun = co_await first.result();
        CHECK(begun->payload == "0");
        constexpr int rounds = 300;
        texts heard;
        for (int round = 1; round <= rounds; ++round) {
            w.cli("PUBLISH", "a", round);
            asio::steady_timer timer(w.connection.get_executor(), std::chrono::microseconds(round % 60));
            auto either = messages.next() || timer.async_wait(asio::use_awaitable);
            const auto result = co_await std::move(either);
            if (const auto* const message = std::get_if<0>(&result))
                heard.push_back((*message)->payload);
        }
        w.cli("PUBLISH", "a", "end");
        for (;;) {
            const auto message = co_await messages.next();
            REQUIRE(message);
            if (message->payload == "end")
                break;
            heard.push_back(message->payload);
        }
        REQUIRE(heard.size() == rounds);
        for (int round = 1; round <= rounds; ++round)
            REQUIRE(heard[static_cast<std::size_t>(round - 1)] == std::to_string(round));
    });
}

TEST_CASE("stop ends a subscription")
{
    with_base([](world& w) -> asio::awaitable<void> {
        listener one(w, list("a"));
        co_await until_subscribers(w, "a", 1);
        co_await w.connection.stop();
        const auto failure = co_await one.task().error();
        CHECK(failure == errc::unavailable);
        const auto refused = co_await support::error_of(w.cache.subscribe("a").next());
        CHECK(refused == errc::closed);
    });
}

TEST_CASE("entries of a stream come back in order, with their ids and fields as they were written")
{
    with_base([](world& w) -> asio::awaitable<void> {
        const auto nothing = co_await w.cache.xread("s", "0");
        CHECK(nothing.empty());
        const auto zero = co_await w.cache.xlen("s");
        CHECK(zero == 0);
        std::vector<stream_entry> written;
        for (int i = 0; i < 10; ++i) {
            stream_entry entry;
            entry.fields.emplace_back("z", std::to_string(i));
            entry.fields.emplace_back("a", ""); // not sorted
            entry.fields.emplace_back("z", "again");
            entry.id = co_await w.cache.xadd("s", entry.fields);
            written.push_back(entry);
        }
        const auto all = co_await w.cache.xread("s", "0");
        CHECK(all == written);
        const auto later = co_await w.cache.xread("s", written[6].id);
        CHECK(later == std::vector<stream_entry>(written.begin() + 7, written.end()));
        const auto two = co_await w.cache.xread("s", written[2].id, 2);
        CHECK(two == std::vector<stream_entry>(written.begin() + 3, written.begin() + 5));
        const auto at_end = co_await w.cache.xread("s", written[9].id);
        CHECK(at_end.empty());
        const auto from_now = co_await w.cache.xread("s", "$");
        CHECK(from_now.empty());

        const auto deleted = co_await w.cache.xdel("s", list(written[0].id, written[1].id, "1-1"));
        CHECK(deleted == 2);
        const auto length = co_await w.cache.xlen("s");
        CHECK(length == 8);
        const auto trimmed = co_await w.cache.xtrim("s", 3, false);
        CHECK(trimmed == 5);
        const auto rest = co_await w.cache.xread("s", "0");
        CHECK(rest == std::vector<stream_entry>(written.begin() + 7, written.end()));
        const auto emptied = co_await w.cache.xtrim("s", 0, false);
        CHECK(emptied == 3);
    });
}

TEST_CASE("a stream is kept to its length exactly, or by whole nodes")
{
    with_base([](world& w) -> asio::awaitable<void> {
        w.cli("CONFIG", "SET", "stream-node-max-entries", 10);
        const auto entry = one_field("f", "1");
        for (int i = 0; i < 100; ++i) {
            co_await w.cache.xadd("exact", entry, 25, false);
            co_await w.cache.xadd("about", entry, 25);
            co_await w.cache.xadd("free", entry);
        }
        CHECK(w.cli("XLEN", "exact").integer() == 25);
        const auto about = w.cli("XLEN", "about").integer();
        CHECK(about > 25); // nodes of ten: never exactly that
        CHECK(about < 45);
        CHECK(w.cli("XLEN", "free").integer() == 100);
        const auto some = co_await w.cache.xtrim("free", 25);
        CHECK(some == 70);
        const auto rest = co_await w.cache.xtrim("free", 25, false);
        CHECK(rest == 5);
    });
}

TEST_CASE("reading a stream waits for what comes, no longer than it was told, and can be cancelled")
{
    with_base([](world& w) -> asio::awaitable<void> {
        const auto executor = w.connection.get_executor();
        const auto old = co_await w.cache.xadd("s", one_field("f", "old"));
        // There is something: no wait.
        const auto at_once = co_await w.cache.xread("s", "0", std::nullopt, 60s);
        REQUIRE(at_once.size() == 1);
        CHECK(at_once.front().id == old);

        for (const auto& after : list("$", old)) {
            const auto time =
                after == "$" ? std::chrono::milliseconds(60s) : std::chrono::milliseconds::max();
            background<std::vector<stream_entry>> waiting(executor,
                                                          w.cache.xread("s", after, std::nullopt, time));
            co_await support::until_waiting(w.cli, 1);
            CHECK_FALSE(waiting.done());
            const auto id = co_await w.cache.xadd("s", one_field("f", "new"));
            const auto entries = co_await waiting.result();
            REQUIRE(entries.size() == 1);
            CHECK(entries.front().id == id);
            CHECK(entries.front().fields == one_field("f", "new"));
            co_await w.cache.xdel("s", list(id));
        }

        const auto clients = support::info_number(w.cli, "total_connections_received");
        const auto begin = steady_clock::now();
        const auto none = co_await w.cache.xread("s", "$", std::nullopt, 50ms);
        CHECK(none.empty());
        CHECK(steady_clock::now() - begin >= 50ms);
        const auto still_none = co_await w.cache.xread("s", old, 5, 10ms);
        CHECK(still_none.empty());
        CHECK(support::info_number(w.cli, "total_connections_received") == clients);

        background<std::vector<stream_entry>> given_up(executor, w.cache.xread("s", "$", std::nullopt, 60s));
        co_await support::until_waiting(w.cli, 1);
        given_up.cancel();
        const bool aborted = co_await given_up.aborted();
        CHECK(aborted);

        background<std::vector<stream_entry>> dying(executor, w.cache.xread("s", "$", std::nullopt, 60s));
        co_await support::until_waiting(w.cli, 1);
        w.server.kill();
        const auto failure = co_await dying.error();
        CHECK(failure == errc::unavailable);
    });
}
