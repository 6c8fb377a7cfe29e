// Bodies of reply.hpp.
#pragma once

#include <fullon_cache/error.hpp>
#include <fullon_cache/reply.hpp>

#include <charconv>
#include <utility>

namespace fullon_cache {

const reply& reply::checked() const&
{
    if (is_error())
        throw cache_error(classify_redis_error(text), text);
    return *this;
}

reply&& reply::checked() &&
{
    std::as_const(*this).checked();
    return std::move(*this);
}

std::optional<std::string> reply::as_text() &&
{
    checked();
    if (is_null())
        return std::nullopt;
    if (type == kind::array || type == kind::map)
        throw cache_error(errc::protocol, "expected a text, got an array");
    return std::move(text);
}

std::int64_t reply::as_integer() const
{
    checked();
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    if (const auto [stop, ec] = std::from_chars(text.data(), end, value); ec != std::errc() || stop != end)
        throw cache_error(errc::protocol, "expected an integer");
    return value;
}

std::vector<reply> reply::as_items() &&
{
    checked();
    if (!is_null() && type != kind::array && type != kind::map)
        throw cache_error(errc::protocol, "expected an array");
    return std::move(items);
}

} // namespace fullon_cache
