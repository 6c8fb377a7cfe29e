// Commands and pipelines as plain text.
#include <fullon_cache/command.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using fullon_cache::command;
using fullon_cache::pipeline;
using words = std::vector<std::string>;

TEST_CASE("a command is its name and its words in order", "[fullon_cache][command]")
{
    CHECK(command("PING").words() == words{"PING"});
    const std::string key = "tickers:binance";
    const std::string_view field = "BTC/USDT";
    CHECK(command("HGET", key, field).words() == words{"HGET", "tickers:binance", "BTC/USDT"});
    CHECK(command("SET", "k", std::string("v")).words() == words{"SET", "k", "v"});
}

TEST_CASE("integers of every width become decimal text", "[fullon_cache][command]")
{
    CHECK(command("X", 0, -7, 10u).words() == words{"X", "0", "-7", "10"});
    CHECK(command("X", std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::uint64_t>::max())
              .words() == words{"X", "-9223372036854775808", "18446744073709551615"});
    const short small = 3;
    CHECK(command("X", small).words() == words{"X", "3"});
}

// Words are binary safe: Redis takes any bytes.
TEST_CASE("words keep spaces, quotes, line ends and zero bytes", "[fullon_cache][command]")
{
    const std::string odd("a b\r\n\"'\0c", 9);
    const command made("SET", odd, "");
    REQUIRE(made.words().size() == 3);
    CHECK(made.words()[1] == odd);
    CHECK(made.words()[2].empty());
}

TEST_CASE("a given string is copied or moved, never referred to", "[fullon_cache][command]")
{
    std::string key = "a long enough key to live on the heap";
    const command copied("GET", key);
    key.assign("changed");
    CHECK(copied.words()[1] == "a long enough key to live on the heap");
    const command moved("GET", std::string("a temporary that is long enough for the heap"));
    CHECK(moved.words()[1] == "a temporary that is long enough for the heap");
}

TEST_CASE("push adds words one after the other", "[fullon_cache][command]")
{
    command made("HMGET", "k");
    made.push("a").push(std::string("b")).push(std::string_view("c")).push(4);
    CHECK(made.words() == words{"HMGET", "k", "a", "b", "c", "4"});
}

// g++ 12 destroys aggregate temporaries of co_await expressions twice: these types must not be aggregates.
TEST_CASE("commands are no aggregates", "[fullon_cache][command]")
{
    STATIC_REQUIRE_FALSE(std::is_aggregate_v<command>);
    STATIC_REQUIRE_FALSE(std::is_aggregate_v<pipeline>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string_view, command>);
}

TEST_CASE("a pipeline keeps its commands in order", "[fullon_cache][command]")
{
    pipeline many;
    CHECK(many.empty());
    CHECK(many.size() == 0);
    many.add("MULTI").add("HSET", "k", "f", 1).add(command("EXEC"));
    CHECK_FALSE(many.empty());
    REQUIRE(many.size() == 3);
    CHECK(many.commands()[0].words() == words{"MULTI"});
    CHECK(many.commands()[1].words() == words{"HSET", "k", "f", "1"});
    CHECK(many.commands()[2].words() == words{"EXEC"});
}
