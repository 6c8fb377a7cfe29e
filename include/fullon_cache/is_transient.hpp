// Which failures of a reading are worth another one.
#pragma once

#include <fullon_cache/error.hpp>

namespace fullon_cache {

/// Whether the same reading may succeed later though nobody writes. What stored data cause stays until they change.
inline bool is_transient(const cache_error& failure) noexcept
{
    switch (static_cast<errc>(failure.code().value())) {
    case errc::serialization:
    case errc::wrong_type:
    case errc::protocol:
    case errc::invalid_argument:
    case errc::closed: return false;
    default: return true;
    }
}

} // namespace fullon_cache
