// Why a stored value could not be read.
#pragma once

#include <boost/assert/source_location.hpp>

#include <cstdint>
#include <string>

namespace fullon_orm {

enum class read_fault : std::uint8_t {
    not_json,     ///< broken, or nested deeper than 32
    not_an_object,///< JSON, of another kind
    not_a_list,   ///< JSON, of another kind
    missing,      ///< a required member is absent or null
    not_a_number  ///< a required number is something else, or not finite
};

/// Why a value is unreadable. `member` names the member that is at fault (`a.b` inside nested objects); it is empty
/// when it is the whole.
struct read_error {
    read_fault fault = read_fault::not_json;
    std::string member;

    /// For logs: `price: missing`. Never quotes the stored value.
    std::string text() const;

    bool operator==(const read_error&) const = default;
};

/// What `value()` of a failed result throws: std::runtime_error with the error's text.
[[noreturn]] void throw_exception_from_error(const read_error& error, const boost::source_location& where);

} // namespace fullon_orm
