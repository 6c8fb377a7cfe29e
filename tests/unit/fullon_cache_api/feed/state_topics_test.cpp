// What of the states in Redis is told: snapshots are not, differences are, what cannot be read stands.
#include <fullon_cache_api/detail/feed/state_topics.hpp>

#include "support/text_value.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace fullon_cache_api::detail;
using fullon_cache_api::stale_reason;

namespace {

std::string name_of(std::string_view id)
{
    return "t:" + std::string(id);
}

struct listener final : topic_subscriber {
    void on_update(item_key, const topic_update& what) override { heard.push_back(*what.message()); }
    void on_event(const topic_update& what) override { heard.push_back(*what.message()); }
    void on_mark(const topic& which) override { marks.push_back(which.stale()); }
    std::vector<std::string> heard;
    std::vector<stale_reason> marks;
};

// A stream: attaches to the topics of all as they come.
struct watcher final : feed_listener {
    explicit watcher(listener& to) : out(to) {}
    void on_new_topic(const topic_ptr& made) override
    {
        made->attach(out);
        attached.push_back(made);
    }
    void on_stale(stale_reason why) override { stale.push_back(why); }
    void on_fresh() override { ++fresh; }

    listener& out;
    std::vector<topic_ptr> attached;
    std::vector<stale_reason> stale;
    int fresh = 0;
};

using content = std::map<std::string, std::map<std::string, std::string>>; // id -> item -> value

state_page page_of(const content& what, bool whole, std::vector<std::string> covered = {})
{
    state_page page;
    page.whole = whole;
    page.covered.insert(covered.begin(), covered.end());
    for (const auto& [id, items] : what) {
        page.covered.insert(id);
        for (const auto& [item, value] : items)
            page.topics[id].emplace(item,
                                    support::text_value(R"({"id":")" + id + item + R"(","v":)" + value));
    }
    return page;
}

struct group {
    hub all;
    state_topics book{all, name_of};
    listener out;
    watcher stream{out};

    void follow(const std::string& id)
    {
        book.watch(id)->attach(out);
        book.add(stream, false);
    }
};

} // namespace

TEST_CASE("a topic's first reading is its beginning, later ones tell the differences", "[state_topics]")
{
    group g;
    g.follow("a");
    g.book.apply(page_of({{"a", {{"x", "1"}, {"y", "1"}}}}, false));
    CHECK(g.out.heard.empty());
    CHECK(g.book.find("a")->items().size() == 2);

    g.book.apply(page_of({{"a", {{"x", "1"}, {"y", "1"}}}}, false)); // nothing new
    CHECK(g.out.heard.empty());

    g.book.apply(page_of({{"a", {{"x", "2"}, {"z", "1"}}}}, false));
    CHECK(g.out.heard == std::vector<std::string>{R"({"id":"ay","v":1,"removed":true,"update_id":1})",
                                                  R"({"id":"ax","v":2,"update_id":2})",
                                                  R"({"id":"az","v":1,"update_id":3})"});
}

TEST_CASE("what was not looked at, or cannot be read, stands", "[state_topics]")
{
    group g;
    g.follow("a");
    g.book.apply(page_of({{"a", {{"x", "1"}}}}, false));
    g.book.apply(page_of({}, false, {"b"}));
    auto broken = page_of({}, false, {"a"});
    broken.unreadable.insert("a");
    g.book.apply(broken);
    g.book.apply(std::move(broken));
    CHECK(g.out.heard.empty());
    using reasons = std::vector<stale_reason>;
    CHECK(g.out.marks == reasons{stale_reason::unreadable}); // which is said
    CHECK(g.book.find("a")->stale() == stale_reason::unreadable);
    CHECK(g.book.find("a")->items().size() == 1);
    g.book.apply(page_of({}, false, {"b"}));
    CHECK(g.out.marks.size() == 1);
    g.book.apply(page_of({{"a", {{"x", "1"}}}}, false)); // as it was
    CHECK(g.out.heard.empty());
    CHECK(g.out.marks == reasons{stale_reason::unreadable, stale_reason::none});
    g.book.apply(page_of({}, false, {"a"})); // looked at, and gone
    CHECK(g.out.heard == std::vector<std::string>{R"({"id":"ax","v":1,"removed":true,"update_id":1})"});
}

