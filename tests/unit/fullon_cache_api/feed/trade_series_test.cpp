// Trades are told once each, in order, while others take them from the list.
#include <fullon_cache_api/detail/feed/trade_series.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace fullon_cache_api::detail;

namespace {

std::string stored(int id)
{
    return R"({"trade_id": )" + std::to_string(id) +
           R"(, "symbol": "BTC/USDT", "side": "buy", "volume": 1.0, "price": 2.0, "time": 3.0})";
}

int id_in(const std::string& message)
{
    const std::string mark = R"("trade_id":)";
    return std::stoi(message.substr(message.find(mark) + mark.size()));
}

using ids = std::vector<int>;

// A list in Redis, the series that follows it, and what it tells.
struct followed final : topic_subscriber {
    explicit followed(std::size_t limit = 10000) : trades("binance", "BTCUSDT", limit)
    {
        where->attach(*this);
    }
    followed(const followed&) = delete;
    followed& operator=(const followed&) = delete;
    ~followed() { where->detach(*this); }

    void on_update(item_key, const topic_update&) override { FAIL("trades are no states"); }
    void on_event(const topic_update& what) override { told.push_back(id_in(*what.message())); }

    void on_lost(std::uint64_t count) override { lost += count; }

    void on_mark(const topic&) override {}

    void push(int id) { list.push_back(stored(id)); }
    void push(int from, int to)
    {
        for (int id = from; id <= to; ++id)
            push(id);
    }
    void take(std::size_t count = 1)
    {
        list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(std::min(count, list.size())));
    }

    list_tail tail() const
    {
        list_tail read;
        const auto count = std::min(trades.window(), list.size());
        read.elements.assign(list.end() - static_cast<std::ptrdiff_t>(count), list.end());
        read.length = list.size();
        read.whole = count == list.size();
        return read;
    }
    // \returns how many readings it took
    int read(bool tell = true)
    {
        for (int times = 1;; ++times) {
            REQUIRE(times < 20);
            std::vector<list_tail> lists;
            lists.push_back(tail());
            if (trades.apply(all, *where, std::move(lists), tell, {}))
                return times;
        }
    }
    ids new_ones() { return std::exchange(told, {}); }
    ids kept() const
    {
        ids result;
        for (const auto& one : where->events())
            result.push_back(id_in(one.body()));
        return result;
    }

    hub all;
    topic_ptr where = all.open("trades:binance:BTCUSDT");
    trade_series trades;
    std::deque<std::string> list;
    ids told;
    std::uint64_t lost = 0;
};

} // namespace

TEST_CASE("the trades that are there at first are kept for snapshots and not told", "[trade_series]")
{
    followed one;
    one.push(1, 3);
    one.read(false);
    CHECK(one.new_ones().empty());
    CHECK(one.kept() == ids{1, 2, 3});
    CHECK(one.where->last_id() == 0);
    one.push(4, 5);
    CHECK(one.read() == 1);
    CHECK(one.new_ones() == ids{4, 5});
    CHECK(one.kept() == ids{1, 2, 3, 4, 5});
    CHECK(one.where->last_id() == 2);
}

TEST_CASE("what others take is not told again, nor kept", "[trade_series]")
{
    followed one;
    one.push(1, 3);
    one.read(false);
    one.take(2);
    one.push(4);
    one.read();
    CHECK(one.new_ones() == ids{4});
    CHECK(one.kept() == ids{3, 4});
    one.take(2); // LRANGE + DEL
    one.read();
    CHECK(one.new_ones().empty());
    CHECK(one.kept().empty());
    one.push(5, 6);
    one.take(1); // between two readings: nobody could see it
    one.read();
    CHECK(one.new_ones() == ids{6});
}

TEST_CASE("more new trades than are usually read are found by reading further back", "[trade_series]")
{
    followed one;
    one.push(1, 50);
    one.read(false);
    one.push(51, 1000);
    CHECK(one.read() > 1);
    const auto told = one.new_ones();
    REQUIRE(told.size() == 950);
    CHECK(told.front() == 51);
    CHECK(told.back() == 1000);
    CHECK(std::is_sorted(told.begin(), told.end()));
    one.push(1001);
    CHECK(one.read() == 1); // and then little again
    CHECK(one.new_ones() == ids{1001});
}

