// Steps over hashes and over the key space: commands and replies.
#include <fullon_cache/error.hpp>
#include <fullon_cache/hash_page.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace fullon_cache;
using namespace fullon_cache::detail;

namespace {

reply text_of(std::string text)
{
    reply one;
    one.type = reply::kind::text;
    one.text = std::move(text);
    return one;
}

reply list_of(std::vector<reply> items)
{
    reply one;
    one.type = reply::kind::array;
    one.items = std::move(items);
    return one;
}

} // namespace

TEST_CASE("a step over a hash asks for a chunk")
{
    const auto words = scan_hash("h", "17").words();
    REQUIRE(words.size() == 5);
    CHECK(words[0] == "HSCAN");
    CHECK(words[1] == "h");
    CHECK(words[2] == "17");
    CHECK(words[3] == "COUNT");
}

TEST_CASE("the answer is the next cursor and the fields")
{
    auto page = read_hash_page(
        list_of({text_of("5"), list_of({text_of("a"), text_of("1"), text_of("b"), text_of("2")})}));
    CHECK(page.cursor == "5");
    REQUIRE(page.fields.size() == 2);
    CHECK(page.fields[0] == std::pair<std::string, std::string>("a", "1"));
    CHECK(page.fields[1] == std::pair<std::string, std::string>("b", "2"));
    CHECK(read_hash_page(list_of({text_of("0"), list_of({})})).fields.empty());
}

TEST_CASE("an answer of another shape is a protocol error")
{
    for (const auto& answer :
         {list_of({}), list_of({text_of("0")}), list_of({text_of("0"), text_of("x")}), text_of("x")}) {
        CHECK_THROWS_AS(read_hash_page(answer), cache_error);
        CHECK_THROWS_AS(read_scan_page(answer), cache_error);
    }
    CHECK_THROWS_AS(read_hash_page(list_of({text_of("0"), list_of({text_of("a")})})), cache_error);
}

TEST_CASE("keys are found by a pattern, in which the signs of a name mean themselves")
{
    CHECK(escape_pattern("plain:key/x") == "plain:key/x");
    CHECK(escape_pattern("a*b?c[d]e\\f") == "a\\*b\\?c\\[d\\]e\\\\f");
    const auto words = scan_keys("x:*", "0", 10).words();
    CHECK(words == std::vector<std::string>{"SCAN", "0", "MATCH", "x:*", "COUNT", "10"});
    const auto page = read_scan_page(list_of({text_of("9"), list_of({text_of("x:1"), text_of("x:2")})}));
    CHECK(page.cursor == "9");
    CHECK(page.keys == std::vector<std::string>{"x:1", "x:2"});
}
