// Reads the URL that a client connects to. Sans-io.
#pragma once

#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// Parts of `ws://host[:port][/path][?query]`, or of the same with `wss`.
struct websocket_url {
    std::string host;        ///< name or address, without the brackets of an IPv6 address
    bool tls = false;        ///< wss
    std::string port = "80"; ///< 443 with TLS: the scheme's own default, as RFC 6455 has it
    std::string path = "/";  ///< with the query
};

/// As much of it as may be shown and logged: without a user name and a password, and without the query.
std::string shown_url(std::string_view url);

/// \throws boost::system::system_error (error::invalid_url) with a text that says what is wrong
websocket_url parse_websocket_url(std::string_view text);

} // namespace fullon_cache_api::detail
