// Bodies of split_params.hpp.
#pragma once

#include <fullon_cache_api/detail/wire/split_params.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/json_writer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace fullon_cache_api::detail {
namespace {

std::string json_text(const boost::json::value& value)
{
    std::string text;
    fullon_orm::write_json(text, value, fullon_orm::json_style::wire);
    return text;
}

split_result cannot_split(std::string problem)
{
    return {{}, std::move(problem)};
}

} // namespace

split_result split_params(std::string_view params, std::size_t most, std::optional<std::uint64_t> most_names)
{
    constexpr std::size_t shortest_name = 2; // `1,`
    if (params.size() <= most && (!most_names || params.size() / shortest_name <= *most_names))
        return {{std::string(params)}, {}};
    auto parsed = fullon_orm::parse_value(params);
    auto* const all = parsed ? parsed->if_object() : nullptr;
    std::string name;
    boost::json::array list;
    if (all)
        for (auto& [key, value] : *all)
            if (value.is_array() && value.get_array().size() > list.size()) {
                name = key;
                list = value.get_array();
            }
    if (most_names && list.size() > *most_names)
        return cannot_split(name + ": " + std::to_string(list.size()) +
                            " entries; the server follows at most " + std::to_string(*most_names) +
                            " topics for one connection");
    if (params.size() <= most)
        return {{std::string(params)}, {}};
    const auto too_long = [&](const std::string& what, std::size_t size) {
        return cannot_split(what + ": " + std::to_string(size) + " bytes; the server reads at most " +
                            std::to_string(most) + " in one request");
    };
    if (list.empty())
        return too_long("request", params.size());
    all->erase(name);
    std::string head = json_text(*all);
    head.pop_back();
    head.append(all->empty() ? "" : ",");
    fullon_orm::append_string(head, name, fullon_orm::json_style::wire);
    head.append(":[");
    split_result result;
    std::string part = head;
    for (const auto& entry : list) {
        const auto text = json_text(entry);
        const bool first = part.size() == head.size();
        if (part.size() + text.size() + 3 > most) { // and "," or "]}"
            if (first || head.size() + text.size() + 3 > most)
                return too_long(name, head.size() + text.size() + 3);
            result.parts.push_back(std::exchange(part, head) + "]}");
        } else if (!first)
            part.push_back(',');
        part.append(text);
    }
    result.parts.push_back(part + "]}");
    return result;
}

} // namespace fullon_cache_api::detail
