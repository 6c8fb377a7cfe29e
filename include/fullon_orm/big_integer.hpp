// Integers beyond 64 bits, and other numbers beyond a double, in trees of Boost.JSON, which has no kind for
// them.
#pragma once

#include <boost/json/fwd.hpp>

#include <optional>
#include <string_view>

namespace fullon_orm {

/// The text of a JSON number that neither 64 bits nor a double can hold.
///
/// Exchanges give ids of 20 digits and more as numbers, and a bot may write 1e400. parse_value() keeps such a
/// number as a string of the byte FF and the number's text, which no JSON text can contain, and write_json()
/// writes it as a number again. boost::json::serialize() does not know this form.
///
/// \code
/// const auto tree = parse_value("[123456789012345678901]");
/// const auto digits = big_integer(tree->at(0)); // "123456789012345678901"
/// \endcode
///
/// \returns the number as it was written, with its sign; empty where `from` is no such number. The view is
///          valid as long as `from`.
std::optional<std::string_view> big_integer(const boost::json::value& from);

/// Whether `text` is a whole number as JSON writes it, of any length: no `+`, no leading zeros, no point or
/// exponent.
bool is_integer_text(std::string_view text) noexcept;

} // namespace fullon_orm
