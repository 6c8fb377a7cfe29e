// What is known of every stream operation beyond its description. Sans-io.
#pragma once

#include <fullon_cache_api/detail/catalogue/accounts.hpp>
#include <fullon_cache_api/detail/catalogue/bots.hpp>
#include <fullon_cache_api/detail/catalogue/metrics.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv.hpp>
#include <fullon_cache_api/detail/catalogue/orders.hpp>
#include <fullon_cache_api/detail/catalogue/processes.hpp>
#include <fullon_cache_api/detail/catalogue/tickers.hpp>
#include <fullon_cache_api/detail/catalogue/trades.hpp>
#include <fullon_cache_api/detail/stream/stream_sequencer.hpp>
#include <fullon_cache_api/detail/wire/topics.hpp>

#include <fullon_orm/trade.hpp>

#include <boost/mp11/list.hpp>

#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// What server and client must know of a stream operation beyond its description: the topic of an item, what tells the
/// items of a topic apart, whether they are states or events, and, for a stream of all, what its topics begin with. `same`:
/// whether a state is no news after another, where that is not equality.
template <class Operation>
struct stream_traits;

template <>
struct stream_traits<operations::stream_tickers> {
    static constexpr stream_content content = stream_content::state;
    static std::string topic(const ticker& one) { return protocol::ticker_topic(one.exchange, one.symbol); }
    static std::string item(const ticker&) { return {}; }
    static std::string prefix(const operations::stream_tickers::params& wanted)
    {
        return !wanted.symbols ? protocol::ticker_topic(wanted.exchange, "") : std::string();
    }
};

template <>
struct stream_traits<operations::stream_positions> {
    static constexpr stream_content content = stream_content::state;
    static std::string topic(const account_position& one) { return protocol::positions_topic(one.exchange); }
    static std::string item(const account_position& one) { return one.symbol; }
    static std::string prefix(const operations::stream_positions::params&) { return {}; }
};

template <>
struct stream_traits<operations::stream_order_queue> {
    static constexpr stream_content content = stream_content::state;
    static std::string topic(const queue_length& one) { return protocol::queue_topic(one.exchange); }
    static std::string item(const queue_length&) { return {}; }
    static bool same(const queue_length& one, const queue_length& other) // the time is that of the answer
    {
        return one.exchange == other.exchange && one.queue_length == other.queue_length;
    }
    static std::string prefix(const operations::stream_order_queue::params&) { return {}; }
};

template <>
struct stream_traits<operations::stream_bot_status> {
    static constexpr stream_content content = stream_content::state;
    static std::string topic(const bot& one) { return protocol::bot_topic(one.bot_id); }
    static std::string item(const bot&) { return {}; }
    static std::string prefix(const operations::stream_bot_status::params& wanted)
    {
        return wanted.bot_id ? std::string() : protocol::bot_topic("");
    }
};

template <>
struct stream_traits<operations::stream_process_health> {
    static constexpr stream_content content = stream_content::state;
    static std::string topic(const process_health&) { return std::string(protocol::process_topic); }
    static std::string item(const process_health&) { return {}; }
    static std::string prefix(const operations::stream_process_health::params&) { return {}; }
};

template <>
struct stream_traits<operations::stream_trade_updates> {
    static constexpr stream_content content = stream_content::events;
    static std::string topic(const trade& one)
    {
        return protocol::trades_topic(one.exchange, fullon_orm::without_slash(one.symbol));
    }
    static std::string item(const trade&) { return {}; }
    static std::string prefix(const operations::stream_trade_updates::params& wanted)
    {
        return wanted.symbol ? std::string() : protocol::trades_topic(wanted.exchange, "");
    }
};

/// The newest bar is a state, closed ones are events.
template <>
struct stream_traits<operations::stream_ohlcv> {
    static constexpr stream_content content = stream_content::state;
    static std::string topic(const bar_update& one)
    {
        return protocol::bars_topic(one.symbol, one.timeframe);
    }
    static std::string item(const bar_update&) { return {}; }
    static bool is_event(const bar_update& one) { return one.closed; }
    static std::string prefix(const operations::stream_ohlcv::params&) { return {}; }
};

template <>
struct stream_traits<operations::stream_metrics> {
    static constexpr stream_content content = stream_content::state;
    static std::string topic(const metrics_snapshot& one) { return protocol::metrics_topic(one.interval); }
    static std::string item(const metrics_snapshot&) { return {}; }
    static std::string prefix(const operations::stream_metrics::params&) { return {}; }
};

/// Every stream operation.
using stream_operations =
    boost::mp11::mp_list<operations::stream_tickers, operations::stream_positions,
                         operations::stream_order_queue, operations::stream_bot_status,
                         operations::stream_process_health, operations::stream_trade_updates,
                         operations::stream_ohlcv, operations::stream_metrics>;

} // namespace fullon_cache_api::detail
