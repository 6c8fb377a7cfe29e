// Names of what is in Redis.
#pragma once

#include <string>
#include <string_view>

namespace fullon_cache::detail {

inline constexpr std::string_view positions_hash = "account_positions";
inline constexpr std::string_view balances_hash = "accounts";
inline constexpr std::string_view orders_hash_prefix = "order_status:";
inline constexpr std::string_view blocks_hash = "block_exchange";
inline constexpr std::string_view opening_hash = "opening_position";
inline constexpr std::string_view bots_hash = "bot_status";
inline constexpr std::string_view trade_status_prefix = "TRADE:STATUS:";
inline constexpr std::string_view user_trade_status_prefix = "USER_TRADE:STATUS:";
inline constexpr std::string_view process_data_prefix = "process:data:";
inline constexpr std::string_view process_active_prefix = "process:active:";
inline constexpr std::string_view process_components_hash = "process:components";
inline constexpr std::string_view process_channel_prefix = "process:broadcast:";
inline constexpr std::string_view tick_crawlers_hash = "tick";
inline constexpr std::string_view global_errors_list = "global_error";

/// `prefix` and what follows it.
inline std::string make_key(std::string_view prefix, std::string_view rest)
{
    std::string key(prefix);
    return key.append(rest);
}

/// `{first}:{second}` behind a prefix.
inline std::string make_key(std::string_view prefix, std::string_view first, std::string_view second)
{
    std::string key(prefix);
    return key.append(first).append(":").append(second);
}

inline std::string orders_hash(std::string_view exchange)
{
    return make_key(orders_hash_prefix, exchange);
}

} // namespace fullon_cache::detail
