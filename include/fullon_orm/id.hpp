// Ids inside stored JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>

namespace fullon_orm {

/// An id as a service wrote it: some write numbers, some text. An id keeps its kind and is written back so.
///
/// A number that does not fit into a signed 64-bit integer (trade ids of 21 digits exist) is held as the text
/// of its digits with `number` set. Ids are equal where the variants are; `number` does not count.
///
/// \code
/// const stored_id id = 12345;                 // written as 12345
/// const stored_id text = std::string("T-1001"); // written as "T-1001"
/// if (const auto* digits = std::get_if<std::int64_t>(&id))
///     use(*digits);
/// \endcode
struct stored_id : std::variant<std::int64_t, std::string> {
    using std::variant<std::int64_t, std::string>::variant;

    bool number = false; ///< the text was a number: it is written without quotes if it is a whole number
};

/// For boost::hash and unordered containers of Boost.
inline std::size_t hash_value(const stored_id& id) noexcept
{
    return std::hash<std::variant<std::int64_t, std::string>>()(id);
}

} // namespace fullon_orm
