// Files of interactive documentation pages, for a gateway to serve.
#pragma once

#include <span>
#include <string_view>

namespace fullon_cache_api {

/// One file. What it views must outlive whoever serves it.
struct documentation_asset {
    std::string_view path; ///< such as `docs/swagger-ui.css`: where it is served, without the first "/"
    std::string_view content_type;
    std::string_view body;
    std::string_view tag; ///< names this body among all: a hash of it
};

/// Swagger UI's files below `docs/`, Redoc's below `redoc/`. A page whose script is not among them is a plain one.
using documentation_assets = std::span<const documentation_asset>;

} // namespace fullon_cache_api
