// One stream of a client: what it accepts, hands out and counts as missed.
#include "stream_messages.hpp"

#include <fullon_cache_api/detail/stream/stream_sequencer.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

using fullon_cache_api::stale_reason;
using fullon_cache_api::stream_state;
using namespace fullon_cache_api::detail;
using namespace stream_messages;

namespace {

constexpr std::string_view epoch = "e1";

int value_of(const std::optional<stream_item>& item)
{
    REQUIRE(item);
    return *static_cast<const int*>(item->value.get());
}

stream_message event(stream_message from)
{
    from.event = true;
    from.fingerprint = static_cast<std::uint64_t>(*static_cast<const int*>(from.value.get()));
    return from;
}

using numbers = std::vector<int>;

numbers values_of(stream_sequencer& track)
{
    numbers values;
    while (const auto item = track.take())
        values.push_back(value_of(item));
    return values;
}

} // namespace

TEST_CASE("the snapshot comes first, then live updates, and then nothing", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    CHECK(track.state() == stream_state::live);
    CHECK(track.in_snapshot());
    CHECK(track.offer(snapshot("a", 7, 70)));
    track.end_snapshot();
    CHECK_FALSE(track.in_snapshot());
    CHECK(track.offer(live("a", 8, 80)));

    const auto first = track.take();
    CHECK(value_of(first) == 70);
    CHECK(first->update_id == 7);
    CHECK(first->snapshot);
    CHECK_FALSE(first->resync);
    CHECK(first->missed == 0);
    const auto second = track.take();
    CHECK(value_of(second) == 80);
    CHECK_FALSE(second->snapshot);
    CHECK(second->missed == 0);
    CHECK_FALSE(track.take());
}

TEST_CASE("a message is accepted only if its id is above the last one of its topic", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    CHECK(track.offer(live("a", 5, 50)));
    CHECK_FALSE(track.offer(live("a", 5, 51)));
    CHECK_FALSE(track.offer(live("a", 4, 40)));
    CHECK(track.offer(live("b", 1, 10)));
    CHECK(track.offer(live("a", 6, 60)));
    CHECK(track.size() == 3);
}

// Another stream of the connection held the topic already, so that live messages came before the snapshot item.
TEST_CASE("a snapshot item that came live meanwhile is skipped", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    CHECK(track.offer(live("a", 7, 70)));
    CHECK_FALSE(track.offer(snapshot("a", 7, 70)));
    CHECK(track.size() == 1);
}

// The ids are the topic's: items that did not come live have the same one.
TEST_CASE("other items of the same topic are not skipped with it", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    CHECK(track.offer(live("a", 7, 70, "x")));
    CHECK_FALSE(track.offer(snapshot("a", 7, 70, "x")));
    CHECK(track.offer(snapshot("a", 7, 71, "y")));
    CHECK(track.offer(snapshot("a", 7, 72, "z")));
    CHECK(track.offer(live("a", 8, 80, "y")));
    CHECK(track.take()->missed == 0);
    CHECK(track.take()->missed == 0);
    CHECK(track.take()->missed == 0);
    CHECK(track.take()->missed == 0);
}

// Live 7 of x arrived, 8 (of x) was conflated on the server's side and its snapshot item came in its place.
TEST_CASE("a snapshot item that is newer than what came live is accepted", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    CHECK(track.offer(live("a", 7, 70)));
    CHECK(track.offer(snapshot("a", 9, 90)));
    track.take();
    CHECK(track.take()->missed == 1);
}

TEST_CASE("the first item of a topic has missed nothing, holes after it are counted", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(live("a", 18, 0));
    track.offer(live("a", 19, 0));
    track.offer(live("a", 25, 0));
    CHECK(track.take()->missed == 0);
    CHECK(track.take()->missed == 0);
    CHECK(track.take()->missed == 5);
}

TEST_CASE("an update that the server conflated right after the snapshot is counted", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(snapshot("a", 10, 0));
    track.offer(live("a", 12, 0));
    CHECK(track.take()->missed == 0);
    CHECK(track.take()->missed == 1);
}

