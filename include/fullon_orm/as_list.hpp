// stands_as_list: which models are a list in JSON.
#pragma once

namespace fullon_orm {

/// Whether the JSON of a described struct is the list of its members' values, in their order, instead of an
/// object. False unless specialised, as for `bar`:
///
/// \code
/// template <>
/// inline constexpr bool fullon_orm::stands_as_list<my_point> = true; // {1, 2} is written as [1.0, 2.0]
/// \endcode
template <class T>
inline constexpr bool stands_as_list = false;

} // namespace fullon_orm
