// The streams of one session: snapshots in portions, attaching without a gap, marks and counters.
#include <fullon_cache_api/detail/session/session_streams.hpp>

#include "support/text_value.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using fullon_cache_api::stale_reason;
using fullon_cache_api::detail::frame;
using fullon_cache_api::detail::hub;
using fullon_cache_api::detail::outbox;
using fullon_cache_api::detail::server_metrics;
using fullon_cache_api::detail::session_streams;
using fullon_cache_api::detail::stream_source;
using fullon_cache_api::detail::topic_ptr;
using fullon_cache_api::detail::topic_value;

namespace {

constexpr std::size_t everything = static_cast<std::size_t>(-1);

struct fake_source final : stream_source {
    std::vector<topic_ptr> list;
    stale_reason why = stale_reason::none;
    std::function<void()> on_release = [] {};

    fake_source() = default;
    fake_source(const fake_source&) = delete;
    fake_source& operator=(const fake_source&) = delete;
    ~fake_source() override { on_release(); }

    std::vector<topic_ptr> topics() const override { return list; }
    stale_reason stale() const override { return why; }
    std::string_view delivery() const override { return "exact"; }
};

struct session {
    hub all;
    outbox out;
    int woken = 0;
    std::shared_ptr<server_metrics> metrics = std::make_shared<server_metrics>();
    std::optional<session_streams> streams;

    explicit session(std::size_t conflate_above = everything) : out(conflate_above)
    {
        streams.emplace(out, [this] { ++woken; }, metrics);
    }

    std::unique_ptr<fake_source> source(std::vector<topic_ptr> list, stale_reason why = stale_reason::none)
    {
        auto made = std::make_unique<fake_source>();
        made->list = std::move(list);
        made->why = why;
        return made;
    }

    // A stream that has been acknowledged and whose snapshot has been produced and taken.
    session_streams::stream& live(std::vector<topic_ptr> list)
    {
        auto& made = streams->add("stream_tickers", {});
        streams->start(made, source(std::move(list)));
        streams->produce(everything);
        taken();
        return made;
    }

    topic_ptr topic(std::string_view name, int price = 0)
    {
        auto made = all.open(name);
        if (price != 0)
            all.seed(*made, "item", price_of(price));
        return made;
    }
    static topic_value price_of(int price)
    {
        return support::text_value(R"({"price":)" + std::to_string(price));
    }
    void publish(const topic_ptr& where, int price) { all.publish(*where, "item", price_of(price)); }

    std::vector<std::string> taken(std::size_t max_bytes = everything)
    {
        std::vector<frame> frames;
        out.take(frames, max_bytes);
        std::vector<std::string> result;
        for (const auto& one : frames)
            result.push_back(*one);
        return result;
    }

    fullon_cache_api::stream_info info(const session_streams::stream& of) const
    {
        for (auto& one : streams->list())
            if (one.stream_key == of.key())
                return one;
        FAIL("no such stream");
        return {};
    }
};

using texts = std::vector<std::string>;

std::string snapshot(int price, std::string_view key, int id)
{
    return R"({"price":)" + std::to_string(price) + R"(,"snapshot":true,"stream_key":")" + std::string(key) +
           R"(","update_id":)" + std::to_string(id) + "}";
}
std::string snapshot_end(std::string_view key, int items)
{
    return R"({"type":"snapshot_end","stream_key":")" + std::string(key) + R"(","items":)" +
           std::to_string(items) + "}";
}
std::string live(int price, int id)
{
    return R"({"price":)" + std::to_string(price) + R"(,"update_id":)" + std::to_string(id) + "}";
}
std::string stale(std::string_view key, std::string_view reason = "redis_down", std::string_view topics = {})
{
    return R"({"type":"stale","stream_key":")" + std::string(key) + R"(","reason":")" + std::string(reason) +
           '"' + (topics.empty() ? "" : R"(,"topics":)" + std::string(topics)) + '}';
}
std::string fresh(std::string_view key, std::string_view topics = {})
{
    return R"({"type":"fresh","stream_key":")" + std::string(key) + '"' +
           (topics.empty() ? "" : R"(,"topics":)" + std::string(topics)) + '}';
}

} // namespace

