// Parameters from paths and queries.
#include <fullon_cache_api/detail/wire/text_params.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace fullon_cache_api::protocol;

namespace {

struct some_params {
    std::string symbol;
    std::optional<std::int64_t> limit;
    std::optional<fullon_orm::stored_id> id;
    std::optional<std::vector<std::string>> names;
    std::optional<double> seconds;
};
BOOST_DESCRIBE_STRUCT(some_params, (), (symbol, limit, id, names, seconds))

struct chosen_params {
    std::optional<std::string> kind;
    static constexpr std::array<std::string_view, 2> kinds{"tick", "bot"};
    static constexpr fullon_cache_api::text_choices values_of(std::string_view member)
    {
        return member == "kind" ? fullon_cache_api::text_choices(kinds) : fullon_cache_api::text_choices();
    }
};
BOOST_DESCRIBE_STRUCT(chosen_params, (), (kind))

std::string json_of(const text_params& from)
{
    boost::json::object made;
    const auto problem = params_from_text<some_params>(from, made);
    return problem.empty() ? boost::json::serialize(made) : problem;
}

std::string problem_of(const text_params& from)
{
    boost::json::object made;
    auto problem = params_from_text<some_params>(from, made);
    some_params to;
    return problem.empty() ? read_params(made, to) : problem;
}

} // namespace

TEST_CASE("numbers are numbers where the parameter is one, everything else is text", "[text_params]")
{
    CHECK(json_of({{"symbol", "7"}, {"limit", "5"}, {"id", "12"}}) ==
          R"({"symbol":"7","limit":5,"id":"12"})");
    CHECK(json_of({{"limit", "-3"}}) == R"({"limit":-3})");
    for (const char* bad : {"", "x", "1.5", " 5", "5 ", "+5", "0x5", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK(problem_of({{"symbol", "a"}, {"limit", bad}}) == "limit: must be an integer");
    }
}

TEST_CASE("numbers that need not be whole", "[text_params]")
{
    CHECK(json_of({{"seconds", "0.5"}}) == R"({"seconds":5E-1})");
    CHECK(json_of({{"seconds", "2"}}) == R"({"seconds":2E0})");
    for (const char* bad : {"", "x", " 5", "5 ", "+5", "1,5", "inf", "nan", "1e999"}) {
        CAPTURE(bad);
        CHECK(problem_of({{"symbol", "a"}, {"seconds", bad}}) == "seconds: must be a number");
    }
}

TEST_CASE("a list is cut at its commas, or given several times", "[text_params]")
{
    CHECK(json_of({{"names", "a,b"}, {"names", "c"}}) == R"({"names":["a","b","c"]})");
    CHECK(json_of({{"names", ""}}) == R"({"names":[]})");
    CHECK(problem_of({{"symbol", "a"}, {"names", "a,,b"}}).starts_with("names: must be a non-empty list"));
}

TEST_CASE("what is unknown, missing, empty or given twice is named", "[text_params]")
{
    CHECK(problem_of({{"limit", "5"}}).starts_with("symbol: required"));
    CHECK(problem_of({{"symbol", ""}}).starts_with("symbol: must be a non-empty string"));
    CHECK(problem_of({{"symbol", "a"}, {"x", "1"}}).starts_with("x: unknown parameter"));
    CHECK(problem_of({{"symbol", "a"}, {"symbol", "b"}}) == "symbol: given more than once");
    CHECK(problem_of({{"symbol", "a"}, {"x", "1"}, {"x", "2"}}) == "x: given more than once");
}

TEST_CASE("a text of a list is refused where it is none of it, and the schema lists them", "[text_params]")
{
    chosen_params to;
    CHECK(read_params({{"kind", "bot"}}, to).empty());
    CHECK(to.kind == "bot");
    CHECK(read_params({{"kind", "dragon"}}, to) == "kind: must be one of tick, bot");
    CHECK(boost::json::serialize(params_schema<chosen_params>().at("properties").at("kind")) ==
          R"({"type":"string","minLength":1,"enum":["tick","bot"]})");
}
