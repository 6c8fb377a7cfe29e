// Bars: the newest is a state, each closed one an event, over lists of both spellings.
#include <fullon_cache_api/detail/feed/bar_series.hpp>

#include <fullon_orm/bar.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace fullon_cache_api::detail;

namespace {

const std::string plain = "ohlcv:BTCUSDT:1m";
const std::string slashed = "ohlcv:BTC/USDT:1m";

std::string stored(double time, double close)
{
    fullon_orm::bar one;
    one.timestamp = time;
    one.open = one.high = one.low = one.volume = 1;
    one.close = close;
    return to_json(one);
}

std::string message(double time, double close, bool closed, int id, const std::string& mark = {})
{
    const auto number = [](double value) { return std::to_string(static_cast<int>(value)) + ".0"; };
    return R"({"type":"ohlcv_update","symbol":"BTCUSDT","timeframe":"1m","bar":[)" + number(time) +
           ",1.0,1.0,1.0," + number(close) + R"(,1.0],"closed":)" + (closed ? "true" : "false") + mark +
           R"(,"update_id":)" + std::to_string(id) + "}";
}

using texts = std::vector<std::string>;

constexpr std::chrono::seconds patience{2}; // with lists that are written again

struct followed final : topic_subscriber {
    followed() { where->attach(*this); }
    followed(const followed&) = delete;
    followed& operator=(const followed&) = delete;
    ~followed() { where->detach(*this); }

    void on_update(item_key, const topic_update& what) override
    {
        told.push_back(*what.message());
        states.push_back(*what.message());
    }
    void on_event(const topic_update& what) override
    {
        told.push_back(*what.message());
        events.push_back(*what.message());
    }

    void on_mark(const topic&) override {}

    void push(double time, double close, const std::string& key = plain)
    {
        lists[key].push_back(stored(time, close));
    }
    int read(bool tell = true)
    {
        for (int times = 1;; ++times) {
            REQUIRE(times < 20);
            std::vector<list_tail> tails;
            for (const auto& key : bars.keys()) {
                const auto& list = lists[key];
                const auto count = std::min(bars.window(), list.size());
                list_tail tail;
                tail.elements.assign(list.end() - static_cast<std::ptrdiff_t>(count), list.end());
                tail.length = list.size();
                tail.whole = count == list.size();
                if (const auto problem = problems.find(key); problem != problems.end())
                    tail = {{}, 0, false, problem->second};
                tails.push_back(std::move(tail));
            }
            if (bars.apply(all, *where, std::move(tails), tell, now))
                return times;
        }
    }
    texts news() { return std::exchange(told, {}); }
    void wait(std::chrono::milliseconds time) { now += time; }

    hub all;
    topic_ptr where = all.open("ohlcv:BTCUSDT:1m");
    bar_series bars{"BTCUSDT", "1m"};
    series::moment now{std::chrono::seconds(1000)};
    std::map<std::string, texts> lists;
    std::map<std::string, std::string> problems; // of lists that cannot be read
    texts told, states, events;
};

} // namespace

TEST_CASE("the newest bar is the state that a stream begins with", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.push(120, 2);
    one.read(false);
    CHECK(one.news().empty());
    REQUIRE(one.where->items().size() == 1);
    CHECK(one.where->items().at("").value.body() + R"(,"update_id":0})" == message(120, 2, false, 0));
    CHECK(one.where->events().empty());
}

TEST_CASE("changes of the open bar are told, equal ones are not", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.read(false);
    one.push(60, 2);
    one.read();
    one.push(60, 2);
    one.read();
    CHECK(one.news() == texts{message(60, 2, false, 1)});
    CHECK(one.events.empty());
}

TEST_CASE("a newer bar closes the open one with its final value", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.read(false);
    one.push(60, 5); // nobody read in between
    one.push(120, 6);
    one.read();
    CHECK(one.news() == texts{message(60, 5, true, 1), message(120, 6, false, 2)});
    CHECK(one.events == texts{message(60, 5, true, 1)});
    one.push(180, 7); // and several at once
    one.push(240, 8);
    one.push(300, 9);
    one.read();
    CHECK(one.news() == texts{message(120, 6, true, 3), message(180, 7, true, 4), message(240, 8, true, 5),
                              message(300, 9, false, 6)});
}

TEST_CASE("an open bar that has left the list is closed with what was told of it", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.read(false);
    one.lists[plain].clear();
    one.push(120, 2);
    one.read();
    CHECK(one.news() == texts{message(60, 1, true, 1), message(120, 2, false, 2)});
}

TEST_CASE("a closed bar is told once more when it is corrected", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.push(120, 2);
    one.read(false);
    one.push(60, 9); // behind the newer one
    one.read();
    CHECK(one.news() == texts{message(60, 9, true, 1)});
    one.read();
    CHECK(one.news().empty());
}

