// Where a list goes on after what was read of it before.
#include <fullon_cache/overlap.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

using fullon_cache::overlap;
using fullon_cache::overlap_with_earlier;

namespace {

using text = std::string; // each sign an element

std::size_t known(const text& before, const text& after)
{
    return overlap(before, after, after.size());
}

} // namespace

TEST_CASE("what was there before is known again, what stands behind it is new", "[overlap]")
{
    CHECK(known("abc", "abcde") == 3);
    CHECK(known("abc", "abc") == 3);
    CHECK(known("abcdef", "efgh") == 2); // others took from the front
    CHECK(known("cdef", "abcdefgh") == 6); // it was read further back now
    CHECK(known("abcdef", "ef") == 2);
    CHECK(known("abc", "xyz") == 0);
    CHECK(known("", "abc") == 0);
    CHECK(known("abc", "") == 0);
}

TEST_CASE("of several places the last one counts, so that nothing is new twice", "[overlap]")
{
    CHECK(known("aa", "aaa") == 3);
    CHECK(known("ab", "ababab") == 6);
    CHECK(overlap(text("aa"), text("aaa"), 2) == 2); // the list has grown by one
    CHECK(overlap(text("aa"), text("aaa"), 0) == 0);
}

TEST_CASE("a list that was put back to an earlier state is found inside of what was read", "[overlap]")
{
    const auto earlier = [](const text& before, const text& after) {
        return overlap_with_earlier(before, after, after.size());
    };
    CHECK(earlier("abcdef", "cdxy") == 2);
    CHECK(earlier("abcdef", "abcd") == 4);
    CHECK(earlier("cdef", "abcd") == 4); // more of its beginning than was known
    CHECK(earlier("cdef", "abcdxy") == 4);
    CHECK(earlier("abcdefgh", "abcghx") == 5); // put back to "abc", then "gh" came
    CHECK(earlier("abcdef", "xyz") == 0);
    CHECK(earlier("abab", "abc") == 2);
    CHECK(earlier("", "abc") == 0);
    CHECK(earlier("abc", "") == 0);
    CHECK(earlier("abc", "abcde") == 3); // and where it was not put back
    CHECK(overlap_with_earlier(text("aab"), text("aaa"), 1) == 1);
}

TEST_CASE("by hash an earlier state is found where it is found pair by pair", "[overlap]")
{
    for (unsigned seed = 0; seed < 5000; ++seed) {
        std::mt19937 random(seed);
        const unsigned signs = 1 + random() % 12; // few: many of a kind
        const auto any = [&] {
            text made;
            for (auto n = random() % 12; n > 0; --n)
                made += static_cast<char>('a' + random() % signs);
            return made;
        };
        const text before = any();
        const text after = any();
        const std::size_t limit = random() % 14;
        INFO("seed " << seed << ": " << before << ", " << after << ", at most " << limit);
        CHECK(overlap_with_earlier(before, after, limit) ==
              overlap_with_earlier(before, after, limit, std::equal_to<>()));
    }
}

// Against a list that only grows at its end and loses at its front, of elements that are all different.
TEST_CASE("random lists go on where they did", "[overlap]")
{
    for (unsigned seed = 0; seed < 2000; ++seed) {
        std::mt19937 random(seed);
        std::vector<int> list;
        int next = 0;
        for (auto n = random() % 20; n > 0; --n)
            list.push_back(next++);
        const std::size_t seen = std::min<std::size_t>(list.size(), random() % 20);
        const std::vector<int> before(list.end() - static_cast<std::ptrdiff_t>(seen), list.end());
        const int first_new = next;
        for (auto n = random() % 8; n > 0; --n)
            list.push_back(next++);
        list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(random() % (list.size() + 1)));
        const auto old = static_cast<std::size_t>(
            std::count_if(list.begin(), list.end(), [&](int one) { return one < first_new; }));
        INFO("seed " << seed);
        if (!before.empty())
            CHECK(overlap(before, list, list.size()) == old);
    }
}
