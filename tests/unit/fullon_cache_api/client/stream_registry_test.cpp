// The streams of one client together: who gets which message.
#include "unit/fullon_cache_api/stream/stream_messages.hpp"

#include <fullon_cache_api/detail/client/stream_registry.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <string>
#include <vector>

using fullon_cache_api::stale_reason;
using fullon_cache_api::stream_state;
using namespace fullon_cache_api::detail;
using namespace stream_messages;

namespace {

struct member {
    stream_sequencer track;
    int wakes = 0;
    stream_registry::stream_id id = 0;
};

std::unique_ptr<member> join(stream_registry& book, std::string prefix = {},
                             std::string_view type = "int_update")
{
    auto result = std::make_unique<member>();
    result->id = book.add({type, std::move(prefix), &result->track, [to = result.get()] { ++to->wakes; }});
    return result;
}

} // namespace

TEST_CASE("a live message goes to every stream that holds its topic, and to no other", "[stream_registry]")
{
    stream_registry book;
    const auto one = join(book);
    const auto both = join(book);
    const auto other = join(book);
    CHECK(book.start(one->id, "s1", "e", {"tickers:x:A"}));
    CHECK(book.start(both->id, "s2", "e", {"tickers:x:A", "tickers:x:B"}));
    CHECK(book.start(other->id, "s3", "e", {"tickers:y:A"}));
    book.offer(live("tickers:x:A", 1, 10));
    book.offer(live("tickers:x:B", 1, 11));
    CHECK(one->track.size() == 1);
    CHECK(both->track.size() == 2);
    CHECK(other->track.size() == 0);
    CHECK(one->wakes == 2); // start and one message
}

// Exchanges have no ':', so that the prefix of one is never that of another; symbols may have it.
TEST_CASE("a stream of a whole exchange takes every topic of it, also new ones", "[stream_registry]")
{
    stream_registry book;
    const auto all = join(book, "tickers:binance:");
    book.start(all->id, "s1", "e", {"tickers:binance:A"});
    book.offer(live("tickers:binance:A", 1, 1));
    book.offer(live("tickers:binance:BTC/USDT:USDT", 1, 2));
    book.offer(live("tickers:binanceus:A", 1, 3));
    book.offer(live("tickers:kraken:A", 1, 4));
    CHECK(all->track.size() == 2);
}

TEST_CASE("an item of a snapshot goes only to the stream whose key it has", "[stream_registry]")
{
    stream_registry book;
    const auto one = join(book);
    const auto two = join(book);
    book.start(one->id, "s1", "e", {"t"});
    book.offer(live("t", 5, 50));
    book.start(two->id, "s2", "e", {"t"});
    book.offer(snapshot("t", 5, 50, {}, "s2"));
    CHECK(one->track.size() == 1);
    CHECK(two->track.size() == 1);
    // the second stream takes part from its acknowledgement on
    book.offer(live("t", 6, 60));
    CHECK(one->track.size() == 2);
    CHECK(two->track.size() == 2);
    book.offer(snapshot("t", 9, 90, {}, "unknown"));
    book.offer(snapshot("not of this stream", 9, 90, {}, "s2"));
    CHECK(two->track.size() == 2);
}

TEST_CASE("snapshot_end, stale and fresh concern one stream", "[stream_registry]")
{
    stream_registry book;
    const auto one = join(book);
    const auto two = join(book);
    book.start(one->id, "s1", "e", {"t"});
    book.start(two->id, "s2", "e", {"t"});
    CHECK_FALSE(book.settled());
    book.end_snapshot("s1");
    CHECK_FALSE(book.settled());
    book.end_snapshot("s2");
    CHECK(book.settled());
    book.mark("s2", {}, stale_reason::redis_down);
    CHECK(book.stale());
    CHECK(one->track.state() == stream_state::live);
    CHECK(two->track.state() == stream_state::stale);
    book.mark("s2", {}, stale_reason::none);
    CHECK_FALSE(book.stale());
    book.mark("nobody", {}, stale_reason::redis_down);
    CHECK_FALSE(book.stale());
}

// A server that mixes them up must not make a consumer read one struct as another.
TEST_CASE("a message of another type never reaches a stream, by topic or by key", "[stream_registry]")
{
    stream_registry book;
    const auto one = join(book, {}, "other_update");
    book.start(one->id, "s1", "e", {"t"});
    book.offer(live("t", 1, 1));
    book.offer(snapshot("t", 1, 1, {}, "s1"));
    CHECK(one->track.size() == 0);
}

TEST_CASE("a removed stream gets nothing more and its key is what the server must hear", "[stream_registry]")
{
    stream_registry book;
    const auto one = join(book);
    const auto two = join(book);
    book.start(one->id, "s1", "e", {"t"});
    book.start(two->id, "s2", "e", {"t"});
    book.offer(live("t", 1, 1));
    CHECK(book.remove(one->id) == std::vector<std::string>{"s1"});
    CHECK(book.remove(one->id).empty());
    book.offer(live("t", 2, 2));
    CHECK(one->track.size() == 1);
    CHECK(two->track.size() == 2);
    CHECK(book.size() == 1);
}