TEST_CASE("older bars that are filled in behind the newest do not hide it", "[bar_series]")
{
    followed one;
    one.push(100000, 1);
    one.read(false);
    for (int i = 1; i <= 500; ++i)
        one.push(60.0 * i, 1); // history
    CHECK(one.read() == 1);
    CHECK(one.news().empty());
    one.wait(patience);
    CHECK(one.read() > 1);
    CHECK(one.news().empty());
    one.push(100000, 2);
    one.read();
    CHECK(one.news() == texts{message(100000, 2, false, 1)});
}

TEST_CASE("many writes of the open bar between two readings are read back to the one before", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.read(false);
    one.push(60, 2);
    for (int i = 0; i < 300; ++i)
        one.push(120, i);
    CHECK(one.read() > 1);
    CHECK(one.news() == texts{message(60, 2, true, 1), message(120, 299, false, 2)});
    CHECK(one.read() == 1);
}

TEST_CASE("lists of both spellings are one, that without slash counts", "[bar_series]")
{
    followed one;
    CHECK(one.bars.learn(slashed, false));
    CHECK_FALSE(one.bars.learn(slashed, false));
    CHECK_FALSE(one.bars.learn(plain, false));
    CHECK(one.bars.keys() == texts{slashed, plain});
    one.push(60, 1, slashed);
    one.read(false);
    one.push(60, 2, plain);
    one.push(60, 3, slashed);
    one.read();
    CHECK(one.news() == texts{message(60, 2, false, 1)});
    one.push(120, 4, slashed);
    one.read();
    CHECK(one.news() == texts{message(60, 2, true, 2), message(120, 4, false, 3)});
    one.push(120, 5, plain);
    one.read();
    CHECK(one.news() == texts{message(120, 5, false, 4)});
}

TEST_CASE("spellings that clients invent are bounded", "[bar_series]")
{
    bar_series bars("ABCDEFGH", "1m");
    for (const char* key : {"ohlcv:A/BCDEFGH:1m", "ohlcv:AB/CDEFGH:1m", "ohlcv:ABC/DEFGH:1m",
                            "ohlcv:ABCD/EFGH:1m", "ohlcv:ABCDE/FGH:1m", "ohlcv:ABCDEF/GH:1m"})
        bars.learn(key, false);
    CHECK(bars.keys().size() == 5);
    CHECK(bars.keys().back() == "ohlcv:ABCDEFGH:1m");
    // What Redis reports is read all the same.
    CHECK(bars.learn("ohlcv:ABCDEFG/H:1m", true));
    CHECK(bars.keys().size() == 5);
    CHECK(bars.keys().front() == "ohlcv:ABCDEFG/H:1m");
    CHECK(bars.keys().back() == "ohlcv:ABCDEFGH:1m");
    bars.learn("ohlcv:X:1m", false);
    CHECK(bars.keys().front() == "ohlcv:ABCDEFG/H:1m");
}

TEST_CASE("the bar of a list that is deleted is removed, the next one is new", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.read(false);
    one.lists[plain].clear();
    one.read();
    CHECK(one.news() == texts{message(60, 1, false, 1, R"(,"removed":true)")});
    CHECK(one.where->items().empty());
    one.read();
    CHECK(one.news().empty());
    one.push(60, 1);
    one.push(120, 2);
    one.read();
    CHECK(one.news() == texts{message(60, 1, true, 2), message(120, 2, false, 3)});
}

TEST_CASE("bars that were closed before a list was emptied are not told again when it is filled",
          "[bar_series]")
{
    followed one;
    for (int i = 1; i <= 100; ++i)
        one.push(60.0 * i, i);
    one.read(false);
    const auto all = one.lists[plain];
    one.lists[plain].clear();
    one.read();
    one.news();
    one.lists[plain] = all;
    one.push(6060, 101);
    one.read();
    CHECK(one.news() == texts{message(6000, 100, true, 2), message(6060, 101, false, 3)});
}

TEST_CASE("a list that was put back to older bars: the newest of them is the state", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.push(120, 2);
    one.push(180, 3);
    one.read(false);
    one.lists[plain].resize(2);
    one.read();
    CHECK(one.news().empty()); // it may be being written again
    one.wait(patience);
    one.read();
    CHECK(one.news() == texts{message(120, 2, false, 1)});
    one.push(180, 4);
    one.read();
    CHECK(one.news() == texts{message(180, 4, false, 2)}); // 120 was closed as it is
}