// --- Opening

TEST_CASE("every stream of a session has a key of its own, never used again",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const std::string first = one.streams->add("stream_tickers", {}).key();
    const std::string second = one.live({}).key();
    CHECK(first != second);
    REQUIRE(one.streams->remove(second));
    const std::string third = one.streams->add("stream_tickers", {}).key();
    CHECK(third != first);
    CHECK(third != second);
    CHECK_FALSE(first.empty());
    CHECK(one.streams->size() == 2);
}

TEST_CASE("nothing is sent or listed for a stream that is being opened",
          "[fullon_cache_api][session_streams]")
{
    session one;
    auto& opening = one.streams->add("stream_tickers", {});
    opening.on_stale(stale_reason::redis_down);
    opening.on_fresh();
    const auto where = one.topic("t", 1);
    opening.on_new_topic(where); // start() will find it among the source's topics
    one.publish(where, 2);
    one.streams->produce(everything);
    CHECK(one.out.empty());
    CHECK(one.woken == 0);
    CHECK_FALSE(one.streams->producing());
    CHECK(one.streams->list().empty());
    CHECK(one.streams->size() == 1); // it counts against the limit
}

TEST_CASE("a stream whose source could not be opened is given up", "[fullon_cache_api][session_streams]")
{
    session one;
    auto& failed = one.streams->add("stream_tickers", {});
    auto& other = one.live({one.topic("t", 1)});
    one.streams->discard(failed);
    CHECK(one.streams->size() == 1);
    CHECK(one.out.empty());
    CHECK(one.streams->list().size() == 1);
    CHECK(one.streams->list()[0].stream_key == other.key());
}

TEST_CASE("a stream that was not acknowledged yet cannot be removed by its key",
          "[fullon_cache_api][session_streams]")
{
    session one;
    auto& opening = one.streams->add("stream_tickers", {});
    CHECK_FALSE(one.streams->remove(opening.key()));
    CHECK(one.streams->size() == 1);
    one.streams->start(opening, one.source({})); // it is still there
    CHECK(one.streams->remove(opening.key()));
}

TEST_CASE("start wakes the writer and sends nothing itself", "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({one.topic("t", 1)}));
    CHECK(one.woken == 1);
    CHECK(one.out.empty());
    CHECK(one.streams->producing());
}

// --- Snapshots

TEST_CASE("a snapshot is one message per item and an end that counts them",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto a = one.topic("a", 10), b = one.topic("b"), c = one.topic("c", 30);
    one.publish(c, 31);
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({a, b, c}));
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot(10, "s1", 0), snapshot(31, "s1", 1), snapshot_end("s1", 2)});
    CHECK_FALSE(one.streams->producing());
}

TEST_CASE("a snapshot of nothing has an end, too", "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({}));
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot_end("s1", 0)});

    auto& other = one.streams->add("stream_tickers", {});
    one.streams->start(other, one.source({one.topic("empty")}));
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot_end("s2", 0)});
}

TEST_CASE("a topic of several items sends all of them in its snapshot", "[fullon_cache_api][session_streams]")
{
    session one;
    const auto where = one.topic("positions:1");
    for (int i = 1; i <= 3; ++i)
        one.all.publish(*where, "item" + std::to_string(i), session::price_of(i));
    auto& made = one.streams->add("stream_positions", {});
    one.streams->start(made, one.source({where}));
    one.streams->produce(everything);
    CHECK(one.taken() ==
          texts{snapshot(1, "s1", 3), snapshot(2, "s1", 3), snapshot(3, "s1", 3), snapshot_end("s1", 3)});
}

TEST_CASE("no update falls between snapshot and live", "[fullon_cache_api][session_streams]")
{
    session one;
    const auto where = one.topic("t", 10);
    auto& made = one.streams->add("stream_tickers", {});
    one.publish(where, 11);
    one.streams->start(made, one.source({where}));
    one.publish(where, 12); // before the snapshot is made: it is in it
    CHECK(one.out.empty());
    one.streams->produce(everything);
    one.publish(where, 13); // after: live
    CHECK(one.taken() == texts{snapshot(12, "s1", 2), snapshot_end("s1", 1), live(13, 3)});
}

