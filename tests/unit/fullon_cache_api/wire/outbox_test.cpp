// What one session still has to send: order, conflation, and its bound.
#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

using fullon_cache_api::detail::frame;
using fullon_cache_api::detail::item_key;
using fullon_cache_api::detail::outbox;

namespace {

constexpr std::size_t everything = static_cast<std::size_t>(-1);

frame text(std::string of)
{
    return std::make_shared<const std::string>(std::move(of));
}

frame sized(std::size_t bytes)
{
    return text(std::string(bytes, 'x'));
}

std::vector<std::string> take(outbox& from, std::size_t max_bytes = everything)
{
    std::vector<frame> taken;
    from.take(taken, max_bytes);
    std::vector<std::string> result;
    for (const auto& one : taken)
        result.push_back(*one);
    return result;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("a new outbox is empty", "[fullon_cache_api][outbox]")
{
    outbox out;
    CHECK(out.empty());
    CHECK(out.size() == 0);
    CHECK(out.bytes() == 0);
    CHECK_FALSE(out.backlogged());
    CHECK(take(out).empty());
}

TEST_CASE("messages leave in the order in which they came", "[fullon_cache_api][outbox]")
{
    outbox out;
    out.push(text("a"));
    CHECK_FALSE(out.push_state(1, text("b")));
    out.push(text("c"));
    CHECK_FALSE(out.push_state(2, text("d")));
    CHECK(take(out) == texts{"a", "b", "c", "d"});
    CHECK(out.empty());
}

TEST_CASE("size and bytes count what waits", "[fullon_cache_api][outbox]")
{
    outbox out;
    out.push(sized(10));
    out.push_state(1, sized(5));
    CHECK(out.size() == 2);
    CHECK(out.bytes() == 15);
    take(out, 1);
    CHECK(out.size() == 1);
    CHECK(out.bytes() == 5);
    take(out);
    CHECK(out.bytes() == 0);
    CHECK(out.empty());
}

// A peer that keeps up gets every update.
TEST_CASE("nothing is conflated while little waits", "[fullon_cache_api][outbox]")
{
    outbox out(100);
    for (int i = 0; i < 10; ++i)
        CHECK_FALSE(out.push_state(1, sized(10)));
    CHECK(out.bytes() == 100);
    CHECK_FALSE(out.backlogged()); // exactly at the mark
    CHECK_FALSE(out.push_state(1, sized(10)));
    CHECK(out.backlogged());
    CHECK(out.size() == 11);
}

TEST_CASE("above the mark a newer state replaces the one of its item that waits",
          "[fullon_cache_api][outbox]")
{
    outbox out(4);
    out.push_state(1, text("1-old"));
    REQUIRE(out.backlogged());
    CHECK_FALSE(out.push_state(2, text("2-old"))); // nothing of this item waits
    CHECK(out.push_state(1, text("1-new")));
    CHECK(out.size() == 2);
    CHECK(out.bytes() == 10);
    // The old one is taken out and the new one appended: what is read only ever moves forward in time.
    CHECK(take(out) == texts{"2-old", "1-new"});
}

TEST_CASE("only the newest of several waiting states of an item is replaced", "[fullon_cache_api][outbox]")
{
    outbox out(9);
    out.push_state(1, text("1-a"));
    out.push_state(1, text("1-b"));
    out.push_state(1, text("1-c"));
    out.push_state(2, text("2-a")); // 12 bytes: above the mark from here
    CHECK(out.push_state(1, text("1-d")));
    CHECK(out.push_state(1, text("1-e")));
    CHECK(take(out) == texts{"1-a", "1-b", "2-a", "1-e"});
}

TEST_CASE("a mark of zero conflates from the second message on", "[fullon_cache_api][outbox]")
{
    outbox out(0);
    CHECK_FALSE(out.push_state(1, text("a")));
    CHECK(out.push_state(1, text("b")));
    CHECK(take(out) == texts{"b"});
}

TEST_CASE("replies are never dropped or replaced", "[fullon_cache_api][outbox]")
{
    outbox out(0);
    for (int i = 0; i < 100; ++i) {
        out.push(text("reply " + std::to_string(i)));
        out.push_state(1, text("state " + std::to_string(i)));
    }
    const auto all = take(out);
    REQUIRE(all.size() == 101);
    for (int i = 0; i < 100; ++i)
        CHECK(all[static_cast<std::size_t>(i)] == "reply " + std::to_string(i));
    CHECK(all.back() == "state 99");
}

TEST_CASE("what was taken is not replaced any more", "[fullon_cache_api][outbox]")
{
    outbox out(0);
    out.push_state(1, text("a"));
    out.push(text("reply"));
    CHECK(take(out, 1) == texts{"a"});
    CHECK(out.backlogged());
    CHECK_FALSE(out.push_state(1, text("b"))); // the mark is passed, but nothing of this item waits
    CHECK(take(out) == texts{"reply", "b"});
}

// Taking an older waiting state of an item must not make the outbox forget the newer one.
TEST_CASE("the newest state stays known when an older one of its item is taken", "[fullon_cache_api][outbox]")
{
    outbox out(5);
    out.push_state(1, text("1-a"));
    out.push_state(1, text("1-b"));
    out.push_state(2, text("2-a"));
    CHECK(take(out, 1) == texts{"1-a"});
    CHECK(out.push_state(1, text("1-c")));
    CHECK(take(out) == texts{"2-a", "1-c"});
}

TEST_CASE("one item is never taken for another", "[fullon_cache_api][outbox]")
{
    outbox out(0);
    std::map<item_key, std::string> newest;
    const item_key keys[] = {1, 2, 255, 256, 257, 0x1'0000'0001u, static_cast<item_key>(-1)};
    for (int round = 0; round < 3; ++round)
        for (const auto key : keys) {
            newest[key] = std::to_string(key) + "/" + std::to_string(round);
            CHECK(out.push_state(key, text(newest[key])) == (round > 0));
        }
    const auto all = take(out);
    REQUIRE(all.size() == std::size(keys));
    for (const auto& [key, expected] : newest)
        CHECK(std::count(all.begin(), all.end(), expected) == 1);
}

TEST_CASE("take stops before the message that would exceed the bytes", "[fullon_cache_api][outbox]")
{
    outbox out;
    for (const char* one : {"aaaa", "bbbb", "cccc"})
        out.push(text(one));
    CHECK(take(out, 8) == texts{"aaaa", "bbbb"});
    out.push(text("dddd"));
    CHECK(take(out, 7) == texts{"cccc"});
    CHECK(take(out, 100) == texts{"dddd"});
}

TEST_CASE("take gives at least one message, however large", "[fullon_cache_api][outbox]")
{
    outbox out;
    out.push(sized(1000));
    out.push(sized(1000));
    CHECK(take(out, 1).size() == 1);
    CHECK(take(out, 0).size() == 1);
    CHECK(out.empty());
}

TEST_CASE("take adds to the end of what the caller has", "[fullon_cache_api][outbox]")
{
    outbox out;
    out.push(text("b"));
    std::vector<frame> taken{text("a")};
    out.take(taken, everything);
    REQUIRE(taken.size() == 2);
    CHECK(*taken[0] == "a");
    CHECK(*taken[1] == "b");
}

TEST_CASE("frames are shared, not copied, and let go once taken or replaced", "[fullon_cache_api][outbox]")
{
    outbox out(0);
    out.push(text("leaves a node behind"));
    take(out);
    const auto first = text("first");
    const auto second = text("second");
    out.push(text("another"));
    out.push(text("and another"));
    out.push_state(1, first);
    CHECK(first.use_count() == 2);
    CHECK(take(out, 1).size() == 1);
    out.push_state(1, second);
    CHECK(first.use_count() == 1); // nodes are kept for reuse, messages are not
    std::vector<frame> taken;
    out.take(taken, everything);
    REQUIRE(taken.size() == 2);
    CHECK(taken[1] == second);
    CHECK(second.use_count() == 2);
}

// One stalled client must not grow the server: millions of updates, the bound is the mark plus one message
// per item.
TEST_CASE("a stalled consumer's queue is bounded by the mark plus one message per item",
          "[fullon_cache_api][outbox]")
{
    constexpr std::size_t mark = 64 * 1024, largest = 300, items = 500;
    outbox out(mark);
    std::vector<frame> frames;
    for (std::size_t size = 100; size <= largest; size += 20)
        frames.push_back(sized(size));
    std::uint64_t given = 0, conflated = 0;
    std::size_t most = 0, most_entries = 0;
    for (std::uint64_t i = 0; i < 2'000'000; ++i) {
        ++given;
        conflated += out.push_state(1 + i * 7 % items, frames[i % frames.size()]) ? 1 : 0;
        most = std::max(most, out.bytes());
        most_entries = std::max(most_entries, out.size());
    }
    CHECK(most <= mark + items * largest);
    CHECK(most_entries <= mark / 100 + items + 1);
    CHECK(conflated + out.size() == given); // what is not queued was conflated
    CHECK(take(out).size() == given - conflated);
    CHECK(out.bytes() == 0);
}

// Against the obvious, slow model: a list of (key, text).
TEST_CASE("an outbox does what a plain list would, for random use", "[fullon_cache_api][outbox]")
{
    struct entry {
        item_key key;
        std::string message;
    };
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        const std::size_t mark = random() % 200;
        outbox out(mark);
        std::vector<entry> model;
        const auto model_bytes = [&] {
            std::size_t sum = 0;
            for (const auto& one : model)
                sum += one.message.size();
            return sum;
        };
        for (int step = 0; step < 400; ++step) {
            const auto choice = random() % 10;
            std::string message = std::to_string(step) + std::string(random() % 20, '.');
            if (choice < 6) {
                const item_key key = 1 + random() % 5;
                bool replaced = false;
                if (model_bytes() > mark)
                    for (auto at = model.size(); at-- > 0 && !replaced;)
                        if (model[at].key == key) {
                            model.erase(model.begin() + static_cast<std::ptrdiff_t>(at));
                            replaced = true;
                        }
                model.push_back({key, message});
                REQUIRE(out.push_state(key, text(message)) == replaced);
            } else if (choice < 8) {
                model.push_back({0, message});
                out.push(text(message));
            } else {
                const std::size_t max_bytes = random() % 100;
                texts expected;
                std::size_t sum = 0;
                while (!model.empty() && (sum == 0 || sum + model.front().message.size() <= max_bytes)) {
                    sum += model.front().message.size();
                    expected.push_back(model.front().message);
                    model.erase(model.begin());
                }
                REQUIRE(take(out, max_bytes) == expected);
            }
            REQUIRE(out.size() == model.size());
            REQUIRE(out.bytes() == model_bytes());
            REQUIRE(out.backlogged() == (model_bytes() > mark));
        }
    }
}

TEST_CASE("events wait in their order, and none takes the place of another", "[fullon_cache_api][outbox]")
{
    outbox out(0); // states would be conflated at once
    CHECK_FALSE(out.push_event(1, "t", text("a1")));
    CHECK_FALSE(out.push_event(2, "u", text("b1")));
    CHECK_FALSE(out.push_event(1, "t", text("a2")));
    CHECK(take(out) == texts{"a1", "b1", "a2"});
    CHECK(out.empty());
    CHECK(out.bytes() == 0);
}

TEST_CASE("a full ring costs its oldest events, and a gap stands in their place",
          "[fullon_cache_api][outbox]")
{
    outbox out(0, {.ring = 2, .max_bytes = everything});
    out.push(text("reply"));
    CHECK_FALSE(out.push_event(1, "t", text("a1")));
    CHECK_FALSE(out.push_event(2, "u", text("b1")));
    CHECK_FALSE(out.push_event(1, "t", text("a2")));
    CHECK(out.push_event(1, "t", text("a3")));
    CHECK(out.push_event(1, "t", text("a4")));
    CHECK_FALSE(out.push_event(2, "u", text("b2"))); // a ring of its own
    const std::string gap = R"({"type":"gap","topic":"t","dropped":2})";
    CHECK(out.bytes() == 5 + gap.size() + 4 * 2);
    CHECK(take(out) == texts{"reply", gap, "b1", "a3", "a4", "b2"});
    CHECK(out.bytes() == 0);
}

TEST_CASE("what is lost after a gap was sent is a gap of its own", "[fullon_cache_api][outbox]")
{
    outbox out(0, {.ring = 1, .max_bytes = everything});
    out.push_event(1, "t", text("a1"));
    CHECK(out.push_event(1, "t", text("a2")));
    CHECK(take(out, 1) == texts{R"({"type":"gap","topic":"t","dropped":1})"});
    CHECK(out.push_event(1, "t", text("a3")));
    CHECK(take(out) == texts{R"({"type":"gap","topic":"t","dropped":1})", "a3"});
    CHECK_FALSE(out.push_event(1, "t", text("a4"))); // nothing of the ring waits any more
    CHECK(take(out) == texts{"a4"});
}

TEST_CASE("events that never were messages are a gap in their place, one with what is dropped beside them",
          "[fullon_cache_api][outbox]")
{
    const auto gap = [](int count) {
        return R"({"type":"gap","topic":"t","dropped":)" + std::to_string(count) + "}";
    };
    outbox out(0, {.ring = 2, .max_bytes = everything});
    out.push_gap(1, "t", 5);
    out.push_gap(1, "t", 2);
    CHECK(take(out) == texts{gap(7)});
    out.push_event(1, "t", text("a1"));
    out.push_gap(1, "t", 3);
    out.push_event(1, "t", text("a2"));
    CHECK(take(out, 2) == texts{"a1"});
    CHECK(out.push_event(1, "t", text("a3")) == false);
    CHECK(out.push_event(1, "t", text("a4"))); // a2 joins the gap before it
    CHECK(take(out) == texts{gap(4), "a3", "a4"});
    out.push_event(1, "t", text("a5"));
    out.push_gap(1, "t", 1);
    out.push_event(1, "t", text("a6"));
    CHECK(out.push_event(1, "t", text("a7"))); // a5 joins the gap behind it
    CHECK(out.bytes() == gap(2).size() + 4);
    CHECK(take(out) == texts{gap(2), "a6", "a7"});
    CHECK(out.bytes() == 0);
}

TEST_CASE("over the bound of bytes an event costs an older one of its topic, if one waits",
          "[fullon_cache_api][outbox]")
{
    outbox out(everything, {.ring = 100, .max_bytes = 250});
    out.push(sized(2000)); // a reply, a snapshot: no event's fault
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(out.push_event(1, "t", sized(100)));
    CHECK(out.push_event(1, "t", sized(100)));
    CHECK(out.push_event(1, "t", sized(100)));
    CHECK_FALSE(out.push_event(2, "u", sized(100))); // there is none of its own to lose
    CHECK(out.bytes() < 2000 + 400 + 60);
    const auto left = take(out);
    REQUIRE(left.size() == 6);
    CHECK(left[1] == R"({"type":"gap","topic":"t","dropped":2})");
}

// Against a model: what leaves of each topic is what came, in order, with gaps that count exactly what is missing.
TEST_CASE("whatever comes and goes, events and gaps add up", "[fullon_cache_api][outbox]")
{
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        outbox out(50, {.ring = 1 + random() % 6, .max_bytes = 200 + random() % 400});
        std::map<item_key, int> made;
        std::map<item_key, int> seen;
        const auto read = [&](std::size_t bytes) {
            for (const auto& one : take(out, bytes)) {
                if (one.starts_with("e")) {
                    const auto key = static_cast<item_key>(one[1] - '0');
                    const int number = std::stoi(one.substr(3));
                    CHECK(number == ++seen[key]);
                } else if (one.find("\"gap\"") != std::string::npos) {
                    const auto key = static_cast<item_key>(one[one.find("topic\":\"") + 8] - '0');
                    seen[key] += std::stoi(one.substr(one.find("dropped\":") + 9));
                }
            }
        };
        for (int step = 0; step < 300; ++step) {
            INFO("seed " << seed << ", step " << step);
            const auto key = static_cast<item_key>(1 + random() % 3);
            switch (random() % 9) {
            case 0: read(random() % 100); break;
            case 1: out.push(sized(random() % 60)); break;
            case 2: out.push_state(100 + key, sized(random() % 60)); break;
            case 3: {
                const int lost = 1 + static_cast<int>(random() % 4);
                out.push_gap(key, std::to_string(key), static_cast<std::uint64_t>(lost));
                made[key] += lost;
                break;
            }
            default:
                out.push_event(key, std::to_string(key),
                               text("e" + std::to_string(key) + " " + std::to_string(++made[key])));
            }
        }
        read(everything);
        CHECK(out.empty());
        CHECK(out.bytes() == 0);
        CHECK(seen == made);
    }
}
