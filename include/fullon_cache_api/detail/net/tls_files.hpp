// Whether the settings of TLS make sense. Included by impl files only.
#pragma once

#include <fullon_cache_api/server_config.hpp>

namespace fullon_cache_api::detail {

/// \throws configuration_error when one of both files is missing: better none than a server in the clear.
inline void check_tls_files(const server_config& settings)
{
    if (settings.tls_cert_file.empty() && !settings.tls_key_file.empty())
        throw configuration_error("TLS_CERT_FILE", "", "a file in PEM form when TLS_KEY_FILE is set");
    if (settings.tls_key_file.empty() && !settings.tls_cert_file.empty())
        throw configuration_error("TLS_KEY_FILE", "", "a file in PEM form when TLS_CERT_FILE is set");
}

} // namespace fullon_cache_api::detail
