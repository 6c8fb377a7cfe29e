// Bodies of bar.hpp.
#pragma once

#include <fullon_orm/bar.hpp>
#include <fullon_orm/codec.hpp>
#include <fullon_orm/detail/json_values.hpp>

#include <boost/json/array.hpp>
#include <boost/mp11/algorithm.hpp>

#include <cstddef>
#include <utility>

namespace fullon_orm {

void append_json(std::string& out, const bar& value, json_style style)
{
    bool first = true;
    out.push_back('[');
    boost::mp11::mp_for_each<detail::members_of<bar>>([&](auto member) {
        if (!std::exchange(first, false))
            out.append(separator(style));
        append_number(out, value.*member.pointer);
    });
    out.push_back(']');
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
    unsigned char buffer[1024];
    boost::json::monotonic_resource storage(buffer, sizeof buffer);
    const auto tree = parse_value(json, &storage);
    if (!tree)
        return read_error{.fault = read_fault::not_json, .member = {}};
    const auto* columns = tree->if_array();
    if (!columns)
        return read_error{.fault = read_fault::not_a_list, .member = {}};
    bar result;
    std::size_t place = 0;
    read_error problem;
    boost::mp11::mp_for_each<detail::members_of<bar>>([&](auto member) {
        if (!problem.member.empty())
            return;
        const auto* column = columns->if_contains(place++);
        const auto number = column ? detail::number_of(*column, detail::is_time_name(member.name)
                                                                    ? detail::number_kind::time
                                                                    : detail::number_kind::plain)
                                   : std::nullopt;
        if (number)
            result.*member.pointer = *number;
        else
            problem = {.fault = column && !column->is_null() ? read_fault::not_a_number : read_fault::missing,
                       .member = member.name};
    });
    if (!problem.member.empty())
        return problem;
    return result;
}

} // namespace fullon_orm