TEST_CASE("an acknowledgement that nobody waits for is told apart", "[stream_registry]")
{
    stream_registry book;
    const auto one = join(book);
    CHECK(book.start(one->id, "s1", "e", {"t"}));
    CHECK_FALSE(book.start(one->id, "s2", "e", {"t"})); // it has a key already
    CHECK(book.remove(one->id) == std::vector<std::string>{"s1"});
    CHECK_FALSE(book.start(one->id, "s3", "e", {"t"})); // its consumer is gone
}

TEST_CASE("a lost connection takes the keys, and only acknowledged streams are subscribed again",
          "[stream_registry]")
{
    stream_registry book;
    const auto one = join(book);
    const auto never = join(book);
    book.start(one->id, "s1", "e", {"t"});
    book.offer(snapshot("t", 4, 1, {}, "s1"));
    book.end_snapshot("s1");
    book.disconnect();
    CHECK(one->track.state() == stream_state::disconnected);
    CHECK(book.established() == std::vector{one->id});
    CHECK_FALSE(book.settled());
    book.offer(live("t", 5, 2)); // late
    book.end_snapshot("s1");
    CHECK(one->track.size() == 1);

    CHECK(book.start(one->id, "s1", "e", {"t"})); // keys may come again
    book.offer(snapshot("t", 6, 3, {}, "s1"));
    CHECK_FALSE(book.settled());
    book.end_snapshot("s1");
    CHECK(book.settled());
    CHECK(one->track.size() == 2);
    CHECK(book.remove(never->id).empty());
}

TEST_CASE("a stream of several parts has one snapshot end and one state", "[stream_registry]")
{
    stream_registry book;
    const auto one = join(book);
    book.expect(one->id, 2);
    CHECK(book.start(one->id, "s1", "e", {"a"}));
    CHECK(book.established().empty());
    book.offer(snapshot("a", 1, 10, {}, "s1"));
    book.end_snapshot("s1"); // the other one is still to come
    CHECK(one->track.in_snapshot());
    CHECK(book.start(one->id, "s2", "e", {"b"}));
    CHECK(book.established().size() == 1);
    CHECK_FALSE(book.start(one->id, "s3", "e", {"c"}));
    book.offer(snapshot("b", 1, 20, {}, "s2"));
    book.offer(live("a", 2, 11));
    CHECK(one->track.size() == 3);
    CHECK_FALSE(book.settled());
    book.end_snapshot("s2");
    CHECK_FALSE(one->track.in_snapshot());
    CHECK(book.settled());
    book.mark("s1", {}, stale_reason::redis_down);
    book.mark("s2", {}, stale_reason::redis_down);
    book.mark("s1", {}, stale_reason::none);
    CHECK(one->track.state() == stream_state::stale);
    book.mark("s2", {}, stale_reason::none);
    CHECK(one->track.state() == stream_state::live);
    CHECK(book.remove(one->id) == std::vector<std::string>{"s1", "s2"});
}

TEST_CASE("parts that were acknowledged are given up together", "[stream_registry]")
{
    stream_registry book;
    const auto one = join(book);
    book.expect(one->id, 3);
    book.start(one->id, "s1", "e", {"a"});
    book.start(one->id, "s2", "e", {"b"});
    CHECK(book.reset(one->id) == std::vector<std::string>{"s1", "s2"});
    CHECK(one->track.state() == stream_state::disconnected);
    book.offer(live("a", 1, 10));
    CHECK(one->track.size() == 0);
    book.expect(one->id, 1);
    CHECK(book.start(one->id, "s3", "e", {"a", "b"}));
    CHECK(book.established().size() == 1);
}

TEST_CASE("a mark of topics concerns those that the stream holds", "[stream_registry]")
{
    stream_registry book;
    const auto named = join(book);
    const auto all = join(book, "tickers:x:");
    book.start(named->id, "s1", "e", {"tickers:x:A"});
    book.start(all->id, "s2", "e", {});
    book.mark("s1", {"tickers:x:B", "tickers:y:A"}, stale_reason::unreadable);
    CHECK(named->track.why() == stale_reason::none);
    const int woken = named->wakes;
    book.mark("s1", {"tickers:x:A", "tickers:x:B"}, stale_reason::unreadable);
    CHECK(named->track.state() == stream_state::stale);
    CHECK(named->track.why() == stale_reason::unreadable);
    CHECK(named->wakes == woken + 1);
    CHECK(all->track.why() == stale_reason::none);
    CHECK(book.stale());

    book.mark("s2", {"tickers:x:Z", "tickers:x:A"}, stale_reason::not_permitted);
    CHECK(all->track.why() == stale_reason::not_permitted);
    book.mark("s2", {"tickers:x:A"}, stale_reason::none);
    CHECK(all->track.why() == stale_reason::not_permitted); // of the other one
    book.mark("s2", {"tickers:x:Z"}, stale_reason::none);
    CHECK(all->track.why() == stale_reason::none);
    book.mark("s1", {"tickers:x:A"}, stale_reason::none);
    CHECK_FALSE(book.stale());
}
