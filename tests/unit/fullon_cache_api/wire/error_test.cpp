// Errors of the API: texts, category, and the codes of the wire.
#include <fullon_cache_api/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>
#include <string_view>
#include <utility>

using fullon_cache_api::error;
using fullon_cache_api::error_from_wire;
using fullon_cache_api::wire_name;

namespace {

// The table of the protocol's error codes.
constexpr std::pair<error, std::string_view> wire_codes[] = {
    {error::malformed_message, "MALFORMED_MESSAGE"},
    {error::invalid_operation, "INVALID_OPERATION"},
    {error::invalid_params, "INVALID_PARAMS"},
    {error::cache_miss, "CACHE_MISS"},
    {error::corrupt_entry, "CORRUPT_ENTRY"},
    {error::cache_unavailable, "CACHE_UNAVAILABLE"},
    {error::timeout, "TIMEOUT"},
    {error::health_check_failed, "HEALTH_CHECK_FAILED"},
    {error::rate_limited, "RATE_LIMITED"},
    {error::limit_exceeded, "LIMIT_EXCEEDED"},
    {error::unauthenticated, "UNAUTHENTICATED"},
    {error::forbidden, "FORBIDDEN"},
    {error::shutting_down, "SHUTTING_DOWN"},
    {error::internal_error, "INTERNAL_ERROR"},
};

constexpr error local_errors[] = {error::closed, error::disconnected, error::protocol, error::invalid_url};

} // namespace

TEST_CASE("every wire code has its name, and the name leads back to it", "[fullon_cache_api][error]")
{
    for (const auto& [value, name] : wire_codes) {
        CAPTURE(name);
        CHECK(wire_name(value) == name);
        CHECK(error_from_wire(name) == value);
    }
}

TEST_CASE("errors that never travel have no wire name", "[fullon_cache_api][error]")
{
    for (const auto value : local_errors)
        CHECK(wire_name(value).empty());
    CHECK(wire_name(error{}).empty());
    CHECK(wire_name(static_cast<error>(999)).empty());
}

TEST_CASE("a code that this version does not know is a protocol error", "[fullon_cache_api][error]")
{
    for (const std::string_view name :
         {"", "NEW_CODE", "cache_miss", "CACHE_MISS ", "CACHE_MIS", "TICKER_NOT_FOUND"}) {
        CAPTURE(name);
        CHECK(error_from_wire(name) == error::protocol);
    }
}

TEST_CASE("every error has a text of its own", "[fullon_cache_api][error]")
{
    std::set<std::string> texts;
    const auto check = [&](error value) {
        const auto text = make_error_code(value).message();
        CAPTURE(static_cast<int>(value), text);
        CHECK_FALSE(text.empty());
        CHECK(text.find("unknown fullon") == std::string::npos);
        CHECK(texts.insert(text).second);
    };
    for (const auto& [value, name] : wire_codes)
        check(value);
    for (const auto value : local_errors)
        check(value);
    CHECK(fullon_cache_api::api_category().message(0).find("unknown") == 0);
    CHECK(
        fullon_cache_api::api_category().message(static_cast<int>(error::invalid_url) + 1).find("unknown") ==
        0);
}

TEST_CASE("error values are consecutive from one and never success", "[fullon_cache_api][error]")
{
    int expected = 1;
    for (const auto& [value, name] : wire_codes)
        CHECK(static_cast<int>(value) == expected++);
    for (const auto value : local_errors) {
        CHECK(static_cast<int>(value) == expected++);
        CHECK(make_error_code(value).failed());
    }
}

TEST_CASE("the category is one object named fullon.cache_api", "[fullon_cache_api][error]")
{
    CHECK(std::string(fullon_cache_api::api_category().name()) == "fullon.cache_api");
    CHECK(&make_error_code(error::timeout).category() == &fullon_cache_api::api_category());
}

TEST_CASE("an error is thrown and caught as system_error, text first", "[fullon_cache_api][error]")
{
    try {
        throw boost::system::system_error(error::cache_unavailable, "Redis is not available");
    } catch (const boost::system::system_error& thrown) {
        CHECK(thrown.code() == error::cache_unavailable);
        CHECK(thrown.code() != error::timeout);
        CHECK(std::string(thrown.what()).starts_with("Redis is not available"));
    }
}
