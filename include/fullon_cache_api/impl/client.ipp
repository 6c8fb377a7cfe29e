// Bodies of client.hpp: its life, and the streams.
#pragma once

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/client_state.hpp>
#include <fullon_cache_api/detail/update_decoder.hpp>
#include <fullon_cache_api/impl/client_calls.hpp>
#include <fullon_cache_api/operations/bots.hpp>
#include <fullon_cache_api/operations/metrics.hpp>
#include <fullon_cache_api/operations/ohlcv.hpp>
#include <fullon_cache_api/operations/processes.hpp>
#include <fullon_cache_api/operations/streams.hpp>
#include <fullon_cache_api/operations/tickers.hpp>
#include <fullon_cache_api/operations/trades.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/asio/post.hpp>
#include <boost/assert.hpp>

namespace fullon_cache_api {
namespace detail {
namespace {

template <class Operation>
boost::asio::awaitable<stream<typename Operation::item>>
subscribe(client_state_ptr state, typename Operation::params arguments, stream_options options)
{
    BOOST_ASSERT_MSG(state, "the client is not connected");
    BOOST_ASSERT_MSG(runs_on(state->executor()), "a client must be used on its own executor");
    using traits = stream_traits<Operation>;
    client_state::subscription what;
    what.operation = Operation::name;
    fullon_orm::write_json(what.params, arguments, fullon_orm::json_style::wire);
    what.type = Operation::message_type;
    what.prefix = traits::prefix(arguments);
    what.content = traits::content;
    if constexpr (traits::content == stream_content::events)
        what.same = [](const void* one, const void* other) {
            using item = typename Operation::item;
            return *static_cast<const item*>(one) == *static_cast<const item*>(other);
        };
    what.options = options;
    co_return stream<typename Operation::item>(co_await state->subscribe(std::move(what)));
}

boost::asio::awaitable<void> close_state(client_state_ptr state)
{
    if (state)
        co_await state->close();
}

fullon_cache::async_generator<client_event> yield_events(std::shared_ptr<event_queue> from)
{
    for (;;) {
        while (!from->events.empty()) {
            client_event event = std::move(from->events.front());
            from->events.pop_front();
            co_yield std::move(event);
        }
        if (from->over)
            co_return;
        co_await from->changed.wait();
    }
}

} // namespace
} // namespace detail

using boost::asio::awaitable;
namespace asked = operations;

awaitable<stream<ticker>> client::stream_tickers(std::string exchange, symbol_list symbols,
                                                 stream_options options)
{
    return detail::subscribe<asked::stream_tickers>(state_, {std::move(exchange), std::move(symbols).names()},
                                                    options);
}

awaitable<stream<account_position>> client::stream_positions(std::string user_id, stream_options options)
{
    return detail::subscribe<asked::stream_positions>(state_, {std::move(user_id), {}}, options);
}

awaitable<stream<queue_length>> client::stream_order_queue(std::string exchange, stream_options options)
{
    return detail::subscribe<asked::stream_order_queue>(state_, {std::move(exchange)}, options);
}

awaitable<stream<bot>> client::stream_bot_status(std::string bot_id, stream_options options)
{
    asked::stream_bot_status::params wanted;
    if (!bot_id.empty())
        wanted.bot_id = std::move(bot_id);
    return detail::subscribe<asked::stream_bot_status>(state_, std::move(wanted), options);
}

awaitable<stream<process_health>> client::stream_process_health(stream_options options)
{
    return detail::subscribe<asked::stream_process_health>(state_, {}, options);
}

awaitable<stream<trade>> client::stream_trade_updates(std::string exchange, std::string symbol,
                                                      stream_options options)
{
    asked::stream_trade_updates::params wanted;
    wanted.exchange = std::move(exchange);
    if (!symbol.empty())
        wanted.symbol = std::move(symbol);
    return detail::subscribe<asked::stream_trade_updates>(state_, std::move(wanted), options);
}

awaitable<stream<bar_update>> client::stream_ohlcv(std::string symbol, std::string timeframe,
                                                   stream_options options)
{
    return detail::subscribe<asked::stream_ohlcv>(state_, {std::move(symbol), std::move(timeframe)}, options);
}

awaitable<stream<metrics_snapshot>> client::stream_metrics(std::chrono::milliseconds interval,
                                                           stream_options options)
{
    const std::chrono::duration<double> seconds = interval;
    return detail::subscribe<asked::stream_metrics>(state_, {seconds.count()}, options);
}

template class stream<account_position>;
template class stream<bar_update>;
template class stream<process_health>;
template class stream<queue_length>;
template class stream<ticker>;
template class stream<trade>;

awaitable<client> client::connect(std::string url, client_config config)
{
    const auto executor = co_await boost::asio::this_coro::executor;
    auto state = std::make_shared<detail::client_state>(executor, std::move(url), config);
    client made(state); // from here on a failure ends what was begun
    co_await state->open();
    co_return std::move(made);
}

client::client(std::shared_ptr<detail::client_state> state) noexcept : state_(std::move(state)) {}

client& client::operator=(client&& other) noexcept
{
    if (this != &other) {
        abandon();
        state_ = std::exchange(other.state_, nullptr);
    }
    return *this;
}

client::~client()
{
    abandon();
}

void client::abandon() noexcept
{
    if (!state_)
        return;
    try {
        const auto executor = state_->executor();
        boost::asio::post(executor, [state = std::exchange(state_, nullptr)] { state->abandon(); });
    } catch (...) { // no memory: the connection lives as long as the executor's context
    }
}

awaitable<void> client::close()
{
    return detail::close_state(state_);
}

fullon_cache::async_generator<client_event> client::events()
{
    return detail::yield_events(state_->open_events());
}

boost::asio::any_io_executor client::get_executor() const
{
    return state_->executor();
}

} // namespace fullon_cache_api