TEST_CASE("over the bound the newest state replaces the waiting one and goes to the end",
          "[stream_sequencer]")
{
    stream_sequencer track(stream_content::state, 2);
    track.begin(epoch);
    track.offer(live("a", 1, 1));
    track.offer(live("b", 1, 100));
    track.offer(live("a", 2, 2));
    track.offer(live("a", 3, 3));
    CHECK(track.size() == 2);
    CHECK(value_of(track.take()) == 100);
    const auto newest = track.take();
    CHECK(value_of(newest) == 3);
    CHECK(newest->missed == 2);
    CHECK_FALSE(track.take());
}

TEST_CASE("below the bound nothing is conflated", "[stream_sequencer]")
{
    stream_sequencer track(stream_content::state, 100);
    track.begin(epoch);
    for (int i = 1; i <= 100; ++i)
        track.offer(live("a", static_cast<std::uint64_t>(i), i));
    for (int i = 1; i <= 100; ++i)
        CHECK(value_of(track.take()) == i);
}

TEST_CASE("items that do not wait yet are accepted over the bound", "[stream_sequencer]")
{
    stream_sequencer track(stream_content::state, 1);
    track.begin(epoch);
    for (int i = 0; i < 10; ++i)
        CHECK(track.offer(snapshot("topic" + std::to_string(i), 1, i)));
    CHECK(track.size() == 10);
}

// ids are per topic, conflation is per item: the ids of a topic still come in order, and their holes add up.
TEST_CASE("conflation of one item counts into the next item of its topic", "[stream_sequencer]")
{
    stream_sequencer track(stream_content::state, 2);
    track.begin(epoch);
    track.offer(live("a", 1, 1, "x"));
    track.offer(live("a", 2, 2, "y"));
    track.offer(live("a", 3, 3, "x"));
    const auto first = track.take();
    CHECK(first->update_id == 2);
    CHECK(first->missed == 1);
    const auto second = track.take();
    CHECK(second->update_id == 3);
    CHECK(second->missed == 0);
}

TEST_CASE("of events the oldest is dropped and counted", "[stream_sequencer]")
{
    stream_sequencer track(stream_content::events, 3);
    track.begin(epoch);
    track.end_snapshot();
    for (int i = 1; i <= 5; ++i)
        CHECK(track.offer(live("a", static_cast<std::uint64_t>(i), i)));
    CHECK(track.size() == 3);
    const auto first = track.take();
    CHECK(value_of(first) == 3);
    CHECK(first->missed == 2);
    CHECK(value_of(track.take()) == 4);
    CHECK(value_of(track.take()) == 5);
}

TEST_CASE("a removed item comes with its last value", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(snapshot("a", 3, 30));
    track.end_snapshot();
    CHECK(track.offer(removal("a", 4, 30)));
    track.take();
    const auto item = track.take();
    CHECK(value_of(item) == 30);
    CHECK(item->removed);
    CHECK_FALSE(item->resync);
    // and may come back
    CHECK(track.offer(live("a", 5, 50)));
    CHECK(track.take()->missed == 0);
}

TEST_CASE("a removal that was taken within a snapshot is not undone by an older state in it",
          "[stream_sequencer]")
{
    stream_sequencer track;
    for (int subscription = 0; subscription < 2; ++subscription) {
        const auto id = static_cast<std::uint64_t>(10 * subscription);
        track.begin("e1");
        CHECK(track.offer(live("t", id + 4, 1, "a")));
        CHECK_FALSE(track.take().value().removed);
        CHECK(track.offer(removal("t", id + 5, 1, "a")));
        CHECK(track.take().value().removed);
        CHECK_FALSE(track.offer(snapshot("t", id + 3, 1, "a")));
        track.end_snapshot();
        CHECK_FALSE(track.take());
        track.disconnect();
    }
}

