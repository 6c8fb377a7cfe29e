// Which lists of a group have to be read, and that no change is lost between two readings.
#include <fullon_cache_api/detail/feed/bar_series.hpp>
#include <fullon_cache_api/detail/feed/series_topics.hpp>
#include <fullon_cache_api/detail/feed/trade_series.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace fullon_cache_api::detail;
using fullon_cache_api::stale_reason;

namespace {

std::string stored(int id)
{
    return R"({"trade_id": )" + std::to_string(id) + R"(, "volume": 1, "price": 2})";
}

struct listener final : topic_subscriber {
    void on_update(item_key, const topic_update& what) override { heard.push_back(*what.message()); }
    void on_event(const topic_update& what) override { heard.push_back(*what.message()); }
    void on_mark(const topic& which) override { marks.push_back(which.stale()); }
    std::vector<std::string> heard;
    std::vector<stale_reason> marks;
};

struct watcher final : feed_listener {
    explicit watcher(listener& to) : out(to) {}
    void on_new_topic(const topic_ptr& made) override
    {
        made->attach(out);
        attached.push_back(made);
    }
    void on_stale(stale_reason) override {}
    void on_fresh() override {}

    listener& out;
    std::vector<topic_ptr> attached;
};

struct group {
    hub all;
    series_topics book{
        all, [](std::string_view id) { return "trades:x:" + std::string(id); },
        [](std::string_view id) { return std::make_unique<trade_series>("x", std::string(id), 100); }};
    listener out;
    watcher stream{out};
    std::map<std::string, std::vector<std::string>> lists;
    std::int64_t second = 0; // of what is read

    std::vector<list_tail> tails_of(const series_topics::request& one)
    {
        std::vector<list_tail> tails(1);
        tails[0].elements = lists[one.keys.front()];
        tails[0].length = tails[0].elements.size();
        tails[0].whole = true;
        return tails;
    }
    std::size_t read()
    {
        const auto wanted = book.take_marked();
        for (const auto& one : wanted)
            book.apply(one, tails_of(one), series::moment(std::chrono::seconds(second)));
        return wanted.size();
    }
};

} // namespace

TEST_CASE("what is followed is read once, then when it has changed", "[series_topics]")
{
    group g;
    g.lists["trades:x:A"].push_back(stored(1));
    const auto where = g.book.watch("A");
    where->attach(g.out);
    g.book.add(g.stream, false);
    const std::vector<std::string> a(1, "A");
    CHECK_FALSE(g.book.has_read(a));
    CHECK(g.read() == 1);
    CHECK(g.book.has_read(a));
    CHECK(where->events().size() == 1);
    CHECK(g.read() == 0);
    g.lists["trades:x:A"].push_back(stored(2));
    CHECK(g.book.mark("A", "trades:x:A"));
    CHECK_FALSE(g.book.mark("B", "trades:x:B")); // nobody follows it
    CHECK(g.read() == 1);
    CHECK(g.out.heard.size() == 1);
    g.book.mark_all();
    CHECK(g.read() == 1);
    CHECK(g.out.heard.size() == 1);
    where->detach(g.out);
}

TEST_CASE("a change during a reading is read once more", "[series_topics]")
{
    group g;
    g.book.watch("A")->attach(g.out);
    g.book.add(g.stream, false);
    g.read();
    g.book.mark("A", "trades:x:A");
    const auto wanted = g.book.take_marked();
    REQUIRE(wanted.size() == 1);
    auto before = g.tails_of(wanted[0]);
    g.lists["trades:x:A"].push_back(stored(1));
    g.book.mark("A", "trades:x:A");
    g.book.apply(wanted[0], std::move(before), {});
    CHECK(g.out.heard.empty());
    CHECK(g.read() == 1);
    CHECK(g.out.heard.size() == 1);
    g.book.find("A")->detach(g.out);
}

TEST_CASE("what could not be read is read again", "[series_topics]")
{
    group g;
    g.book.watch("A");
    g.book.add(g.stream, false);
    const auto wanted = g.book.take_marked();
    g.book.mark_again(wanted[0]);
    CHECK(g.book.take_marked().size() == 1);
}

