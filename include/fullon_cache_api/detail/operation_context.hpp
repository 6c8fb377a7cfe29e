// What operations run against.
#pragma once

#include <fullon_cache/account_reader.hpp>
#include <fullon_cache/bot_reader.hpp>
#include <fullon_cache/ohlcv_reader.hpp>
#include <fullon_cache/orders_reader.hpp>
#include <fullon_cache/process_reader.hpp>
#include <fullon_cache/tick_reader.hpp>
#include <fullon_cache/trades_reader.hpp>

#include <memory>
#include <string>
#include <utility>

namespace fullon_cache_api {

namespace detail {
class session_streams;
class state_source;
class ticker_source;
} // namespace detail

/// One per session (and per gateway); the parts are the server's. Only the reading half of the caches is
/// here: that the API cannot write is a property of these types.
struct operation_context {
    operation_context(const std::shared_ptr<fullon_cache::detail::link>& redis,
                      std::shared_ptr<detail::ticker_source> followed_tickers,
                      std::shared_ptr<detail::state_source> followed_states, std::string server_epoch,
                      detail::session_streams* of_session)
        : ticks(redis), accounts(redis), orders(redis), bots(redis), trades(redis), bars(redis),
          processes(redis), link(redis), tickers(std::move(followed_tickers)),
          states(std::move(followed_states)), epoch(std::move(server_epoch)), streams(of_session)
    {}

    fullon_cache::tick_reader ticks;
    fullon_cache::account_reader accounts;
    fullon_cache::orders_reader orders;
    fullon_cache::bot_reader bots;
    fullon_cache::trades_reader trades;
    fullon_cache::ohlcv_reader bars;
    fullon_cache::process_reader processes;
    std::shared_ptr<fullon_cache::detail::link> link;
    std::shared_ptr<detail::ticker_source> tickers;
    std::shared_ptr<detail::state_source> states;
    std::string epoch;
    detail::session_streams* streams; ///< of the session that asks; null where there is no session
};

} // namespace fullon_cache_api
