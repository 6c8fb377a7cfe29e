// Tests of level.hpp.
#include <fullon_log/level.hpp>

#include <catch2/catch_test_macros.hpp>

using fullon_log::level;
using fullon_log::parse_level;

TEST_CASE("each level is read back from its text", "[fullon_log]")
{
    for (const auto value :
         {level::debug, level::info, level::warning, level::error, level::critical, level::off})
        CHECK(parse_level(to_text(value)) == value);
    CHECK(to_text(level::warning) == "WARNING");
    CHECK(to_text(static_cast<level>(77)) == "OFF");
}

TEST_CASE("levels are read in any case and nothing else is a level", "[fullon_log]")
{
    CHECK(parse_level("debug") == level::debug);
    CHECK(parse_level("Critical") == level::critical);
    for (const char* text : {"", "WARN", "INFO ", "INFOS", "3", "\xff"})
        CHECK_FALSE(parse_level(text));
}

TEST_CASE("levels are ordered by severity", "[fullon_log]")
{
    CHECK(level::debug < level::info);
    CHECK(level::info < level::warning);
    CHECK(level::warning < level::error);
    CHECK(level::error < level::critical);
    CHECK(level::critical < level::off);
}
