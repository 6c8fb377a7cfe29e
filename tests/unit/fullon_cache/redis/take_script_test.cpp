// Names, words and answers of what takes elements out of lists. What the script does: takes_test.cpp.
#include <fullon_cache/detail/redis/take_script.hpp>
#include <fullon_cache/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace fullon_cache::detail;
using fullon_cache::cache_error;
using fullon_cache::reply;

namespace {

reply number(int value)
{
    reply made;
    made.type = reply::kind::integer;
    made.text = std::to_string(value);
    return made;
}

reply text(std::string words)
{
    reply made;
    made.type = reply::kind::text;
    made.text = std::move(words);
    return made;
}

reply list_of(std::vector<reply> items)
{
    reply made;
    made.type = reply::kind::array;
    made.items = std::move(items);
    return made;
}

} // namespace

TEST_CASE("names of what is taken lie in the slot of its list, and no other list has them",
          "[fullon_cache][take]")
{
    CHECK(taken_register("trades:kraken:BTCUSD") == "fullon_cache:taken:{trades:kraken:BTCUSD}");
    CHECK(private_list("q", "a-1") == "fullon_cache:taken:{q}:a-1");
    CHECK(taken_register("x{tag}y") == "fullon_cache:taken:{tag}:x{tag}y"); // a cluster hashes `tag`
    CHECK(taken_register("tag") == "fullon_cache:taken:{tag}");
    CHECK(taken_register("{}x") == "fullon_cache:taken:{{}x}");
}

TEST_CASE("a step says what is settled and what is wanted", "[fullon_cache][take]")
{
    take_step step;
    step.settled = {{"a-1", "", ""}, {"a-2", "0 2", ""}};
    step.token = "a-3";
    step.most = 5;
    const auto words = take_command("q", step, 30s).words();
    CHECK(words[0] == "EVALSHA");
    CHECK(words[1].size() == 40);
    CHECK(std::vector<std::string>(words.begin() + 2, words.end()) ==
          std::vector<std::string>{"2", "q", "fullon_cache:taken:{q}", "30000", "a-3", "5", "a-1", "", "a-2",
                                   "0 2"});
}

TEST_CASE("only what was kept, and nobody waits for, is settled without the script", "[fullon_cache][take]")
{
    take_step step;
    CHECK_FALSE(settles_plainly(step));
    step.settled = {{"a-1", "", "17:a-1"}, {"a-2", "", "18:a-2"}};
    CHECK(settles_plainly(step));
    fullon_cache::pipeline commands;
    settle_plainly(commands, "q", step);
    REQUIRE(commands.size() == 4);
    using words = std::vector<std::string>;
    CHECK(commands.commands()[0].words() == words{"DEL", "fullon_cache:taken:{q}:a-1"});
    CHECK(commands.commands()[1].words() == words{"ZREM", "fullon_cache:taken:{q}", "17:a-1"});
    step.settled.push_back({"a-3", "", ""}); // others held something
    CHECK_FALSE(settles_plainly(step));
    step.settled.back() = {"a-3", "*", "19:a-3"}; // it goes back
    CHECK_FALSE(settles_plainly(step));
}

TEST_CASE("the answer of a step is read, and another shape is an error", "[fullon_cache][take]")
{
    const auto result =
        read_take_result(list_of({number(250), number(1), list_of({number(7)}), text("17:a-1")}));
    CHECK(result.next == 250ms);
    CHECK(result.waiting);
    CHECK(result.elements == std::vector<std::string>(1, "7"));
    CHECK(result.name == "17:a-1");
    CHECK_THROWS_AS(read_take_result(list_of({number(1)})), cache_error);
    CHECK_THROWS_AS(read_take_result(number(1)), cache_error);
}