TEST_CASE("a snapshot is produced in portions: until enough waits, again when it has drained",
          "[fullon_cache_api][session_streams]")
{
    session one;
    std::vector<topic_ptr> topics;
    for (int i = 1; i <= 100; ++i)
        topics.push_back(one.topic("t" + std::to_string(i), i));
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source(topics));

    constexpr std::size_t high_water = 200, message = 80;
    texts all;
    int portions = 0;
    while (one.streams->producing()) {
        one.streams->produce(high_water);
        REQUIRE_FALSE(one.out.empty());
        CHECK(one.out.bytes() < high_water + message);
        const auto waiting = one.out.bytes();
        one.streams->produce(high_water); // nothing drained: nothing more
        if (one.streams->producing())
            CHECK(one.out.bytes() == waiting);
        for (auto& text : one.taken(100))
            all.push_back(std::move(text));
        ++portions;
    }
    for (auto& text : one.taken())
        all.push_back(std::move(text));
    CHECK(portions > 20);
    REQUIRE(all.size() == 101);
    for (int i = 1; i <= 100; ++i)
        CHECK(all[static_cast<std::size_t>(i - 1)] == snapshot(i, "s1", 0));
    CHECK(all.back() == snapshot_end("s1", 100));
}

TEST_CASE("a full outbox gets no snapshot messages", "[fullon_cache_api][session_streams]")
{
    session one;
    one.out.push(std::make_shared<const std::string>(100, 'x'));
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({one.topic("t", 1)}));
    one.streams->produce(100);
    CHECK(one.out.size() == 1);
    one.streams->produce(101);
    CHECK(one.out.size() > 1);
}

TEST_CASE("updates during a long snapshot are in it or behind it, never lost or doubled",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto a = one.topic("a", 10), b = one.topic("b", 20);
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({a, b}));
    one.streams->produce(1); // only a
    one.publish(a, 11);
    one.publish(b, 21);
    CHECK(one.taken() == texts{snapshot(10, "s1", 0), live(11, 1)});
    one.streams->produce(1);
    one.publish(b, 22);
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot(21, "s1", 1), live(22, 2), snapshot_end("s1", 2)});
}

TEST_CASE("snapshot messages are never conflated", "[fullon_cache_api][session_streams]")
{
    session one(0);
    const auto where = one.topic("t", 10);
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({where}));
    one.streams->produce(everything);
    one.publish(where, 11);
    one.publish(where, 12);
    CHECK(one.taken() == texts{snapshot(10, "s1", 0), snapshot_end("s1", 1), live(12, 2)});
}

TEST_CASE("snapshots of several streams are produced one after the other",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto a = one.topic("a", 10), b = one.topic("b", 20);
    auto& first = one.streams->add("stream_tickers", {});
    auto& second = one.streams->add("stream_tickers", {});
    one.streams->start(second, one.source({b, a}));
    one.streams->start(first, one.source({a}));
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot(20, "s2", 0), snapshot(10, "s2", 0), snapshot_end("s2", 2),
                               snapshot(10, "s1", 0), snapshot_end("s1", 1)});
}

// --- Live

TEST_CASE("an update reaches the outbox and wakes the writer", "[fullon_cache_api][session_streams]")
{
    session one;
    const auto where = one.topic("t", 10);
    one.live({where});
    const int before = one.woken;
    one.publish(where, 11);
    CHECK(one.woken == before + 1);
    CHECK(one.taken() == texts{live(11, 1)});
}

TEST_CASE("a removal reaches the outbox marked", "[fullon_cache_api][session_streams]")
{
    session one;
    const auto where = one.topic("t", 10);
    one.live({where});
    one.all.remove(*where, "item");
    CHECK(one.taken() == texts{R"({"price":10,"removed":true,"update_id":1})"});
}

