// Who may use a server: the host name that a request is sent to, and the page that sends it. Sans-io.
#pragma once

#include <fullon_cache_api/http_message.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Of a `Host` field or of an origin. In lower case, without a dot at its end; addresses in their shortest form.
struct host_and_port {
    std::string host; ///< without the brackets of an IPv6 address
    unsigned port = 0; ///< 0: none is given
    bool address = false;
};

/// Nothing for what is no `host[:port]`.
std::optional<host_and_port> parse_host(std::string_view text);

/// What a browser says of a page.
struct web_origin {
    std::string scheme;
    std::string host;
    unsigned port = 0; ///< of http and https always; else 0 where none is given

    friend bool operator==(const web_origin&, const web_origin&) = default;
};

/// Nothing for what is no `scheme://host[:port]`; one "/" at the end is none too many. `null` is no origin.
std::optional<web_origin> parse_origin(std::string_view text);

/// Pages whose origin may be told what a server says.
class allowed_origins {
public:
    /// `*` stands for any. \throws configuration_error that names ALLOWED_ORIGINS and what is no origin
    explicit allowed_origins(const std::vector<std::string>& texts);

    bool none() const noexcept { return !any_ && origins_.empty(); }
    bool any() const noexcept { return any_; }
    bool has(std::string_view origin) const;

private:
    std::vector<web_origin> origins_;
    bool any_ = false;
};

/// Names that a server answers to. A page whose own name was pointed to this machine (DNS rebinding) has a name that is none
/// of them.
class allowed_hosts {
public:
    /// `*` stands for any; empty: any, but where only this machine can connect names of this machine, and `own_names`.
    /// \throws configuration_error that names ALLOWED_HOSTS and what is no name
    allowed_hosts(const std::vector<std::string>& texts, const std::vector<std::string>& own_names);

    /// Addresses always do. `local`: only this machine can connect.
    bool has(const host_and_port& host, bool local) const;

    /// Whether a request without a name may pass.
    bool any(bool local) const noexcept { return any_ || (by_default_ && !local); }

private:
    std::vector<std::string> names_;
    bool any_ = false;
    bool by_default_ = false;
};

/// What to check of every request, whatever it asks for.
struct visitor_rules {
    allowed_origins origins;
    allowed_hosts hosts;

    /// What to answer to somebody who is not served; nothing: serve.
    std::optional<http_response> refuse(const http_request& request, bool local) const;
};

} // namespace fullon_cache_api::detail
