// The tickers of one exchange as they were told, and what a reading makes of them: only what a read of the hash gave is
// told; publications make it be read, and are counted.
#include <fullon_cache_api/detail/feed/ticker_topics.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using fullon_cache_api::stale_reason;
using fullon_cache_api::detail::feed_listener;
using fullon_cache_api::detail::hub;
using fullon_cache_api::detail::item_key;
using fullon_cache_api::detail::ticker_reading;
using fullon_cache_api::detail::ticker_topics;
using fullon_cache_api::detail::topic;
using fullon_cache_api::detail::topic_ptr;
using fullon_cache_api::detail::topic_subscriber;
using fullon_cache_api::detail::topic_update;
using fullon_orm::tick;

namespace {

constexpr std::size_t everything = static_cast<std::size_t>(-1);

const std::string btc = "BTC/USDT";
const std::string eth = "ETH/USDT";

using symbols = std::set<std::string, std::less<>>;
using names = std::vector<std::string>;
using reasons = std::vector<stale_reason>;

std::string ticker_body(const tick& value)
{
    using namespace fullon_cache_api;
    return detail::make_value<operations::stream_tickers>(to_ticker(value)).body();
}

tick at(std::optional<double> time, double price, const std::string& symbol = btc)
{
    tick made;
    made.symbol = symbol;
    made.exchange = "binance";
    made.price = price;
    made.time = time;
    return made;
}

std::string published(std::optional<double> time, double price)
{
    return R"({"price":)" + std::to_string(price) + (time ? R"(,"time":)" + std::to_string(*time) : "") + "}";
}

ticker_reading found(tick value)
{
    auto symbol = value.symbol;
    return {std::move(symbol), true, std::move(value)};
}
ticker_reading nothing(const std::string& symbol = btc)
{
    return {symbol, false, std::nullopt};
}
ticker_reading unreadable(const std::string& symbol = btc)
{
    return {symbol, true, std::nullopt};
}

struct listener final : topic_subscriber {
    std::vector<boost::json::value> heard;
    reasons marks;

    void on_update(item_key, const topic_update& what) override
    {
        heard.push_back(boost::json::parse(*what.message()));
    }
    void on_event(const topic_update&) override { FAIL("tickers are states"); }
    void on_mark(const topic& which) override { marks.push_back(which.stale()); }
};

struct group_listener final : feed_listener {
    reasons heard;
    std::vector<topic_ptr> made;
    listener* attach = nullptr; // to each new topic, as a started stream does

    ~group_listener()
    {
        if (attach)
            for (const auto& one : made)
                one->detach(*attach);
    }
    group_listener() = default;
    group_listener(const group_listener&) = delete;
    group_listener& operator=(const group_listener&) = delete;

    void on_new_topic(const topic_ptr& topic) override
    {
        made.push_back(topic);
        if (attach)
            topic->attach(*attach);
    }
    void on_stale(stale_reason why) override { heard.push_back(why); }
    void on_fresh() override { heard.push_back(stale_reason::none); }
};

// One watched symbol with one subscriber.
struct followed {
    hub all;
    ticker_topics book{all, "binance"};
    listener hears;
    topic_ptr topic;

    explicit followed(std::optional<tick> stored = std::nullopt)
    {
        topic = book.watch(btc);
        book.apply(stored ? found(std::move(*stored)) : nothing(), book.next_read());
        topic->attach(hears);
    }
    ~followed() { topic->detach(hears); }
    followed(const followed&) = delete;
    followed& operator=(const followed&) = delete;

    bool publish(std::optional<double> time, double price)
    {
        return book.on_publication(btc, published(time, price));
    }
    void read(ticker_reading what) { book.apply(std::move(what), book.next_read()); }
    void read(tick value) { read(found(std::move(value))); }

    std::uint64_t id() const { return topic->last_id(); }
    std::size_t sent() const { return hears.heard.size(); }
    double last_price() const { return hears.heard.back().at("price").to_number<double>(); }
    std::uint64_t suppressed() const { return all.stats().suppressed; }
};

// A whole exchange, with one stream of all of it, and what it hears.
struct exchange {
    hub all;
    ticker_topics book{all, "binance"};
    listener hears;
    group_listener every;

    explicit exchange(const std::vector<tick>& stored = {})
    {
        every.attach = &hears;
        book.add(every, true);
        scan(stored);
        book.set_whole_read();
    }
    ~exchange() { book.remove(every); }
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;