TEST_CASE("a reading for a stream that is gone does not begin another one", "[series_topics]")
{
    group g;
    g.book.watch("A");
    g.book.add(g.stream, false);
    const auto wanted = g.book.take_marked();
    auto old = g.tails_of(wanted[0]);
    g.book.unwatch("A");
    const auto again = g.book.watch("A");
    g.lists["trades:x:A"].push_back(stored(1)); // reported when nobody followed it
    g.book.apply(wanted[0], std::move(old), {});
    CHECK_FALSE(g.book.has_read(std::vector<std::string>(1, "A")));
    CHECK(g.read() == 1);
    CHECK(again->events().size() == 1);
}

TEST_CASE("where all are followed, a list that appears is told to the streams, its trades are news",
          "[series_topics]")
{
    group g;
    g.lists["trades:x:A"].push_back(stored(1));
    g.book.add(g.stream, true);
    g.book.mark("A", "trades:x:A"); // found by the search
    g.read();
    g.book.set_whole_read(g.book.whole_ends());
    CHECK(g.book.has_read({}));
    CHECK(g.stream.attached.empty()); // it is in the snapshot
    CHECK(g.out.heard.empty());
    CHECK(g.book.topics().size() == 1);
    g.lists["trades:x:B"].push_back(stored(2));
    CHECK(g.book.mark("B", "trades:x:B"));
    CHECK(g.stream.attached.empty()); // until there is something
    g.read();
    REQUIRE(g.stream.attached.size() == 1);
    CHECK(g.stream.attached[0]->name() == "trades:x:B");
    CHECK(g.out.heard.size() == 1);
    g.stream.attached[0]->detach(g.out);
    const auto named = g.book.watch("C"); // there is none: that is known without a reading
    CHECK(g.book.has_read(std::vector<std::string>(1, "C")));
    CHECK(g.read() == 0);
    CHECK(g.stream.attached.size() == 1);
    g.lists["trades:x:C"].push_back(stored(3));
    g.book.mark("C", "trades:x:C");
    CHECK(g.read() == 1);
    REQUIRE(g.stream.attached.size() == 2);
    CHECK(g.stream.attached[1] == named);
    CHECK(g.out.heard.size() == 2);
    g.book.unwatch("C");
    named->detach(g.out);
    g.book.remove(g.stream);
    CHECK(g.book.topics().empty());
    CHECK(g.book.unused());
}

TEST_CASE("a key that is no list does not stand in the way", "[series_topics]")
{
    group g;
    const auto where = g.book.watch("A");
    where->attach(g.out);
    g.book.add(g.stream, false);
    auto wanted = g.book.take_marked();
    std::vector<list_tail> broken(1);
    broken[0].problem = "WRONGTYPE";
    CHECK(g.book.apply(wanted[0], broken, {}));
    CHECK(g.book.has_read(std::vector<std::string>(1, "A")));
    CHECK(g.book.take_marked().empty());
    CHECK(where->stale() == stale_reason::unreadable);
    CHECK(g.book.unreadable_keys() == std::vector<std::string>{"trades:x:A"});
    CHECK(g.book.apply(wanted[0], std::move(broken), {}));
    CHECK(g.out.marks == std::vector<stale_reason>{stale_reason::unreadable});
    g.lists["trades:x:A"].push_back(stored(1));
    g.book.mark("A", "trades:x:A");
    g.read();
    CHECK(g.out.heard.size() == 1);
    CHECK(g.out.marks == std::vector<stale_reason>{stale_reason::unreadable, stale_reason::none});
    CHECK(g.book.unreadable_keys().empty());
    where->detach(g.out);
}

TEST_CASE("what was told of a list stands while it cannot be read, and what comes then is told",
          "[series_topics]")
{
    group g;
    g.lists["trades:x:A"] = {stored(1)};
    const auto where = g.book.watch("A");
    where->attach(g.out);
    g.read();
    g.book.mark("A", "trades:x:A");
    const auto wanted = g.book.take_marked();
    std::vector<list_tail> broken(1);
    broken[0].problem = "WRONGTYPE";
    CHECK(g.book.apply(wanted[0], std::move(broken), {}));
    CHECK(where->events().size() == 1);
    CHECK(g.out.heard.empty());
    g.lists["trades:x:A"].push_back(stored(2));
    g.book.mark("A", "trades:x:A");
    g.read();
    CHECK(g.out.heard.size() == 1);
    CHECK(where->stale() == stale_reason::none);
    where->detach(g.out);
}

