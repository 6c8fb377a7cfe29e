// Which host names and which pages are let in.
#include <fullon_cache_api/detail/http/visitors.hpp>
#include <fullon_log/configuration_error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using fullon_cache_api::http_request;
using fullon_log::configuration_error;
using namespace fullon_cache_api::detail;
using texts = std::vector<std::string>;

namespace {

http_request sent_to(const std::string& host, const std::string& origin = {}, const std::string& target = "/")
{
    http_request made{"GET", target};
    made.headers.emplace_back("Host", host);
    if (!origin.empty())
        made.headers.emplace_back("Origin", origin);
    return made;
}

unsigned status(const visitor_rules& rules, const http_request& request, bool local)
{
    const auto refusal = rules.refuse(request, local);
    return refusal ? refusal->status : 200;
}

visitor_rules rules(const texts& origins, const texts& hosts)
{
    return {allowed_origins(origins), allowed_hosts(hosts, {"gw.example", "localhost"})};
}

} // namespace

TEST_CASE("origins are compared by scheme, host and port", "[fullon_cache_api][visitors]")
{
    const auto one = parse_origin("https://gw.example");
    REQUIRE(one);
    for (const auto* const same : {"https://gw.example/", "https://gw.example:443", "HTTPS://GW.Example",
                                   "https://gw.example.", "https://gw.example:443/"})
        CHECK(parse_origin(same) == one);
    for (const auto* const other :
         {"http://gw.example", "https://gw.example:444", "https://gw.example.evil.test", "https://evil.test"})
        CHECK(parse_origin(other) != one);
    CHECK(parse_origin("http://[::1]:8080") == parse_origin("http://[0:0:0:0:0:0:0:1]:8080"));
    CHECK(parse_origin("chrome-extension://abcdef")->port == 0);
    for (const auto* const bad : {"",
                                  "null",
                                  "gw.example",
                                  "https://",
                                  "https:///",
                                  "https://a/b",
                                  "https://a//",
                                  "https://u@a",
                                  "https://a?b",
                                  "https://a:0",
                                  "https://a:65536",
                                  "https://a:x",
                                  "https://a:1:2",
                                  "https://*.a",
                                  "https://[::1",
                                  "https://[]",
                                  "https://[1.2.3.4]",
                                  "https://[::1%eth0]",
                                  "://a",
                                  "1https://a",
                                  "https://a b",
                                  "https://b\xc3\xbc.example"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_origin(bad));
    }
}

TEST_CASE("what is no origin, or no host name, is refused by its name", "[fullon_cache_api][visitors]")
{
    for (const auto* const bad :
         {"gw.example", "null", "https://*.gw.example", "wss://gw.example", "https://gw/path"}) {
        CAPTURE(bad);
        try {
            allowed_origins made({"https://fine.example", bad});
            FAIL("taken");
        } catch (const configuration_error& thrown) {
            CHECK(thrown.variable() == "ALLOWED_ORIGINS");
            CHECK(thrown.value() == bad);
        }
    }
    for (const auto* const bad : {"https://gw.example", "gw/x", "*.gw.example", "a b", "[::1", ""}) {
        CAPTURE(bad);
        CHECK_THROWS_AS(allowed_hosts({bad}, {}), configuration_error);
    }
    CHECK(allowed_origins({"*"}).has("null"));
    CHECK(allowed_origins({"https://a", "*"}).any());
    CHECK(allowed_origins({}).none());
    CHECK_FALSE(allowed_origins({"https://a"}).has("null"));
}

TEST_CASE("by default only names of this machine pass where only this machine can connect",
          "[fullon_cache_api][visitors]")
{
    const auto usual = rules({}, {});
    for (const auto* const own :
         {"localhost", "LOCALHOST:8765", "a.localhost", "localhost.", "127.0.0.1:1", "[::1]:8765",
          "192.168.1.7", "gw.example:80", "ip6-localhost", "localhost:"})
        CHECK(status(usual, sent_to(own), true) == 200);
    for (const auto* const other : {"evil.test", "localhost.evil.test", "evillocalhost",
                                    "127.0.0.1.evil.test", "2130706433", "rebound.test:8765"}) {
        CAPTURE(other);
        CHECK(status(usual, sent_to(other), true) == 403);
        CHECK(status(usual, sent_to(other), false) == 200);
        CHECK(status(rules({}, {"*"}), sent_to(other), true) == 200);
    }
    for (const auto* const bad :
         {"", "a b", "localhost:x", "localhost:0", "[::1", "u@localhost", "localhost/", "::1"}) {
        CAPTURE(bad);
        CHECK(status(usual, sent_to(bad), true) == 400);
        CHECK(status(usual, sent_to(bad), false) == 400);
    }
    CHECK(usual.refuse(sent_to("evil.test"), true)->body.find("ALLOWED_HOSTS") != std::string::npos);
    CHECK(status(usual, sent_to("localhost", {}, "http://evil.test/x"), true) == 403);
    CHECK(status(usual, sent_to("localhost", {}, "http://localhost/x"), true) == 200);
    CHECK(status(usual, {"GET", "/"}, true) == 400);
    CHECK(status(usual, {"GET", "/"}, false) == 200);
}

TEST_CASE("names that are listed pass in any spelling, others do not", "[fullon_cache_api][visitors]")
{
    const auto listed = rules({}, {"API.example", "backend:8765", "::1"});
    for (const auto* const own : {"api.EXAMPLE:443", "backend", "api.example.", "10.0.0.1", "[fe80::1]"})
        CHECK(status(listed, sent_to(own), false) == 200);
    for (const auto* const other : {"localhost", "gw.example", "www.api.example"}) {
        CHECK(status(listed, sent_to(other), false) == 403);
        CHECK(status(listed, sent_to(other), true) == 403);
    }
}

TEST_CASE("a page of the own host is welcome, behind a proxy as well; others where they are listed",
          "[fullon_cache_api][visitors]")
{
    const auto usual = rules({}, {});
    CHECK(status(usual, sent_to("gw.example:443", "https://gw.example"), false) == 200);
    CHECK(status(usual, sent_to("gw.example", "https://gw.example"), false) == 200);
    CHECK(status(usual, sent_to("GW.example:8080", "http://gw.example:8080"), false) == 200);
    for (const auto* const origin :
         {"http://gw.example:8080", "https://other.example", "null", "gw.example", "https://"})
        CHECK(status(usual, sent_to("gw.example", origin), false) == 403);
    CHECK(status(usual, sent_to("gw.example:443", "http://gw.example"), false) == 403);
    const auto listed = rules({"https://Desk.example/"}, {});
    CHECK(status(listed, sent_to("x.example", "https://desk.example:443"), false) == 200);
    CHECK(status(listed, sent_to("x.example", "https://x.example"), false) == 403);
    CHECK(status(rules({"*"}, {}), sent_to("x.example", "null"), false) == 200);
}
