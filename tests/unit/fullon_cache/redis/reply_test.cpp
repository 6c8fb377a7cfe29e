// A Redis reply as a plain tree: what its accessors give and what they refuse.
#include <fullon_cache/error.hpp>
#include <fullon_cache/reply.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

using fullon_cache::cache_error;
using fullon_cache::errc;
using fullon_cache::reply;
using kind = fullon_cache::reply::kind;

namespace {

reply scalar(kind type, std::string text = {})
{
    reply made;
    made.type = type;
    made.text = std::move(text);
    return made;
}

reply list(kind type, int size)
{
    reply made;
    made.type = type;
    for (int i = 0; i < size; ++i)
        made.items.push_back(scalar(kind::text, std::to_string(i)));
    return made;
}

template <class Function>
errc code_of(Function&& function)
{
    try {
        function();
    } catch (const cache_error& thrown) {
        return static_cast<errc>(thrown.code().value());
    }
    return errc{};
}

} // namespace

TEST_CASE("a default reply is null and no error", "[fullon_cache][reply]")
{
    const reply nothing;
    CHECK(nothing.is_null());
    CHECK_FALSE(nothing.is_error());
    CHECK_FALSE(scalar(kind::text, "").is_null());
    CHECK(scalar(kind::error, "ERR x").is_error());
}

TEST_CASE("checked gives the reply itself unless it is an error reply", "[fullon_cache][reply]")
{
    for (const auto type :
         {kind::null, kind::text, kind::integer, kind::number, kind::boolean, kind::array, kind::map}) {
        const auto value = scalar(type, "x");
        CHECK(&value.checked() == &value);
    }
    CHECK(scalar(kind::text, "moved").checked().text == "moved");
}

TEST_CASE("an error reply is thrown with its code and its whole text", "[fullon_cache][reply]")
{
    const auto failed = scalar(kind::error, "NOPERM no permission for key 'tickers:x'");
    try {
        failed.checked();
        FAIL("not thrown");
    } catch (const cache_error& thrown) {
        CHECK(thrown.code() == errc::permission_denied);
        CHECK(thrown.diagnostics() == "NOPERM no permission for key 'tickers:x'");
    }
}

TEST_CASE("every accessor throws what an error reply says", "[fullon_cache][reply]")
{
    CHECK(code_of([] { scalar(kind::error, "WRONGTYPE x").checked(); }) == errc::wrong_type);
    CHECK(code_of([] { scalar(kind::error, "WRONGTYPE x").as_text(); }) == errc::wrong_type);
    CHECK(code_of([] { (void)scalar(kind::error, "OOM x").as_integer(); }) == errc::out_of_memory);
    CHECK(code_of([] { scalar(kind::error, "LOADING x").as_items(); }) == errc::unavailable);
}

TEST_CASE("as_text gives the text of scalars, empty for null", "[fullon_cache][reply]")
{
    CHECK(scalar(kind::null).as_text() == std::nullopt);
    CHECK(scalar(kind::text, "").as_text() == "");
    CHECK(scalar(kind::text, std::string("a\0b", 3)).as_text() == std::string("a\0b", 3));
    CHECK(scalar(kind::integer, "7").as_text() == "7");
}

TEST_CASE("as_text refuses arrays and maps", "[fullon_cache][reply]")
{
    CHECK(code_of([] { list(kind::array, 1).as_text(); }) == errc::protocol);
    CHECK(code_of([] { list(kind::map, 2).as_text(); }) == errc::protocol);
    CHECK(code_of([] { list(kind::array, 0).as_text(); }) == errc::protocol);
}

TEST_CASE("as_integer reads the whole of a 64-bit integer", "[fullon_cache][reply]")
{
    CHECK(scalar(kind::integer, "0").as_integer() == 0);
    CHECK(scalar(kind::integer, "-1").as_integer() == -1);
    CHECK(scalar(kind::integer, "9223372036854775807").as_integer() ==
          std::numeric_limits<std::int64_t>::max());
    CHECK(scalar(kind::integer, "-9223372036854775808").as_integer() ==
          std::numeric_limits<std::int64_t>::min());
    CHECK(scalar(kind::text, "42").as_integer() == 42); // GET of a counter
}

TEST_CASE("as_integer refuses everything else", "[fullon_cache][reply]")
{
    for (const char* text : {"", " 1", "1 ", "1.0", "0x10", "one", "9223372036854775808", "+1"}) {
        CAPTURE(text);
        CHECK(code_of([&] { (void)scalar(kind::integer, text).as_integer(); }) == errc::protocol);
    }
    CHECK(code_of([] { (void)scalar(kind::null).as_integer(); }) == errc::protocol);
    CHECK(code_of([] { (void)list(kind::array, 1).as_integer(); }) == errc::protocol);
}

TEST_CASE("as_items gives elements of arrays and maps, none for null", "[fullon_cache][reply]")
{
    CHECK(scalar(kind::null).as_items().empty());
    CHECK(list(kind::array, 0).as_items().empty());
    const auto three = list(kind::array, 3).as_items();
    REQUIRE(three.size() == 3);
    CHECK(three[2].text == "2");
    CHECK(list(kind::map, 4).as_items().size() == 4);
}

TEST_CASE("as_items refuses scalars", "[fullon_cache][reply]")
{
    for (const auto type : {kind::text, kind::integer, kind::number, kind::boolean})
        CHECK(code_of([&] { scalar(type, "1").as_items(); }) == errc::protocol);
}
