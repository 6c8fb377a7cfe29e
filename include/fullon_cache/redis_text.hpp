// What Redis answers, fit to be shown. Sans-io.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace fullon_cache {

/// An error reply in one short line. Redis quotes the arguments of a command that it does not know, a password perhaps:
/// they are left out.
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