TEST_CASE("one list of several that cannot be read marks the topic, the others are told", "[series_topics]")
{
    hub all;
    listener out;
    series_topics book(
        all, [](std::string_view id) { return "ohlcv:" + std::string(id); },
        [](std::string_view) { return std::make_unique<bar_series>("AB", "1m"); });
    const auto where = book.watch("AB:1m");
    where->attach(out);
    CHECK(book.learn("AB:1m", "ohlcv:A/B:1m"));
    CHECK_FALSE(book.learn("AB:1m", "ohlcv:A/B:1m"));
    const auto read = [&](const char* problem, const char* bar) {
        book.mark_all();
        for (const auto& one : book.take_marked()) {
            REQUIRE(one.keys.size() == 2);
            std::vector<list_tail> lists(2);
            lists[0].problem = problem;
            lists[0].whole = lists[0].problem.empty();
            lists[1].elements.emplace_back(bar);
            lists[1].length = 1;
            lists[1].whole = true;
            CHECK(book.apply(one, std::move(lists), {}));
        }
    };
    read("WRONGTYPE", "[60,1,1,1,1,1]");
    CHECK(where->stale() == stale_reason::unreadable);
    CHECK(where->items().size() == 1);
    CHECK(book.unreadable_keys() == std::vector<std::string>{"ohlcv:A/B:1m"});
    read("WRONGTYPE", "[60,1,1,1,2,1]");
    CHECK(out.heard.size() == 1);
    CHECK(out.marks.size() == 1);
    read("", "[60,1,1,1,2,1]");
    CHECK(out.heard.size() == 1);
    CHECK(out.marks == std::vector<stale_reason>{stale_reason::unreadable, stale_reason::none});
    CHECK(book.unreadable_keys().empty());
    where->detach(out);
}

TEST_CASE("what has to be looked at later is marked when its time has come", "[series_topics]")
{
    using std::chrono::seconds;
    hub all;
    listener out;
    series_topics book(
        all, [](std::string_view id) { return "ohlcv:" + std::string(id); },
        [](std::string_view) { return std::make_unique<bar_series>("AB", "1m"); });
    const auto where = book.watch("AB:1m");
    where->attach(out);
    const auto read = [&](const char* bar, series::moment now) {
        book.mark_all();
        for (const auto& one : book.take_marked()) {
            std::vector<list_tail> lists(1);
            lists[0].elements.emplace_back(bar);
            lists[0].length = 1;
            lists[0].whole = true;
            CHECK(book.apply(one, std::move(lists), now));
        }
    };
    const series::moment begin(seconds(1000));
    read("[120,1,1,1,1,1]", begin);
    CHECK_FALSE(book.next_look());
    CHECK_FALSE(book.mark_due(begin + seconds(100)));
    read("[60,1,1,1,1,1]", begin + seconds(1)); // back in time: perhaps it is written again
    CHECK(out.heard.empty());
    REQUIRE(book.next_look());
    const auto next = *book.next_look();
    CHECK(next > begin + seconds(1));
    CHECK_FALSE(book.mark_due(next - std::chrono::milliseconds(1)));
    CHECK(book.take_marked().empty());
    CHECK(book.mark_due(next));
    CHECK(book.take_marked().size() == 1);
    read("[60,1,1,1,1,1]", next);
    CHECK(out.heard.size() == 1);
    CHECK_FALSE(book.next_look());

    read("[30,1,1,1,1,1]", next);
    CHECK(book.next_look());
    where->detach(out);
    book.unwatch("AB:1m"); // nobody waits for it any more
    CHECK_FALSE(book.next_look());
    CHECK_FALSE(book.mark_due(next + seconds(100)));
}

TEST_CASE("a list that appears during the first reading of all is news, not swallowed", "[series_topics]")
{
    group g;
    g.book.add(g.stream, true);
    const auto ends = g.book.whole_ends();
    CHECK(g.read() == 0); // the search found nothing
    g.lists["trades:x:A"].push_back(stored(1));
    g.book.mark("A", "trades:x:A");
    g.book.set_whole_read(ends);
    g.read();
    REQUIRE(g.stream.attached.size() == 1);
    CHECK(g.out.heard.size() == 1);
    CHECK(g.stream.attached[0]->last_id() == 1);
    g.stream.attached[0]->detach(g.out);
}

TEST_CASE("a reading of all that was for others does not count", "[series_topics]")
{
    group g;
    g.book.watch("A");
    g.book.add(g.stream, true);
    const auto ends = g.book.whole_ends();
    g.book.mark("B", "trades:x:B");
    g.read();
    g.book.remove(g.stream); // and forgets B
    g.book.add(g.stream, true);
    g.book.set_whole_read(ends);
    CHECK_FALSE(g.book.has_read({}));
    g.book.set_whole_read(g.book.whole_ends());
    CHECK(g.book.has_read({}));
}