// A connection receives a topic's message once, however many of its streams hold the topic.
TEST_CASE("two streams on one topic get its update once and both count it",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto shared = one.topic("shared", 10), own = one.topic("own", 20);
    auto& first = one.live({shared});
    auto& second = one.live({shared, own});
    CHECK(shared->subscribers().size() == 1);
    one.publish(shared, 11);
    one.publish(own, 21);
    CHECK(one.taken() == texts{live(11, 1), live(21, 1)});
    CHECK(one.info(first).delivered == 2); // a snapshot message and an update
    CHECK(one.info(second).delivered == 4);
}

TEST_CASE("a source that names a topic twice gets its updates once", "[fullon_cache_api][session_streams]")
{
    session one;
    const auto where = one.topic("t", 10);
    auto& made = one.live({where, where});
    const auto before = one.info(made).delivered;
    one.publish(where, 11);
    CHECK(one.taken() == texts{live(11, 1)});
    CHECK(one.info(made).delivered == before + 1);
}

TEST_CASE("different sessions get the same bytes", "[fullon_cache_api][session_streams]")
{
    session one;
    outbox out;
    session_streams other(out, [] {});
    const auto where = one.topic("t", 10);
    one.live({where});
    auto& there = other.add("stream_tickers", {});
    other.start(there, one.source({where}));
    other.produce(everything);
    std::vector<frame> here_frames, there_frames;
    out.take(there_frames, everything);
    there_frames.clear();
    one.publish(where, 11);
    one.out.take(here_frames, everything);
    out.take(there_frames, everything);
    REQUIRE(here_frames.size() == 1);
    REQUIRE(there_frames.size() == 1);
    CHECK(here_frames[0].get() == there_frames[0].get());
}

TEST_CASE("a new topic of a started stream is live at once, without a snapshot message",
          "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.live({});
    const auto later = one.topic("later");
    made.on_new_topic(later);
    made.on_new_topic(later); // told twice, sent once
    one.publish(later, 1);
    CHECK(one.taken() == texts{live(1, 1)});
    CHECK(one.info(made).delivered == 1);
}

TEST_CASE("a new topic during the snapshot is live before its end", "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({one.topic("t", 10)}));
    one.streams->produce(1);
    const auto later = one.topic("later");
    made.on_new_topic(later);
    one.publish(later, 1);
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot(10, "s1", 0), live(1, 1), snapshot_end("s1", 1)});
}

// A client gives a live message to each of its streams that holds the topic, from the acknowledgement on (it may
// be the first message of a new topic). So the updates behind the acknowledgement of a second stream are that
// stream's, too: they must go on when the first one ends before the second one's snapshot.
TEST_CASE("a second stream of a topic hears of it from its acknowledgement on, also when the first one ends",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto other = one.topic("other", 1), shared = one.topic("shared", 10);
    const std::string first = one.live({shared}).key();
    auto& second = one.streams->add("stream_tickers", {});
    one.streams->start(second, one.source({other, shared}));
    one.streams->produce(1); // only `other`
    one.publish(shared, 11);
    CHECK(one.taken() == texts{snapshot(1, "s2", 0), live(11, 1)});
    REQUIRE(one.streams->remove(first));
    one.all.remove(*shared, "item");
    one.streams->produce(everything);
    CHECK(one.taken() == texts{R"({"price":11,"removed":true,"update_id":2})", snapshot_end("s2", 1)});
}

// --- Ending

TEST_CASE("a removed stream gets nothing more and says what it delivered",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto where = one.topic("t", 10);
    auto& made = one.live({where});
    const std::string key = made.key();
    one.publish(where, 11);
    one.publish(where, 12);
    CHECK(one.streams->remove(key) == 3u);
    one.publish(where, 13);
    CHECK(one.taken() == texts{live(11, 1), live(12, 2)}); // those were on their way
    CHECK(where->subscribers().empty());
    CHECK(one.streams->size() == 0);
}

