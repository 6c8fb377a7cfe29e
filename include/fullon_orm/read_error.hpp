// Why a stored value could not be read.
#pragma once

#include <boost/assert/source_location.hpp>

#include <cstdint>
#include <string>

namespace fullon_orm {

/// What is wrong with a stored value.
enum class read_fault : std::uint8_t {
    not_json,     ///< broken JSON, or nested deeper than `stored_depth` (32)
    not_an_object,///< JSON, but not an object
    not_a_list,   ///< JSON, but not a list
    missing,      ///< a required member is absent or null
    not_a_number  ///< a required number is something else, or not finite
};

/// Why a stored value could not be read: the error of the `*_from_json()` functions and of read_json().
///
/// \code
/// const auto read = tick_from_json(text, "binance", "BTC/USDT");
/// if (!read)
///     log(read.error().text()); // price: missing
/// \endcode
struct read_error {
    read_fault fault = read_fault::not_json; ///< what is wrong
    std::string member; ///< the member at fault, `a.b` inside nested objects; empty for the value as a whole

    /// A text for logs, such as `price: missing`. Never quotes the stored value.
    std::string text() const;

    bool operator==(const read_error&) const = default;
};

/// Called by `value()` of a failed `boost::system::result`.
/// \throws std::runtime_error with the error's text
[[noreturn]] void throw_exception_from_error(const read_error& error, const boost::source_location& where);

} // namespace fullon_orm
