// What INFO says, in parts.
#include <fullon_cache/detail/redis/info_text.hpp>
#include <fullon_cache/overview_reader.hpp>

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <string>

using fullon_cache::facts_of;
using fullon_cache::server_facts;
using fullon_cache::detail::parse_info;

TEST_CASE("INFO is lines of name and value under titles", "[fullon_cache][server_facts]")
{
    const std::map<std::string, std::string> expected{
        {"redis_version", "7.0.15"}, {"os", "a:b"}, {"empty", ""}};
    CHECK(parse_info("# Server\r\nredis_version:7.0.15\r\n\r\nos:a:b\r\nempty:\r\nnoise\r\n") == expected);
    CHECK(parse_info("txt:redis_version:7.0.15\nos:a:b\nempty:") == expected);
    CHECK(parse_info("").empty());
    CHECK(parse_info("\r\n\n# x:y").empty());
}

TEST_CASE("the facts are those lines that are numbers", "[fullon_cache][server_facts]")
{
    const auto facts =
        facts_of("redis_version:7.0.15\r\nuptime_in_seconds:12\r\nconnected_clients:3\r\n"
                 "used_memory:1000\r\nmaxmemory:0\r\nkeyspace_hits:3\r\nkeyspace_misses:1\r\n");
    CHECK(facts.redis_version == "7.0.15");
    CHECK(facts.uptime_seconds == 12);
    CHECK(facts.connected_clients == 3);
    CHECK(facts.used_memory == 1000);
    CHECK(facts.max_memory == 0);
    CHECK(facts.hit_rate == 0.75);
    CHECK(facts_of("") == server_facts());
    CHECK_FALSE(facts_of("keyspace_hits:0\nkeyspace_misses:0").hit_rate);
    CHECK_FALSE(facts_of("used_memory:many").used_memory);
    CHECK_FALSE(facts_of("used_memory:12 MB").used_memory);
}