TEST_CASE("the removal of what was never there is not told, and its number is known", "[stream_sequencer]")
{
    const bool within = GENERATE(true, false);
    CAPTURE(within);
    stream_sequencer track;
    track.begin(epoch);
    if (!within)
        track.end_snapshot();
    // It came for another stream of the client, or was conflated on the way.
    CHECK_FALSE(track.offer(removal("a", 5, 50)));
    CHECK(track.size() == 0);
    if (within) {
        CHECK_FALSE(track.offer(snapshot("a", 4, 40))); // older
        track.end_snapshot();
    }
    CHECK_FALSE(track.take());

    CHECK(track.offer(live("a", 6, 60)));
    CHECK(track.take()->missed == 0);
    CHECK(track.offer(removal("a", 7, 60)));
    CHECK(track.take()->removed);
    CHECK_FALSE(track.offer(removal("a", 9, 60)));
    CHECK_FALSE(track.take());
    CHECK(track.offer(live("a", 10, 100)));
    CHECK(track.take()->missed == 2);
}

TEST_CASE("stale and fresh change the state, a lost connection both", "[stream_sequencer]")
{
    stream_sequencer track;
    CHECK(track.state() == stream_state::disconnected);
    track.mark({}, stale_reason::redis_down);
    CHECK(track.state() == stream_state::disconnected);
    track.begin(epoch);
    track.mark({}, stale_reason::redis_down);
    CHECK(track.state() == stream_state::stale);
    track.mark({}, stale_reason::none);
    CHECK(track.state() == stream_state::live);
    track.disconnect();
    CHECK(track.state() == stream_state::disconnected);
    CHECK_FALSE(track.offer(live("a", 1, 1)));
}

TEST_CASE("a stream is stale while the whole of it or one of its topics is", "[stream_sequencer]")
{
    stream_sequencer track;
    track.mark("a", stale_reason::unreadable); // before it is acknowledged
    track.begin(epoch);
    CHECK(track.why() == stale_reason::none);
    CHECK(track.state() == stream_state::live);
    track.mark("a", stale_reason::unreadable);
    CHECK(track.state() == stream_state::stale);
    CHECK(track.why() == stale_reason::unreadable);
    track.mark("a", stale_reason::not_permitted); // its reason has changed
    CHECK(track.why() == stale_reason::not_permitted);
    track.mark({}, stale_reason::redis_down); // what concerns all of it is said first
    CHECK(track.why() == stale_reason::redis_down);
    track.mark({}, stale_reason::source_silent);
    CHECK(track.why() == stale_reason::source_silent);
    track.mark({}, stale_reason::none);
    CHECK(track.state() == stream_state::stale);
    CHECK(track.why() == stale_reason::not_permitted);
    track.mark("b", stale_reason::none); // which was not marked
    track.mark("b", stale_reason::slot_down);
    track.mark("a", stale_reason::none);
    CHECK(track.why() == stale_reason::slot_down);
    track.mark("b", stale_reason::none);
    CHECK(track.state() == stream_state::live);
    CHECK(track.why() == stale_reason::none);
    CHECK(track.topics() == 0); // a mark alone makes none
}

TEST_CASE("marks end with the connection, and with the next acknowledgement", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.mark({}, stale_reason::redis_down);
    track.mark("a", stale_reason::unreadable);
    track.disconnect();
    CHECK(track.why() == stale_reason::none);
    CHECK(track.state() == stream_state::disconnected);
    track.begin(epoch);
    CHECK(track.state() == stream_state::live);
    track.mark("a", stale_reason::unreadable);
    track.begin(epoch);
    CHECK(track.state() == stream_state::live);
}

TEST_CASE("items of a stale stream are handed out", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.mark("a", stale_reason::unreadable);
    CHECK(track.offer(live("a", 1, 10)));
    CHECK(track.offer(live("b", 1, 20)));
    CHECK(value_of(track.take()) == 10);
    CHECK(value_of(track.take()) == 20);
}

TEST_CASE("what waited when the connection broke is still handed out", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(live("a", 1, 1));
    track.disconnect();
    CHECK(value_of(track.take()) == 1);
}