TEST_CASE("the newest of a long list are kept, and what was too much to tell is a hole in the numbers",
          "[trade_series]")
{
    followed one(100);
    one.push(1, 500);
    one.read(false);
    CHECK(one.kept().size() == 100);
    CHECK(one.kept().front() == 401);
    one.take(500);
    one.push(501, 1000);
    one.read();
    const auto told = one.new_ones();
    CHECK(told.size() == 100);
    CHECK(told.front() == 901);
    CHECK(one.where->last_id() == 100); // how many were new is not known: the list is no longer than it was
    CHECK(one.kept().size() == 100);
    one.push(1001, 1700);
    one.read();
    CHECK(one.where->last_id() == 800); // 700 new ones, 100 of them told
    CHECK(one.lost == 600);
}

TEST_CASE("of more trades than a short ring holds, all that were read are told or counted", "[trade_series]")
{
    for (const int count : {11, 32, 33, 40, 100}) {
        INFO(count);
        followed one(10);
        one.read(false);
        one.push(1, count);
        one.read();
        const auto told = one.new_ones();
        CHECK(told.size() + one.lost == static_cast<std::size_t>(count));
        CHECK(told.back() == count);
    }
}

TEST_CASE("what was read is told also if it is taken before more of it can be read", "[trade_series]")
{
    followed one;
    one.push(1, 3);
    one.read(false);
    one.take(3);
    one.push(4, 43); // 40: more than are usually read
    std::vector<list_tail> lists;
    lists.push_back(one.tail());
    REQUIRE_FALSE(one.trades.apply(one.all, *one.where, std::move(lists), true, {}));
    CHECK(one.new_ones().empty());
    one.take(40); // another service was faster
    one.push(44);
    one.read();
    ids told = one.new_ones();
    REQUIRE(told.size() == 33);
    CHECK(told.front() == 12); // the 32 that were seen
    CHECK(told.back() == 44);
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(one.kept() == ids{44});
}

TEST_CASE("the same when only some of it was taken", "[trade_series]")
{
    followed one;
    one.push(1, 3);
    one.read(false);
    one.take(3);
    one.push(4, 43);
    std::vector<list_tail> lists;
    lists.push_back(one.tail());
    REQUIRE_FALSE(one.trades.apply(one.all, *one.where, std::move(lists), true, {}));
    one.take(20); // 4 to 23: of those 12 to 23 were seen
    one.push(44, 45);
    one.read();
    const auto told = one.new_ones();
    REQUIRE(told.size() == 34);
    CHECK(told.front() == 12);
    CHECK(told.back() == 45);
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(one.kept().size() == one.list.size());
    CHECK(one.kept().front() == 24);
    // and nothing of it when all is still there
    one.push(46, 140);
    CHECK(one.read() > 1);
    CHECK(one.new_ones().size() == 95);
}

TEST_CASE("trades that are equal to the letter are told by the growth of the list", "[trade_series]")
{
    followed one;
    for (int i = 0; i < 40; ++i) // more than are usually read
        one.push(7);
    one.read(false);
    for (int i = 0; i < 5; ++i)
        one.push(7);
    one.read();
    CHECK(one.new_ones() == ids{7, 7, 7, 7, 7});
}

TEST_CASE("trades that are equal to the letter are told also when one of them was taken", "[trade_series]")
{
    followed one;
    one.push(7);
    one.push(8);
    one.read(false);
    one.take();
    one.push(7);
    one.read();
    CHECK(one.new_ones() == ids{7});
}

TEST_CASE("a list that is emptied and filled again in pieces tells nothing twice", "[trade_series]")
{
    const int count = GENERATE(5, 20, 500); // some fit in what is usually read
    const int piece = GENERATE(1, 20, 70);
    const bool emptied = GENERATE(true, false); // or nobody looked then
    CAPTURE(count, piece, emptied);
    followed one;
    one.push(1, count / 2);
    one.read(false);
    one.push(count / 2 + 1, count);
    one.read();
    one.new_ones();
    const auto last = one.where->last_id();
    for (int round = 0; round < 3; ++round) {
        one.list.clear();
        if (emptied) {
            one.read();
            CHECK(one.kept().empty());
        }
        for (int from = 1; from <= count; from += piece) {
            one.push(from, std::min(count, from + piece - 1));
            one.read();
            CHECK(one.kept().size() == one.list.size());
        }
        CHECK(one.new_ones().empty());
        CHECK(one.where->last_id() == last);
    }
    one.push(count + 1, count + 3);
    one.read();
    CHECK(one.new_ones() == ids{count + 1, count + 2, count + 3});
    one.push(count + 3); // to the letter
    one.read();
    CHECK(one.new_ones() == ids{count + 3});
}

