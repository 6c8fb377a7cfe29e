// Answers as bytes.
#include <fullon_cache_api/detail/http/http_writer.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

namespace {

using fullon_cache_api::http_response;
using fullon_cache_api::detail::accepts;
using fullon_cache_api::detail::answer_form;
using fullon_cache_api::detail::append_head;
using fullon_cache_api::detail::http_date;

std::string head_of(const http_response& answer, answer_form form, bool body_follows)
{
    std::string text;
    CHECK(append_head(text, answer, form) == body_follows);
    return text;
}

} // namespace

TEST_CASE("an answer goes out with its length and date, and says whether the connection stays")
{
    CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    http_response answer;
    answer.headers.emplace_back("Content-Type", "text/plain");
    answer.body = "hello";
    answer_form form;
    form.time = 784111777;
    const std::string common = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                               "Content-Type: text/plain\r\nContent-Length: 5\r\n";
    CHECK(head_of(answer, form, true) == common + "\r\n");
    form.head = true;
    CHECK(head_of(answer, form, false) == common + "\r\n");
    form.head = false;
    form.keep_alive = false;
    CHECK(head_of(answer, form, true) == common + "Connection: close\r\n\r\n");
    form.keep_alive = form.old = true;
    CHECK(head_of(answer, form, true) == common + "Connection: keep-alive\r\n\r\n");
}

TEST_CASE("an answer that cannot have a body says no length")
{
    for (const unsigned status : {204U, 304U}) {
        http_response answer;
        answer.status = status;
        CHECK(head_of(answer, {}, false).find("Content-Length") == std::string::npos);
    }
    http_response empty;
    CHECK(head_of(empty, {}, false).find("Content-Length: 0\r\n") != std::string::npos);
}

TEST_CASE("the most exact range of Accept decides")
{
    const std::string json = "application/json";
    CHECK(accepts("", json));
    CHECK(accepts("*/*", json));
    CHECK(accepts("text/html, Application/JSON;q=0.1", json));
    CHECK(accepts("application/*", "application/json; charset=utf-8"));
    CHECK_FALSE(accepts("text/html", json));
    CHECK_FALSE(accepts("application/json;q=0", json));
    CHECK_FALSE(accepts("*/*, application/json; q=0.000", json));
    CHECK(accepts("application/*;q=0, application/json", json));
    CHECK_FALSE(accepts("application/jsonx", json));
    CHECK_FALSE(accepts(",", json));
}