TEST_CASE("after a reconnect every snapshot item comes again, as resync", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(snapshot("a", 5, 50));
    track.offer(snapshot("b", 5, 51));
    track.end_snapshot();
    while (track.take()) {
    }
    track.disconnect();
    track.begin(epoch);
    CHECK(track.offer(snapshot("a", 5, 50))); // unchanged
    CHECK(track.offer(snapshot("b", 8, 80)));
    track.end_snapshot();

    const auto same = track.take();
    CHECK(same->resync);
    CHECK(same->snapshot);
    CHECK(same->missed == 0);
    const auto changed = track.take();
    CHECK(changed->resync);
    CHECK(changed->missed == 2); // one epoch: 6 and 7 passed while the connection was down
    CHECK_FALSE(track.take());
}

TEST_CASE("ids of another life of the server are not compared", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(live("a", 1000, 1));
    track.disconnect();
    track.begin("e2");
    CHECK(track.offer(snapshot("a", 3, 2)));
    track.end_snapshot();
    CHECK(track.offer(live("a", 4, 3)));
    CHECK(track.take()->missed == 0);
    CHECK(track.take()->missed == 0);
    const auto last = track.take();
    CHECK(last->update_id == 4);
    CHECK(last->missed == 0);
}

TEST_CASE("what vanished while the connection was down comes as removed at the end of the snapshot",
          "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(snapshot("a", 5, 50));
    track.offer(snapshot("b", 6, 60));
    track.end_snapshot();
    track.offer(live("b", 7, 70));
    while (track.take()) {
    }
    track.disconnect();
    track.begin("e2");
    track.offer(snapshot("a", 1, 50));
    CHECK(track.size() == 1);
    track.end_snapshot();
    track.take();
    const auto gone = track.take();
    CHECK(value_of(gone) == 70);
    CHECK(gone->removed);
    CHECK(gone->resync);
    CHECK_FALSE(gone->snapshot);
    CHECK(gone->missed == 0);
    CHECK_FALSE(track.take());

    // Told once: a further reconnect does not say it again.
    track.disconnect();
    track.begin("e2");
    track.offer(snapshot("a", 1, 50));
    track.end_snapshot();
    CHECK_FALSE(track.take()->removed);
    CHECK_FALSE(track.take());
}

TEST_CASE("a snapshot that broke off proves nothing gone", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(snapshot("a", 5, 50));
    track.offer(snapshot("b", 5, 51));
    track.end_snapshot();
    while (track.take()) {
    }
    track.disconnect();
    track.begin(epoch);
    track.offer(snapshot("a", 5, 50));
    track.disconnect(); // before snapshot_end
    track.begin(epoch);
    track.offer(snapshot("a", 5, 50));
    track.offer(snapshot("b", 5, 51));
    track.end_snapshot();
    while (const auto item = track.take())
        CHECK_FALSE(item->removed);
}

TEST_CASE("an item that comes live in a resync has not vanished", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(snapshot("a", 5, 50));
    track.end_snapshot();
    track.take();
    track.disconnect();
    track.begin(epoch);
    CHECK(track.offer(live("a", 6, 60)));
    CHECK_FALSE(track.offer(snapshot("a", 6, 60)));
    track.end_snapshot();
    CHECK(value_of(track.take()) == 60);
    CHECK_FALSE(track.take());
}

TEST_CASE("a consumer that never takes keeps a bounded queue over any number of reconnects",
          "[stream_sequencer]")
{
    stream_sequencer track(stream_content::state, 4);
    for (int round = 0; round < 50; ++round) {
        track.begin(round % 2 ? "e1" : "e2");
        for (int i = 0; i < 10; ++i)
            track.offer(snapshot("topic" + std::to_string(i), 1, i));
        track.end_snapshot();
        track.disconnect();
    }
    CHECK(track.size() <= 4 + 10);
}