TEST_CASE("a new trade while a list is filled again is told, and the others are not", "[trade_series]")
{
    followed one;
    one.push(1, 9);
    one.read(false);
    one.list.clear();
    one.read();
    one.push(1, 3);
    one.read();
    CHECK(one.new_ones().empty());
    one.push(4);
    one.push(50);
    one.push(5);
    one.read();
    CHECK(one.new_ones() == ids{50});
    one.push(6);
    one.read();
    CHECK(one.new_ones().empty());
    one.push(51);
    one.read();
    CHECK(one.new_ones() == ids{51});
    one.push(7, 9);
    one.push(52);
    one.read();
    CHECK(one.new_ones() == ids{52});
    CHECK(one.kept() == ids{1, 2, 3, 4, 50, 5, 6, 51, 7, 8, 9, 52});
    one.push(9); // it is as before now
    one.read();
    CHECK(one.new_ones() == ids{9});
}

TEST_CASE("a list that is filled again with what others had taken tells nothing twice", "[trade_series]")
{
    followed one;
    one.push(1, 8);
    one.read(false);
    one.take(4);
    one.read();
    one.list.clear();
    one.push(1, 8);
    one.push(9);
    one.read();
    CHECK(one.new_ones() == ids{9});
}

TEST_CASE("a long list that is filled again and again tells nothing twice", "[trade_series]")
{
    followed one;
    one.push(1, 9000);
    one.read(false);
    for (int round = 0; round < 3; ++round) {
        one.list.clear();
        one.push(1, 4000);
        one.read();
        one.push(4001, 9000);
        one.read();
        CHECK(one.new_ones().empty());
    }
    one.push(9001);
    one.read();
    CHECK(one.new_ones() == ids{9001});
}

TEST_CASE("what was read of a list that is filled again, and is gone before more is read, is not told twice",
          "[trade_series]")
{
    followed one;
    one.push(1, 100);
    one.read(false);
    one.list.clear();
    one.push(1, 80); // more than are usually read
    std::vector<list_tail> lists;
    lists.push_back(one.tail());
    REQUIRE_FALSE(one.trades.apply(one.all, *one.where, std::move(lists), true, {}));
    one.list.clear();
    one.push(200);
    one.read();
    CHECK(one.new_ones() == ids{200});
}

TEST_CASE("an entry that cannot be read is skipped, and those around it are told", "[trade_series]")
{
    followed one;
    one.push(1);
    one.list.emplace_back("not JSON");
    one.read(false);
    CHECK(one.kept() == ids{1});
    one.list.emplace_back(R"({"symbol": "BTC/USDT"})");
    one.push(2);
    one.read();
    CHECK(one.new_ones() == ids{2});
    CHECK(one.where->last_id() == 1);
    one.take(2); // 1, and the first unreadable one
    one.read();
    CHECK(one.kept() == ids{2});
    CHECK(one.new_ones().empty());
}

TEST_CASE("a list that comes back older after an outage is not told again", "[trade_series]")
{
    followed one;
    one.push(1, 9);
    one.read(false);
    const auto saved = one.list;
    one.push(10, 12);
    one.read();
    CHECK(one.new_ones() == ids{10, 11, 12});
    one.trades.on_outage();
    one.list = saved; // what Redis had on disk
    one.take(2);
    one.push(20);
    one.read();
    CHECK(one.new_ones() == ids{20});
    CHECK(one.kept() == ids{3, 4, 5, 6, 7, 8, 9, 20});
}

TEST_CASE("a list that is written again in pieces around an outage is not told again", "[trade_series]")
{
    followed one;
    one.push(0, 19);
    one.read(false);
    one.push(20, 22);
    one.read();
    CHECK(one.new_ones() == ids{20, 21, 22});
    const bool emptied_before = GENERATE(false, true);
    one.list.clear();
    if (emptied_before) {
        one.read();
        one.push(0, 5);
        one.read();
    }
    one.trades.on_outage();
    for (int id = emptied_before ? 6 : 0; id <= 22; ++id) {
        one.push(id);
        if (id % 3 == 0)
            one.read();
    }
    one.push(23);
    one.read();
    CHECK(one.new_ones() == ids{23});
    one.push(24);
    one.read();
    CHECK(one.new_ones() == ids{24});
}

