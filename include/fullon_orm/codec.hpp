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

/// How deep objects and lists may be nested in stored JSON.
inline constexpr std::size_t stored_depth = 32;

/// Parses one JSON document. Never throws for any bytes, but for lack of memory.
///
/// - NaN and Infinity literals are accepted;
/// - numbers are read exactly; integers beyond 64 bits and numbers beyond a double keep their digits
///   (big_integer.hpp);
/// - of equal keys the last one counts;
/// - errors are nesting deeper than `stored_depth`, bytes that are not UTF-8, and anything after the
///   document.
///
/// \param storage where the result's memory comes from; it must live as long as the result
boost::system::result<boost::json::value> parse_value(std::string_view text,
                                                      boost::json::storage_ptr storage = {});

/// Appends a value to `out` as JSON: a described struct (inherited members first), or anything that may stand
/// in one, which is numbers, bool, text, stored_id, std::optional (empty = null), std::variant, std::vector,
/// std::map with text keys, boost::json::value and boost::json::object.
///
/// \code
/// struct quote { std::string symbol; std::optional<double> price; };
/// BOOST_DESCRIBE_STRUCT(quote, (), (symbol, price))
///
/// std::string out;
/// write_json(out, quote{"BTC/USDT", 50000}, json_style::wire); // {"symbol":"BTC/USDT","price":50000.0}
/// const auto read = read_json<quote>(out);
/// \endcode
template <class T>
void write_json(std::string& out, const T& value, json_style style)
{
    detail::write_value(out, value, style);
}

/// The same for a described struct without the braces, for a caller that adds members before or after.
template <described T>
void write_members(std::string& out, const T& value, json_style style)
{
    detail::write_described_members(out, value, style);
}

/// The stored object with `value` merged in, as JSON to be stored: members of `value` that are set replace
/// those of the same name; all others stay as they were written, those unknown to T behind the known ones.
template <described T>
std::string merge_json(const boost::json::object& stored, const T& value)
{
    std::string out;
    out.reserve(512);
    detail::merge_described(out, stored, value);
    return out;
}

/// Reads a described struct from JSON, leniently: what services write in different ways is taken as far as
/// possible.
///
/// - A member of type double is required: a finite number, or its text. Without it the struct is unreadable
///   (read_fault::missing or read_fault::not_a_number), as is what is not an object
///   (read_fault::not_an_object).
/// - std::optional is empty for what is absent, null, not finite or of another kind.
/// - Text also takes numbers and booleans. Any other member keeps its default where it cannot be read.
/// - Unreadable elements of lists and maps are left out, but a list of doubles needs all of them.
/// - Times (members named `time`, `timestamp`, `date`, `created_at`, `updated_at`, `heartbeat`) may be ISO
///   8601 text.
/// - Unknown members are ignored.
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

/// The same from JSON text: parse_value(), then the above. read_fault::not_json where the text is not JSON.
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
