// What a gateway says of itself: documents and pages, with and without the assets of the interactive ones.
#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/documents/documentation.hpp>

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

namespace json = boost::json;
using fullon_cache_api::documentation_asset;
using fullon_cache_api::find_header;
using fullon_cache_api::http_response;
using fullon_cache_api::operation_kind;
using fullon_cache_api::detail::catalogue;
using fullon_cache_api::detail::document_settings;
using fullon_cache_api::detail::documentation;

const std::vector<documentation_asset> some_assets{
    {"docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8", "var a;", "aa"},
    {"docs/swagger-ui.css", "text/css; charset=utf-8", "b{}", "bb"},
    {"redoc/redoc.standalone.js", "text/javascript; charset=utf-8", "var c;", "cc"},
    {"redoc/LICENSE", "text/plain; charset=utf-8", "MIT", "dd"},
};

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the documents are answered as JSON, and not again to who has them", "[documentation]")
{
    documentation about(document_settings{});
    for (const std::string path : {"openapi.json", "asyncapi.json"}) {
        CAPTURE(path);
        const auto first = about.answer({path}, {});
        REQUIRE(first);
        CHECK(first->status == 200);
        CHECK(find_header(first->headers, "content-type") == "application/json");
        CHECK(json::parse(first->body).is_object());
        const auto again = about.answer({path}, find_header(first->headers, "etag"));
        REQUIRE(again);
        CHECK(again->status == 304);
        CHECK(again->body.empty());
    }
    CHECK(about.answer({"openapi.json"}, {})->body == about.openapi());
    CHECK(about.answer({"asyncapi.json"}, {})->body == about.asyncapi());
}

TEST_CASE("with assets the pages load them from here and from nowhere else", "[documentation]")
{
    document_settings settings;
    settings.base = "/mounted";
    documentation about(settings, some_assets);
    const auto docs = about.answer({"docs"}, {});
    REQUIRE(docs);
    CHECK(find_header(docs->headers, "content-type") == "text/html; charset=utf-8");
    CHECK(has(docs->body, "src=\"/mounted/docs/swagger-ui-bundle.js\""));
    CHECK(has(docs->body, "src=\"/mounted/docs/start.js\""));
    const auto start = about.answer({"docs", "start.js"}, {});
    REQUIRE(start);
    CHECK(has(start->body, "url: \"/mounted/openapi.json\""));
    const auto redoc = about.answer({"redoc"}, {});
    REQUIRE(redoc);
    CHECK(has(redoc->body, "spec-url=\"/mounted/openapi.json\""));
    CHECK(has(redoc->body, "src=\"/mounted/redoc/redoc.standalone.js\""));
    for (const auto& page : {*docs, *redoc}) {
        CHECK_FALSE(has(page.body, "src=\"http"));
        CHECK_FALSE(has(page.body, "href=\"http"));
        CHECK_FALSE(has(page.body, "<script>"));
        const std::string policy(find_header(page.headers, "content-security-policy"));
        CHECK(policy.starts_with("default-src 'none'; script-src 'self';"));
        CHECK_FALSE(has(policy, "http"));
        CHECK(find_header(page.headers, "x-content-type-options") == "nosniff");
    }
}

TEST_CASE("assets are answered as they are, by exactly their paths", "[documentation]")
{
    documentation about({}, some_assets);
    const auto style = about.answer({"docs", "swagger-ui.css"}, {});
    REQUIRE(style);
    CHECK(style->body == "b{}");
    CHECK(find_header(style->headers, "content-type") == "text/css; charset=utf-8");
    const auto again = about.answer({"docs", "swagger-ui.css"}, find_header(style->headers, "etag"));
    REQUIRE(again);
    CHECK(again->status == 304);
    CHECK(about.answer({"redoc", "LICENSE"}, {})->body == "MIT");
    const std::vector<std::vector<std::string>> nothing{
        {},
        {"docs", "x"},
        {"docs", ""},
        {"docs", "swagger-ui.css", "x"},
        {"redoc", "swagger-ui.css"},
        {"health"},
        {"swagger-ui.css"},
        {"x", "y"},
        {"docs/swagger-ui.css"},
        {"redoc", "start.js"},
        {""},
        {"openapi.json", "x"},
    };
    for (const auto& segments : nothing)
        CHECK_FALSE(about.answer(segments, {}));
}

TEST_CASE("without assets one plain page lists every operation, and needs no script", "[documentation]")
{
    documentation about(document_settings{});
    const auto docs = about.answer({"docs"}, {});
    const auto redoc = about.answer({"redoc"}, {});
    REQUIRE(docs);
    REQUIRE(redoc);
    CHECK(docs->body == redoc->body);
    CHECK_FALSE(about.answer({"docs", "start.js"}, {}));
    CHECK_FALSE(has(docs->body, "<script"));
    CHECK_FALSE(has(std::string(find_header(docs->headers, "content-security-policy")), "script-src"));
    for (const auto& entry : catalogue()) {
        CAPTURE(entry.name);
        CHECK(has(docs->body, "id=\"ws-" + std::string(entry.name) + "\""));
        CHECK((entry.rest.empty() || has(docs->body, "id=\"" + std::string(entry.name) + "\"")));
        if (entry.kind == operation_kind::stream)
            CHECK(has(docs->body, "id=\"ws-" + std::string(entry.message_type) + "\""));
    }
    CHECK(has(docs->body, "GET /api/v1/cache/tickers/{exchange}/{symbol}"));
    CHECK(has(docs->body, "<code>limit</code>"));
    CHECK(has(docs->body, "&quot;price&quot;: 47000.5"));
    CHECK(has(docs->body, "<b>Get ticker</b>"));
    CHECK(has(docs->body, "<a href=\"asyncapi.json\">asyncapi.json</a>"));
    CHECK(has(docs->body, "<a href=\"openapi.json\">openapi.json</a>"));
    CHECK(has(docs->body, "<td> 502 </td>"));
    CHECK_FALSE(has(docs->body, "**"));
}

TEST_CASE("what stands in the documents cannot break out of the plain page", "[documentation]")
{
    document_settings settings;
    settings.version = "<script>alert(1)</script>";
    settings.prefix = "/\"><b>&";
    documentation about(settings);
    const auto page = about.answer({"docs"}, {});
    REQUIRE(page);
    CHECK_FALSE(has(page->body, "<script"));
    CHECK_FALSE(has(page->body, "<b>&<"));
    CHECK(has(page->body, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    CHECK(has(page->body, "GET /&quot;&gt;&lt;b&gt;&amp;/bots"));
}
