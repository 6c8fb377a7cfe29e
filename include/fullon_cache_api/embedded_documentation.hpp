// The documentation assets that were compiled in. Link fullon_cache_api::fullon_documentation.
#pragma once

#include <fullon_cache_api/documentation_assets.hpp>

namespace fullon_cache_api {

/// Swagger UI and Redoc, with their licences; empty where the build had none of them. They live as long as the program.
documentation_assets embedded_documentation() noexcept;

} // namespace fullon_cache_api
