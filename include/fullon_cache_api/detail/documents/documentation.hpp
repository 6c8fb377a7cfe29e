// What a gateway says of itself: /openapi.json, /asyncapi.json, and the pages /docs and /redoc. Sans-io.
#pragma once

#include <fullon_cache_api/detail/documents/documents.hpp>
#include <fullon_cache_api/documentation_assets.hpp>
#include <fullon_cache_api/http_message.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Each document is generated when it is first asked for, and kept.
class documentation {
public:
    /// What `assets` view must outlive it.
    explicit documentation(document_settings settings, documentation_assets assets = {});

    /// The answer to GET for `segments` of a path, decoded, below `at` ("/api/v1/cache"); nothing where the path is none of
    /// these.
    std::optional<http_response> answer(const std::vector<std::string>& segments,
                                        std::string_view if_none_match, std::string_view at = {});

    /// JSON texts.
    const std::string& openapi();
    const std::string& asyncapi();

private:
    http_response page(std::string_view which, std::string_view if_none_match, const std::string& base);
    std::optional<http_response> asset(std::string_view path, std::string_view if_none_match,
                                       const std::string& base) const;
    const documentation_asset* find(std::string_view path) const noexcept;

    document_settings settings_;
    documentation_assets assets_;
    std::string openapi_;
    std::string asyncapi_;
    std::string plain_;
};

/// A page without scripts that lists every operation of the two documents, with parameters and examples.
std::string plain_documentation(const boost::json::value& openapi, const boost::json::value& asyncapi);

} // namespace fullon_cache_api::detail
