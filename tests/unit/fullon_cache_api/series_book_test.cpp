// Which lists of a group have to be read, and that no change is lost between two readings.
#include <fullon_cache_api/detail/series_book.hpp>
#include <fullon_cache_api/detail/trade_series.hpp>

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace fullon_cache_api::detail;

namespace {

std::string stored(int id)
{
    return R"({"trade_id": )" + std::to_string(id) + R"(, "volume": 1, "price": 2})";
}

struct listener final : topic_subscriber {
    void on_update(item_key, const frame&) override {}
    void on_event(const frame& message) override { heard.push_back(*message); }
    std::vector<std::string> heard;
};

struct watcher final : group_watcher {
    explicit watcher(listener& to) : out(to) {}
    void on_new_topic(const topic_ptr& made) override
    {
        made->attach(out);
        attached.push_back(made);
    }
    void on_stale() override {}
    void on_fresh() override {}

    listener& out;
    std::vector<topic_ptr> attached;
};

struct group {
    hub all;
    series_book book{
        all, [](std::string_view id) { return "trades:x:" + std::string(id); },
        [](std::string_view id) { return std::make_unique<trade_series>("x", std::string(id), 100); }};
    listener out;
    watcher stream{out};
    std::map<std::string, std::vector<std::string>> lists;
    std::int64_t second = 0; // of what is read

    std::vector<list_tail> tails_of(const series_book::request& one)
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
            book.apply(one, tails_of(one), second);
        return wanted.size();
    }
};

} // namespace

TEST_CASE("what is followed is read once, then when it has changed", "[series_book]")
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

TEST_CASE("a change during a reading is read once more", "[series_book]")
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
    g.book.apply(wanted[0], std::move(before), 0);
    CHECK(g.out.heard.empty());
    CHECK(g.read() == 1);
    CHECK(g.out.heard.size() == 1);
    g.book.find("A")->detach(g.out);
}

TEST_CASE("what could not be read is read again", "[series_book]")
{
    group g;
    g.book.watch("A");
    g.book.add(g.stream, false);
    const auto wanted = g.book.take_marked();
    g.book.mark_again(wanted[0]);
    CHECK(g.book.take_marked().size() == 1);
}

TEST_CASE("a reading for a stream that is gone does not begin another one", "[series_book]")
{
    group g;
    g.book.watch("A");
    g.book.add(g.stream, false);
    const auto wanted = g.book.take_marked();
    auto old = g.tails_of(wanted[0]);
    g.book.unwatch("A");
    const auto again = g.book.watch("A");
    g.lists["trades:x:A"].push_back(stored(1)); // reported when nobody followed it
    g.book.apply(wanted[0], std::move(old), 0);
    CHECK_FALSE(g.book.has_read(std::vector<std::string>(1, "A")));
    CHECK(g.read() == 1);
    CHECK(again->events().size() == 1);
}

TEST_CASE("where all are followed, a list that appears is told to the streams, its trades are news",
          "[series_book]")
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

TEST_CASE("a key that is no list does not stand in the way", "[series_book]")
{
    group g;
    const auto where = g.book.watch("A");
    where->attach(g.out);
    g.book.add(g.stream, false);
    auto wanted = g.book.take_marked();
    std::vector<list_tail> broken(1);
    broken[0].problem = "WRONGTYPE";
    CHECK(g.book.apply(wanted[0], std::move(broken), 0));
    CHECK(g.book.has_read(std::vector<std::string>(1, "A")));
    CHECK(g.book.take_marked().empty());
    g.lists["trades:x:A"].push_back(stored(1));
    g.book.mark("A", "trades:x:A");
    g.read();
    CHECK(g.out.heard.size() == 1);
    where->detach(g.out);
}

TEST_CASE("a list that appears during the first reading of all is news, not swallowed", "[series_book]")
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

TEST_CASE("a reading of all that was for others does not count", "[series_book]")
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

TEST_CASE("names that clients invent leave nothing behind, also while all are followed", "[series_book]")
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

TEST_CASE("a reading from before an outage is done again", "[series_book]")
{
    group g;
    g.book.watch("A");
    const auto wanted = g.book.take_marked();
    g.book.lost_sight();
    CHECK_FALSE(g.book.apply(wanted[0], g.tails_of(wanted[0]), 0));
    CHECK(g.read() == 1);
    CHECK(g.book.has_read(std::vector<std::string>(1, "A")));
}

TEST_CASE("what comes after the first reading is counted for a minute", "[fullon_cache_api][series_book]")
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
          "[fullon_cache_api][series_book]")
{
    group g;
    const auto rate = [&](std::int64_t second) { return g.book.traffic_of("A", second).per_minute(); };
    g.book.watch("A");
    g.lists["trades:x:A"] = {stored(1)};
    g.second = 0;
    g.read();
    CHECK(rate(100) == 0.0);
    g.book.lost_sight();
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