TEST_CASE("clear drops what waits, also where it would be replaced", "[stream_sequencer]")
{
    stream_sequencer track(stream_content::state, 1);
    track.begin(epoch);
    track.offer(live("a", 1, 1));
    track.clear();
    CHECK_FALSE(track.take());
    CHECK(track.offer(live("a", 2, 2)));
    CHECK(track.offer(live("a", 3, 3)));
    CHECK(value_of(track.take()) == 3);
}

TEST_CASE("a removal that still waits when the connection breaks is told once", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(snapshot("a", 1, 10));
    track.end_snapshot();
    track.offer(removal("a", 2, 10));
    track.disconnect();
    track.begin(epoch);
    track.end_snapshot();
    CHECK_FALSE(track.take()->removed);
    CHECK(track.take()->removed);
    CHECK_FALSE(track.take());
}

TEST_CASE("a snapshot item never takes the ids of its topic back", "[stream_sequencer]")
{
    stream_sequencer track;
    track.begin(epoch);
    track.offer(live("a", 9, 90, "x"));
    CHECK(track.offer(snapshot("a", 5, 50, "y")));
    CHECK_FALSE(track.offer(live("a", 8, 80, "x")));
    track.take();
    CHECK(track.take()->missed == 0);
}

TEST_CASE("the events of a snapshot come at once, live ones behind its end", "[stream_sequencer]")
{
    stream_sequencer track(stream_content::events, 100);
    track.begin(epoch);
    track.offer(event(snapshot("a", 7, 1)));
    track.offer(event(snapshot("a", 7, 2)));
    CHECK(track.size() == 2);
    CHECK_FALSE(track.offer(event(live("a", 8, 3)))); // held
    track.end_snapshot();
    CHECK(values_of(track) == numbers{1, 2, 3});
    CHECK(track.offer(event(live("a", 10, 5))));
    const auto item = track.take();
    CHECK(item->missed == 1);
    CHECK_FALSE(item->snapshot);
    CHECK_FALSE(track.offer(event(live("a", 10, 5)))); // for another stream of the connection
}

TEST_CASE("what came live for another stream and stands in the snapshot too is handed out once",
          "[stream_sequencer]")
{
    stream_sequencer track(stream_content::events, 100);
    track.begin(epoch);
    track.offer(event(live("a", 8, 3)));
    track.offer(event(live("a", 9, 4)));
    track.offer(event(live("b", 1, 10)));
    track.offer(event(snapshot("a", 9, 2)));
    track.offer(event(snapshot("a", 9, 3)));
    track.offer(event(snapshot("a", 9, 4)));
    track.offer(event(live("a", 10, 5)));
    track.end_snapshot(); // of "b" there was nothing: what came is all of it
    auto values = values_of(track); // topics in any order
    CHECK(std::erase(values, 10) == 1);
    CHECK(values == numbers{2, 3, 4, 5});
}

TEST_CASE("events of one topic do not drive out the newest one of another, which tells what was missed",
          "[stream_sequencer]")
{
    stream_sequencer track(stream_content::events, 3);
    track.begin(epoch);
    track.end_snapshot();
    for (int id = 1; id <= 4; ++id)
        track.offer(event(live("a", static_cast<std::uint64_t>(id), id)));
    for (int id = 1; id <= 9; ++id)
        track.offer(event(live("b", static_cast<std::uint64_t>(id), 10 + id)));
    auto item = track.take();
    CHECK(value_of(item) == 4);
    CHECK(item->missed == 3);
    item = track.take();
    CHECK(value_of(item) == 18);
    CHECK(item->missed == 7);
    CHECK(value_of(track.take()) == 19);
    CHECK(track.size() == 0);
    // also where each waits alone: there is one of each topic then
    for (int id = 10; id <= 12; ++id)
        for (const auto* const topic : {"a", "b", "c", "d"})
            track.offer(event(live(topic, static_cast<std::uint64_t>(id), id)));
    CHECK(track.size() == 4);
}

