// Topics: numbering, one serialised frame for everybody, removals, snapshots.
#include <fullon_cache_api/detail/feed/hub.hpp>

#include "support/text_value.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using fullon_cache_api::stale_reason;
using fullon_cache_api::detail::frame;
using fullon_cache_api::detail::hub;
using fullon_cache_api::detail::item_key;
using fullon_cache_api::detail::snapshot_message;
using fullon_cache_api::detail::topic;
using fullon_cache_api::detail::topic_ptr;
using fullon_cache_api::detail::topic_subscriber;
using fullon_cache_api::detail::topic_update;
using fullon_cache_api::detail::topic_value;

namespace {

struct listener final : topic_subscriber {
    std::vector<std::pair<item_key, frame>> heard;
    std::vector<stale_reason> marks;
    std::vector<std::uint64_t> lost;

    void on_update(item_key key, const topic_update& what) override
    {
        heard.emplace_back(key, what.message());
    }
    void on_event(const topic_update& what) override { heard.emplace_back(0, what.message()); }
    void on_lost(std::uint64_t count) override { lost.push_back(count); }
    void on_mark(const topic& which) override { marks.push_back(which.stale()); }
    std::string last() const { return heard.empty() ? "" : *heard.back().second; }
};

// A body is a JSON object without its closing brace.
std::string body(std::string_view value)
{
    return R"({"value":")" + std::string(value) + '"';
}

topic_value value(std::string_view text)
{
    return support::text_value(body(text));
}

} // namespace

TEST_CASE("a topic has its name, no updates and no items", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("tickers:binance:BTC/USDT");
    CHECK(where->name() == "tickers:binance:BTC/USDT");
    CHECK(where->last_id() == 0);
    CHECK(where->items().empty());
    CHECK(where->subscribers().empty());
}

TEST_CASE("opening a name twice gives the same topic while somebody holds it", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("a");
    CHECK(all.open("a") == where);
    CHECK(all.open("b") != where);
    CHECK(all.open("A") != where);
}

TEST_CASE("updates are numbered from one, without holes, topic by topic", "[fullon_cache_api][hub]")
{
    hub all;
    const auto one = all.open("one"), other = all.open("other");
    listener hears;
    one->attach(hears);
    for (int i = 1; i <= 5; ++i) {
        all.publish(*one, "item", value("x"));
        CHECK(one->last_id() == static_cast<std::uint64_t>(i));
        CHECK(hears.last() == R"({"value":"x","update_id":)" + std::to_string(i) + "}");
    }
    all.publish(*other, "item", value("x"));
    CHECK(other->last_id() == 1);
    CHECK(one->last_id() == 5);
}

TEST_CASE("several items of a topic share its numbering", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("positions:1");
    listener hears;
    where->attach(hears);
    all.publish(*where, "BTC", value("b"));
    all.publish(*where, "ETH", value("e"));
    all.publish(*where, "BTC", value("c"));
    CHECK(where->last_id() == 3);
    REQUIRE(hears.heard.size() == 3);
    CHECK(hears.heard[0].first == hears.heard[2].first);
    CHECK(hears.heard[0].first != hears.heard[1].first);
    CHECK(where->items().size() == 2);
    CHECK(where->items().at("BTC").value.body() == body("c"));
}

// Serialised once: the very same bytes.
TEST_CASE("every subscriber gets the same message", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    std::vector<std::unique_ptr<listener>> many;
    for (int i = 0; i < 10; ++i)
        where->attach(*many.emplace_back(std::make_unique<listener>()));
    all.publish(*where, "item", value("x"));
    all.remove(*where, "item");
    for (const auto& one : many) {
        REQUIRE(one->heard.size() == 2);
        CHECK(one->heard[0].second.get() == many[0]->heard[0].second.get());
        CHECK(one->heard[1].second.get() == many[0]->heard[1].second.get());
        CHECK(one->heard[0].first == many[0]->heard[0].first);
    }
    CHECK(all.stats().deliveries == 20);
}

TEST_CASE("a detached subscriber hears nothing more", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener one, other;
    where->attach(one);
    where->attach(other);
    all.publish(*where, "item", value("x"));
    where->detach(one);
    CHECK(where->subscribers().size() == 1);
    all.publish(*where, "item", value("y"));
    CHECK(one.heard.size() == 1);
    CHECK(other.heard.size() == 2);
    where->detach(one); // twice is no error
    CHECK(where->subscribers().size() == 1);
}

TEST_CASE("an update without subscribers takes an id all the same", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    all.publish(*where, "item", value("x"));
    CHECK(where->last_id() == 1);
    CHECK(all.stats().published == 1);
    CHECK(all.stats().deliveries == 0);
    CHECK(where->items().at("item").value.body() == body("x"));
}

TEST_CASE("seeding sets the state without telling anybody and without an id", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener hears;
    where->attach(hears);
    all.seed(*where, "item", value("x"));
    CHECK(hears.heard.empty());
    CHECK(where->last_id() == 0);
    CHECK(where->items().at("item").value.body() == body("x"));
    CHECK(all.stats().published == 0);
    all.publish(*where, "item", value("y")); // first seen live: one
    CHECK(hears.last() == R"({"value":"y","update_id":1})");
}

