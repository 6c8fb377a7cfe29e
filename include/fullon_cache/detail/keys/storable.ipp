// Bodies of storable.hpp.
#pragma once

#include <fullon_cache/detail/keys/storable.hpp>
#include <fullon_cache/error.hpp>

#include <fullon_orm/big_integer.hpp>
#include <fullon_orm/codec.hpp>
#include <fullon_orm/json_writer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <string>

namespace fullon_cache::detail {
namespace {

[[noreturn]] void refuse(std::string_view place, const std::string& must)
{
    throw cache_error(errc::invalid_argument, std::string(place) + ": must " + must);
}

// `place` is the name of what is looked at; it is made longer on the way down.
class walk {
public:
    explicit walk(std::string_view name) : place_(name) {}

    void look_at(const boost::json::value& value, std::size_t depth)
    {
        if (const auto* const number = value.if_double()) {
            if (!std::isfinite(*number))
                refuse(place_, "be a finite number");
        } else if (const auto* const text = value.if_string()) {
            if (!fullon_orm::big_integer(value))
                require_utf8({text->data(), text->size()}, place_);
        } else if (const auto* const list = value.if_array()) {
            require_depth(depth);
            for (std::size_t i = 0; i < list->size(); ++i)
                look_below("[" + std::to_string(i) + "]", (*list)[i], depth);
        } else if (const auto* const object = value.if_object())
            look_at(*object, depth);
    }

    void look_at(const boost::json::object& object, std::size_t depth)
    {
        require_depth(depth);
        for (const auto& [key, value] : object) {
            const std::string_view name(key.data(), key.size());
            require_utf8(name, place_);
            look_below("." + std::string(name), value, depth);
        }
    }

private:
    void require_depth(std::size_t depth) const
    {
        if (depth > fullon_orm::stored_depth)
            refuse(place_.substr(0, place_.find_first_of(".[")),
                   "not be nested deeper than " + std::to_string(fullon_orm::stored_depth) +
                       " levels in all");
    }

    void look_below(const std::string& name, const boost::json::value& value, std::size_t depth)
    {
        const auto length = place_.size();
        place_ += name;
        look_at(value, depth + 1);
        place_.resize(length);
    }

    std::string place_;
};

} // namespace

void require_storable(const boost::json::value& value, std::string_view name, std::size_t above)
{
    walk(name).look_at(value, above + 1);
}

void require_storable(const boost::json::object& value, std::string_view name, std::size_t above)
{
    walk(name).look_at(value, above + 1);
}

void require_utf8(std::string_view text, std::string_view name)
{
    if (!fullon_orm::is_utf8(text))
        refuse(name, "be UTF-8");
}

} // namespace fullon_cache::detail