TEST_CASE("live events that are too many to wait for the end of the snapshot are missed",
          "[stream_sequencer]")
{
    stream_sequencer track(stream_content::events, 2);
    track.begin(epoch);
    for (int id = 1; id <= 5; ++id) // of a topic that is new
        track.offer(event(live("a", static_cast<std::uint64_t>(id), id)));
    track.end_snapshot();
    const auto first = track.take();
    CHECK(value_of(first) == 4);
    CHECK(first->missed == 3);
    CHECK(track.take()->missed == 0);
    track.offer(event(live("a", 6, 6)));
    CHECK(track.take()->missed == 0);
}

TEST_CASE("after a reconnect events that were handed out do not come again", "[stream_sequencer]")
{
    stream_sequencer track(stream_content::events, 100);
    track.begin(epoch);
    track.offer(event(snapshot("a", 3, 1)));
    track.end_snapshot();
    track.offer(event(live("a", 4, 2)));
    track.offer(event(live("a", 5, 3)));
    CHECK(values_of(track) == numbers{1, 2, 3});
    track.disconnect();

    SECTION("to the same server: what passed meanwhile and is gone counts as missed")
    {
        track.begin(epoch);
        track.offer(event(snapshot("a", 8, 6))); // others took what came before it
        CHECK(track.size() == 0);
        track.end_snapshot();
        const auto item = track.take();
        CHECK(value_of(item) == 6);
        CHECK(item->snapshot);
        CHECK(item->resync);
        CHECK(item->missed == 2); // ids 6 to 8, one of which this is
        track.offer(event(live("a", 9, 7)));
        CHECK(track.take()->missed == 0);
    }
    SECTION("to the same server, whose Redis was put back: what passed meanwhile is missed, what is back is "
            "known")
    {
        track.begin(epoch);
        for (const int value : {1, 2})
            track.offer(event(snapshot("a", 8, value)));
        track.end_snapshot();
        CHECK(values_of(track) == numbers{});
        track.offer(event(live("a", 9, 7)));
        const auto item = track.take();
        CHECK(value_of(item) == 7);
        CHECK(item->missed == 3); // ids 6 to 8
    }
    SECTION("to another life of the server, whose ids say nothing")
    {
        track.begin("another");
        for (const int value : {1, 2, 3, 4})
            track.offer(event(snapshot("a", 0, value)));
        track.end_snapshot();
        const auto item = track.take();
        CHECK(value_of(item) == 4);
        CHECK(item->resync);
        CHECK(item->missed == 0);
        track.offer(event(live("a", 1, 5)));
        CHECK(value_of(track.take()) == 5);
    }
    SECTION("to another life of the server, to whose Redis they come back later")
    {
        track.begin("another");
        track.offer(event(snapshot("a", 0, 8)));
        track.offer(event(live("a", 1, 2))); // for another stream of the client
        track.end_snapshot();
        for (const int value : {3, 9})
            track.offer(event(live("a", static_cast<std::uint64_t>(value == 3 ? 2 : 3), value)));
        CHECK(value_of(track.take()) == 8);
        const auto item = track.take();
        CHECK(value_of(item) == 9);
        CHECK(item->missed == 0);
        track.offer(event(live("a", 4, 3))); // equal to the letter, and new
        CHECK(value_of(track.take()) == 3);
    }
    SECTION("and what was there is there still")
    {
        track.begin(epoch);
        for (const int value : {2, 3, 6})
            track.offer(event(snapshot("a", 6, value)));
        track.end_snapshot();
        const auto item = track.take();
        CHECK(value_of(item) == 6);
        CHECK(item->missed == 0);
    }
    SECTION("and the list was put back to an earlier state")
    {
        track.begin(epoch);
        for (const int value : {1, 2, 6})
            track.offer(event(snapshot("a", 6, value)));
        track.end_snapshot();
        CHECK(values_of(track) == numbers{6});
        track.disconnect();
        track.begin(epoch);
        for (const int value : {1, 6, 7})
            track.offer(event(snapshot("a", 7, value)));
        track.end_snapshot();
        CHECK(values_of(track) == numbers{7});
    }
    SECTION("and an event that is equal to the last one has come")
    {
        track.begin(epoch);
        track.offer(event(snapshot("a", 6, 3)));
        track.offer(event(snapshot("a", 6, 3)));
        track.end_snapshot();
        CHECK(values_of(track) == numbers{3});
    }
    SECTION("to a list that was emptied")
    {
        track.begin(epoch);
        track.end_snapshot();
        track.offer(event(live("a", 7, 9)));
        const auto item = track.take();
        CHECK(value_of(item) == 9);
        CHECK(item->missed == 1);
    }
    SECTION("and the connection breaks again inside of the snapshot")
    {
        track.begin(epoch);
        track.offer(event(snapshot("a", 6, 3)));
        track.offer(event(snapshot("a", 6, 4)));
        track.disconnect();
        track.begin(epoch);
        for (const int value : {3, 4, 5})
            track.offer(event(snapshot("a", 7, value)));
        track.end_snapshot();
        CHECK(values_of(track) == numbers{4, 5});
    }
}

