// The example of the documentation, as it stands there: that it compiles is the test.
#include <fmt/core.h>
#include <fullon_cache_api/client.hpp>
namespace asio = boost::asio;
using fullon_cache_api::client;

asio::awaitable<void> trade();

// clang-format off
asio::awaitable<void> trade() {
    auto cache = co_await client::connect("ws://localhost:8765");            // the default URL may be left out
    if (auto ticker = co_await cache.get_ticker("binance", "BTC/USDT"))      // std::optional: empty on a cache miss
        fmt::print("{} {}\n", ticker->symbol, ticker->price);
    auto updates = co_await cache.stream_tickers("binance", {"BTC/USDT", "ETH/USDT"});
    while (auto update = co_await updates.next())                            // async generator
        fmt::print("Live: {}\n", update->price);
    co_await cache.close();
}
// clang-format on

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using fullon_cache_api::symbol_list;

namespace {

std::vector<std::string> names_of(symbol_list symbols)
{
    return std::move(symbols).names().value();
}

} // namespace

TEST_CASE("the documented example compiles as written", "[client]")
{
    // Never awaited: nothing connects.
    const auto begun = trade();
    CHECK(begun.valid());
}

TEST_CASE("a list of symbols is made from texts of any kind, or from a vector", "[symbol_list]")
{
    using names = std::vector<std::string>;
    const names vector{"A", "B"};
    const std::string text = "B";
    const std::string_view view = "C";
    CHECK(names_of({"A"}) == names{"A"});
    CHECK(names_of("A") == names{"A"});
    CHECK(names_of({"A", "B"}) == names{"A", "B"}); // no pair of iterators
    CHECK(names_of({"A", text, view}) == names{"A", "B", "C"});
    CHECK(names_of({text}) == names{"B"});
    CHECK(names_of(vector) == vector);
    CHECK(names_of({vector}) == vector);
    CHECK(names_of(names{"A"}) == names{"A"});
    CHECK(names_of(names{}).empty()); // which is refused, and does not mean all
    CHECK_FALSE(symbol_list(fullon_cache_api::all_symbols).names());
}
