// Small text helpers that the bodies of these libraries share.
#pragma once

#include <string_view>

namespace fullon_log {

/// Whether two texts are equal apart from the case of ASCII letters, independent of the locale.
bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept;

/// The text without blanks and tabs around it: a view into `text`.
std::string_view trim(std::string_view text) noexcept;

/// Whether a value of this name must never be shown: the name contains "password", "token" or "secret", in
/// any case.
bool is_secret(std::string_view name) noexcept;

} // namespace fullon_log