TEST_CASE("removing twice or by an unknown key is no error", "[fullon_cache_api][session_streams]")
{
    session one;
    const std::string key = one.live({}).key();
    CHECK(one.streams->remove(key) == 0u);
    CHECK(one.streams->remove(key) == std::nullopt);
    CHECK(one.streams->remove("") == std::nullopt);
    CHECK(one.streams->remove("s999999999999999999999") == std::nullopt);
}

TEST_CASE("removing one of two streams leaves the other its updates", "[fullon_cache_api][session_streams]")
{
    session one;
    const auto where = one.topic("t", 10);
    const std::string first = one.live({where}).key();
    auto& second = one.live({where});
    REQUIRE(one.streams->remove(first));
    one.publish(where, 11);
    CHECK(one.taken() == texts{live(11, 1)});
    CHECK(one.info(second).delivered == 2);
}

TEST_CASE("a stream removed during its snapshot sends nothing more, not even its end",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto a = one.topic("a", 10), b = one.topic("b", 20);
    auto& made = one.streams->add("stream_tickers", {});
    auto& other = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({a, b}));
    one.streams->start(other, one.source({b}));
    one.streams->produce(1);
    CHECK(one.streams->remove(made.key()) == 1u);
    one.publish(a, 11);
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot(10, "s1", 0), snapshot(20, "s2", 0), snapshot_end("s2", 1)});
    CHECK(a->subscribers().empty());
}

TEST_CASE("a stream removed before its snapshot began sends nothing", "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({one.topic("t", 10)}));
    CHECK(one.streams->remove(made.key()) == 0u);
    CHECK_FALSE(one.streams->producing());
    one.streams->produce(everything);
    CHECK(one.out.empty());
}

// A source keeps topics followed: it must still be there when the last topic is let go.
TEST_CASE("a stream lets go of its topics before its source", "[fullon_cache_api][session_streams]")
{
    session one;
    const auto where = one.topic("t", 10);
    for (const bool by_remove : {true, false}) {
        CAPTURE(by_remove);
        bool released = false;
        auto from = one.source({where});
        from->on_release = [&] {
            released = true;
            CHECK(where->subscribers().empty());
        };
        auto& made = one.streams->add("stream_tickers", {});
        one.streams->start(made, std::move(from));
        one.streams->produce(everything);
        REQUIRE(where->subscribers().size() == 1);
        if (by_remove)
            one.streams->remove(made.key());
        else
            one.streams.reset(); // the session ends
        CHECK(released);
        CHECK(where->subscribers().empty());
        one.publish(where, 11); // touches nothing of the session
    }
}

// --- Marks

TEST_CASE("a stream is told once that Redis went away and once that it is back",
          "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.live({one.topic("t", 1)});
    const int before = one.woken;
    made.on_stale(stale_reason::redis_down);
    made.on_stale(stale_reason::redis_down);
    CHECK(one.taken() == texts{stale("s1")});
    made.on_fresh();
    made.on_fresh();
    CHECK(one.taken() == texts{fresh("s1")});
    CHECK(one.woken == before + 2);
    made.on_stale(stale_reason::redis_down);
    CHECK(one.taken() == texts{stale("s1")});
}

TEST_CASE("fresh without stale is not said", "[fullon_cache_api][session_streams]")
{
    session one;
    one.live({}).on_fresh();
    CHECK(one.out.empty());
}

TEST_CASE("marks wait for the end of the snapshot", "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({one.topic("a", 10), one.topic("b", 20)}));
    one.streams->produce(1);
    made.on_stale(stale_reason::redis_down);
    one.streams->produce(everything);
    CHECK(one.taken() ==
          texts{snapshot(10, "s1", 0), snapshot(20, "s1", 0), snapshot_end("s1", 2), stale("s1")});
    made.on_fresh();
    CHECK(one.taken() == texts{fresh("s1")});
}

TEST_CASE("an outage that is over before the end of the snapshot is not mentioned",
          "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({one.topic("a", 10), one.topic("b", 20)}));
    one.streams->produce(1);
    made.on_stale(stale_reason::redis_down);
    made.on_fresh();
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot(10, "s1", 0), snapshot(20, "s1", 0), snapshot_end("s1", 2)});
}

