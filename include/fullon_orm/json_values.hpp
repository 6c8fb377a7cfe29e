// What single JSON values mean under the reading rules: what templates need, compiled once.
#pragma once

#include <fullon_orm/id.hpp>
#include <fullon_orm/json_writer.hpp>

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace fullon_orm {

/// How a number is read: times may also be ISO text.
enum class number_kind : bool { plain, time };

// Each is empty for what is null, of another kind, out of range, or not finite.
std::optional<double> number_of(const boost::json::value& from, number_kind kind);
std::optional<std::int64_t> signed_of(const boost::json::value& from);
std::optional<std::uint64_t> unsigned_of(const boost::json::value& from);
std::optional<bool> truth_of(const boost::json::value& from);
std::optional<std::string> text_of(const boost::json::value& from);
std::optional<stored_id> id_of(const boost::json::value& from);

/// Makes every number that is not finite null, at any depth: JSON has no such numbers, and NaN is not equal to itself.
void drop_non_finite(boost::json::value& value);
void drop_non_finite(boost::json::object& value);

void write_id(std::string& out, const stored_id& value, json_style style);
void write_tree(std::string& out, const boost::json::value& value, json_style style);
void write_tree(std::string& out, const boost::json::object& value, json_style style);

/// As text, in quotes; null when it is empty or outside the calendar.
void write_iso_time(std::string& out, const std::optional<double>& epoch_seconds);

} // namespace fullon_orm
