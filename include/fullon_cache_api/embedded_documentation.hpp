// The documentation assets that were compiled in. Link fullon_cache_api::fullon_documentation.
#pragma once

#include <fullon_cache_api/documentation_assets.hpp>

namespace fullon_cache_api {

/// Swagger UI and Redoc with their licences, as they were compiled in; empty where the build had none. The
/// files live as long as the program.
///
/// \code
/// server_config config = server_config::from_env();
/// config.assets = embedded_documentation();
/// \endcode
documentation_assets embedded_documentation() noexcept;

} // namespace fullon_cache_api