TEST_CASE("a stream opened during an outage says so behind its snapshot",
          "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({one.topic("t", 10)}, stale_reason::redis_down));
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot(10, "s1", 0), snapshot_end("s1", 1), stale("s1")});
    made.on_stale(stale_reason::redis_down); // already said
    CHECK(one.out.empty());
    made.on_fresh();
    CHECK(one.taken() == texts{fresh("s1")});
}

TEST_CASE("marks stand behind the updates that came before them", "[fullon_cache_api][session_streams]")
{
    session one;
    const auto where = one.topic("t", 10);
    auto& made = one.live({where});
    made.on_stale(stale_reason::redis_down);
    one.publish(where, 11); // the differences
    made.on_fresh();
    CHECK(one.taken() == texts{stale("s1"), live(11, 1), fresh("s1")});
}

TEST_CASE("a stream is told when the reason of an outage changes", "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.live({one.topic("t", 1)});
    made.on_stale(stale_reason::redis_down);
    made.on_stale(stale_reason::source_silent);
    made.on_stale(stale_reason::source_silent);
    made.on_fresh();
    CHECK(one.taken() == texts{stale("s1", "redis_down"), stale("s1", "source_silent"), fresh("s1")});
}

TEST_CASE("a mark of a topic goes to every stream that holds it, behind the updates before it",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto a = one.topic("a", 10), b = one.topic("b", 20);
    one.live({a, b});
    one.live({b});
    one.publish(a, 11);
    one.all.mark(*a, stale_reason::unreadable);
    one.all.mark(*a, stale_reason::unreadable);
    CHECK(one.taken() == texts{live(11, 1), stale("s1", "unreadable", R"(["a"])")});
    const int before = one.woken;
    one.all.mark(*b, stale_reason::not_permitted);
    CHECK(one.woken > before);
    CHECK(one.taken() ==
          texts{stale("s1", "not_permitted", R"(["b"])"), stale("s2", "not_permitted", R"(["b"])")});
    one.all.mark(*a, stale_reason::not_permitted); // another reason
    one.publish(a, 12); // it can be read again
    one.all.mark(*a, stale_reason::none);
    CHECK(one.taken() ==
          texts{stale("s1", "not_permitted", R"(["a"])"), live(12, 2), fresh("s1", R"(["a"])")});
    one.streams->remove("s1");
    one.all.mark(*b, stale_reason::none);
    CHECK(one.taken() == texts{fresh("s2", R"(["b"])")});
}

TEST_CASE("marks of topics stand behind the snapshot, those of one reason together",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto a = one.topic("a", 10), b = one.topic("b", 20), c = one.topic("c", 30), d = one.topic("d", 40);
    one.all.mark(*a, stale_reason::unreadable);
    one.all.mark(*d, stale_reason::unreadable);
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({a, b, c, d}, stale_reason::source_silent));
    one.streams->produce(1); // a is attached
    one.all.mark(*a, stale_reason::none);
    one.all.mark(*a, stale_reason::unreadable);
    one.all.mark(*b, stale_reason::not_permitted);
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot(10, "s1", 0), snapshot(20, "s1", 0), snapshot(30, "s1", 0),
                               snapshot(40, "s1", 0), snapshot_end("s1", 4), stale("s1", "source_silent"),
                               stale("s1", "unreadable", R"(["a","d"])"),
                               stale("s1", "not_permitted", R"(["b"])")});
    one.all.mark(*d, stale_reason::none);
    made.on_fresh();
    CHECK(one.taken() == texts{fresh("s1", R"(["d"])"), fresh("s1")});
}

