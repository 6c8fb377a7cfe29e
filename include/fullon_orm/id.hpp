// Ids inside stored JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>

namespace fullon_orm {

/// Some services write their ids as numbers, some as text: an id keeps the kind it had and is written back so. A number
/// that does not fit into 64 bits with a sign (trade ids of 21 digits exist) is the text of its digits, with `number` set.
/// Ids are equal where their values are.
struct stored_id : std::variant<std::int64_t, std::string> {
    using std::variant<std::int64_t, std::string>::variant;

    bool number = false; ///< the text is written without quotes, if it is a whole number
};

/// For boost::hash.
inline std::size_t hash_value(const stored_id& id) noexcept
{
    return std::hash<std::variant<std::int64_t, std::string>>()(id);
}

} // namespace fullon_orm