TEST_CASE("the time of an answer is no news", "[state_topics]")
{
    group g;
    g.follow("a");
    const auto page = [](std::int64_t length, double time) {
        fullon_cache_api::queue_length found;
        found.exchange = "a";
        found.queue_length = length;
        found.timestamp = time;
        state_page made;
        made.covered.insert("a");
        made.topics["a"].emplace("", make_value<fullon_cache_api::operations::stream_order_queue>(found));
        return made;
    };
    g.book.apply(page(1, 100));
    g.book.apply(page(1, 200));
    CHECK(g.out.heard.empty());
    g.book.apply(page(2, 300));
    CHECK(g.out.heard.size() == 1);
}

TEST_CASE("a stream of all hears of topics that come later, from their first state on", "[state_topics]")
{
    group g;
    g.book.add(g.stream, true);
    g.book.apply(page_of({{"a", {{"", "1"}}}}, true));
    CHECK(g.stream.attached.empty()); // it begins with what is there
    CHECK(g.book.topics().size() == 1);
    g.book.apply(page_of({{"a", {{"", "1"}}}, {"b", {{"", "1"}}}}, true));
    REQUIRE(g.stream.attached.size() == 1);
    CHECK(g.stream.attached[0]->name() == "t:b");
    CHECK(g.out.heard == std::vector<std::string>{R"({"id":"b","v":1,"update_id":1})"});

    // It goes, and comes back: the numbers go on.
    g.book.apply(page_of({{"a", {{"", "1"}}}}, true));
    CHECK(g.book.topics().size() == 1);
    g.book.apply(page_of({{"a", {{"", "1"}}}, {"b", {{"", "5"}}}}, true));
    REQUIRE(g.out.heard.size() >= 3);
    CHECK(g.out.heard[1] == R"({"id":"b","v":1,"removed":true,"update_id":2})");
    CHECK(g.out.heard[2] == R"({"id":"b","v":5,"update_id":3})");
}

TEST_CASE("topics are forgotten with their last stream, named ones stay with theirs", "[state_topics]")
{
    group g;
    watcher named(g.out);
    g.book.watch("a");
    g.book.add(named, false);
    g.book.add(g.stream, true);
    g.book.apply(page_of({{"a", {{"", "1"}}}, {"b", {{"", "1"}}}}, true));
    CHECK(g.book.topics().size() == 2);
    CHECK(g.book.named() == std::vector<std::string>{"a"});
    g.book.remove(g.stream);
    CHECK_FALSE(g.book.whole());
    CHECK(g.book.topics().size() == 1);
    g.book.unwatch("a");
    g.book.remove(named);
    CHECK(g.book.unused());
    CHECK(g.book.topics().empty());
}

TEST_CASE("what was read once need not be read for the next stream", "[state_topics]")
{
    group g;
    g.follow("a");
    const std::vector<std::string> a(1, "a");
    const std::vector<std::string> b(1, "b");
    CHECK_FALSE(g.book.has_read(a));
    g.book.apply(page_of({}, false, {"a"})); // there is none, and that is known
    CHECK(g.book.has_read(a));
    CHECK_FALSE(g.book.has_read(b));
    CHECK_FALSE(g.book.has_read({}));
    watcher all(g.out);
    g.book.add(all, true);
    g.book.apply(page_of({{"b", {{"", "1"}}}}, true));
    CHECK(g.book.has_read({}));
    CHECK(g.book.has_read(b));
    g.book.remove(all);
    CHECK_FALSE(g.book.has_read({}));
    CHECK_FALSE(g.book.has_read(b));
}

TEST_CASE("every stream of a group is told that Redis is away, and back", "[state_topics]")
{
    group g;
    watcher other(g.out);
    g.book.add(g.stream, true);
    g.book.add(other, false);
    g.book.announce_stale(stale_reason::redis_down);
    g.book.announce_stale(stale_reason::source_silent);
    g.book.announce_fresh();
    const std::vector<stale_reason> reasons{stale_reason::redis_down, stale_reason::source_silent};
    CHECK(g.stream.stale == reasons);
    CHECK(other.stale == reasons);
    CHECK(g.stream.fresh == 1);
    CHECK(other.fresh == 1);
}

