// Names that keys are made of: what would give two things one key is refused.
#include <fullon_cache/detail/keys/names.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace fullon_cache;
using namespace fullon_cache::detail;

namespace {

template <class Check>
std::string refusal(Check check)
{
    try {
        check();
    } catch (const cache_error& error) {
        CHECK(error.code() == errc::invalid_argument);
        return error.diagnostics();
    }
    return {};
}

} // namespace

TEST_CASE("an exchange has no colon, since it ends at the first one of a key")
{
    CHECK_NOTHROW(require_exchange("binance"));
    CHECK_NOTHROW(require_exchange("1")); // an account
    CHECK(refusal([] { require_exchange(""); }) == "exchange: must not be empty");
    CHECK(refusal([] { require_exchange("a:b"); }) == "exchange: must not contain ':'");
    CHECK(refusal([] { require_exchange(":"); }) == "exchange: must not contain ':'");
    CHECK(refusal([] { require_timeframe("1:h"); }) == "timeframe: must not contain ':'");
    CHECK(refusal([] { require_timeframe(""); }) == "timeframe: must not be empty");
}

TEST_CASE("a symbol may have colons, but is something without its slashes")
{
    CHECK_NOTHROW(require_symbol("BTC/USDT:USDT"));
    CHECK_NOTHROW(require_symbol("BTCUSDT"));
    CHECK_NOTHROW(require_symbol(":"));
    CHECK(refusal([] { require_symbol(""); }) == "symbol: must not be empty");
    CHECK(refusal([] { require_symbol("/"); }) == "symbol: must be more than '/'");
    CHECK(refusal([] { require_symbol("//"); }) == "symbol: must be more than '/'");
}

TEST_CASE("of a pair the name that is wrong is told")
{
    CHECK_NOTHROW(require_pair("binance", "BTC/USDT"));
    CHECK(refusal([] { require_pair("a:b", "BTC/USDT"); }).starts_with("exchange"));
    CHECK(refusal([] { require_pair("binance", "/"); }).starts_with("symbol"));
}
