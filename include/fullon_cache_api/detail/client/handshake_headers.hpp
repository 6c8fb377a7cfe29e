// Which further fields the handshake of a client may have. Sans-io.
#pragma once

#include <fullon_log/text.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

/// The characters of a token (RFC 9110, 5.6.2).
inline bool is_token(std::string_view text) noexcept
{
    constexpr std::string_view signs = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char one) {
        return (one >= '0' && one <= '9') || (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') ||
               signs.find(one) != std::string_view::npos;
    });
}

/// \throws std::invalid_argument for a field of the handshake's own, and for what would not be one field. It names the field and
///         tells no value, which may be a secret.
inline void require_headers(const std::vector<std::pair<std::string, std::string>>& headers)
{
    constexpr std::array<std::string_view, 5> own{"host", "upgrade", "connection", "content-length",
                                                  "transfer-encoding"};
    constexpr std::string_view own_prefix = "sec-websocket-";
    for (const auto& field : headers) {
        const std::string& name = field.first;
        const std::string& value = field.second;
        const auto is = [&](std::string_view other) { return fullon_log::equal_ignoring_case(name, other); };
        if (!is_token(name))
            throw std::invalid_argument("headers: '" + name + "' is no name of a field");
        if (std::any_of(own.begin(), own.end(), is) ||
            fullon_log::equal_ignoring_case(std::string_view(name).substr(0, own_prefix.size()), own_prefix))
            throw std::invalid_argument("headers: " + name + " belongs to the handshake itself");
        if (std::any_of(value.begin(), value.end(), [](char one) {
                return (static_cast<unsigned char>(one) < 0x20 && one != '\t') || one == 0x7f;
            }))
            throw std::invalid_argument("headers: the value of " + name + " has a control character");
    }
}

} // namespace fullon_cache_api::detail
