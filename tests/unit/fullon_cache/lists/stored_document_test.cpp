// A stored object under changes: unreadable ones are refused, what is not touched stays as it was written.
#include <fullon_cache/detail/lists/stored_document.hpp>
#include <fullon_cache/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>

using namespace fullon_cache;
using fullon_cache::detail::stored_document;

TEST_CASE("what cannot be read is refused by the name of its place")
{
    const std::string deep = R"({"x": )" + std::string(32, '[') + std::string(32, ']') + "}";
    for (const std::string& text :
         {std::string(), std::string("{x"), deep, std::string("{\"a\": \"caf\xE9\"}"),
          std::string(R"({"a": 1)"), std::string("[1]"), std::string("null")}) {
        INFO(text);
        stored_document document("order_status:okx 7", text);
        CHECK_FALSE(document.absent());
        try {
            (void)document.change();
            FAIL_CHECK("was taken for an object");
        } catch (const cache_error& error) {
            CHECK(error.code() == errc::serialization);
            CHECK(error.diagnostics().starts_with("order_status:okx 7: "));
        }
        CHECK(document.text() == text); // and is as it was
    }
}

TEST_CASE("where nothing is stored a change makes an object")
{
    stored_document document("x", std::nullopt);
    CHECK(document.absent());
    CHECK(document.object().empty());
    CHECK(document.absent()); // looking at it is no change
    document.change()["a"] = 1;
    CHECK_FALSE(document.absent());
    CHECK(document.text() == R"({"a": 1})");
}

TEST_CASE("changes of the object and of the text follow each other")
{
    stored_document document("x", R"({"big": 123456789012345678901, "n":  1.50, "nan": NaN})");
    CHECK(document.text() == R"({"big": 123456789012345678901, "n":  1.50, "nan": NaN})"); // untouched
    document.change()["a"] = 1;
    CHECK(document.text() == R"({"big": 123456789012345678901, "n": 1.5, "nan": NaN, "a": 1})");
    document.replace(R"({"b": 2})");
    CHECK(document.object().at("b") == 2);
    document.change()["c"] = 3;
    document.change()["d"] = 4;
    CHECK(document.text() == R"({"b": 2, "c": 3, "d": 4})");
}