TEST_CASE("a seeded item keeps its key when it is published", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener hears;
    where->attach(hears);
    all.seed(*where, "item", value("x"));
    const auto key = where->items().at("item").key;
    CHECK(key != 0); // 0 means "no state" to the outbox
    all.publish(*where, "item", value("y"));
    REQUIRE(hears.heard.size() == 1);
    CHECK(hears.heard[0].first == key);
}

TEST_CASE("a removed item goes out once more with its last state, marked", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener hears;
    where->attach(hears);
    all.publish(*where, "item", value("x"));
    const auto key = hears.heard[0].first;
    all.remove(*where, "item");
    REQUIRE(hears.heard.size() == 2);
    CHECK(hears.last() == R"({"value":"x","removed":true,"update_id":2})");
    CHECK(hears.heard[1].first == key); // so that it replaces a state of it that still waits
    CHECK(where->items().empty());
    CHECK(where->last_id() == 2);
}

TEST_CASE("removing what is not there says nothing and takes no id", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener hears;
    where->attach(hears);
    all.remove(*where, "item");
    all.publish(*where, "item", value("x"));
    all.remove(*where, "other");
    all.remove(*where, "item");
    all.remove(*where, "item");
    CHECK(hears.heard.size() == 2);
    CHECK(where->last_id() == 2);
    CHECK(all.stats().published == 2);
}

TEST_CASE("a seeded item that goes is announced as removed", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener hears;
    all.seed(*where, "item", value("x"));
    where->attach(hears);
    all.remove(*where, "item");
    CHECK(hears.last() == R"({"value":"x","removed":true,"update_id":1})");
}

// A queued message of the removed item must not be taken for one of its successor.
TEST_CASE("an item that comes back has another key, the ids go on", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener hears;
    where->attach(hears);
    all.publish(*where, "item", value("x"));
    all.remove(*where, "item");
    all.publish(*where, "item", value("y"));
    REQUIRE(hears.heard.size() == 3);
    CHECK(hears.heard[2].first != hears.heard[0].first);
    CHECK(hears.last() == R"({"value":"y","update_id":3})");
}

TEST_CASE("items of the same name in different topics have different keys", "[fullon_cache_api][hub]")
{
    hub all;
    const auto one = all.open("one"), other = all.open("other");
    all.seed(*one, "item", value("x"));
    all.seed(*other, "item", value("x"));
    CHECK(one->items().at("item").key != other->items().at("item").key);
}

TEST_CASE("a suppressed update takes an id and sends nothing", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener hears;
    where->attach(hears);
    all.publish(*where, "item", value("x"));
    all.suppress(*where);
    CHECK(hears.heard.size() == 1);
    CHECK(where->last_id() == 2);
    CHECK(where->items().at("item").value.body() == body("x"));
    all.publish(*where, "item", value("y"));
    CHECK(hears.last() == R"({"value":"y","update_id":3})");
    CHECK(all.stats().published == 3);
    CHECK(all.stats().suppressed == 1);
    CHECK(all.stats().deliveries == 2);
}

TEST_CASE("ids never go back within an epoch when a topic is let go and opened again",
          "[fullon_cache_api][hub]")
{
    hub all;
    auto where = all.open("t");
    all.publish(*where, "item", value("x"));
    all.suppress(*where);
    where.reset();
    where = all.open("t");
    CHECK(where->last_id() == 2);
    CHECK(where->items().empty()); // its state is not followed meanwhile
    listener hears;
    where->attach(hears);
    all.publish(*where, "item", value("y"));
    CHECK(hears.last() == R"({"value":"y","update_id":3})");
    where->detach(hears);
    for (std::uint64_t round = 4; round < 10; ++round) {
        where.reset();
        where = all.open("t");
        all.publish(*where, "item", value("z"));
        CHECK(where->last_id() == round);
    }
}

TEST_CASE("item keys are not used again by a topic that was opened again", "[fullon_cache_api][hub]")
{
    hub all;
    auto where = all.open("t");
    all.seed(*where, "item", value("x"));
    const auto key = where->items().at("item").key;
    where.reset();
    where = all.open("t");
    all.seed(*where, "item", value("x"));
    CHECK(where->items().at("item").key != key);
}

TEST_CASE("a topic lives as long as its last holder", "[fullon_cache_api][hub]")
{
    hub all;
    auto one = all.open("t");
    auto other = all.open("t");
    all.publish(*one, "item", value("x"));
    one.reset();
    CHECK(other->last_id() == 1);
    CHECK(all.open("t") == other);
    CHECK(all.open("t")->items().size() == 1);
}

TEST_CASE("topics may outlive the hub", "[fullon_cache_api][hub]")
{
    topic_ptr survivor;
    {
        hub all;
        survivor = all.open("t");
        all.publish(*survivor, "item", value("x"));
    }
    CHECK(survivor->last_id() == 1);
    survivor.reset(); // under a sanitizer: nothing of the hub is touched
}

