// Single JSON values under the reading rules of codec.hpp: what its templates need, compiled once.
#pragma once

#include <fullon_orm/id.hpp>
#include <fullon_orm/json_writer.hpp>

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace fullon_orm {

/// How a number is read: a time may also be ISO 8601 text.
enum class number_kind : bool { plain, time };

/// \name Reading
/// Each is empty for what is null, of another kind, out of range, or not finite.
/// @{

/// A number, or its text; with number_kind::time also ISO 8601 text, as epoch seconds.
std::optional<double> number_of(const boost::json::value& from, number_kind kind);
/// A whole number, also as a double or as text.
std::optional<std::int64_t> signed_of(const boost::json::value& from);
/// The same without a sign.
std::optional<std::uint64_t> unsigned_of(const boost::json::value& from);
/// A boolean, the text true or false in any case, or a number: whether it is not 0.
std::optional<bool> truth_of(const boost::json::value& from);
/// A text; a number or boolean as its JSON text.
std::optional<std::string> text_of(const boost::json::value& from);
/// A number or a text, as stored_id keeps it; not a boolean.
std::optional<stored_id> id_of(const boost::json::value& from);

/// @}

/// Replaces every number that is not finite by null, at any depth: JSON has no such numbers, and NaN does not
/// equal itself.
void drop_non_finite(boost::json::value& value);
/// The same for the members of an object.
void drop_non_finite(boost::json::object& value);

/// Appends an id: a number without quotes, else a JSON string.
void write_id(std::string& out, const stored_id& value, json_style style);
/// Appends a tree. Numbers of big_integer.hpp are written as numbers. What is not finite is written as Python
/// does (`NaN`) in json_style::redis, and as null in json_style::wire.
void write_tree(std::string& out, const boost::json::value& value, json_style style);
/// The same for an object.
void write_tree(std::string& out, const boost::json::object& value, json_style style);

/// Appends epoch seconds as ISO 8601 text in quotes; null where they are empty or outside the years 1 to
/// 9999.
void write_iso_time(std::string& out, const std::optional<double>& epoch_seconds);

} // namespace fullon_orm
