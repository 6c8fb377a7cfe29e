// Bodies of tick.hpp.
#pragma once

#include <fullon_orm/codec.hpp>
#include <fullon_orm/tick.hpp>

#include <utility>

namespace fullon_orm {

std::string to_json(const tick& value)
{
    std::string out;
    out.reserve(256);
    write_json(out, value, json_style::redis);
    return out;
}

boost::system::result<tick, read_error> tick_from_json(std::string_view json, std::string exchange,
                                                       std::string symbol)
{
    auto read = read_json<tick>(json);
    if (read) {
        read->exchange = std::move(exchange);
        read->symbol = std::move(symbol);
    }
    return read;
}

} // namespace fullon_orm
