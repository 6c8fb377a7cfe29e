// Bodies of bar.hpp.
#pragma once

#include <fullon_orm/bar.hpp>
#include <fullon_orm/codec.hpp>

#include <utility>

namespace fullon_orm {

void append_json(std::string& out, const bar& value, json_style style)
{
    write_json(out, value, style);
}

std::string to_json(const bar& value)
{
    std::string out;
    out.reserve(96);
    append_json(out, value, json_style::redis);
    return out;
}

boost::system::result<bar, read_error> bar_from_json(std::string_view json)
{
    return read_json<bar>(json);
}

} // namespace fullon_orm
