// Bodies of documentation.hpp, but for the plain page.
#pragma once

#include <fullon_cache_api/detail/documents/documentation.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>

#include <fullon_orm/codec.hpp>

#include <utility>

namespace fullon_cache_api::detail {
namespace {

constexpr std::string_view swagger_page = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>fullon_cache_api</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="@/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="@/docs/swagger-ui-bundle.js"></script>
<script src="@/docs/start.js"></script>
</body>
</html>
)";

// No validator: it is a service elsewhere.
constexpr std::string_view swagger_start = R"(window.ui = SwaggerUIBundle({
    url: "@/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    displayRequestDuration: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout"
});
)";

// Its mark is a picture from elsewhere, which the policy of the page forbids; it does without.
constexpr std::string_view redoc_page = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>fullon_cache_api</title>
<link rel="icon" href="data:,">
<style>body { margin: 0; }</style>
</head>
<body>
<redoc spec-url="@/openapi.json"></redoc>
<script src="@/redoc/redoc.standalone.js"></script>
</body>
</html>
)";

// Only what this server gives; both build their styles as they run, Redoc also its search's worker.
constexpr const char* page_policy = "default-src 'none'; script-src 'self'; style-src 'self' "
                                    "'unsafe-inline'; img-src 'self' data:; font-src 'self' "
                                    "data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; "
                                    "form-action 'none'; frame-ancestors 'none'";
constexpr const char* plain_policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// With the place where all is mounted for each "@".
std::string placed(std::string_view text, const std::string& base)
{
    std::string made;
    for (const char sign : text)
        sign == '@' ? made.append(base) : made.append(1, sign);
    return made;
}

http_response guarded(http_response answer, const char* policy)
{
    if (policy)
        answer.headers.emplace_back("Content-Security-Policy", policy);
    answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
    answer.headers.emplace_back("Referrer-Policy", "no-referrer");
    return answer;
}

http_response html_answer(const std::string& text, const char* policy, std::string_view if_none_match)
{
    return guarded(tagged_answer("text/html; charset=utf-8", text, text, if_none_match), policy);
}

std::string text_of_document(const boost::json::object& document)
{
    std::string text;
    fullon_orm::write_json(text, document, fullon_orm::json_style::wire);
    return text;
}

} // namespace

documentation::documentation(document_settings settings, documentation_assets assets)
    : settings_(std::move(settings)), assets_(assets)
{}

std::optional<http_response> documentation::answer(const std::vector<std::string>& segments,
                                                   std::string_view if_none_match, std::string_view at)
{
    const auto base = settings_.base + std::string(at);
    if (segments.empty() || segments.size() > 2)
        return std::nullopt;
    const auto& first = segments.front();
    if (segments.size() == 1) {
        if (first == "openapi.json")
            return json_answer(openapi(), openapi(), if_none_match);
        if (first == "asyncapi.json")
            return json_answer(asyncapi(), asyncapi(), if_none_match);
        if (first == "docs" || first == "redoc")
            return page(first, if_none_match, base);
        return std::nullopt;
    }
    if (first != "docs" && first != "redoc")
        return std::nullopt;
    return asset(first + "/" + segments.back(), if_none_match, base);
}

const std::string& documentation::openapi()
{
    if (openapi_.empty())
        openapi_ = text_of_document(openapi_document(settings_));
    return openapi_;
}

const std::string& documentation::asyncapi()
{
    if (asyncapi_.empty())
        asyncapi_ = text_of_document(asyncapi_document(settings_));
    return asyncapi_;
}

http_response documentation::page(std::string_view which, std::string_view if_none_match,
                                  const std::string& base)
{
    const bool docs = which == "docs";
    if (find(docs ? "docs/swagger-ui-bundle.js" : "redoc/redoc.standalone.js"))
        return html_answer(placed(docs ? swagger_page : redoc_page, base), page_policy, if_none_match);
    if (plain_.empty())
        plain_ = plain_documentation(openapi_document(settings_), asyncapi_document(settings_));
    return html_answer(plain_, plain_policy, if_none_match);
}

std::optional<http_response> documentation::asset(std::string_view path, std::string_view if_none_match,
                                                  const std::string& base) const
{
    if (path == "docs/start.js" && find("docs/swagger-ui-bundle.js")) {
        auto script = placed(swagger_start, base);
        const auto tagged = script;
        return guarded(
            tagged_answer("text/javascript; charset=utf-8", std::move(script), tagged, if_none_match),
            nullptr);
    }
    const auto* found = find(path);
    if (!found)
        return std::nullopt;
    return guarded(tagged_answer(found->content_type, std::string(found->body), found->tag, if_none_match),
                   nullptr);
}

const documentation_asset* documentation::find(std::string_view path) const noexcept
{
    for (const auto& one : assets_)
        if (one.path == path)
            return &one;
    return nullptr;
}

} // namespace fullon_cache_api::detail
