// Which models stand in JSON as a list.
#pragma once

namespace fullon_orm {

/// The JSON of this model is the list of its members' values, in their order, not an object.
template <class T>
inline constexpr bool stands_as_list = false;

} // namespace fullon_orm
