// Which failed reads are worth repeating.
#pragma once

#include <fullon_cache/error.hpp>

namespace fullon_cache {

/// Whether the same read may succeed later although nobody writes: false for errors that the stored data or
/// the arguments cause (`errc::serialization`, `wrong_type`, `protocol`, `invalid_argument`), and for
/// `errc::closed`.
///
/// \code
/// try {
///     co_return co_await tickers.get_ticker("kraken", "BTC/USDT"); // tickers: a fullon_cache::tick_reader
/// } catch (const fullon_cache::cache_error& failure) {
///     if (!fullon_cache::is_transient(failure))
///         throw;
/// }
/// \endcode
///
/// Says nothing about writes: for these see "Retry" in the description of each method.
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
