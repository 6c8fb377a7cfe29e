// The living documents of the API, generated from the catalogue. Sans-io.
#pragma once

#include <fullon_cache_api/version.hpp>

#include <boost/json/object.hpp>

#include <string>

namespace fullon_cache_api::detail {

/// What the documents cannot know from the catalogue.
struct document_settings {
    std::string title = "fullon cache API";
    std::string version{fullon_cache_api::version};
    std::string prefix = "/api/v1/cache"; ///< before the routes of the catalogue
    std::string base{}; ///< before `/health`, `/docs`, ... and the prefix: where a host mounted all
    std::string websocket_scheme = "ws"; ///< or "wss"
    std::string websocket_host = "localhost:8765";
    std::string websocket_path = "/ws";
};

/// OpenAPI 3.1 of the gateway: every route of the catalogue, and the service's own.
boost::json::object openapi_document(const document_settings& settings);

/// AsyncAPI 3 of the WebSocket server: every operation, and every message that streams send.
boost::json::object asyncapi_document(const document_settings& settings);

} // namespace fullon_cache_api::detail