TEST_CASE("a mark that is over before the end of the snapshot is not mentioned",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto a = one.topic("a", 10), b = one.topic("b", 20);
    auto& made = one.streams->add("stream_tickers", {});
    one.streams->start(made, one.source({a, b}));
    one.streams->produce(1);
    one.all.mark(*a, stale_reason::unreadable);
    one.all.mark(*b, stale_reason::unreadable);
    one.all.mark(*a, stale_reason::none);
    one.all.mark(*b, stale_reason::none);
    one.streams->produce(everything);
    CHECK(one.taken() == texts{snapshot(10, "s1", 0), snapshot(20, "s1", 0), snapshot_end("s1", 2)});
    CHECK(made.key() == "s1");
}

TEST_CASE("a stream that takes a marked topic over, or in, is told of the mark",
          "[fullon_cache_api][session_streams]")
{
    session one;
    auto& made = one.live({});
    const auto found = one.topic("found", 10);
    one.all.mark(*found, stale_reason::unreadable);
    made.on_new_topic(found);
    made.on_new_topic(found);
    CHECK(one.taken() == texts{stale("s1", "unreadable", R"(["found"])")});
    auto& other = one.live({});
    other.on_new_topic(found); // the first one knows
    CHECK(one.taken() == texts{stale("s2", "unreadable", R"(["found"])")});
    one.streams->remove("s2");

    // One that is alive, one that comes to its snapshot later, and the first one ends.
    auto& later = one.streams->add("stream_tickers", {});
    one.streams->start(later, one.source({found}));
    one.streams->remove("s1");
    one.streams->produce(everything);
    CHECK(one.taken() ==
          texts{snapshot(10, "s3", 0), snapshot_end("s3", 1), stale("s3", "unreadable", R"(["found"])")});
    one.all.mark(*found, stale_reason::none);
    CHECK(one.taken() == texts{fresh("s3", R"(["found"])")});
}

// --- Counters

TEST_CASE("a listed stream has its parameters, topics and counters", "[fullon_cache_api][session_streams]")
{
    session one;
    const auto a = one.topic("a", 10), b = one.topic("b");
    auto& made = one.streams->add("stream_tickers", {{"exchange", "binance"}});
    one.streams->start(made, one.source({a, b}));
    auto listed = one.streams->list();
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].stream_key == made.key());
    CHECK(listed[0].operation == "stream_tickers");
    CHECK(listed[0].params == boost::json::value{{"exchange", "binance"}});
    CHECK(listed[0].topics == texts{"a", "b"});
    CHECK(listed[0].delivered == 0);
    CHECK(listed[0].conflated == 0);
    CHECK(listed[0].dropped == 0);
    one.streams->produce(everything);
    CHECK(one.info(made).delivered == 1); // the end of the snapshot is no message of an item
    CHECK(one.streams->remove(made.key()) == 1u);
    CHECK(one.streams->list().empty());
}

TEST_CASE("delivered and conflated make up what was published", "[fullon_cache_api][session_streams]")
{
    session one(60);
    const auto where = one.topic("t");
    auto& made = one.live({where});
    for (int i = 1; i <= 100; ++i) {
        one.publish(where, i);
        const auto info = one.info(made);
        CHECK(info.delivered + info.conflated == static_cast<std::uint64_t>(i));
    }
    const auto received = one.taken();
    const auto info = one.info(made);
    CHECK(info.delivered == received.size());
    CHECK(info.conflated == 100 - received.size());
    CHECK(one.metrics->scrape().delivery.conflated_messages == info.conflated);
    CHECK(received.size() > 1);
    CHECK(received.size() < 10);
    CHECK(received.back() == live(100, 100));
}

// `delivered` is what a stream's client sees: snapshot messages with its key, and updates behind them. An update
// that waits from before the snapshot is none of the second stream's, so replacing it takes nothing from it.
TEST_CASE("a second stream of a topic counts the updates that it receives",
          "[fullon_cache_api][session_streams]")
{
    session one(0);
    const auto where = one.topic("t", 10);
    auto& first = one.live({where});
    one.publish(where, 11); // waits
    auto& second = one.streams->add("stream_tickers", {});
    one.streams->start(second, one.source({where}));
    one.streams->produce(everything); // its snapshot: 11
    one.publish(where, 12);
    const auto received = one.taken();
    std::uint64_t updates = 0, behind_snapshot = 0;
    bool seen = false;
    for (const auto& text : received) {
        seen = seen || text == snapshot(11, second.key(), 1);
        const bool update = text == live(11, 1) || text == live(12, 2);
        updates += update ? 1 : 0;
        behind_snapshot += update && seen ? 1 : 0;
    }
    REQUIRE(seen);
    CHECK(behind_snapshot == 1);
    CHECK(one.info(first).delivered == 1 + updates);
    CHECK(one.info(second).delivered == 1 + behind_snapshot);
    CHECK(one.info(second).conflated == 0);
}

