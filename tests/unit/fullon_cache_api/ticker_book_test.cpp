// The tickers of one exchange as last sent, and the rules for what is sent next: publications are fast, the
// hash is the truth.
#include <fullon_cache_api/detail/ticker_book.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using fullon_cache_api::detail::frame;
using fullon_cache_api::detail::group_watcher;
using fullon_cache_api::detail::hub;
using fullon_cache_api::detail::item_key;
using fullon_cache_api::detail::ticker_book;
using fullon_cache_api::detail::topic_ptr;
using fullon_cache_api::detail::topic_subscriber;
using fullon_orm::tick;

namespace {

const std::string btc = "BTC/USDT";
const std::string eth = "ETH/USDT";

using symbols = std::set<std::string, std::less<>>;

tick at(std::optional<double> time, double price, const std::string& symbol = btc)
{
    tick made;
    made.symbol = symbol;
    made.exchange = "binance";
    made.price = price;
    made.time = time;
    return made;
}

struct listener final : topic_subscriber {
    std::vector<boost::json::value> heard;

    void on_update(item_key, const frame& message) override { heard.push_back(boost::json::parse(*message)); }
    void on_event(const frame&) override { FAIL("tickers are states"); }
};

struct group_listener final : group_watcher {
    std::vector<std::string> heard;
    std::vector<topic_ptr> made;
    listener* attach = nullptr; // to each new topic, as a started stream does

    void on_new_topic(const topic_ptr& topic) override
    {
        made.push_back(topic);
        if (attach)
            topic->attach(*attach);
    }
    void on_stale() override { heard.emplace_back("stale"); }
    void on_fresh() override { heard.emplace_back("fresh"); }
};

// One watched symbol with one subscriber.
struct followed {
    hub all;
    ticker_book book{all, "binance"};
    listener hears;
    topic_ptr topic;

    explicit followed(std::optional<tick> stored = std::nullopt)
    {
        book.watch(btc);
        REQUIRE(book.apply(btc, std::move(stored), book.now()));
        topic = book.find(btc);
        REQUIRE(topic);
        topic->attach(hears);
    }
    ~followed() { topic->detach(hears); }

    void publish(tick value) { book.on_publication(btc, std::move(value)); }
    bool verify(std::optional<tick> stored) { return book.apply(btc, std::move(stored), book.now()); }

    std::uint64_t id() const { return topic->last_id(); }
    std::size_t sent() const { return hears.heard.size(); }
    double last_price() const { return hears.heard.back().at("price").to_number<double>(); }
    std::uint64_t suppressed() const { return all.stats().suppressed; }
};

} // namespace

// --- Messages

TEST_CASE("a ticker's message has the wire's fields in the wire's order", "[fullon_cache_api][ticker_book]")
{
    tick value = at(1640995201.456, 47100.25);
    value.volume = 1275;
    value.bid = 47100;
    value.ask = 47100.5;
    value.last = 47100.25;
    CHECK(
        fullon_cache_api::detail::ticker_body(value) ==
        R"({"type":"ticker_update","exchange":"binance","symbol":"BTC/USDT","price":47100.25,"volume":1275.0,)"
        R"("timestamp":1640995201.456,"bid":47100.0,"ask":47100.5,"last":47100.25)");
}

TEST_CASE("absent numbers of a ticker are null on the wire", "[fullon_cache_api][ticker_book]")
{
    CHECK(fullon_cache_api::detail::ticker_body(at(std::nullopt, 1)) ==
          R"({"type":"ticker_update","exchange":"binance","symbol":"BTC/USDT","price":1.0,"volume":null,)"
          R"("timestamp":null,"bid":null,"ask":null,"last":null)");
}

