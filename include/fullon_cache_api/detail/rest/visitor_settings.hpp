// Whom the settings of a server let in. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/http/visitors.hpp>
#include <fullon_cache_api/server_config.hpp>

namespace fullon_cache_api::detail {

/// \throws configuration_error
inline visitor_rules rules_of(const server_config& settings)
{
    return {allowed_origins(settings.allowed_origins),
            allowed_hosts(settings.allowed_hosts, {settings.host, settings.api_host})};
}

} // namespace fullon_cache_api::detail