TEST_CASE("what others had taken, and an outage brings back, is not told again", "[trade_series]")
{
    followed one;
    one.push(1, 5);
    one.read(false);
    const auto saved = one.list;
    one.push(6, 8);
    one.read();
    CHECK(one.new_ones() == ids{6, 7, 8});
    one.take(6);
    one.read();
    one.trades.on_outage();
    one.take(2); // all are gone when it is read again
    one.read();
    one.trades.on_outage();
    one.list = saved;
    one.push(20);
    one.read();
    CHECK(one.new_ones() == ids{20});
    CHECK(one.kept() == ids{1, 2, 3, 4, 5, 20});
}

TEST_CASE("the symbol is the stored one where it is that of the key, else that of the key", "[trade_series]")
{
    followed one;
    one.list.emplace_back(R"({"trade_id":1,"symbol":"ETH/USDT","volume":1,"price":1})");
    one.push(2);
    one.read(false);
    CHECK(one.where->events()[0].body().find(R"("symbol":"BTCUSDT")") != std::string::npos);
    CHECK(one.where->events()[1].body().find(R"("symbol":"BTC/USDT")") != std::string::npos);
    CHECK(one.where->events()[1].body().starts_with(R"({"type":"trade_update",)"));
    CHECK(one.where->events()[1].body().find(R"("exchange":"binance")") != std::string::npos);
}

// Whatever is pushed, taken and read in any order: each trade that a reading could see is told once, in order.
TEST_CASE("random writers and takers: everything seen is told once and in order", "[trade_series]")
{
    for (unsigned seed = 0; seed < 400; ++seed) {
        std::mt19937 random(seed);
        followed one;
        int next = 1;
        one.push(next++);
        one.read(false);
        int last_seen = 1;
        ids expected;
        for (int step = 0; step < 150; ++step) {
            switch (random() % 5) {
            case 0: one.take(random() % 4); break;
            case 1:
                if (random() % 6 == 0)
                    one.take(one.list.size());
                break;
            case 2:
                for (auto burst = random() % 3 == 0 ? random() % 100 : random() % 3; burst > 0; --burst)
                    one.push(next++);
                break;
            default:
                for (const auto& text : one.list)
                    if (const int id = id_in(R"("trade_id":)" + text.substr(text.find(": ") + 2));
                        id > last_seen)
                        expected.push_back(last_seen = id);
                one.read();
            }
        }
        INFO("seed " << seed);
        one.read();
        for (const auto& text : one.list)
            if (const int id = id_in(R"("trade_id":)" + text.substr(text.find(": ") + 2)); id > last_seen)
                expected.push_back(last_seen = id);
        CHECK(one.told == expected);
        CHECK(one.where->last_id() == one.told.size());
        CHECK(one.kept().size() == one.list.size());
    }
}

// The same with services that empty the list and write again what it had, in pieces, while others push.
TEST_CASE("random writers that write lists again: everything seen is told once", "[trade_series]")
{
    for (unsigned seed = 0; seed < 400; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random(seed);
        followed one;
        int next = 1;
        one.push(next++);
        one.read(false);
        std::set<int> seen{1};
        std::deque<std::string> rest; // still to be written again
        const auto read = [&] {
            one.read();
            const auto kept = one.kept();
            seen.insert(kept.begin(), kept.end());
            REQUIRE(kept.size() == one.list.size());
        };
        for (int step = 0; step < 150; ++step) {
            switch (random() % 6) {
            case 0:
                if (rest.empty() && random() % 3 == 0) {
                    read(); // so that the first piece has something that is known
                    rest = std::exchange(one.list, {});
                    if (random() % 2 == 0)
                        read();
                    if (rest.empty())
                        break;
                    one.list.push_back(rest.front());
                    rest.pop_front();
                    read();
                } else if (rest.empty())
                    one.take(random() % 4);
                break;
            case 1:
            case 2:
                for (auto count = random() % 5; count > 0 && !rest.empty(); --count) {
                    one.list.push_back(rest.front());
                    rest.pop_front();
                }
                break;
            case 3:
                for (auto burst = random() % 4 == 0 ? random() % 60 : random() % 3; burst > 0; --burst)
                    one.push(next++);
                break;
            default: read();
            }
        }
        read();
        std::set<int> told(one.told.begin(), one.told.end());
        CHECK(told.size() == one.told.size()); // none twice
        told.insert(1);
        CHECK(told == seen);
    }
}
