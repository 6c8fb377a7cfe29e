// Bodies of trade.hpp.
#pragma once

#include <fullon_orm/codec.hpp>
#include <fullon_orm/trade.hpp>

#include <algorithm>
#include <iterator>

namespace fullon_orm {

std::string to_json(const trade& value)
{
    std::string out;
    out.reserve(512);
    write_json(out, value, json_style::redis);
    return out;
}

boost::system::result<trade, read_error> trade_from_json(std::string_view json, std::string_view symbol)
{
    auto read = read_json<trade>(json);
    if (read && !symbol.empty() && without_slash(read->symbol) != without_slash(symbol))
        read->symbol = symbol;
    return read;
}

std::string without_slash(std::string_view symbol)
{
    std::string key;
    key.reserve(symbol.size());
    std::copy_if(symbol.begin(), symbol.end(), std::back_inserter(key), [](char c) { return c != '/'; });
    return key;
}

} // namespace fullon_orm
