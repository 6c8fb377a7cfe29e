// Scripts that write only over what was read: their words and answers. What they do is tested against a real Redis.
#include <fullon_cache/detail/lists/compare_and_set.hpp>
#include <fullon_cache/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace fullon_cache;
using namespace fullon_cache::detail;
using namespace std::chrono_literals;

namespace {

// The words behind the script.
std::vector<std::string> arguments(const command& made)
{
    REQUIRE(made.words().size() > 2);
    CHECK(made.words()[0] == "EVALSHA");
    return {made.words().begin() + 2, made.words().end()};
}

reply integer(std::string digits)
{
    reply one;
    one.type = reply::kind::integer;
    one.text = std::move(digits);
    return one;
}

reply list(std::vector<reply> items)
{
    reply one;
    one.type = reply::kind::array;
    one.items = std::move(items);
    return one;
}

} // namespace

TEST_CASE("each script names one key, what is expected and what is written")
{
    using words = std::vector<std::string>;
    const std::optional<std::string> old("old");
    CHECK(arguments(set_field_if("h", "f", old, "new")) == words{"1", "h", "f", "text", "old", "new", ""});
    CHECK(arguments(set_field_if("h", "f", std::nullopt, "new")) ==
          words{"1", "h", "f", "absent", "", "new", ""});
    CHECK(arguments(set_field_if("h", "f", std::optional<std::string>(""), "new", 0s)) ==
          words{"1", "h", "f", "text", "", "new", "0"});
    CHECK(arguments(set_field("h", "f", "new", 3600s)) == words{"1", "h", "f", "any", "", "new", "3600"});
    CHECK(arguments(delete_field_if("h", "f", "old")) == words{"1", "h", "f", "old"});
}

TEST_CASE("their answers say whether it was written, or what is there instead")
{
    auto written = read_set_result(list({integer("1")}));
    CHECK(written.written);
    CHECK(written.lifetime_kept);

    auto without_lifetime = read_set_result(list({integer("2")}));
    CHECK(without_lifetime.written);
    CHECK_FALSE(without_lifetime.lifetime_kept);

    reply text;
    text.type = reply::kind::text;
    text.text = "theirs";
    auto changed = read_set_result(list({integer("0"), text}));
    CHECK_FALSE(changed.written);
    CHECK(changed.stored == "theirs");

    auto gone = read_set_result(list({integer("0"), reply()}));
    CHECK_FALSE(gone.written);
    CHECK_FALSE(gone.stored);

    CHECK_THROWS_AS(read_set_result(list({})), cache_error);
    CHECK_THROWS_AS(read_set_result(text), cache_error);
}
