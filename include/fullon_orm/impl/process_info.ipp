// Bodies of process_info.hpp.
#pragma once

#include <fullon_orm/codec.hpp>
#include <fullon_orm/number_text.hpp>
#include <fullon_orm/process_info.hpp>

#include <utility>

namespace fullon_orm {

std::string to_json(const process_info& value)
{
    std::string out;
    out.reserve(512);
    write_json(out, value, json_style::redis);
    return out;
}

boost::system::result<process_info, read_error> process_info_from_json(std::string_view json,
                                                                       std::string process_id)
{
    auto read = read_json<process_info>(json);
    if (read) {
        const auto first = process_id.find(':');
        const auto last = process_id.rfind(':');
        if (first != std::string::npos && first < last) {
            read->process_type = process_id.substr(0, first);
            read->component = process_id.substr(first + 1, last - first - 1);
        }
        read->process_id = std::move(process_id);
    }
    return read;
}

std::string merge_process(const boost::json::object& stored, const process_info& update)
{
    return merge_json(stored, update);
}

std::string make_process_id(std::string_view process_type, std::string_view component, double created_at)
{
    std::string id;
    id.append(process_type).append(":").append(component).append(":");
    append_number(id, created_at);
    return id;
}

} // namespace fullon_orm
