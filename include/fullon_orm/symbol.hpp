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

/// A symbol of the exchange catalogue. Redis: hash `symbols_list:{exchange}`, field `{symbol}`, value a JSON
/// object. Only name and exchange are always there.
///
/// \code
/// if (const auto read = symbol_from_json(text, "binance", "BTC/USDT"))
///     show(read->base, read->quote, read->decimals);
/// \endcode
struct symbol {
    std::optional<stored_id> symbol_id{}; ///< id in the catalogue
    std::string symbol{}; ///< such as `BTC/USDT`: the field in Redis
    std::optional<stored_id> cat_ex_id{}; ///< id of the exchange in the catalogue
    std::string updateframe{}; ///< how often it is fetched, such as `1h`
    std::optional<std::int64_t> backtest{}; ///< days of history that are kept
    std::optional<std::int64_t> decimals{}; ///< of its prices
    std::string base{}; ///< base currency, such as `BTC`
    std::string quote{}; ///< quote currency, such as `USDT`
    std::optional<std::string> ex_base{}; ///< as the catalogue has it
    std::optional<bool> only_ticker{}; ///< as the catalogue has it
    std::string exchange_name{}; ///< name of the exchange, from the key in Redis
    std::optional<std::string> ohlcv_view{}; ///< as the catalogue has it
    std::optional<bool> futures{}; ///< as the catalogue has it

    bool operator==(const fullon_orm::symbol&) const = default;
};
BOOST_DESCRIBE_STRUCT(symbol, (),
                      (symbol_id, symbol, cat_ex_id, updateframe, backtest, decimals, base, quote, ex_base,
                       only_ticker, exchange_name, ohlcv_view, futures))

/// The JSON to be stored; empty members as null.
std::string to_json(const symbol& value);

/// Reads a stored symbol. Name and exchange are those of field and key; what the JSON says is ignored.
/// \returns read_fault::not_json or read_fault::not_an_object where it is unreadable
boost::system::result<symbol, read_error> symbol_from_json(std::string_view json, std::string exchange,
                                                           std::string symbol);

} // namespace fullon_orm