TEST_CASE("a snapshot that is lost half-way begins where it broke", "[stream_sequencer]")
{
    stream_sequencer track(stream_content::events, 100);
    track.begin(epoch);
    track.offer(event(snapshot("a", 3, 1)));
    track.offer(event(snapshot("a", 3, 2)));
    CHECK(values_of(track) == numbers{1, 2});
    track.disconnect();
    track.begin(epoch);
    for (const int value : {1, 2, 3})
        track.offer(event(snapshot("a", 3, value)));
    track.end_snapshot();
    CHECK(values_of(track) == numbers{3});
}

TEST_CASE("events among states: they are kept beside the newest state", "[stream_sequencer]")
{
    stream_sequencer track(stream_content::state, 2);
    track.begin(epoch);
    track.offer(snapshot("a", 1, 1));
    track.end_snapshot();
    track.offer(event(live("a", 2, 10)));
    track.offer(live("a", 3, 2)); // takes the place of the state
    track.offer(event(live("a", 4, 20)));
    std::uint64_t missed = 0;
    numbers values;
    while (const auto item = track.take()) {
        missed += item->missed;
        values.push_back(value_of(item));
    }
    CHECK(values.back() == 20);
    CHECK(values.size() + missed == 3); // ids 2 to 4
    CHECK(std::find(values.begin(), values.end(), 2) != values.end());
}

// Two streams' worth of noise, outages and restarts: each event of the list is handed out at most once, in order.
TEST_CASE("random outages: no event twice, none out of order, and what is missing is counted",
          "[stream_sequencer]")
{
    for (unsigned seed = 0; seed < 500; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random(seed);
        stream_sequencer track(stream_content::events, 1000);
        std::deque<int> list;
        std::uint64_t id = 0;
        int next = 1;
        int last = 0;
        std::uint64_t got = 0;
        std::uint64_t missed = 0;
        bool up = false;
        const auto read = [&] {
            while (const auto item = track.take()) {
                CHECK(value_of(item) > last);
                last = value_of(item);
                ++got;
                missed += item->missed;
            }
        };
        const auto connect = [&] {
            track.begin(epoch);
            for (const int value : list)
                track.offer(event(snapshot("a", id, value)));
            track.end_snapshot();
            up = true;
        };
        connect();
        list.push_back(next++);
        track.offer(event(live("a", ++id, 1))); // where its counting begins
        for (int step = 0; step < 100; ++step) {
            switch (random() % 6) {
            case 0:
                if (up && random() % 3 == 0) {
                    track.disconnect();
                    up = false;
                } else if (!up)
                    connect();
                break;
            case 1:
                if (!list.empty())
                    list.pop_front();
                break;
            case 2: read(); break;
            default:
                list.push_back(next++);
                ++id;
                if (up)
                    track.offer(event(live("a", id, list.back())));
            }
        }
        if (!up)
            connect();
        list.push_back(next++);
        track.offer(event(live("a", ++id, list.back())));
        read();
        CHECK(last == next - 1);
        CHECK(got + missed == id);
    }
}