    void scan(const std::vector<tick>& stored)
    {
        const auto number = book.next_read();
        symbols seen;
        for (const auto& one : stored) {
            seen.insert(one.symbol);
            book.apply(found(one), number);
        }
        book.end_scan(seen, number);
    }
    void read(ticker_reading what) { book.apply(std::move(what), book.next_read()); }
};

} // namespace

// --- Messages

TEST_CASE("a ticker's message has the wire's fields in the wire's order", "[fullon_cache_api][ticker_topics]")
{
    tick value = at(1640995201.456, 47100.25);
    value.volume = 1275;
    value.bid = 47100;
    value.ask = 47100.5;
    value.last = 47100.25;
    CHECK(
        ticker_body(value) ==
        R"({"type":"ticker_update","exchange":"binance","symbol":"BTC/USDT","price":47100.25,"volume":1275.0,)"
        R"("timestamp":1640995201.456,"bid":47100.0,"ask":47100.5,"last":47100.25)");
}

TEST_CASE("absent numbers of a ticker are null on the wire", "[fullon_cache_api][ticker_topics]")
{
    CHECK(ticker_body(at(std::nullopt, 1)) ==
          R"({"type":"ticker_update","exchange":"binance","symbol":"BTC/USDT","price":1.0,"volume":null,)"
          R"("timestamp":null,"bid":null,"ask":null,"last":null)");
}

