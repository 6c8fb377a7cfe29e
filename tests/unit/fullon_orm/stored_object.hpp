// Merging into stored text.
#pragma once

#include <fullon_orm/codec.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

/// What is stored, as it is merged into. \throws when it is no object
inline boost::json::object object_in(std::string_view stored)
{
    return fullon_orm::parse_value(stored).value().as_object();
}

/// The stored text after a change of its object.
template <class Change>
std::string changed(std::string_view stored, Change change)
{
    auto object = object_in(stored);
    change(object);
    std::string out;
    fullon_orm::write_json(out, object, fullon_orm::json_style::redis);
    return out;
}
