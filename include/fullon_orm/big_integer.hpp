// Integers beyond 64 bits, and other numbers beyond a double, in trees of JSON: Boost.JSON has no kind for them.
#pragma once

#include <boost/json/fwd.hpp>

#include <optional>
#include <string_view>

namespace fullon_orm {

/// Exchanges give ids of 20 digits and more as numbers, and nobody keeps a bot from writing 1e400. parse_value() keeps such a
/// number as a string of the byte FF and its text, which no text of JSON can be, and write_json() writes it as the number that
/// it was. (boost::json::serialize() knows nothing of it.) \returns its text with its sign; empty where `from` is no such
/// number.
std::optional<std::string_view> big_integer(const boost::json::value& from);

/// Whether `text` is a whole number as JSON writes it, of any length.
bool is_integer_text(std::string_view text) noexcept;

} // namespace fullon_orm
