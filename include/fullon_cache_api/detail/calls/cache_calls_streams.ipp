// Bodies of cache_calls.hpp: the streams.
#pragma once

#include <fullon_cache_api/cache_calls.hpp>
#include <fullon_cache_api/detail/calls/cache_calls.hpp>
#include <fullon_cache_api/detail/catalogue/bots.hpp>
#include <fullon_cache_api/detail/catalogue/metrics.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv.hpp>
#include <fullon_cache_api/detail/catalogue/processes.hpp>
#include <fullon_cache_api/detail/catalogue/tickers.hpp>
#include <fullon_cache_api/detail/catalogue/trades.hpp>
#include <fullon_cache_api/detail/stream/stream_traits.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/assert.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace fullon_cache_api {
namespace detail {
namespace {

template <class Operation>
stream_request request_of(const typename Operation::params& arguments, stream_options options)
{
    using traits = stream_traits<Operation>;
    stream_request what;
    what.operation = Operation::name;
    fullon_orm::write_json(what.params, arguments, fullon_orm::json_style::wire);
    what.type = Operation::message_type;
    what.prefix = traits::prefix(arguments);
    what.content = traits::content;
    what.options = options;
    return what;
}

boost::asio::awaitable<std::shared_ptr<stream_channel>> open_channel(caller whom, stream_request what)
{
    if (whom.local) {
        BOOST_ASSERT_MSG(runs_on(whom.local->executor()), "a server must be used on its own executor");
        auto opening = whom.local->subscribe(whom.local, std::move(what));
        co_return co_await std::move(opening);
    }
    if (!whom.remote)
        throw boost::system::system_error(error::closed, "the client is not connected");
    BOOST_ASSERT_MSG(runs_on(whom.remote->executor()), "a client must be used on its own executor");
    co_return co_await whom.remote->subscribe(std::move(what));
}

template <class Operation>
boost::asio::awaitable<stream<typename Operation::item>>
subscribe(caller whom, typename Operation::params arguments, stream_options options)
{
    auto opening = open_channel(std::move(whom), request_of<Operation>(arguments, options));
    co_return stream<typename Operation::item>(co_await std::move(opening));
}

} // namespace
} // namespace detail

using boost::asio::awaitable;
namespace asked = operations;

boost::asio::any_io_executor cache_calls::get_executor() const
{
    if (caller_.local)
        return caller_.local->executor();
    return caller_.remote ? caller_.remote->executor() : boost::asio::any_io_executor();
}

awaitable<stream<ticker>> cache_calls::stream_tickers(std::string exchange, symbol_list symbols,
                                                      stream_options options)
{
    return detail::subscribe<asked::stream_tickers>(
        caller_, {std::move(exchange), std::move(symbols).names()}, options);
}

awaitable<stream<account_position>> cache_calls::stream_positions(std::string user_id, stream_options options)
{
    return detail::subscribe<asked::stream_positions>(caller_, {std::move(user_id), {}}, options);
}

awaitable<stream<queue_length>> cache_calls::stream_order_queue(std::string exchange, stream_options options)
{
    return detail::subscribe<asked::stream_order_queue>(caller_, {std::move(exchange)}, options);
}

awaitable<stream<bot>> cache_calls::stream_bot_status(bot_or_all bot_id, stream_options options)
{
    asked::stream_bot_status::params wanted;
    if (bot_id.name())
        wanted.bot_id = *std::move(bot_id).name();
    return detail::subscribe<asked::stream_bot_status>(caller_, std::move(wanted), options);
}

awaitable<stream<process_health>> cache_calls::stream_process_health(stream_options options)
{
    return detail::subscribe<asked::stream_process_health>(caller_, {}, options);
}

awaitable<stream<trade>> cache_calls::stream_trade_updates(std::string exchange, symbol_or_all symbol,
                                                           stream_options options)
{
    asked::stream_trade_updates::params wanted;
    wanted.exchange = std::move(exchange);
    wanted.symbol = std::move(symbol).name();
    return detail::subscribe<asked::stream_trade_updates>(caller_, std::move(wanted), options);
}

awaitable<stream<bar_update>> cache_calls::stream_ohlcv(std::string symbol, std::string timeframe,
                                                        stream_options options)
{
    return detail::subscribe<asked::stream_ohlcv>(caller_, {std::move(symbol), std::move(timeframe)},
                                                  options);
}

awaitable<stream<metrics_snapshot>> cache_calls::stream_metrics(std::chrono::milliseconds interval,
                                                                stream_options options)
{
    const std::chrono::duration<double> seconds = interval;
    return detail::subscribe<asked::stream_metrics>(caller_, {seconds.count()}, options);
}

template class stream<account_position>;
template class stream<bar_update>;
template class stream<process_health>;
template class stream<queue_length>;
template class stream<ticker>;
template class stream<trade>;

} // namespace fullon_cache_api
