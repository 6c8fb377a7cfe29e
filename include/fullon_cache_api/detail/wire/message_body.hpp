// Update messages as the hub takes them.
#pragma once

#include <fullon_orm/codec.hpp>

#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// The message of an item or event without the closing brace.
template <class T>
std::string message_body(std::string_view type, const T& value)
{
    std::string body = R"({"type":)";
    fullon_orm::append_string(body, type, fullon_orm::json_style::wire);
    body.push_back(',');
    fullon_orm::write_members(body, value, fullon_orm::json_style::wire);
    return body;
}

} // namespace fullon_cache_api::detail
