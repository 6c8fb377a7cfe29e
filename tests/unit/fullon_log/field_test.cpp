// Tests of field.hpp.
#include <fullon_log/field.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <concepts>
#include <limits>
#include <memory>
#include <string>
#include <vector>

using fullon_log::field;
using fullon_log::loggable;

namespace {

enum class side { buy };

static_assert(loggable<short> && loggable<unsigned char> && loggable<signed char> && loggable<long long>);
static_assert(loggable<unsigned long long> && loggable<float> && loggable<long double> && loggable<bool>);
static_assert(loggable<std::string> && loggable<const char*> && loggable<char*> && loggable<char[3]>);
static_assert(loggable<std::optional<std::string>> && loggable<std::optional<int>> &&
              loggable<std::nullopt_t>);
// The unit belongs into the key: the caller counts.
static_assert(!loggable<std::chrono::milliseconds> && !loggable<std::optional<std::chrono::seconds>>);
static_assert(!std::constructible_from<field, std::string_view, std::chrono::nanoseconds>);
// Nothing turns into a number or a bool behind the caller's back.
static_assert(!loggable<int*> && !loggable<std::unique_ptr<int>> && !loggable<side> &&
              !loggable<std::vector<int>>);
static_assert(!loggable<wchar_t> && !loggable<char32_t>);
static_assert(field("a", 1).type == field::kind::integer); // usable in constant expressions

} // namespace

TEST_CASE("a field keeps each integer type exactly", "[fullon_log]")
{
    CHECK(field("k", std::numeric_limits<std::int64_t>::min()).integer ==
          std::numeric_limits<std::int64_t>::min());
    CHECK(field("k", std::numeric_limits<std::uint64_t>::max()).natural ==
          std::numeric_limits<std::uint64_t>::max());
    CHECK(field("k", static_cast<signed char>(-5)).integer == -5);
    CHECK(field("k", static_cast<unsigned char>(250)).natural == 250);
    CHECK(field("k", std::size_t{7}).type == field::kind::natural);
}

TEST_CASE("a field tells bool, char, numbers and text apart", "[fullon_log]")
{
    CHECK(field("k", true).type == field::kind::boolean);
    CHECK(field("k", 'b').type == field::kind::character);
    CHECK(field("k", 0.5f).real == 0.5);
    CHECK(field("k", "text").text == "text");
    CHECK(field("k", std::string("text")).type == field::kind::text);
    CHECK(field("key", std::string_view("text")).key == "key");
}

TEST_CASE("an empty optional, a null pointer and nullopt are null", "[fullon_log]")
{
    const char* none = nullptr;
    CHECK(field("k", none).type == field::kind::null);
    CHECK(field("k", nullptr).type == field::kind::null);
    CHECK(field("k", std::nullopt).type == field::kind::null);
    CHECK(field("k", std::optional<std::string>()).type == field::kind::null);
    CHECK(field("k", std::optional<int>(4)).integer == 4);
    CHECK(field("k", std::optional<std::optional<bool>>(true)).boolean);
}
