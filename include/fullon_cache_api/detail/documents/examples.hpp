// Examples and descriptions for the generated documents, made from JSON Schemas. Sans-io.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// A value that fits the schema: sensible by the member's name where the table of examples knows it, else the simplest.
/// `inside` is what it is a member of, from the outermost on (`get_orders_queue_size.queues`): a position's side is another
/// than a trade's.
boost::json::value example_of(const boost::json::object& schema, std::string_view name = {},
                              std::string_view inside = {});

/// The same for a parameter, as text; a symbol with a dash, since a path cannot hold its slash.
std::string text_example_of(const boost::json::object& schema, std::string_view name);

/// Adds `description` to the members that need words, such as the unit of times. `inside` names what they are members of.
void describe_members(boost::json::object& schema, std::string_view inside = {});

} // namespace fullon_cache_api::detail
