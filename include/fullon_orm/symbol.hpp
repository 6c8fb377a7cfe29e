// A symbol of the exchange catalogue.
#pragma once

#include <fullon_orm/id.hpp>
#include <fullon_orm/read_error.hpp>

#include <boost/describe/class.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// Redis: hash `symbols_list:{exchange}`, field = symbol. Nothing but its name and exchange is certain to be there.
struct symbol {
    std::optional<stored_id> symbol_id{};
    std::string symbol{}; ///< such as `BTC/USDT`
    std::optional<stored_id> cat_ex_id{};
    std::string updateframe{}; ///< how often it is fetched, such as `1h`
    std::optional<std::int64_t> backtest{}; ///< days of history that are kept
    std::optional<std::int64_t> decimals{}; ///< of its prices
    std::string base{};
    std::string quote{};
    std::optional<std::string> ex_base{};
    std::optional<bool> only_ticker{};
    std::string exchange_name{};
    std::optional<std::string> ohlcv_view{};
    std::optional<bool> futures{};

    bool operator==(const fullon_orm::symbol&) const = default;
};
BOOST_DESCRIBE_STRUCT(symbol, (),
                      (symbol_id, symbol, cat_ex_id, updateframe, backtest, decimals, base, quote, ex_base,
                       only_ticker, exchange_name, ohlcv_view, futures))

/// The JSON that is stored.
std::string to_json(const symbol& value);

/// Reads stored JSON. Name and exchange are those of its field and key: what the JSON says they are is ignored.
boost::system::result<symbol, read_error> symbol_from_json(std::string_view json, std::string exchange,
                                                           std::string symbol);

} // namespace fullon_orm
