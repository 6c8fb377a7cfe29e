// Ids inside stored JSON.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace fullon_orm {

/// Some services write their ids as numbers, some as text: an id keeps the kind it had and is written back so.
using stored_id = std::variant<std::int64_t, std::string>;

} // namespace fullon_orm
