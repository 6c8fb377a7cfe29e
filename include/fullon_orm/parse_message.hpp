// Parsing messages that contain stored values.
#pragma once

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <string_view>

namespace fullon_orm {

/// parse_value() for messages that contain a stored value. That may be nested as deeply as parse_value()
/// allows, so the message around it may have 8 levels more.
/// \param storage where the result's memory comes from; it must live as long as the result
boost::system::result<boost::json::value> parse_message(std::string_view text,
                                                        boost::json::storage_ptr storage = {});

} // namespace fullon_orm
