// unreadable_log: one line for each reading, only for what changed, and bounded whatever is stored.
#include <fullon_cache/unreadable_log.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using fullon_cache::reading;
using fullon_cache::unreadable_log;
using namespace std::chrono_literals;

namespace {

const auto start = unreadable_log::clock::now();

reading found(std::size_t readable, const std::vector<std::string>& unreadable)
{
    reading result;
    result.readable(readable);
    for (const auto& one : unreadable)
        result.unreadable(one, "price: missing");
    return result;
}

std::string text_of(const std::optional<unreadable_log::line>& line)
{
    return line ? line->text : "nothing";
}

} // namespace

TEST_CASE("a reading says how many entries of how many are unreadable", "[unreadable_log]")
{
    unreadable_log told;
    CHECK(text_of(told.note("tickers:okx", found(5, {}))) == "nothing");
    CHECK(told.keys() == 0);
    const auto line = told.note("tickers:okx", found(998, {"B", "A", "C"}));
    CHECK(text_of(line) == "3 of 1001 unreadable, first: B: price: missing");
    CHECK(line->severity == fullon_log::level::warning);
}

TEST_CASE("what did not change is not told again, in whatever order it is found", "[unreadable_log]")
{
    unreadable_log told;
    told.note("k", found(1, {"A", "B"}), start);
    CHECK_FALSE(told.note("k", found(1, {"A", "B"}), start + 1h));
    CHECK_FALSE(told.note("k", found(1, {"B", "A"}), start + 2h));
    CHECK_FALSE(told.note("k", found(7, {"B", "A"}), start + 3h)); // more that is readable
    CHECK(text_of(told.note("other", found(1, {"A", "B"}), start + 3h)) ==
          "2 of 3 unreadable, first: A: price: missing");
    // As many, but others.
    CHECK(text_of(told.note("k", found(1, {"A", "C"}), start + 3h)) ==
          "2 of 3 unreadable, first: A: price: missing");
    const auto line = told.note("k", found(3, {}), start + 3h);
    CHECK(text_of(line) == "readable again");
    CHECK(line->severity == fullon_log::level::info);
    CHECK_FALSE(told.note("k", found(3, {}), start + 4h));
}

TEST_CASE("an entry that is unreadable for another reason is news", "[unreadable_log]")
{
    unreadable_log told;
    told.note("k", found(0, {"A"}), start);
    reading other;
    other.unreadable("A", "not JSON");
    CHECK(text_of(told.note("k", other, start)) == "1 of 1 unreadable, first: A: not JSON");
}

TEST_CASE("what changes with every reading is told now and then", "[unreadable_log]")
{
    unreadable_log told;
    int lines = 0;
    for (int i = 0; i < 600; ++i) // a minute
        lines +=
            told.note("k", found(1, i % 2 == 0 ? std::vector<std::string>{"A"} : std::vector<std::string>{}),
                      start + i * 100ms)
                ? 1
                : 0;
    CHECK(lines >= 4);
    CHECK(lines <= 8);
    // The last state is told once there is room.
    CHECK(text_of(told.note("k", found(1, {"Z"}), start + 2min)) ==
          "1 of 2 unreadable, first: Z: price: missing");
}

TEST_CASE("many unreadable keys take neither memory nor lines without end", "[unreadable_log]")
{
    unreadable_log told;
    int lines = 0;
    std::uint64_t left_out = 0;
    for (int round = 0; round < 3; ++round)
        for (int i = 0; i < 5000; ++i)
            if (const auto line = told.note(std::string(9000, 'x') + std::to_string(i), found(0, {"A"}),
                                            start + round * 1s)) {
                ++lines;
                left_out += line->left_out;
            }
    CHECK(told.keys() == 4); // cut, they have one name for each length
    for (int round = 0; round < 3; ++round)
        for (int i = 0; i < 5000; ++i)
            if (const auto line =
                    told.note(std::to_string(i), found(0, {std::string(9000, 'y')}), start + round * 1s)) {
                ++lines;
                left_out += line->left_out;
                CHECK(line->text.size() < 300);
            }
    CHECK(told.keys() == unreadable_log::most_keys);
    CHECK(lines <= 55);
    CHECK(left_out >= 4900);
}
