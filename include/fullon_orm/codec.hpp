// JSON of described structs, under the reading and writing rules of the cache.
#pragma once

#include <fullon_orm/detail/read_value.hpp>
#include <fullon_orm/detail/write_value.hpp>
#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/read_error.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_orm {

/// How deep objects and lists may be nested in what is stored.
inline constexpr std::size_t stored_depth = 32;

/// Parses one JSON document; never throws for any bytes. NaN and Infinity literals are allowed, numbers are read
/// exactly, integers beyond 64 bits and what is beyond a double keep their digits (big_integer.hpp), of equal keys the last
/// one counts; nesting deeper than `stored_depth`, bytes
/// that are no UTF-8 and anything after the document are errors. The result lives in `storage`.
boost::system::result<boost::json::value> parse_value(std::string_view text,
                                                      boost::json::storage_ptr storage = {});

/// Appends `value` as JSON: a described struct (inherited members first), or anything that may stand in one:
/// numbers, bool, text, stored_id, std::optional (empty = null), std::variant, std::vector, std::map with text keys,
/// boost::json::value and object.
template <class T>
void write_json(std::string& out, const T& value, json_style style)
{
    detail::write_value(out, value, style);
}

/// The same without the braces, for a caller that adds members before or after.
template <described T>
void write_members(std::string& out, const T& value, json_style style)
{
    detail::write_described_members(out, value, style);
}

/// The stored object with `value` merged in, in the form of Redis: members that have a value replace those of the same
/// name, all others stay as they were written, unknown ones behind the known.
template <described T>
std::string merge_json(const boost::json::object& stored, const T& value)
{
    std::string out;
    out.reserve(512);
    detail::merge_described(out, stored, value);
    return out;
}

/// Reads a described struct, taking what is there. Unreadable is what is no object, or lacks a required number: a
/// member of type double, which may be a number or its text and must be finite. std::optional is empty for what is
/// absent, null, not finite or of another kind; text takes numbers and booleans too; any other member keeps its
/// default. Unreadable elements of lists and maps are left out, but a list of doubles needs all of them. Members
/// named like times (`time`, `timestamp`, `date`, `created_at`, `updated_at`, `heartbeat`) may be ISO 8601 text.
/// Unknown members are ignored.
template <described T,
          std::same_as<boost::json::value> Value> // text is no JSON string here: see below
boost::system::result<T, read_error> read_json(const Value& from)
{
    read_error problem;
    auto read = detail::convert<T>(from, number_kind::plain, problem);
    if (!read)
        return problem;
    return std::move(*read);
}

/// The same from text.
template <described T>
boost::system::result<T, read_error> read_json(std::string_view text)
{
    // Models are small: their tree fits on the stack.
    unsigned char buffer[2048];
    boost::json::monotonic_resource storage(buffer, sizeof buffer);
    const auto tree = parse_value(text, &storage);
    if (!tree)
        return read_error{.fault = read_fault::not_json, .member = {}};
    return read_json<T>(*tree);
}

} // namespace fullon_orm
