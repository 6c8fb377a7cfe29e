// Files of interactive documentation pages, for a gateway to serve.
#pragma once

#include <span>
#include <string_view>

namespace fullon_cache_api {

/// One file of a documentation page. The views must outlive the server or gateway that serves it.
struct documentation_asset {
    std::string_view path; ///< where it is served, without the first "/", such as `docs/swagger-ui.css`
    std::string_view content_type; ///< such as `text/css`
    std::string_view body; ///< the bytes of the file
    std::string_view tag; ///< identifies this body, such as a hash of it; becomes the entity tag
};

/// The files of the pages `/docs` (Swagger UI, below `docs/`) and `/redoc` (Redoc, below `redoc/`), for
/// `server_config::assets` and `gateway_config::assets`. A page whose script is missing is served as plain
/// HTML.
using documentation_assets = std::span<const documentation_asset>;

} // namespace fullon_cache_api