TEST_CASE("names of any bytes make valid messages", "[fullon_cache_api][ticker_book]")
{
    auto value = at(1, 1);
    value.symbol = "A\"B\\\n\x01";
    value.exchange = "\xFF\xFE";
    const auto parsed = boost::json::parse(fullon_cache_api::detail::ticker_body(value) + "}");
    CHECK(parsed.at("symbol").as_string() == value.symbol);
    CHECK(parsed.at("exchange") == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

// --- Publications

TEST_CASE("a publication of a watched symbol goes out with the next id", "[fullon_cache_api][ticker_book]")
{
    followed one;
    one.publish(at(1, 10));
    REQUIRE(one.sent() == 1);
    CHECK(one.hears.heard[0].at("type") == "ticker_update");
    CHECK(one.hears.heard[0].at("symbol").as_string() == btc);
    CHECK(one.hears.heard[0].at("update_id") == 1);
    one.publish(at(2, 11));
    CHECK(one.sent() == 2);
    CHECK(one.last_price() == 11);
    CHECK(one.id() == 2);
}

TEST_CASE("a publication of a symbol that nobody watches makes no topic", "[fullon_cache_api][ticker_book]")
{
    followed one;
    one.book.on_publication(eth, at(1, 10, eth));
    CHECK(one.book.find(eth) == nullptr);
    CHECK(one.all.stats().published == 0);
}

// Only changes: a value equal to the last one sent takes no id and is not sent.
TEST_CASE("a publication equal to the last sent value is nothing", "[fullon_cache_api][ticker_book]")
{
    followed one;
    one.publish(at(1, 10));
    one.publish(at(1, 10));
    CHECK(one.sent() == 1);
    CHECK(one.id() == 1);
    CHECK(one.suppressed() == 0);
}

TEST_CASE("any field that differs is a change", "[fullon_cache_api][ticker_book]")
{
    followed one;
    auto value = at(1, 10);
    one.publish(value);
    std::size_t expected = 1;
    const auto changed = [&] {
        one.publish(value);
        CHECK(one.sent() == ++expected);
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
}

TEST_CASE("a publication older than the last sent takes an id and is not sent",
          "[fullon_cache_api][ticker_book]")
{
    followed one;
    one.publish(at(5, 10));
    one.publish(at(4, 9));
    CHECK(one.sent() == 1);
    CHECK(one.id() == 2);
    CHECK(one.suppressed() == 1);
    one.publish(at(6, 11));
    REQUIRE(one.sent() == 2);
    CHECK(one.hears.heard[1].at("update_id") == 3); // the client sees one missing
    // What was not sent does not count as sent: the same value with the same time is still no change.
    one.publish(at(6, 11));
    CHECK(one.id() == 3);
}

// Two writes within the clock's resolution are both news.
TEST_CASE("a publication with the time of the last publication is sent", "[fullon_cache_api][ticker_book]")
{
    followed one;
    one.publish(at(5, 10));
    one.publish(at(5, 11));
    CHECK(one.sent() == 2);
    CHECK(one.last_price() == 11);
    CHECK(one.suppressed() == 0);
}

TEST_CASE("a publication without a time is never old", "[fullon_cache_api][ticker_book]")
{
    followed one;
    one.publish(at(5, 10));
    one.publish(at(std::nullopt, 11));
    CHECK(one.sent() == 2);
    one.publish(at(1, 12)); // nor is anything older than one without a time
    CHECK(one.sent() == 3);
    CHECK(one.suppressed() == 0);
}

// --- The first read

TEST_CASE("what the first read finds is where the numbering starts", "[fullon_cache_api][ticker_book]")
{
    followed one(at(5, 10));
    CHECK(one.id() == 0);
    CHECK(one.all.stats().published == 0);
    CHECK(one.topic->items().size() == 1);
    CHECK(one.topic->items().begin()->first == btc);
    one.publish(at(6, 11));
    CHECK(one.hears.heard.at(0).at("update_id") == 1);
}

TEST_CASE("a symbol is known once the hash was read for it", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    CHECK_FALSE(book.known(btc));
    book.watch(btc);
    CHECK_FALSE(book.known(btc));
    book.on_publication(btc, at(1, 10)); // a publication does not make it known
    CHECK_FALSE(book.known(btc));
    CHECK(book.apply(btc, std::nullopt, book.now()));
    CHECK(book.known(btc));
    CHECK_FALSE(book.known(eth));
}

TEST_CASE("a first read that finds nothing makes no item", "[fullon_cache_api][ticker_book]")
{
    followed one;
    CHECK(one.topic->items().empty());
    CHECK(one.id() == 0);
    CHECK(one.sent() == 0);
}

// A named stream may bring a symbol of a wholly followed exchange to its first read: those who are attached
// must hear of it.
TEST_CASE("a first read of a topic that is already held is sent", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    listener hears;
    book.watch(btc);
    const auto topic = book.find(btc);
    topic->attach(hears);
    CHECK(book.apply(btc, at(5, 10), book.now()));
    REQUIRE(hears.heard.size() == 1);
    CHECK(hears.heard[0].at("update_id") == 1);
    topic->detach(hears);
}

// The publication is then the newer value; the reply must neither replace nor seed it.
TEST_CASE("a first read that a publication overtook is refused", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    book.watch(btc);
    const auto issued = book.now();
    book.on_publication(btc, at(6, 11));
    CHECK_FALSE(book.apply(btc, at(5, 10), issued));
    CHECK_FALSE(book.known(btc));
    CHECK(book.find(btc)->items().at(btc).body.find("11.0") != std::string::npos);
    CHECK(book.apply(btc, at(6, 11), book.now()));
    CHECK(book.known(btc));
    CHECK(book.find(btc)->last_id() == 1);
}

// --- Verification

TEST_CASE("a verification sends what differs", "[fullon_cache_api][ticker_book]")
{
    followed one(at(5, 10));
    CHECK(one.verify(at(5, 10)));
    CHECK(one.id() == 0); // equal: nothing
    CHECK(one.verify(at(6, 11)));
    REQUIRE(one.sent() == 1);
    CHECK(one.last_price() == 11);
    CHECK(one.id() == 1);
    CHECK(one.verify(at(6, 11)));
    CHECK(one.id() == 1);
}

// Redis is the truth, whatever its time says.
TEST_CASE("a verification with an older time is sent all the same", "[fullon_cache_api][ticker_book]")
{
    followed one;
    one.publish(at(9, 90));
    CHECK(one.verify(at(5, 50)));
    CHECK(one.sent() == 2);
    CHECK(one.last_price() == 50);
    one.publish(at(6, 60)); // newer than what was sent last
    CHECK(one.last_price() == 60);
}

TEST_CASE("after a verification sent V, differing publications up to V's time take an id and are not sent",
          "[fullon_cache_api][ticker_book]")
{
    followed one;
    CHECK(one.verify(at(5, 50)));
    const auto base = one.sent();
    const auto id = one.id();
    one.publish(at(4, 40)); // older
    CHECK(one.id() == id + 1);
    one.publish(at(5, 51)); // of the same time: written before V, heard after it
    CHECK(one.id() == id + 2);
    CHECK(one.sent() == base);
    CHECK(one.suppressed() == 2);
    one.publish(at(5, 50)); // V itself, heard late: no news
    CHECK(one.id() == id + 2);
    one.publish(at(5.001, 52));
    CHECK(one.sent() == base + 1);
    CHECK(one.last_price() == 52);
}

TEST_CASE("the first read counts as a verification", "[fullon_cache_api][ticker_book]")
{
    followed one(at(5, 50));
    one.publish(at(5, 49));
    CHECK(one.sent() == 0);
    CHECK(one.id() == 1);
    CHECK(one.suppressed() == 1);
}

TEST_CASE("a verification that confirms a publication makes equal times old, too",
          "[fullon_cache_api][ticker_book]")
{
    followed one;
    one.publish(at(5, 50));
    CHECK(one.verify(at(5, 50)));
    one.publish(at(5, 49));
    CHECK(one.sent() == 1);
    CHECK(one.suppressed() == 1);
}

TEST_CASE("once a publication went out, publications of its time are news again",
          "[fullon_cache_api][ticker_book]")
{
    followed one;
    CHECK(one.verify(at(5, 50)));
    one.publish(at(6, 60));
    one.publish(at(6, 61));
    CHECK(one.last_price() == 61);
    CHECK(one.suppressed() == 0);
}

TEST_CASE("a verification reply issued before a publication is refused and changes nothing",
          "[fullon_cache_api][ticker_book]")
{
    followed one(at(1, 1));
    const auto issued = one.book.now();
    one.publish(at(6, 60));
    const auto id = one.id();
    CHECK_FALSE(one.book.apply(btc, at(5, 50), issued));
    CHECK_FALSE(one.book.apply(btc, std::nullopt, issued)); // nor is a removal believed
    CHECK_FALSE(one.book.apply(btc, at(7, 70), issued));
    CHECK(one.id() == id);
    CHECK(one.last_price() == 60);
    CHECK(one.verify(at(7, 70))); // read again
    CHECK(one.last_price() == 70);
}

// Also one that was not sent may be newer in Redis than the reply.
TEST_CASE("suppressed and equal publications refuse older replies, too", "[fullon_cache_api][ticker_book]")
{
    followed one;
    one.publish(at(5, 50));
    auto issued = one.book.now();
    one.publish(at(4, 40));
    CHECK_FALSE(one.book.apply(btc, at(3, 30), issued));
    issued = one.book.now();
    one.publish(at(5, 50));
    CHECK_FALSE(one.book.apply(btc, at(3, 30), issued));
}

TEST_CASE("a publication of another symbol refuses nothing", "[fullon_cache_api][ticker_book]")
{
    followed one;
    one.book.watch(eth);
    const auto issued = one.book.now();
    one.book.on_publication(eth, at(6, 60, eth));
    CHECK(one.book.apply(btc, at(5, 50), issued));
    CHECK(one.last_price() == 50);
    CHECK_FALSE(one.book.apply(eth, at(5, 50, eth), issued));
}

TEST_CASE("a reply for a symbol that is not watched any more is nothing", "[fullon_cache_api][ticker_book]")
{
    followed one;
    CHECK(one.book.apply(eth, at(5, 50, eth), one.book.now()));
    CHECK(one.book.find(eth) == nullptr);
    CHECK(one.all.stats().published == 0);
}

// --- Removals

TEST_CASE("a removed ticker goes out once with its last value", "[fullon_cache_api][ticker_book]")
{
    followed one(at(5, 50));
    CHECK(one.verify(std::nullopt));
    REQUIRE(one.sent() == 1);
    CHECK(one.hears.heard[0].at("removed") == true);
    CHECK(one.hears.heard[0].at("price") == 50.0);
    CHECK(one.hears.heard[0].at("update_id") == 1);
    CHECK(one.verify(std::nullopt));
    CHECK(one.sent() == 1);
    CHECK(one.id() == 1);
    CHECK(one.topic->items().empty());
}

TEST_CASE("a ticker that was never there is not removed", "[fullon_cache_api][ticker_book]")
{
    followed one;
    CHECK(one.verify(std::nullopt));
    CHECK(one.sent() == 0);
    CHECK(one.id() == 0);
}

TEST_CASE("a ticker that comes back is sent, also with its old value", "[fullon_cache_api][ticker_book]")
{
    followed one(at(5, 50));
    CHECK(one.verify(std::nullopt));
    CHECK(one.verify(at(5, 50)));
    REQUIRE(one.sent() == 2);
    CHECK(one.hears.heard[1].as_object().if_contains("removed") == nullptr);
    CHECK(one.hears.heard[1].at("update_id") == 2);
    CHECK(one.topic->items().size() == 1);
}

TEST_CASE("a ticker may come back by a publication, however old", "[fullon_cache_api][ticker_book]")
{
    followed one(at(5, 50));
    CHECK(one.verify(std::nullopt));
    one.publish(at(4, 40));
    CHECK(one.sent() == 2);
    CHECK(one.last_price() == 40);
    CHECK(one.suppressed() == 0);
    one.publish(at(4, 41)); // it did not come from the hash: an equal time is news
    CHECK(one.sent() == 3);
}

TEST_CASE("a scan removes what it did not see", "[fullon_cache_api][ticker_book]")
{
    followed one(at(5, 50));
    one.book.watch(eth);
    CHECK(one.book.apply(eth, at(5, 50, eth), one.book.now()));
    CHECK(one.book.apply_missing(symbols{eth}, one.book.now()));
    REQUIRE(one.sent() == 1);
    CHECK(one.hears.heard[0].at("removed") == true);
    CHECK(one.book.find(eth)->items().size() == 1);
    CHECK(one.book.apply_missing(symbols{}, one.book.now()));
    CHECK(one.book.find(eth)->items().empty());
    CHECK(one.sent() == 1);
}

TEST_CASE("a scan does not remove what was published after its start", "[fullon_cache_api][ticker_book]")
{
    followed one(at(5, 50));
    one.book.watch(eth);
    CHECK(one.book.apply(eth, at(5, 50, eth), one.book.now()));
    const auto issued = one.book.now();
    one.publish(at(6, 60));
    CHECK_FALSE(one.book.apply_missing(symbols{}, issued)); // read again
    CHECK(one.last_price() == 60);
    CHECK(one.hears.heard.back().as_object().if_contains("removed") == nullptr);
    CHECK(one.book.find(eth)->items().empty()); // the others are done
}

TEST_CASE("a scan that sees everything removes nothing", "[fullon_cache_api][ticker_book]")
{
    followed one(at(5, 50));
    const auto issued = one.book.now();
    one.publish(at(6, 60));
    CHECK(one.book.apply_missing(symbols{btc, "OTHER"}, issued));
    CHECK(one.sent() == 1);
}

TEST_CASE("what a complete scan did not see is known not to be there", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    book.watch(btc);
    CHECK(book.apply_missing(symbols{}, book.now()));
    CHECK(book.known(btc));
}

// --- Whole exchange

TEST_CASE("following the whole exchange makes topics of new symbols", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    book.watch_all();
    CHECK(book.whole());
    CHECK(book.topics().empty());
    book.on_publication(btc, at(1, 10));
    CHECK(book.apply(eth, at(1, 20, eth), book.now()));
    REQUIRE(book.topics().size() == 2);
    CHECK(book.find(btc)->name() == "tickers:binance:BTC/USDT");
    CHECK(book.find(eth)->name() == "tickers:binance:ETH/USDT");
    CHECK(book.named().empty()); // none asked for by name
}

TEST_CASE("a symbol that is not in the hash makes no topic", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    book.watch_all();
    CHECK(book.apply(btc, std::nullopt, book.now()));
    CHECK(book.topics().empty());
}

TEST_CASE("streams of all are told of a new topic before its first update", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    listener hears;
    group_listener every, named;
    every.attach = &hears;
    book.watch_all();
    book.add(every, true);
    book.add(named, false);
    book.on_publication(btc, at(1, 10));
    REQUIRE(every.made.size() == 1);
    CHECK(every.made[0] == book.find(btc));
    CHECK(named.made.empty());
    REQUIRE(hears.heard.size() == 1);
    CHECK(hears.heard[0].at("update_id") == 1);

    // Also when a verification finds it: new for those who listen, so it is sent.
    CHECK(book.apply(eth, at(1, 20, eth), book.now()));
    CHECK(every.made.size() == 2);
    REQUIRE(hears.heard.size() == 2);
    CHECK(hears.heard[1].at("symbol").as_string() == eth);
    CHECK(hears.heard[1].at("update_id") == 1);

    book.on_publication(btc, at(2, 11)); // no new topic
    CHECK(every.made.size() == 2);

    const std::string ltc = "LTC/USDT";
    book.watch(ltc); // a stream of its own asked for it: a name alone is nothing to those of all
    CHECK(every.made.size() == 2);
    CHECK(book.topics().size() == 2);
    book.on_publication(ltc, at(1, 1, ltc)); // now there is one, and it is new to them
    CHECK(every.made.size() == 3);
    REQUIRE(hears.heard.back().at("symbol").as_string() == ltc);

    book.remove(every);
    book.on_publication("XRP/USDT", at(1, 1, "XRP/USDT"));
    CHECK(every.made.size() == 3);
    for (const auto& topic : every.made)
        topic->detach(hears);
}

// --- Interest

TEST_CASE("watches are counted: the topic stays until the last unwatch", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    CHECK(book.unused());
    book.watch(btc);
    book.watch(btc);
    CHECK_FALSE(book.unused());
    CHECK(book.named() == std::vector<std::string>{btc});
    book.unwatch(btc);
    CHECK(book.find(btc) != nullptr);
    book.unwatch(btc);
    CHECK(book.find(btc) == nullptr);
    CHECK(book.named().empty());
    CHECK(book.unused());
}

TEST_CASE("unwatching what is not watched is nothing", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    book.unwatch(btc);
    CHECK(book.unused());
}

TEST_CASE("whole watches are counted, too", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    book.watch_all();
    book.watch_all();
    book.on_publication(btc, at(1, 10));
    book.unwatch_all();
    CHECK(book.whole());
    CHECK(book.find(btc) != nullptr);
    book.unwatch_all();
    CHECK_FALSE(book.whole());
    CHECK(book.find(btc) == nullptr);
    CHECK(book.unused());
}

TEST_CASE("the end of a whole watch leaves the symbols asked for by name", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    book.watch_all();
    book.watch(btc);
    book.on_publication(eth, at(1, 10, eth));
    book.on_publication(btc, at(1, 10));
    CHECK(book.named() == std::vector<std::string>{btc});
    CHECK(book.topics().size() == 2);
    book.unwatch_all();
    CHECK(book.find(btc) != nullptr);
    CHECK(book.find(eth) == nullptr);
    book.unwatch(btc);
    CHECK(book.unused());
}

TEST_CASE("the end of a named watch leaves the topic to the whole watch", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    book.watch_all();
    book.watch(btc);
    book.on_publication(btc, at(1, 10));
    book.unwatch(btc);
    CHECK(book.find(btc) != nullptr);
    book.watch("INVENTED"); // and leaves nothing of a name
    book.unwatch("INVENTED");
    CHECK(book.find("INVENTED") == nullptr);
    CHECK(book.named().empty());
    book.unwatch_all();
    CHECK(book.unused());
}

// What happened meanwhile is unknown, so it is read anew; its numbers go on.
TEST_CASE("a symbol that is watched again is read again and its ids go on", "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    book.watch(btc);
    CHECK(book.apply(btc, at(1, 10), book.now()));
    book.on_publication(btc, at(2, 11));
    CHECK(book.find(btc)->last_id() == 1);
    book.unwatch(btc);

    book.on_publication(btc, at(3, 12)); // nobody cares
    book.watch(btc);
    CHECK_FALSE(book.known(btc));
    CHECK(book.find(btc)->last_id() == 1);
    CHECK(book.find(btc)->items().empty());
    CHECK(book.apply(btc, at(2, 9), book.now())); // whatever it was before
    CHECK(book.find(btc)->last_id() == 1);
    book.on_publication(btc, at(4, 13));
    CHECK(book.find(btc)->last_id() == 2);
}

TEST_CASE("marks reach every stream of the exchange, once each, until it is removed",
          "[fullon_cache_api][ticker_book]")
{
    hub all;
    ticker_book book(all, "binance");
    group_listener every, named;
    book.add(every, true);
    book.add(named, false);
    book.announce_stale();
    book.announce_fresh();
    using marks = std::vector<std::string>;
    CHECK(every.heard == marks{"stale", "fresh"});
    CHECK(named.heard == marks{"stale", "fresh"});
    book.remove(every);
    book.announce_stale();
    CHECK(every.heard.size() == 2);
    CHECK(named.heard.size() == 3);
}

TEST_CASE("a book knows its exchange", "[fullon_cache_api][ticker_book]")
{
    hub all;
    CHECK(ticker_book(all, "kraken").exchange() == "kraken");
}
