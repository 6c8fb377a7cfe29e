// Targets of HTTP requests: decoding, and what is malformed.
#include <fullon_cache_api/detail/http/rest_target.hpp>

#include <catch2/catch_test_macros.hpp>

#include <random>
#include <string>
#include <utility>
#include <vector>

using fullon_cache_api::protocol::parse_rest_target;

namespace {

using segments = std::vector<std::string>;
using query = std::vector<std::pair<std::string, std::string>>;

} // namespace

TEST_CASE("a path is its segments", "[rest_target]")
{
    CHECK(parse_rest_target("/").segments.empty());
    CHECK(parse_rest_target("").segments.empty());
    CHECK(parse_rest_target("/tickers/binance").segments == segments{"tickers", "binance"});
    CHECK(parse_rest_target("/tickers/binance/").segments == segments{"tickers", "binance"});
    CHECK(parse_rest_target("/a//b").segments == segments{"a", "", "b"});
    CHECK(parse_rest_target("/a//").segments == segments{"a", ""});
    CHECK(parse_rest_target("http://host:8000/a/b?x=1").segments == segments{"a", "b"});
    CHECK(parse_rest_target("https://host").segments.empty());
    CHECK(parse_rest_target("/a#part").segments == segments{"a"});
}

TEST_CASE("an encoded slash belongs to its segment", "[rest_target]")
{
    CHECK(parse_rest_target("/tickers/binance/BTC%2FUSDT").segments ==
          segments{"tickers", "binance", "BTC/USDT"});
    CHECK(parse_rest_target("/tickers/binance/BTC%2fUSDT").segments.back() == "BTC/USDT");
    CHECK(parse_rest_target("/a%20b/%C3%A9").segments == segments{"a b", "\xC3\xA9"});
    CHECK(parse_rest_target("/a+b").segments == segments{"a+b"});
}

TEST_CASE("a query is its names and values", "[rest_target]")
{
    CHECK(parse_rest_target("/a?limit=5&exchange=b%26c").query == query{{"limit", "5"}, {"exchange", "b&c"}});
    CHECK(parse_rest_target("/a?x").query == query{{"x", ""}});
    CHECK(parse_rest_target("/a?x=1+2&&y=").query == query{{"x", "1 2"}, {"y", ""}});
    CHECK(parse_rest_target("/a?x=1=2?3").query == query{{"x", "1=2?3"}});
    CHECK(parse_rest_target("/a?").query.empty());
    CHECK(parse_rest_target("/a?x=1#part").query == query{{"x", "1"}});
}

TEST_CASE("what is malformed says so and is nothing else", "[rest_target]")
{
    for (const char* text : {"/a%", "/a%2", "/a%zz", "/%00", "/a%0Ab", "/%FF", "/%C3", "/%C0%AF",
                             "/%ED%A0%80", "/%F5%80%80%80", "/a?x=%", "/a?%zz=1", "/%7F", "/\x01"}) {
        CAPTURE(text);
        const auto target = parse_rest_target(text);
        CHECK_FALSE(target.problem.empty());
        CHECK(target.segments.empty());
        CHECK(target.query.empty());
    }
}

TEST_CASE("random bytes are decoded or refused", "[rest_target]")
{
    std::mt19937 random(7);
    const std::string signs = "/%?&=+#aZ09\xC3\xA9\xFF\x01-";
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (auto left = random() % 20; left > 0; --left)
            text.push_back(signs[random() % signs.size()]);
        const auto target = parse_rest_target(text);
        if (!target.problem.empty())
            CHECK(target.segments.empty());
    }
}
