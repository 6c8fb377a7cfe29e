// Notes on blocks. What the scripts do is tested against a real Redis.
#include <fullon_cache/detail/lists/block_writes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace fullon_cache;
using namespace fullon_cache::detail;
using namespace std::chrono_literals;

TEST_CASE("a note on a block is read, whatever its bot is called")
{
    const auto note = read_block_note("1762500000123 1762500030123 bot 1:x");
    REQUIRE(note);
    CHECK(note->since == 1762500000123);
    CHECK(note->until == 1762500030123);
    CHECK(note->bot_id == "bot 1:x");
    const auto without = read_block_note("5 0 7");
    REQUIRE(without);
    CHECK(without->until == 0);
    for (const auto* text : {"", "5", "5 ", "5 0", "x 0 7", "5 x 7", "5  7", "99999999999999999999 0 7"})
        CHECK_FALSE(read_block_note(text));
}

TEST_CASE("a script on blocks names both hashes, and bounds the lease")
{
    using words = std::vector<std::string>;
    const auto arguments = [](const command& made) {
        REQUIRE(made.words().size() > 2);
        CHECK(made.words()[0] == "EVALSHA");
        return words(made.words().begin() + 2, made.words().end());
    };
    CHECK(arguments(try_block("okx:A", "7", 1500ms)) ==
          words{"2", "block_exchange", "fullon_cache:block_notes", "okx:A", "7", "1500", ""});
    CHECK(arguments(take_over_block("okx:A", "7", "8", 0ms)) ==
          words{"2", "block_exchange", "fullon_cache:block_notes", "okx:A", "8", "0", "7"});
    CHECK(arguments(try_block("okx:A", "7", std::chrono::milliseconds::max()))[5] == "315360000000");
    CHECK(arguments(set_block("okx:A", "7"))[5] == "0");
    CHECK(arguments(release_block("okx:A", "7"))[4] == "7");
    CHECK(arguments(remove_block("okx:A"))[4].empty());
}