TEST_CASE("another hub is another epoch and numbers from one", "[fullon_cache_api][hub]")
{
    hub one, other;
    auto where = one.open("t");
    one.publish(*where, "item", value("x"));
    auto there = other.open("t");
    CHECK(there->last_id() == 0);
    other.publish(*there, "item", value("x"));
    CHECK(there->last_id() == 1);
}

TEST_CASE("a snapshot message has the state, the stream and the topic's current id",
          "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    all.seed(*where, "item", value("x"));
    CHECK(*snapshot_message(where->items().at("item").value, where->last_id(), "s7") ==
          R"({"value":"x","snapshot":true,"stream_key":"s7","update_id":0})");
    all.publish(*where, "other", value("y"));
    all.suppress(*where);
    CHECK(*snapshot_message(where->items().at("item").value, where->last_id(), "s7") ==
          R"({"value":"x","snapshot":true,"stream_key":"s7","update_id":2})");
}

TEST_CASE("a stream key is escaped in a snapshot message", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    all.seed(*where, "item", value("x"));
    const auto parsed =
        boost::json::parse(*snapshot_message(where->items().at("item").value, where->last_id(), "a\"b\\c\n"));
    CHECK(parsed.at("stream_key") == "a\"b\\c\n");
}

TEST_CASE("every message of the hub is one JSON object", "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener hears;
    where->attach(hears);
    all.publish(*where, "item", value("x"));
    all.remove(*where, "item");
    for (const auto& [key, message] : hears.heard) {
        const auto parsed = boost::json::parse(*message);
        CHECK(parsed.is_object());
        CHECK(parsed.at("value") == "x");
        CHECK(parsed.at("update_id").is_number());
    }
}

TEST_CASE("events are numbered with the updates, and reach every subscriber as the same bytes",
          "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener one, other;
    where->attach(one);
    where->attach(other);
    all.emit(*where, value("a"));
    all.publish(*where, "item", value("b"));
    all.emit(*where, value("c"));
    REQUIRE(one.heard.size() == 3);
    CHECK(*one.heard[0].second == R"({"value":"a","update_id":1})");
    CHECK(*one.heard[1].second == R"({"value":"b","update_id":2})");
    CHECK(*one.heard[2].second == R"({"value":"c","update_id":3})");
    CHECK(one.heard[2].second == other.heard[2].second);
    CHECK(all.stats().published == 3);
    CHECK(all.stats().deliveries == 6);
    CHECK(where->events().empty()); // what is told is not kept by itself
    CHECK(where->items().size() == 1);
    where->detach(one);
    where->detach(other);
}

TEST_CASE("kept events are those that were not taken back, the oldest first, and nobody hears of them",
          "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener one;
    where->attach(one);
    for (const char* text : {"a", "b", "c", "d"})
        all.keep(*where, value(text));
    all.drop_oldest(*where, 2);
    REQUIRE(where->events().size() == 2);
    CHECK(where->events().front().body() == body("c"));
    CHECK(*snapshot_message(where->events().back(), where->last_id(), "s1") ==
          R"({"value":"d","snapshot":true,"stream_key":"s1","update_id":0})");
    all.drop_oldest(*where, 5);
    CHECK(where->events().empty());
    CHECK(one.heard.empty());
    where->detach(one);
}

TEST_CASE("events that cannot be told take their ids, and subscribers hear how many they were",
          "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t");
    listener one;
    where->attach(one);
    all.lose(*where, 0);
    all.lose(*where, 5);
    all.suppress(*where, 2);
    all.emit(*where, value("a"));
    CHECK(where->last_id() == 8);
    CHECK(one.lost == std::vector<std::uint64_t>{5});
    CHECK(all.stats().published == 8);
    CHECK(all.stats().suppressed == 2);
    where->detach(one);
}

TEST_CASE("a mark of a topic is told to its subscribers once, again when its reason changes",
          "[fullon_cache_api][hub]")
{
    hub all;
    const auto where = all.open("t"), other = all.open("other");
    listener one, two, elsewhere;
    where->attach(one);
    where->attach(two);
    other->attach(elsewhere);
    using reasons = std::vector<stale_reason>;
    CHECK(where->stale() == stale_reason::none);
    all.mark(*where, stale_reason::none); // it was not
    CHECK(one.marks.empty());
    all.mark(*where, stale_reason::unreadable);
    all.mark(*where, stale_reason::unreadable);
    all.mark(*where, stale_reason::not_permitted);
    all.mark(*where, stale_reason::none);
    all.mark(*where, stale_reason::none);
    CHECK(one.marks == reasons{stale_reason::unreadable, stale_reason::not_permitted, stale_reason::none});
    CHECK(two.marks == one.marks);
    CHECK(elsewhere.marks.empty());
    CHECK(where->last_id() == 0); // marks take no ids
    CHECK(one.heard.empty());
    where->detach(one);
    where->detach(two);
    other->detach(elsewhere);
}
