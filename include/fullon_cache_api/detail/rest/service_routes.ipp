// Bodies of service_routes.hpp.
#pragma once

#include <fullon_cache_api/detail/catalogue/health.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>
#include <fullon_cache_api/detail/metrics/prometheus_text.hpp>
#include <fullon_cache_api/detail/rest/service_routes.hpp>
#include <fullon_cache_api/version.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/json_writer.hpp>

#include <utility>

namespace fullon_cache_api::detail {

namespace {

constexpr std::string_view build_of_library =
#ifndef __clang__
    "GCC "
#endif
    __VERSION__
#ifdef NDEBUG
    ", release";
#else
    ", debug";
#endif

// Of now, not to be kept by anybody.
http_response momentary(std::string body)
{
    http_response answer;
    answer.headers.emplace_back("Content-Type", "application/json");
    answer.headers.emplace_back("Cache-Control", "no-store");
    answer.body = std::move(body);
    return answer;
}

document_settings document_settings_of(const gateway_config& from)
{
    document_settings made;
    made.title = from.title;
    made.prefix = from.prefix == "/" ? std::string() : from.prefix;
    made.websocket_scheme = from.websocket_scheme;
    made.websocket_host = from.websocket_host;
    return made;
}

} // namespace

service_routes::service_routes(operation_context& context, const gateway_config& settings)
    : context_(context), name_(settings.title),
      documentation_(document_settings_of(settings), settings.assets)
{}

bool service_routes::may_serve(const std::vector<std::string>& path) noexcept
{
    if (path.empty() || path.size() > 2)
        return false;
    for (const std::string_view first :
         {"health", "info", "metrics", "openapi.json", "asyncapi.json", "docs", "redoc"})
        if (path.front() == first)
            return true;
    return false;
}

boost::asio::awaitable<std::optional<http_response>>
service_routes::answer(std::vector<std::string> path, std::string if_none_match, std::string at)
{
    std::optional<http_response> found;
    if (!may_serve(path))
        co_return found;
    const auto& first = path.front();
    const std::string second = path.size() == 2 ? path.back() : std::string();
    if (first == "health" && second == "live") // that this is answered is all
        found = momentary(R"({"status":"alive"})");
    else if (first == "health" && (second.empty() || second == "ready"))
        found = co_await health();
    else if (first == "info" && second.empty())
        found = info();
    else if (first == "metrics" && second.empty()) {
        found = momentary(to_prometheus(context_.metrics->scrape()));
        found->headers.front().second = prometheus_content_type;
    } else
        found = documentation_.answer(path, if_none_match, at);
    co_return found;
}

http_response service_routes::to_documentation()
{
    http_response answer;
    answer.status = 302; // for browsers; who reads the answer finds the same address in it
    answer.headers.emplace_back("Location", "/docs");
    answer.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    answer.body = "see /docs\n";
    return answer;
}

http_response service_routes::index(std::string_view prefix, const std::vector<std::string>& patterns,
                                    std::string_view if_none_match) const
{
    using fullon_orm::json_style;
    const std::string at(prefix == "/" ? "" : prefix);
    std::string body = R"({"name":)";
    fullon_orm::append_string(body, name_, json_style::wire);
    for (const auto& [member, path] :
         {std::pair("documentation", "/docs"), std::pair("openapi", "/openapi.json"),
          std::pair("asyncapi", "/asyncapi.json"), std::pair("health", "/health")}) {
        body.append(",\"").append(member).append("\":");
        fullon_orm::append_string(body, at + path, json_style::wire);
    }
    body.append(R"(,"routes":[)");
    for (const auto& one : patterns) {
        body.append(body.ends_with('[') ? "" : ",");
        fullon_orm::append_string(body, at + one, json_style::wire);
    }
    body.append("]}");
    return json_answer(body, body, if_none_match);
}

boost::asio::awaitable<http_response> service_routes::health()
{
    operations::health_check::params nothing;
    auto checking = operations::health_check::run(context_, nothing);
    const auto found = co_await std::move(checking);
    std::string body;
    fullon_orm::write_json(body, *found.result, fullon_orm::json_style::wire);
    auto answer = momentary(std::move(body));
    if (found.result->status == "unhealthy") {
        answer.status = 503;
        answer.headers.emplace_back("Retry-After", "1");
    }
    co_return answer;
}

http_response service_routes::info() const
{
    const service_info what{name_, std::string(version), std::string(build_of_library),
                            context_.metrics->uptime_seconds()};
    std::string body;
    fullon_orm::write_json(body, what, fullon_orm::json_style::wire);
    return momentary(std::move(body));
}

} // namespace fullon_cache_api::detail
