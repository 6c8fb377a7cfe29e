// Small text helpers that the bodies of fullon_log share.
#pragma once

#include <string_view>

namespace fullon_log {

// ASCII only, independent of the locale.
bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept;

// Without blanks and tabs around it.
std::string_view trim(std::string_view text) noexcept;

// Whether what stands under this name must never be shown: it contains "password", "token" or "secret".
bool is_secret(std::string_view name) noexcept;

} // namespace fullon_log
