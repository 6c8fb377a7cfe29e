// Bodies of stored_document.hpp.
#pragma once

#include <fullon_cache/detail/lists/stored_document.hpp>
#include <fullon_cache/error.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/read_error.hpp>

namespace fullon_cache::detail {

const boost::json::object& stored_document::object()
{
    if (object_)
        return *object_;
    if (absent_)
        return object_.emplace(&memory_);
    auto tree = fullon_orm::parse_value(*text_, &memory_);
    if (!tree)
        refuse(fullon_orm::read_error{.fault = fullon_orm::read_fault::not_json, .member = {}}.text());
    auto* const object = tree->if_object();
    if (!object)
        refuse(fullon_orm::read_error{.fault = fullon_orm::read_fault::not_an_object, .member = {}}.text());
    return object_.emplace(std::move(*object));
}

boost::json::object& stored_document::change()
{
    (void)object();
    text_.reset();
    absent_ = false;
    return *object_;
}

void stored_document::replace(std::string text)
{
    text_ = std::move(text);
    object_.reset();
    absent_ = false;
}

const std::string& stored_document::text()
{
    if (!text_)
        fullon_orm::write_json(text_.emplace(), object(), fullon_orm::json_style::redis);
    return *text_;
}

void stored_document::refuse(const std::string& why) const
{
    throw cache_error(errc::serialization, place_ + ": " + why);
}

} // namespace fullon_cache::detail
