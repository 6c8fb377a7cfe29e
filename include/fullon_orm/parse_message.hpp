// Parsing what was made of stored values.
#pragma once

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <string_view>

namespace fullon_orm {

/// parse_value() for messages with a stored value in them, which may be nested as deeply as parse_value() allows: some
/// levels more are no error.
boost::system::result<boost::json::value> parse_message(std::string_view text,
                                                        boost::json::storage_ptr storage = {});

} // namespace fullon_orm
