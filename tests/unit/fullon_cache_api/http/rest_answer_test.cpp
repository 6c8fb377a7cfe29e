// Answers of the gateway: problems, entity tags, conditional requests.
#include <fullon_cache_api/detail/http/rest_answer.hpp>

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>

using namespace fullon_cache_api;
using namespace fullon_cache_api::detail;

TEST_CASE("headers are found whatever their letters", "[rest_answer]")
{
    const http_headers headers{{"If-None-Match", "a"}, {"ACCEPT", "b"}, {"accept", "c"}};
    CHECK(find_header(headers, "if-none-match") == "a");
    CHECK(find_header(headers, "Accept") == "b");
    CHECK(find_header(headers, "Accep") == "");
}

TEST_CASE("an error of the wire is a problem with its status, its words and its code", "[rest_answer]")
{
    const auto answer = problem_answer(error::cache_miss, "Ticker \"X\" not found");
    CHECK(answer.status == 404);
    CHECK(find_header(answer.headers, "content-type") == "application/problem+json");
    CHECK(find_header(answer.headers, "retry-after") == "");
    const auto body = boost::json::parse(answer.body).as_object();
    CHECK(body.at("status") == 404);
    CHECK(body.at("title") == "Not Found");
    CHECK(body.at("detail") == "Ticker \"X\" not found");
    CHECK(body.at("error_code") == "CACHE_MISS");
    CHECK(body.at("type") == "about:blank");
    CHECK(find_header(problem_answer(error::cache_unavailable, "").headers, "retry-after") == "1");
    CHECK_FALSE(boost::json::parse(problem_answer(405, "x").body).as_object().contains("error_code"));
}

TEST_CASE("every error that travels has a status of its kind", "[rest_answer]")
{
    std::set<unsigned> seen;
    for (int code = 1; code <= static_cast<int>(error::internal_error); ++code)
        seen.insert(http_status_of(static_cast<error>(code)));
    CHECK(seen == std::set<unsigned>{400, 401, 403, 404, 408, 422, 429, 500, 502, 503});
}

TEST_CASE("what a client has already is not sent again", "[rest_answer]")
{
    const auto first = json_answer(R"({"a":1})", "data", "");
    CHECK(first.status == 200);
    CHECK(first.body == R"({"a":1})");
    const std::string tag(find_header(first.headers, "etag"));
    CHECK(tag.starts_with("W/\""));
    CHECK(tag.ends_with("\""));
    CHECK(find_header(json_answer("other", "data", "").headers, "etag") == tag); // by the data, not the text
    CHECK(find_header(json_answer("x", "other data", "").headers, "etag") != tag);
    for (const auto& sent : {tag, tag.substr(2), "\"x\", " + tag + " ,\"y\"", std::string("*")}) {
        CAPTURE(sent);
        const auto again = json_answer(R"({"a":1})", "data", sent);
        CHECK(again.status == 304);
        CHECK(again.body.empty());
        CHECK(find_header(again.headers, "etag") == tag);
        CHECK(find_header(again.headers, "content-type") == "");
    }
    for (const auto& sent :
         {std::string("\"x\""), tag.substr(0, tag.size() - 1), std::string(","), tag + "x"}) {
        CAPTURE(sent);
        CHECK(json_answer("{}", "data", sent).status == 200);
    }
}
