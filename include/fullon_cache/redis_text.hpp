// Text of Redis for logs and messages. Does no I/O.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace fullon_cache {

/// The text of an error reply as one line of at most 200 printable ASCII characters; others become '?'.
///
/// When Redis does not know a command it quotes its arguments, which may be a password: they are left out.
///
/// \code
/// const auto line = shown_error("ERR unknown command 'AUTHX', with args beginning with: 'secret'");
/// // ERR unknown command 'AUTHX'
/// \endcode
inline std::string shown_error(std::string_view text)
{
    constexpr std::size_t longest = 200;
    text = text.substr(0, std::min(text.find(", with args"), text.find(", args beginning")));
    std::string shown(text.substr(0, longest));
    for (auto& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e)
            c = '?';
    return shown;
}

} // namespace fullon_cache