TEST_CASE("bars that are written again in pieces are no news", "[bar_series]")
{
    followed one;
    for (int i = 1; i <= 20; ++i)
        one.push(60.0 * i, i);
    one.read(false);
    const auto all = one.lists[plain];
    const bool emptied = GENERATE(false, true); // or nobody looked then
    int id = 0;
    one.lists[plain].clear();
    if (emptied) {
        one.read();
        CHECK(one.news() == texts{message(1200, 20, false, ++id, R"(,"removed":true)")});
    }
    for (std::size_t i = 0; i < all.size() - 1; ++i) {
        one.lists[plain].push_back(all[i]);
        one.wait(patience - std::chrono::milliseconds(1)); // each piece begins it anew
        one.read();
        CHECK(one.news().empty());
        CHECK(one.bars.next_look() == one.now + patience);
    }
    one.lists[plain].push_back(all.back());
    one.read();
    CHECK_FALSE(one.bars.next_look());
    CHECK(one.news() == (emptied ? texts{message(1200, 20, false, ++id)} : texts()));
    one.push(1200, 21);
    one.push(1260, 22);
    one.read();
    CHECK(one.news() == texts{message(1200, 21, true, id + 1), message(1260, 22, false, id + 2)});
}

TEST_CASE("a bar that is corrected while all are written again is told", "[bar_series]")
{
    followed one;
    for (int i = 1; i <= 5; ++i)
        one.push(60.0 * i, i);
    one.read(false);
    one.lists[plain].clear();
    for (int i = 1; i <= 3; ++i)
        one.push(60.0 * i, i == 2 ? 7 : i);
    one.read();
    CHECK(one.news().empty());
    one.push(240, 4);
    one.push(300, 5);
    one.push(360, 6);
    one.read();
    CHECK(one.news() == texts{message(120, 7, true, 1), message(300, 5, true, 2), message(360, 6, false, 3)});
}

TEST_CASE("the newest bar goes back in time where the list stays so", "[bar_series]")
{
    followed one;
    for (int i = 1; i <= 5; ++i)
        one.push(60.0 * i, i);
    one.read(false);
    one.lists[plain].resize(3);
    one.read();
    REQUIRE(one.bars.next_look() == one.now + patience);
    one.wait(patience - std::chrono::milliseconds(1));
    one.read();
    CHECK(one.news().empty());
    CHECK(one.where->items().at("").value.body().find("300.0") != std::string::npos);
    one.wait(std::chrono::milliseconds(1));
    one.read();
    CHECK(one.news() == texts{message(180, 3, false, 1)});
    CHECK_FALSE(one.bars.next_look());
    // What was closed with these values is no news on the way back.
    one.push(240, 4);
    one.read();
    CHECK(one.news() == texts{message(240, 4, false, 2)});
}

TEST_CASE("a list that goes back in time and is still written is shown, one that goes forward a while later",
          "[bar_series]")
{
    followed one;
    for (int i = 1; i <= 9; ++i)
        one.push(60.0 * i, i);
    one.read(false);
    one.lists[plain].resize(1);
    for (int i = 0; i < 4; ++i) { // its newest bar changes
        one.lists[plain].back() = stored(60, 10.0 + i);
        one.read();
        CHECK_FALSE(one.bars.unreadable());
        one.wait(std::chrono::milliseconds(500));
    }
    CHECK(one.news().empty());
    one.read();
    CHECK(one.news() == texts{message(60, 13, false, 1)});

    for (int i = 2; i <= 9; ++i)
        one.push(60.0 * i, i);
    one.read();
    one.news();
    one.lists[plain].resize(1);
    for (int i = 0; i <= 60; ++i) { // a new bar every second
        one.push(61.0 + i, 1);
        one.read();
        if (i < 60) {
            CHECK(one.news().empty());
            CHECK(one.bars.unreadable() == (i >= 2));
        }
        one.wait(std::chrono::seconds(1));
    }
    CHECK_FALSE(one.bars.unreadable());
    CHECK_FALSE(one.news().empty());
}

TEST_CASE("where the last element cannot be read, what was told stands, and that is said", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.push(120, 2);
    one.read(false);
    CHECK_FALSE(one.bars.unreadable());
    one.lists[plain].back() = "garbage";
    one.read();
    CHECK(one.news().empty());
    CHECK(one.bars.unreadable());
    one.lists[plain] = texts{"garbage"};
    one.read();
    one.wait(patience * 10);
    one.read();
    CHECK(one.news().empty());
    CHECK(one.where->items().size() == 1);
    one.lists[plain] = texts{stored(60, 1), "garbage", stored(180, 3)};
    one.read();
    CHECK_FALSE(one.bars.unreadable());
    CHECK(one.news().size() == 2); // the one before is closed
    one.lists[plain].clear();
    one.read();
    CHECK_FALSE(one.bars.unreadable());
    CHECK(one.where->items().empty());
}

