// Bodies of symbol.hpp.
#pragma once

#include <fullon_orm/codec.hpp>
#include <fullon_orm/symbol.hpp>

#include <utility>

namespace fullon_orm {

std::string to_json(const symbol& value)
{
    std::string out;
    out.reserve(384);
    write_json(out, value, json_style::redis);
    return out;
}

boost::system::result<symbol, read_error> symbol_from_json(std::string_view json, std::string exchange,
                                                           std::string symbol)
{
    auto read = read_json<fullon_orm::symbol>(json);
    if (read) {
        read->exchange_name = std::move(exchange);
        read->symbol = std::move(symbol);
    }
    return read;
}

} // namespace fullon_orm