TEST_CASE("random readings: whoever applies what is told has the last reading", "[state_topics]")
{
    for (unsigned seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        group g;
        g.book.add(g.stream, true);
        content now;
        const auto read = [&] { g.book.apply(page_of(now, true)); };
        read();
        std::uint64_t told = 0;
        for (int step = 0; step < 40; ++step) {
            const auto id = std::to_string(random() % 4);
            const auto item = std::to_string(random() % 3);
            if (random() % 3 == 0) {
                now[id].erase(item);
                if (now[id].empty())
                    now.erase(id);
            } else
                now[id][item] = std::to_string(random() % 5);
            if (random() % 2 == 0)
                read();
        }
        read();
        content seen;
        for (const auto& topic : g.book.topics())
            for (const auto& [item, state] : topic->items()) {
                const auto body = state.value.body();
                seen[topic->name().substr(2)][item] = body.substr(body.rfind(':') + 1);
            }
        CHECK(seen == now);
        // Every id was given out once.
        for (const auto& topic : g.stream.attached)
            told = std::max(told, topic->last_id());
        CHECK(told <= g.all.stats().published);
    }
}

TEST_CASE("what was unreadable when a stream began is told when it can be read", "[state_topics]")
{
    group g;
    g.follow("a");
    state_page page;
    page.covered.insert("a");
    page.unreadable.insert("a");
    g.book.apply(std::move(page));
    CHECK(g.book.has_read(std::vector<std::string>(1, "a")));
    g.book.apply(page_of({{"a", {{"", "1"}}}}, false));
    CHECK(g.out.heard.size() == 1);
}

TEST_CASE("a stream of all hears of what cannot be read, from the start or later", "[state_topics]")
{
    group g;
    g.book.add(g.stream, true);
    state_page broken;
    broken.whole = true;
    broken.unreadable.insert("a");
    g.book.apply(broken);
    REQUIRE(g.book.topics().size() == 1); // which the stream finds when it begins
    CHECK(g.book.topics()[0]->stale() == stale_reason::unreadable);
    broken.unreadable.insert("b");
    g.book.apply(broken);
    REQUIRE(g.stream.attached.size() == 1);
    CHECK(g.out.marks == std::vector<stale_reason>(1, stale_reason::unreadable));
    g.book.watch("b"); // by name, too
    CHECK(g.book.find("b") == g.stream.attached[0]);
    g.stream.attached[0]->detach(g.out);
}

TEST_CASE("an item that cannot be read stands, its topic is marked, the other items go on", "[state_topics]")
{
    group g;
    g.follow("a");
    g.book.apply(page_of({{"a", {{"x", "1"}, {"y", "1"}}}}, false));
    auto page = page_of({{"a", {{"y", "2"}}}}, false);
    page.unreadable_items["a"].insert("x");
    g.book.apply(page);
    const auto where = g.book.find("a");
    CHECK(g.out.heard.size() == 1); // of y
    CHECK(where->items().size() == 2);
    CHECK(where->stale() == stale_reason::unreadable);
    g.book.apply(page_of({{"a", {{"y", "2"}}}}, false)); // now x is gone
    CHECK(where->items().size() == 1);
    CHECK(where->stale() == stale_reason::none);
    CHECK(g.out.heard.size() == 2);
}

TEST_CASE("names that clients invent are not told to the streams of all", "[state_topics]")
{
    group g;
    g.book.add(g.stream, true);
    g.book.apply(page_of({}, true));
    g.book.watch("invented");
    CHECK(g.stream.attached.empty());
    CHECK(g.book.topics().empty());
    g.book.apply(page_of({{"invented", {{"", "1"}}}}, true)); // now there is one
    REQUIRE(g.stream.attached.size() == 1);
    CHECK(g.out.heard.size() == 1);
    g.stream.attached[0]->detach(g.out);
}

TEST_CASE("what cannot be read is not forgotten, and fresh when it is gone", "[state_topics]")
{
    group g;
    g.book.add(g.stream, true);
    g.book.apply(page_of({{"a", {{"", "1"}}}}, true));
    const auto where = g.book.find("a");
    REQUIRE(where);
    where->attach(g.out);
    state_page broken;
    broken.whole = true;
    broken.unreadable.insert("a");
    g.book.apply(std::move(broken));
    CHECK(g.book.find("a") == where);
    CHECK(where->stale() == stale_reason::unreadable);
    CHECK(where->items().size() == 1);
    g.book.apply(page_of({}, true));
    CHECK(where->stale() == stale_reason::none);
    CHECK(where->items().empty());
    CHECK(g.book.topics().empty());
    // The difference stands before the mark that ends.
    CHECK(g.out.heard.size() == 1);
    CHECK(g.out.marks == std::vector<stale_reason>{stale_reason::unreadable, stale_reason::none});
    where->detach(g.out);
}
