// Errors of the cache library: their texts, their category, and what Redis's own words mean.
#include <fullon_cache/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>
#include <utility>

using fullon_cache::cache_error;
using fullon_cache::classify_redis_error;
using fullon_cache::errc;

namespace {

constexpr errc every_errc[] = {
    errc::unavailable,       errc::timeout,          errc::serialization,    errc::wrong_type,
    errc::permission_denied, errc::authentication,   errc::out_of_memory,    errc::read_only,
    errc::server_error,      errc::protocol,         errc::invalid_argument, errc::closed,
    errc::unknown_outcome,   errc::too_many_clients, errc::no_replicas,      errc::unblocked,
    errc::too_large,
};

} // namespace

TEST_CASE("every cache error has a text of its own", "[fullon_cache][error]")
{
    std::set<std::string> texts;
    for (const auto value : every_errc) {
        const auto text = make_error_code(value).message();
        CAPTURE(static_cast<int>(value), text);
        CHECK_FALSE(text.empty());
        CHECK(text.find("unknown") == std::string::npos);
        CHECK(texts.insert(text).second);
    }
}

TEST_CASE("cache error values are consecutive from one and never success", "[fullon_cache][error]")
{
    int expected = 1;
    for (const auto value : every_errc) {
        CHECK(static_cast<int>(value) == expected++);
        CHECK(make_error_code(value).failed());
    }
}

TEST_CASE("a number that is no cache error has a text too", "[fullon_cache][error]")
{
    const auto& category = fullon_cache::cache_category();
    CHECK(category.message(0).find("unknown") != std::string::npos);
    CHECK(category.message(-1).find("unknown") != std::string::npos);
    CHECK(category.message(static_cast<int>(errc::too_large) + 1).find("unknown") != std::string::npos);
}

TEST_CASE("the category is one object named fullon.cache", "[fullon_cache][error]")
{
    CHECK(std::string(fullon_cache::cache_category().name()) == "fullon.cache");
    CHECK(&fullon_cache::cache_category() == &fullon_cache::cache_category());
    CHECK(&make_error_code(errc::timeout).category() == &fullon_cache::cache_category());
}

TEST_CASE("an error code compares with errc", "[fullon_cache][error]")
{
    const boost::system::error_code code = errc::wrong_type; // implicit: is_error_code_enum
    CHECK(code == errc::wrong_type);
    CHECK(code != errc::timeout);
    CHECK(boost::system::error_code() != errc::unavailable);
}

TEST_CASE("a cache_error carries its code and Redis's own words", "[fullon_cache][error]")
{
    const cache_error thrown(errc::wrong_type, "WRONGTYPE Operation against a key");
    CHECK(thrown.code() == errc::wrong_type);
    CHECK(thrown.diagnostics() == "WRONGTYPE Operation against a key");
    CHECK(std::string(thrown.what()).starts_with("WRONGTYPE Operation against a key"));

    const cache_error silent(errc::timeout);
    CHECK(silent.diagnostics().empty());
    CHECK(std::string(silent.what()).find("Redis did not answer in time") != std::string::npos);
}

TEST_CASE("a cache_error is caught as boost's system_error", "[fullon_cache][error]")
{
    try {
        throw cache_error(errc::closed);
    } catch (const boost::system::system_error& caught) {
        CHECK(caught.code() == errc::closed);
        return;
    }
    FAIL("not caught");
}

TEST_CASE("Redis's error replies are told apart by their first word", "[fullon_cache][error]")
{
    const std::pair<const char*, errc> cases[] = {
        {"WRONGTYPE Operation against a key holding the wrong kind of value", errc::wrong_type},
        {"NOPERM this user has no permissions to run the 'hset' command", errc::permission_denied},
        {"NOAUTH Authentication required.", errc::authentication},
        {"WRONGPASS invalid username-password pair or user is disabled.", errc::authentication},
        {"OOM command not allowed when used memory > 'maxmemory'.", errc::out_of_memory},
        {"READONLY You can't write against a read only replica.", errc::read_only},
        {"MISCONF Redis is configured to save RDB snapshots", errc::read_only},
        {"LOADING Redis is loading the dataset in memory", errc::unavailable},
        {"BUSY Redis is busy running a script.", errc::unavailable},
        {"MASTERDOWN Link with MASTER is down", errc::unavailable},
        {"CLUSTERDOWN The cluster is down", errc::unavailable},
        {"ERR unknown command 'FOO'", errc::server_error},
        {"EXECABORT Transaction discarded because of previous errors.", errc::server_error},
        {"EXECABORT Transaction discarded because of: NOPERM this user has no permissions",
         errc::permission_denied},
        {"NOAUTH", errc::authentication}, // a single word
        {"NOREPLICAS Not enough good replicas to write.", errc::no_replicas},
        {"UNBLOCKED client unblocked via CLIENT UNBLOCK", errc::unblocked},
        {"ERR max number of clients reached", errc::too_many_clients},
        {"ERR max number of clients + cluster connections reached", errc::too_many_clients},
        {"ERR Protocol error: invalid bulk length", errc::too_large},
        {"ERR Protocol error: invalid multibulk length", errc::too_large},
        {"ERR string exceeds maximum allowed size (proto-max-bulk-len)", errc::too_large},
        // Redis 6 says so where a script was refused something.
        {"ERR Error running script (call to f_1): @user_script:2: -OOM command not allowed",
         errc::out_of_memory},
        {"ERR Error running script (call to f_1): @user_script:12: WRONGTYPE Operation against",
         errc::wrong_type},
        {"ERR Error running script (call to f_1): @enable_strict_lua:15: user_script:1: global",
         errc::server_error},
    };
    for (const auto& [text, expected] : cases) {
        CAPTURE(text);
        CHECK(classify_redis_error(text) == expected);
    }
}

// A prefix of a word, another case, or the word later in the text must not count.
TEST_CASE("only the whole first word of an error reply counts", "[fullon_cache][error]")
{
    for (const char* text : {"", " ", "OOMPH", "BUSYKEY Target key name already exists.", "wrongtype x",
                             "ERR WRONGTYPE", " WRONGTYPE", "BUSYGROUP Consumer Group name already exists"}) {
        CAPTURE(text);
        CHECK(classify_redis_error(text) == errc::server_error);
    }
}
