// What services store: any bytes are read, or are an error; what was read and is written again can be read.
#include "fuzz.hpp"

#include <fullon_orm/codec.hpp>
#include <fullon_orm/fullon_orm.hpp>

#include <boost/json/value.hpp>

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace fullon_orm;
    const auto json = fuzz::text_of(data, size);
    if (const auto read = tick_from_json(json, "binance", "BTC/USDT"))
        fuzz::require(tick_from_json(to_json(*read), "binance", "BTC/USDT").has_value());
    if (const auto read = order_from_json(json, "binance", "777"))
        fuzz::require(order_from_json(to_json(*read), "binance", "777").has_value());
    if (const auto read = trade_from_json(json, "BTC/USDT"))
        fuzz::require(trade_from_json(to_json(*read), "BTC/USDT").has_value());
    if (const auto read = bar_from_json(json))
        fuzz::require(bar_from_json(to_json(*read)).has_value());
    if (const auto read = symbol_from_json(json, "binance", "BTC/USDT"))
        fuzz::require(symbol_from_json(to_json(*read), "binance", "BTC/USDT").has_value());
    if (const auto read = process_info_from_json(json, "tick:daemon:1"))
        fuzz::require(process_info_from_json(to_json(*read), "tick:daemon:1").has_value());
    if (const auto read = account_positions_from_json(json, "1"))
        fuzz::require(account_positions_from_json(to_json(*read), "1").has_value());
    if (const auto read = account_balances_from_json(json, "1"))
        fuzz::require(
            account_balances_from_json(to_json(read->balances, "2025-01-01T00:00:00"), "1").has_value());
    (void)bot_status_from_json(json, "bot_1");
    auto tree = parse_value(json);
    if (auto* const stored = tree ? tree->if_object() : nullptr) {
        fuzz::require(parse_value(merge_order(*stored, order())).has_value());
        fuzz::require(parse_value(merge_process(*stored, process_info())).has_value());
        touch_balances(*stored, "2025-01-01T00:00:00");
        merge_position(*stored, position{.symbol = "BTC/USDT"}, 1762500000);
        std::string after;
        write_json(after, *stored, json_style::redis);
        fuzz::require(parse_value(after).has_value());
    }
    return 0;
}
