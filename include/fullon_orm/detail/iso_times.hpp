// Which models store their times as text.
#pragma once

namespace fullon_orm::detail {

/// The services store this model's times as ISO 8601 text (on the wire they are epoch seconds, like all others).
template <class T>
inline constexpr bool stores_iso_times = false;

} // namespace fullon_orm::detail