TEST_CASE("names that clients invent leave nothing behind, also while all are followed", "[series_topics]")
{
    group g;
    g.book.add(g.stream, true);
    g.book.set_whole_read(g.book.whole_ends());
    for (int i = 0; i < 100; ++i) {
        const auto name = "invented" + std::to_string(i);
        g.book.watch(name);
        g.read();
        g.book.unwatch(name);
        CHECK(g.book.find(name) == nullptr);
    }
    CHECK(g.stream.attached.empty());
    CHECK(g.book.topics().empty());
}

TEST_CASE("a reading from before an outage is done again", "[series_topics]")
{
    group g;
    g.book.watch("A");
    const auto wanted = g.book.take_marked();
    g.book.on_outage();
    CHECK_FALSE(g.book.apply(wanted[0], g.tails_of(wanted[0]), {}));
    CHECK(g.read() == 1);
    CHECK(g.book.has_read(std::vector<std::string>(1, "A")));
}

TEST_CASE("what comes after the first reading is counted for a minute", "[fullon_cache_api][series_topics]")
{
    group g;
    const auto rate = [&](std::int64_t second) { return g.book.traffic_of("A", second).per_minute(); };
    CHECK_FALSE(rate(0));
    g.book.watch("A");
    CHECK(g.book.traffic_of("A", 0).topics == 0); // not read yet
    CHECK(g.book.traffic(0).topics == 0);
    g.lists["trades:x:A"] = {stored(1), stored(2)};
    g.second = 10;
    g.read();
    CHECK(g.book.traffic_of("A", 10).topics == 1);
    for (int id = 3; id <= 5; ++id)
        g.lists["trades:x:A"].push_back(stored(id));
    g.book.mark("A", "trades:x:A");
    g.second = 20;
    g.read();
    CHECK_FALSE(rate(69)); // not a whole minute yet
    CHECK(rate(70) == 3.0); // not those that were there
    CHECK(rate(79) == 3.0);
    g.second = 70;
    g.book.watch("B");
    g.read();
    CHECK(g.book.traffic(79).topics == 2);
    CHECK(g.book.traffic(79).counted == 1);
    CHECK(g.book.traffic(79).updates == 3);
    CHECK(rate(80) == 0.0);
    g.book.unwatch("A");
    CHECK_FALSE(rate(80));
    g.book.watch("A");
    g.second = 80;
    g.read();
    CHECK_FALSE(rate(139));
    CHECK(rate(140) == 0.0);
}

TEST_CASE("what came during an outage is in no rate, and a new minute begins",
          "[fullon_cache_api][series_topics]")
{
    group g;
    const auto rate = [&](std::int64_t second) { return g.book.traffic_of("A", second).per_minute(); };
    g.book.watch("A");
    g.lists["trades:x:A"] = {stored(1)};
    g.second = 0;
    g.read();
    CHECK(rate(100) == 0.0);
    g.book.on_outage();
    CHECK_FALSE(rate(100));
    for (int id = 2; id <= 9; ++id)
        g.lists["trades:x:A"].push_back(stored(id));
    g.book.mark("A", "trades:x:A");
    g.second = 100;
    g.read();
    g.lists["trades:x:A"].push_back(stored(10));
    g.book.mark("A", "trades:x:A");
    g.second = 110;
    g.read();
    CHECK_FALSE(rate(159));
    CHECK(rate(160) == 1.0);
    CHECK(rate(170) == 0.0);
}

TEST_CASE("a stream of all hears of a key that is no list, but not of one that it may not read",
          "[series_topics]")
{
    group g;
    g.book.add(g.stream, true);
    g.book.set_whole_read(g.book.whole_ends());
    std::vector<list_tail> tails(1);
    tails[0].problem = "NOPERM";
    g.book.watch("invented");
    g.book.mark("invented", "trades:x:invented");
    g.book.apply(g.book.take_marked().at(0), tails, {});
    CHECK(g.stream.attached.empty());
    tails[0].problem = "WRONGTYPE Operation against a key holding the wrong kind of value";
    g.book.mark("A", "trades:x:A");
    g.book.apply(g.book.take_marked().at(0), tails, {});
    REQUIRE(g.stream.attached.size() == 1);
    CHECK(g.out.marks == std::vector<stale_reason>(1, stale_reason::unreadable));
    g.stream.attached[0]->detach(g.out);
}