TEST_CASE("open streams and what they hold are counted until they end", "[fullon_cache_api][session_streams]")
{
    using counts = std::map<std::string, std::uint64_t>;
    session one;
    const auto a = one.topic("a");
    const auto b = one.topic("b");
    auto& not_begun = one.streams->add("stream_tickers", {});
    CHECK(one.metrics->scrape().open_streams.empty());
    const std::string first = one.live({a, b}).key();
    one.live({b});
    auto now = one.metrics->scrape();
    CHECK(now.open_streams == counts{{"stream_tickers", 2}});
    CHECK(now.topics.subscriptions == 2);
    one.streams->discard(not_begun);
    one.streams->remove(first);
    now = one.metrics->scrape();
    CHECK(now.open_streams == counts{{"stream_tickers", 1}});
    CHECK(now.topics.subscriptions == 1);
    one.streams.reset();
    now = one.metrics->scrape();
    CHECK(now.open_streams.empty());
    CHECK(now.topics.subscriptions == 0);
}

// The last message of a removed stream was counted and may be on its way: nobody may take it out any more.
TEST_CASE("an update that waits for a removed stream is not replaced for its successor",
          "[fullon_cache_api][session_streams]")
{
    session one(0);
    const auto where = one.topic("t", 10);
    const std::string first = one.live({where}).key();
    one.publish(where, 11);
    CHECK(one.streams->remove(first) == 2u);
    auto& second = one.streams->add("stream_tickers", {});
    one.streams->start(second, one.source({where}));
    one.streams->produce(everything);
    one.publish(where, 12);
    CHECK(one.taken() ==
          texts{live(11, 1), snapshot(11, second.key(), 1), snapshot_end(second.key(), 1), live(12, 2)});
    CHECK(one.info(second).delivered == 2);
    CHECK(one.info(second).conflated == 0);
}

TEST_CASE("a snapshot lists the kept events, and live ones follow without a gap",
          "[fullon_cache_api][session_streams]")
{
    session one;
    const auto where = one.topic("trades:x:A");
    one.all.keep(*where, session::price_of(1));
    one.all.keep(*where, session::price_of(2));
    auto& made = one.streams->add("stream_trade_updates", {});
    one.streams->start(made, one.source({where}));
    one.streams->produce(everything);
    one.all.emit(*where, session::price_of(3));
    CHECK(one.taken() == texts{snapshot(1, "s1", 0), snapshot(2, "s1", 0),
                               R"({"type":"snapshot_end","stream_key":"s1","items":2})",
                               R"({"price":3,"update_id":1})"});
    CHECK(one.info(made).delivered == 3);
}

TEST_CASE("events that a full queue loses are counted, and none is silently gone",
          "[fullon_cache_api][session_streams]")
{
    session one;
    one.out = outbox(everything, {.ring = 2, .max_bytes = everything});
    const auto where = one.topic("trades:x:A");
    auto& first = one.live({where});
    auto& second = one.live({where});
    for (int price = 1; price <= 5; ++price)
        one.all.emit(*where, session::price_of(price));
    CHECK(one.info(first).dropped == 3);
    CHECK(one.info(first).delivered == 2);
    CHECK(one.info(second).dropped == 3);
    CHECK(one.metrics->scrape().delivery.dropped_messages == 3); // one queue
    CHECK(one.taken() == texts{R"({"type":"gap","topic":"trades:x:A","dropped":3})",
                               R"({"price":4,"update_id":4})", R"({"price":5,"update_id":5})"});
}