TEST_CASE("names of any bytes make valid messages", "[fullon_cache_api][ticker_topics]")
{
    auto value = at(1, 1);
    value.symbol = "A\"B\\\n\x01";
    value.exchange = "\xFF\xFE";
    const auto parsed = boost::json::parse(ticker_body(value) + "}");
    CHECK(parsed.at("symbol").as_string() == value.symbol);
    CHECK(parsed.at("exchange") == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

// --- Publications: hints

TEST_CASE("a publication is never shown, it makes its field be read", "[fullon_cache_api][ticker_topics]")
{
    followed one(at(1, 10));
    CHECK_FALSE(one.book.hinted());
    CHECK(one.publish(2, 11));
    CHECK(one.sent() == 0);
    CHECK(one.id() == 0);
    CHECK(one.topic->items().at(btc).value.body().find("10.0") != std::string::npos);
    CHECK(one.book.hinted());
    CHECK(one.book.take_hinted(everything) == names{btc});
    CHECK_FALSE(one.book.hinted());
    CHECK(one.book.take_hinted(everything).empty());
    one.read(at(2, 12)); // whatever was published
    REQUIRE(one.sent() == 1);
    CHECK(one.last_price() == 12);
    CHECK(one.hears.heard[0].at("type") == "ticker_update");
    CHECK(one.hears.heard[0].at("symbol").as_string() == btc);
}

TEST_CASE("many publications make one read, in portions where many symbols are named",
          "[fullon_cache_api][ticker_topics]")
{
    hub all;
    ticker_topics book(all, "binance");
    for (const auto* name : {"A", "B", "C", "D", "E"})
        book.watch(name);
    for (int i = 0; i < 100; ++i)
        for (const auto* name : {"E", "B", "A", "D", "C"})
            book.on_publication(name, published(i, i));
    CHECK(book.take_hinted(2) == names{"A", "B"});
    book.on_publication("A", published(1, 1)); // while it is read
    CHECK(book.take_hinted(3) == names{"A", "C", "D"});
    CHECK(book.take_hinted(3) == names{"E"});
    book.hint("B");
    book.forget_hints();
    CHECK_FALSE(book.hinted());
}

TEST_CASE("a publication of a symbol that nobody watches is nothing", "[fullon_cache_api][ticker_topics]")
{
    followed one;
    CHECK_FALSE(one.book.on_publication(eth, published(1, 10)));
    CHECK_FALSE(one.book.hinted());
    CHECK(one.book.find(eth) == nullptr);
    CHECK(one.all.stats().published == 0);
}

TEST_CASE("a publication that cannot be read is a hint all the same, and counts for nothing",
          "[fullon_cache_api][ticker_topics]")
{
    followed one(at(1, 10));
    for (const auto* payload : {"", "garbage", "{}", "[1]", "null"})
        CHECK(one.book.on_publication(btc, payload));
    CHECK(one.book.take_hinted(everything) == names{btc});
    one.read(at(1, 10));
    CHECK(one.id() == 0);
}

// --- What is counted

TEST_CASE("a publication that is read takes one id, those before it that nobody saw one each",
          "[fullon_cache_api][ticker_topics]")
{
    followed one(at(1, 10));
    one.publish(2, 11);
    one.read(at(2, 11));
    CHECK(one.id() == 1);
    CHECK(one.hears.heard.at(0).at("update_id") == 1);
    one.publish(3, 12);
    one.publish(4, 13);
    one.publish(5, 14);
    one.read(at(5, 14));
    REQUIRE(one.sent() == 2);
    CHECK(one.hears.heard[1].at("update_id") == 4);
    CHECK(one.suppressed() == 2);
    one.read(at(5, 14));
    CHECK(one.id() == 4);
}

TEST_CASE("a value that is read before its publication takes one id", "[fullon_cache_api][ticker_topics]")
{
    followed one(at(1, 10));
    one.read(at(2, 11)); // by an invalidation
    CHECK(one.id() == 1);
    one.publish(2, 11);
    one.read(at(2, 11));
    CHECK(one.id() == 1);
    CHECK(one.sent() == 1);
}

TEST_CASE("a publication is counted by its value, however it is spelled and however long it is",
          "[fullon_cache_api][ticker_topics]")
{
    const auto to_the_letter = published(2, 11);
    const std::string other_spelling = R"({"time": 2, "price": 1.1e1, "unknown": ")";
    for (const auto& payload :
         {to_the_letter, other_spelling + "\"}", other_spelling + std::string(5000, 'x') + "\"}"}) {
        followed one(at(1, 10));
        one.book.on_publication(btc, payload);
        auto reading = found(at(2, 11));
        reading.text = to_the_letter;
        one.read(std::move(reading));
        CHECK(one.id() == 1);
        CHECK(one.sent() == 1);
        CHECK(one.suppressed() == 0);
    }
}

TEST_CASE("of many publications before one reading each is counted", "[fullon_cache_api][ticker_topics]")
{
    constexpr int count = 50;
    followed one(at(1, 10));
    for (int i = 1; i <= count; ++i)
        one.publish(1 + i, 10 + i);
    auto reading = found(at(1 + count, 10 + count));
    reading.text = published(1 + count, 10 + count);
    one.read(std::move(reading));
    CHECK(one.id() == count);
    CHECK(one.sent() == 1);
    CHECK(one.suppressed() == count - 1);
}

TEST_CASE("what another database publishes is missed, never shown", "[fullon_cache_api][ticker_topics]")
{
    followed one(at(1, 10));
    one.publish(2, 666);
    one.read(at(1, 10));
    CHECK(one.sent() == 0);
    CHECK(one.id() == 1);
    CHECK(one.suppressed() == 1);
    one.publish(3, 11);
    one.read(at(3, 11));
    CHECK(one.last_price() == 11);
    CHECK(one.hears.heard[0].at("update_id") == 2); // the client sees one missing
}

TEST_CASE("any field that differs is a change, an equal value is none", "[fullon_cache_api][ticker_topics]")
{
    followed one;
    auto value = at(1, 10);
    one.read(value);
    std::size_t expected = 1;
    const auto changed = [&] {
        one.read(value);
        one.read(value);
        CHECK(one.sent() == ++expected);
        CHECK(one.id() == expected);
    };
    value.bid = 9;
    changed();
    value.ask = 11;
    changed();
    value.last = 10;
    changed();
    value.volume = 5;
    changed();
    value.volume.reset();
    changed();
    value.price = 10.000000001;
    changed();
    value.time = 1.5;
    changed();
    CHECK(one.suppressed() == 0);
}

// --- Times of writers decide nothing

TEST_CASE("what Redis has is told whatever its time says", "[fullon_cache_api][ticker_topics]")
{
    followed one(at(1000, 1));
    double price = 1;
    for (const auto time :
         std::vector<std::optional<double>>{4e12, 5, 5, 4, std::nullopt, 6, -1, 0, 1e300, 7}) {
        one.publish(time, ++price);
        one.read(at(time, price));
        CHECK(one.last_price() == price);
    }
    CHECK(one.sent() == 10);
    CHECK(one.id() == 10);
    CHECK(one.suppressed() == 0);
}

// --- The first read

TEST_CASE("what the first read finds is where the numbering starts", "[fullon_cache_api][ticker_topics]")
{
    followed one(at(5, 10));
    CHECK(one.id() == 0);
    CHECK(one.all.stats().published == 0);
    CHECK(one.topic->items().size() == 1);
    CHECK(one.topic->items().begin()->first == btc);
    one.read(at(6, 11));
    CHECK(one.hears.heard.at(0).at("update_id") == 1);
}

TEST_CASE("publications that came before the first read are no news", "[fullon_cache_api][ticker_topics]")
{
    hub all;
    ticker_topics book(all, "binance");
    const auto topic = book.watch(btc);
    book.on_publication(btc, published(1, 10));
    book.on_publication(btc, published(2, 11));
    book.apply(found(at(2, 11)), book.next_read());
    CHECK(topic->last_id() == 0);
    book.apply(found(at(2, 11)), book.next_read());
    CHECK(topic->last_id() == 0);
}

TEST_CASE("what was never read gets a hint when a stream asks for it", "[fullon_cache_api][ticker_topics]")
{
    hub all;
    ticker_topics book(all, "binance");
    book.watch(btc);
    book.watch(eth);
    CHECK_FALSE(book.has_read({btc}));
    book.apply(found(at(1, 10)), book.next_read());
    CHECK(book.has_read({btc}));
    CHECK_FALSE(book.has_read({btc, eth}));
    book.hint_unread({btc, eth, "NOBODY"});
    CHECK(book.take_hinted(everything) == names{eth});
    book.apply(nothing(eth), book.next_read());
    CHECK(book.has_read({btc, eth}));
    book.hint_unread({btc, eth});
    CHECK_FALSE(book.hinted());
    CHECK(book.find(eth)->items().empty());
    CHECK(book.find(eth)->last_id() == 0);
}

// A named stream may bring a symbol of a wholly followed exchange to its first read: those who are attached must hear of it.
TEST_CASE("a first read of a topic that is already held is sent", "[fullon_cache_api][ticker_topics]")
{
    hub all;
    ticker_topics book(all, "binance");
    listener hears;
    const auto topic = book.watch(btc);
    topic->attach(hears);
    book.apply(found(at(5, 10)), book.next_read());
    REQUIRE(hears.heard.size() == 1);
    CHECK(hears.heard[0].at("update_id") == 1);
    topic->detach(hears);
}

// --- Reads are numbered

TEST_CASE("a read that was issued before the one that was applied is nothing",
          "[fullon_cache_api][ticker_topics]")
{
    followed one(at(1, 10));
    const auto first = one.book.next_read();
    const auto second = one.book.next_read();
    CHECK(second > first);
    one.book.apply(found(at(3, 12)), second);
    one.book.apply(found(at(2, 11)), first);
    one.book.apply(nothing(), first);
    one.book.apply(unreadable(), first);
    CHECK(one.sent() == 1);
    CHECK(one.last_price() == 12);
    CHECK(one.id() == 1);
    CHECK(one.hears.marks.empty());
    CHECK(one.topic->items().size() == 1);
}

TEST_CASE("reads that come in turn are all applied, though others are under way",
          "[fullon_cache_api][ticker_topics]")
{
    followed one(at(1, 10));
    const auto first = one.book.next_read();
    const auto second = one.book.next_read();
    one.publish(9, 99); // which both may have missed: no stream of hints keeps them from being told
    one.book.apply(found(at(2, 11)), first);
    CHECK(one.last_price() == 11);
    one.book.apply(found(at(3, 12)), second);
    CHECK(one.last_price() == 12);
    CHECK(one.sent() == 2);
}

TEST_CASE("an older read of one symbol does not stand in the way of another",
          "[fullon_cache_api][ticker_topics]")
{
    followed one(at(1, 10));
    one.book.watch(eth);
    const auto first = one.book.next_read();
    one.book.apply(found(at(1, 20)), one.book.next_read());
    one.book.apply(found(at(1, 5, eth)), first);
    CHECK(one.book.find(eth)->items().size() == 1);
}

TEST_CASE("a reading of a symbol that is not watched any more is nothing",
          "[fullon_cache_api][ticker_topics]")
{
    followed one;
    one.read(at(5, 50, eth));
    CHECK(one.book.find(eth) == nullptr);
    CHECK(one.all.stats().published == 0);
}

// --- Removals

TEST_CASE("a removed ticker goes out once with its last value", "[fullon_cache_api][ticker_topics]")
{
    followed one(at(5, 50));
    one.read(nothing());
    REQUIRE(one.sent() == 1);
    CHECK(one.hears.heard[0].at("removed") == true);
    CHECK(one.hears.heard[0].at("price") == 50.0);
    CHECK(one.hears.heard[0].at("update_id") == 1);
    one.read(nothing());
    CHECK(one.sent() == 1);
    CHECK(one.id() == 1);
    CHECK(one.topic->items().empty());
}

TEST_CASE("a ticker that was never there is not removed", "[fullon_cache_api][ticker_topics]")
{
    followed one;
    one.read(nothing());
    CHECK(one.sent() == 0);
    CHECK(one.id() == 0);
}

TEST_CASE("a ticker that comes back is sent, also with its old value and time",
          "[fullon_cache_api][ticker_topics]")
{
    followed one(at(5, 50));
    one.read(nothing());
    one.read(at(5, 50));
    REQUIRE(one.sent() == 2);
    CHECK(one.hears.heard[1].as_object().if_contains("removed") == nullptr);
    CHECK(one.hears.heard[1].at("update_id") == 2);
    CHECK(one.topic->items().size() == 1);
}

// It may be of a new value, that was written between.
TEST_CASE("a removal is told after a second look where a publication came behind the read",
          "[fullon_cache_api][ticker_topics]")
{
    followed one(at(5, 50));
    const auto number = one.book.next_read();
    one.publish(6, 60);
    one.book.apply(nothing(), number);
    CHECK(one.sent() == 0);
    CHECK(one.topic->items().size() == 1);
    CHECK(one.book.take_hinted(everything) == names{btc}); // it will be read again
    SECTION("it is there")
    {
        one.read(at(6, 60));
        REQUIRE(one.sent() == 1);
        CHECK(one.last_price() == 60);
        CHECK(one.id() == 1);
    }
    SECTION("it is gone")
    {
        one.read(nothing());
        REQUIRE(one.sent() == 1);
        CHECK(one.hears.heard[0].at("removed") == true);
        CHECK(one.id() == 2); // and one publication was missed
    }
    SECTION("it is gone, and somebody goes on to publish")
    {
        const auto second = one.book.next_read();
        one.publish(7, 70);
        one.book.apply(nothing(), second);
        REQUIRE(one.sent() == 1);
        CHECK(one.hears.heard[0].at("removed") == true);
        one.read(nothing());
        CHECK(one.sent() == 1);
        CHECK(one.id() == 3); // two publications, and the removal
    }
    SECTION("it was there in between: the next time needs two looks, too")
    {
        one.read(at(6, 60));
        const auto next = one.book.next_read();
        one.publish(7, 70);
        one.book.apply(nothing(), next);
        CHECK(one.topic->items().size() == 1);
    }
}

TEST_CASE("a publication before the read does not put a removal off", "[fullon_cache_api][ticker_topics]")
{
    followed one(at(5, 50));
    one.publish(6, 60);
    one.read(nothing());
    REQUIRE(one.sent() == 1);
    CHECK(one.hears.heard[0].at("removed") == true);
}

// --- What cannot be read

TEST_CASE("an entry that cannot be read marks its topic, and what was told stands",
          "[fullon_cache_api][ticker_topics]")
{
    followed one(at(5, 50));
    one.read(unreadable());
    one.read(unreadable());
    CHECK(one.sent() == 0);
    CHECK(one.topic->items().size() == 1);
    CHECK(one.topic->stale() == stale_reason::unreadable);
    CHECK(one.hears.marks == reasons{stale_reason::unreadable});
    CHECK(one.book.list().at(0).stale);
    CHECK(one.book.list().at(0).time == 5);
    SECTION("the same value again")
    {
        one.read(at(5, 50));
        CHECK(one.sent() == 0);
    }
    SECTION("another value")
    {
        one.read(at(6, 60));
        CHECK(one.last_price() == 60);
    }
    SECTION("it is gone")
    {
        one.read(nothing());
        CHECK(one.hears.heard.at(0).at("removed") == true);
    }
    CHECK(one.topic->stale() == stale_reason::none);
    CHECK(one.hears.marks == reasons{stale_reason::unreadable, stale_reason::none});
}

TEST_CASE("what was unreadable at first is news when it can be read", "[fullon_cache_api][ticker_topics]")
{
    hub all;
    ticker_topics book(all, "binance");
    listener hears;
    const auto topic = book.watch(btc);
    book.apply(unreadable(), book.next_read());
    CHECK(book.has_read({btc}));
    CHECK(topic->stale() == stale_reason::unreadable);
    topic->attach(hears);
    book.apply(found(at(5, 50)), book.next_read());
    CHECK(hears.heard.size() == 1);
    CHECK(hears.marks == reasons{stale_reason::none});
    topic->detach(hears);
}

// --- Whole exchange

TEST_CASE("a whole exchange begins with what is there", "[fullon_cache_api][ticker_topics]")
{
    exchange one({at(1, 10), at(1, 20, eth)});
    CHECK(one.book.whole());
    CHECK(one.book.whole_read());
    CHECK(one.book.has_read({}));
    CHECK(one.every.made.empty()); // in the snapshot
    REQUIRE(one.book.topics().size() == 2);
    CHECK(one.book.find(btc)->name() == "tickers:binance:BTC/USDT");
    CHECK(one.book.find(btc)->last_id() == 0);
    CHECK(one.book.named().empty()); // none asked for by name
}

TEST_CASE("a new symbol of a whole exchange is told when it was read, its publication makes nothing",
          "[fullon_cache_api][ticker_topics]")
{
    exchange one;
    CHECK(one.book.on_publication(btc, published(1, 10)));
    CHECK(one.book.find(btc) == nullptr);
    CHECK(one.every.made.empty());
    CHECK(one.book.take_hinted(everything) == names{btc});
    SECTION("it is there")
    {
        one.read(found(at(1, 10)));
        REQUIRE(one.every.made.size() == 1);
        CHECK(one.every.made[0] == one.book.find(btc));
        REQUIRE(one.hears.heard.size() == 1);
        CHECK(one.hears.heard[0].at("update_id") == 1);
        one.read(found(at(2, 11)));
        CHECK(one.every.made.size() == 1);
        CHECK(one.hears.heard.size() == 2);
    }
    SECTION("it is not")
    {
        one.read(nothing());
        CHECK(one.book.find(btc) == nullptr);
        CHECK(one.book.topics().empty());
        CHECK(one.hears.heard.empty());
    }
}

TEST_CASE("a symbol that a scan finds is told to the streams of all, not to others",
          "[fullon_cache_api][ticker_topics]")
{
    exchange one({at(1, 10)});
    group_listener named;
    one.book.add(named, false);
    one.scan({at(1, 10), at(1, 20, eth)});
    REQUIRE(one.every.made.size() == 1);
    CHECK(named.made.empty());
    REQUIRE(one.hears.heard.size() == 1);
    CHECK(one.hears.heard[0].at("symbol").as_string() == eth);

    const std::string ltc = "LTC/USDT";
    one.book.watch(ltc); // a name alone is nothing to those of all
    one.read(nothing(ltc));
    CHECK(one.every.made.size() == 1);
    CHECK(one.book.topics().size() == 2);
    one.read(found(at(1, 1, ltc)));
    CHECK(one.every.made.size() == 2);
    CHECK(one.hears.heard.back().at("symbol").as_string() == ltc);
    one.book.remove(named);
}

TEST_CASE("invented names in publications are bounded, and leave nothing",
          "[fullon_cache_api][ticker_topics]")
{
    exchange one({at(1, 10)});
    std::size_t taken = 0;
    for (int i = 0; i < 30'000; ++i)
        taken += one.book.on_publication("invented" + std::to_string(i), published(1, 1)) ? 1 : 0;
    CHECK(taken == 10'000);
    CHECK(one.book.on_publication(btc, published(2, 11))); // what is known goes on
    std::size_t read = 0;
    while (one.book.hinted())
        for (const auto& name : one.book.take_hinted(512)) {
            one.read(name == btc ? found(at(2, 11)) : nothing(name));
            ++read;
        }
    CHECK(read == 10'001);
    CHECK(one.book.topics().size() == 1);
    CHECK(one.book.list().size() == 1);
    CHECK(one.every.made.empty());
}

TEST_CASE("what a scan did not see is read by name before it counts as gone",
          "[fullon_cache_api][ticker_topics]")
{
    exchange one({at(1, 10), at(1, 20, eth)});
    const auto topic = one.book.find(btc);
    topic->attach(one.hears);
    one.scan({at(1, 20, eth)});
    CHECK(one.hears.heard.empty());
    CHECK(topic->items().size() == 1);
    CHECK(one.book.take_hinted(everything) == names{btc});
    SECTION("a scan may overlook what is written meanwhile")
    {
        one.read(found(at(1, 10)));
        CHECK(one.hears.heard.empty());
    }
    SECTION("it is gone, and forgotten by the next scan")
    {
        one.read(nothing());
        REQUIRE(one.hears.heard.size() == 1);
        CHECK(one.hears.heard[0].at("removed") == true);
        CHECK(one.book.find(btc) != nullptr);
        one.scan({at(1, 20, eth)});
        CHECK_FALSE(one.book.hinted());
        CHECK(one.book.find(btc) == nullptr);
        one.scan({at(1, 10), at(1, 20, eth)}); // its numbers go on
        REQUIRE(one.hears.heard.size() >= 2);
        CHECK(one.hears.heard[1].at("update_id") == 2);
    }
    topic->detach(one.hears);
}

TEST_CASE("a scan asks for nothing that was read since it began", "[fullon_cache_api][ticker_topics]")
{
    exchange one({at(1, 10)});
    const auto first = one.book.next_read();
    one.read(found(at(2, 11))); // by its publication
    one.book.end_scan({}, first);
    CHECK_FALSE(one.book.hinted());
    CHECK(one.book.find(btc)->items().size() == 1);
}

TEST_CASE("a scan keeps what was asked for by name, and reads what was not read yet",
          "[fullon_cache_api][ticker_topics]")
{
    exchange one;
    one.book.watch(btc);
    one.read(nothing());
    one.scan({});
    CHECK(one.book.find(btc) != nullptr);
    CHECK_FALSE(one.book.hinted());
    one.book.unwatch(btc);
    CHECK(one.book.find(btc) == nullptr);
}

TEST_CASE("what cannot be read is not forgotten by a scan", "[fullon_cache_api][ticker_topics]")
{
    exchange one({at(1, 10)});
    const auto number = one.book.next_read();
    one.book.apply(unreadable(), number);
    one.book.end_scan({btc}, number);
    CHECK(one.book.find(btc)->stale() == stale_reason::unreadable);
    CHECK(one.book.find(btc)->items().size() == 1);
    one.scan({});
    CHECK(one.book.take_hinted(everything) == names{btc});
    one.read(nothing());
    CHECK(one.book.find(btc)->stale() == stale_reason::none);
    one.scan({});
    CHECK(one.book.find(btc) == nullptr);
}

// --- Interest

TEST_CASE("watches are counted: the topic stays until the last unwatch", "[fullon_cache_api][ticker_topics]")
{
    hub all;
    ticker_topics book(all, "binance");
    CHECK(book.watch(btc) == book.watch(btc));
    CHECK(book.named() == names{btc});
    book.unwatch(btc);
    CHECK(book.find(btc) != nullptr);
    book.unwatch(btc);
    CHECK(book.find(btc) == nullptr);
    CHECK(book.named().empty());
    book.unwatch(btc); // what is not watched
    CHECK(book.unused());
}

TEST_CASE("a book is used while there are streams; the last one of all takes what nobody named with it",
          "[fullon_cache_api][ticker_topics]")
{
    hub all;
    ticker_topics book(all, "binance");
    group_listener one, two, named;
    CHECK(book.unused());
    book.add(one, true);
    book.add(two, true);
    book.add(named, false);
    book.watch(btc);
    book.apply(found(at(1, 10)), book.next_read());
    book.apply(found(at(1, 20, eth)), book.next_read());
    book.set_whole_read();
    const auto ends = book.whole_ends();
    book.remove(one);
    CHECK(book.whole());
    CHECK(book.whole_ends() == ends);
    CHECK(book.find(eth) != nullptr);
    book.remove(two);
    book.remove(two);
    CHECK_FALSE(book.whole());
    CHECK_FALSE(book.whole_read());
    CHECK(book.whole_ends() == ends + 1);
    CHECK(book.find(btc) != nullptr);
    CHECK(book.find(eth) == nullptr);
    book.set_whole_read(); // a scan that ends too late
    CHECK_FALSE(book.whole_read());
    book.unwatch(btc);
    CHECK_FALSE(book.unused());
    book.remove(named);
    CHECK(book.unused());
}

TEST_CASE("the end of a named watch leaves the topic to the whole watch, and nothing of an invented name",
          "[fullon_cache_api][ticker_topics]")
{
    exchange one({at(1, 10)});
    one.book.watch(btc);
    one.book.unwatch(btc);
    CHECK(one.book.find(btc) != nullptr);
    one.book.watch("INVENTED");
    CHECK(one.book.has_read({"INVENTED"})); // all are
    one.book.unwatch("INVENTED");
    CHECK(one.book.find("INVENTED") == nullptr);
    CHECK(one.book.named().empty());
}

// What happened meanwhile is unknown, so it is read anew; its numbers go on.
TEST_CASE("a symbol that is watched again is read again and its ids go on",
          "[fullon_cache_api][ticker_topics]")
{
    hub all;
    ticker_topics book(all, "binance");
    book.watch(btc);
    book.apply(found(at(1, 10)), book.next_read());
    book.apply(found(at(2, 11)), book.next_read());
    CHECK(book.find(btc)->last_id() == 1);
    const auto old = book.next_read();
    book.unwatch(btc);

    CHECK_FALSE(book.on_publication(btc, published(3, 12))); // nobody cares
    book.watch(btc);
    CHECK_FALSE(book.has_read({btc}));
    CHECK(book.find(btc)->last_id() == 1);
    book.apply(found(at(2, 11)), old); // a read for those who are gone
    CHECK_FALSE(book.has_read({btc}));
    CHECK(book.find(btc)->items().empty());
    book.apply(found(at(2, 9)), book.next_read()); // whatever it was before
    CHECK(book.find(btc)->last_id() == 1);
    book.apply(found(at(4, 13)), book.next_read());
    CHECK(book.find(btc)->last_id() == 2);
}

TEST_CASE("the list has what there is, and what was asked for by name", "[fullon_cache_api][ticker_topics]")
{
    exchange one({at(7, 10), at(std::nullopt, 20, eth)});
    one.book.watch("INVENTED");
    const auto all = one.book.list();
    REQUIRE(all.size() == 3);
    CHECK(all[0].exchange == "binance");
    CHECK(all[0].symbol == btc);
    CHECK(all[0].time == 7);
    CHECK(all[0].updates == one.book.find(btc));
    CHECK_FALSE(all[0].stale);
    CHECK(all[1].symbol == eth);
    CHECK_FALSE(all[1].time);
    CHECK(all[2].symbol == "INVENTED");
    CHECK_FALSE(all[2].time);
    one.read(nothing());
    CHECK_FALSE(one.book.list().at(0).time);
    one.book.unwatch("INVENTED");
}

TEST_CASE("marks reach every stream of the exchange, once each, until it is removed",
          "[fullon_cache_api][ticker_topics]")
{
    hub all;
    ticker_topics book(all, "binance");
    group_listener every, named;
    book.add(every, true);
    book.add(named, false);
    book.announce_stale(stale_reason::redis_down);
    book.announce_fresh();
    CHECK(every.heard == reasons{stale_reason::redis_down, stale_reason::none});
    CHECK(named.heard == every.heard);
    book.remove(every);
    book.announce_stale(stale_reason::source_silent);
    CHECK(every.heard.size() == 2);
    CHECK(named.heard.size() == 3);
    CHECK(named.heard.back() == stale_reason::source_silent);
    book.remove(named);
}

TEST_CASE("a book knows its exchange", "[fullon_cache_api][ticker_topics]")
{
    hub all;
    CHECK(ticker_topics(all, "kraken").exchange() == "kraken");
}

TEST_CASE("a stream of all hears of what cannot be read, from the start or later",
          "[fullon_cache_api][ticker_topics]")
{
    hub all;
    ticker_topics book(all, "binance");
    listener hears;
    group_listener every;
    every.attach = &hears;
    book.add(every, true);
    book.apply(unreadable(btc), book.next_read());
    book.set_whole_read();
    REQUIRE(book.topics().size() == 1); // which the stream finds when it begins
    CHECK(book.topics()[0]->stale() == stale_reason::unreadable);
    book.apply(unreadable(eth), book.next_read());
    REQUIRE(every.made.size() == 1);
    CHECK(hears.marks == reasons{stale_reason::unreadable});
    CHECK(book.watch(eth)->stale() == stale_reason::unreadable); // for who names it, too
    book.remove(every);
}