TEST_CASE("a list that was put off and goes on is no more looked at", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.push(120, 2);
    one.read(false);
    one.lists[plain].resize(1);
    one.read();
    CHECK(one.bars.next_look());
    one.push(120, 2);
    one.read();
    CHECK_FALSE(one.bars.next_look());
    one.lists[plain].resize(1);
    one.wait(patience * 10); // counted from now on
    one.read();
    CHECK(one.news().empty());
}

TEST_CASE("the newest bar goes back at once where Redis was away", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.push(120, 2);
    one.read(false);
    one.lists[plain].resize(1);
    one.bars.on_outage();
    one.read();
    CHECK(one.news() == texts{message(60, 1, false, 1)});
    one.push(120, 3);
    one.read();
    one.news();
    one.lists[plain].resize(1); // only until the next reading
    one.read();
    CHECK(one.news().empty());
}

TEST_CASE("a list of another spelling that is emptied does not make the newest go back", "[bar_series]")
{
    followed one;
    one.bars.learn(slashed, true);
    one.push(60, 1, plain);
    one.push(120, 2, slashed);
    one.read(false);
    one.lists[slashed].clear();
    one.read();
    CHECK(one.news().empty());
    one.push(60, 1, slashed);
    one.read();
    one.push(120, 2, slashed);
    one.read();
    CHECK(one.news().empty());
}

TEST_CASE("what was told stands while the list that has it cannot be read, the other one goes on",
          "[bar_series]")
{
    followed one;
    one.bars.learn(slashed, true);
    for (int i = 1; i <= 30; ++i)
        one.push(60.0 * i, i, plain);
    one.push(1860, 31, slashed);
    one.read(false);
    one.problems[slashed] = "WRONGTYPE";
    CHECK(one.read() == 1); // and little is read
    CHECK_FALSE(one.bars.next_look());
    one.wait(patience * 10);
    one.read();
    CHECK(one.news().empty());
    one.lists[plain].clear();
    one.read();
    CHECK(one.news().empty());
    CHECK(one.where->items().size() == 1);
    one.push(1920, 32, plain);
    CHECK(one.read() == 1);
    CHECK(one.news() == texts{message(1860, 31, true, 1), message(1920, 32, false, 2)});
    one.problems.clear();
    one.read();
    CHECK(one.news().empty());
}

TEST_CASE("unreadable bars are left out", "[bar_series]")
{
    followed one;
    one.push(60, 1);
    one.lists[plain].emplace_back("[1,2]");
    one.lists[plain].emplace_back("garbage");
    one.read(false);
    CHECK(one.where->items().size() == 1);
    for (int i = 0; i < 20; ++i)
        one.lists[plain].emplace_back("garbage");
    CHECK(one.read() > 1);
    CHECK(one.news().empty());
}

// Against what the lists hold: the state is the newest bar, and each closed one was told with its final value.
TEST_CASE("random writes of bars: the state is right, and no bar is closed without a word", "[bar_series]")
{
    for (unsigned seed = 0; seed < 300; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random(seed);
        followed one;
        const bool both = random() % 2 == 0;
        if (both)
            one.bars.learn(slashed, false);
        std::map<std::string, std::map<double, double>> model; // key -> time -> close
        double time = 60;
        double first_open = 60;
        const auto write = [&](double at, double close) {
            const auto& key = both && random() % 3 == 0 ? slashed : plain;
            one.push(at, close, key);
            model[key][at] = close;
        };
        write(60, 1);
        one.read(false);
        for (int step = 0; step < 120; ++step) {
            switch (random() % 4) {
            case 0: time += 60; [[fallthrough]];
            case 1:
                for (auto n = 1 + random() % (random() % 5 == 0 ? 40 : 2); n > 0; --n)
                    write(time, static_cast<double>(random() % 5));
                break;
            default: one.read();
            }
        }
        one.read();
        std::map<double, double> merged = model[slashed];
        for (const auto& [at, close] : model[plain])
            merged[at] = close;
        CHECK(one.where->items().at("").value.body() + R"(,"update_id":0})" ==
              message(merged.rbegin()->first, merged.rbegin()->second, false, 0));
        std::map<double, double> closed; // as they were told last
        for (const auto& text : one.events) {
            const auto read =
                fullon_orm::bar_from_json(text.substr(text.find('['), text.find(']') - text.find('[') + 1));
            REQUIRE(read.has_value());
            closed[read->timestamp] = read->close;
        }
        merged.erase(std::prev(merged.end()));
        merged.erase(merged.begin(), merged.lower_bound(first_open));
        CHECK(closed == merged);
    }
}
