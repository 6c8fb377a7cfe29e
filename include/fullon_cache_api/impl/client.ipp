// Bodies of client.hpp: one line per operation.
#pragma once

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/client_state.hpp>
#include <fullon_cache_api/detail/update_decoder.hpp>
#include <fullon_cache_api/operations/health.hpp>
#include <fullon_cache_api/operations/streams.hpp>
#include <fullon_cache_api/operations/tickers.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/assert.hpp>

namespace fullon_cache_api {
namespace detail {
namespace {

using client_state_ptr = std::shared_ptr<client_state>;

/// Whether the caller is on the executor, where that can be told.
[[maybe_unused]] bool runs_on(const boost::asio::any_io_executor& executor)
{
    using context_executor = boost::asio::io_context::executor_type;
    if (const auto* context = executor.target<context_executor>())
        return context->running_in_this_thread();
    if (const auto* strand = executor.target<boost::asio::strand<context_executor>>())
        return strand->running_in_this_thread();
    if (const auto* strand = executor.target<boost::asio::strand<boost::asio::any_io_executor>>())
        return strand->running_in_this_thread();
    return true;
}

/// Sends an operation; errors of all kinds come in the result.
template <class Operation>
boost::asio::awaitable<client_reply> send_operation(client_state_ptr state,
                                                    typename Operation::params arguments)
{
    BOOST_ASSERT_MSG(state, "the client is not connected");
    BOOST_ASSERT_MSG(runs_on(state->executor()), "a client must be used on its own executor");
    std::string params;
    fullon_orm::write_json(params, arguments, fullon_orm::json_style::wire);
    co_return co_await state->request(std::string(Operation::name), std::move(params));
}

template <class Operation>
std::optional<typename Operation::result> read_result(client_reply& reply)
{
    if (!reply.code) {
        if (auto read = reply.result ? fullon_orm::read_json<typename Operation::result>(*reply.result)
                                     : fullon_orm::read_error())
            return std::move(*read);
        else
            reply.text = std::string(Operation::name) + ": the result cannot be read: " + read.error().text();
        reply.code = make_error_code(error::protocol);
    }
    return std::nullopt;
}

[[noreturn]] void throw_failure(const client_reply& reply)
{
    throw boost::system::system_error(reply.code, reply.text);
}

/// A query that always has a result.
template <class Operation>
boost::asio::awaitable<typename Operation::result> ask(client_state_ptr state,
                                                       typename Operation::params arguments)
{
    auto reply = co_await send_operation<Operation>(std::move(state), std::move(arguments));
    auto result = read_result<Operation>(reply);
    if (!result)
        throw_failure(reply);
    co_return std::move(*result);
}

/// A query that may find nothing.
template <class Operation>
boost::asio::awaitable<std::optional<typename Operation::result>> find(client_state_ptr state,
                                                                       typename Operation::params arguments)
{
    auto reply = co_await send_operation<Operation>(std::move(state), std::move(arguments));
    auto result = read_result<Operation>(reply);
    if (!result && reply.code != error::cache_miss)
        throw_failure(reply);
    co_return result;
}

template <class Operation>
boost::asio::awaitable<boost::system::result<std::optional<typename Operation::result>>>
try_find(client_state_ptr state, typename Operation::params arguments)
{
    auto reply = co_await send_operation<Operation>(std::move(state), std::move(arguments));
    auto result = read_result<Operation>(reply);
    if (!result && reply.code != error::cache_miss)
        co_return reply.code;
    co_return std::move(result);
}

/// A query of which one member of the result is wanted.
template <class Operation, auto Member>
auto ask_member(client_state_ptr state, typename Operation::params arguments) -> boost::asio::awaitable<
    std::remove_cvref_t<decltype(std::declval<typename Operation::result&>().*Member)>>
{
    auto result = co_await ask<Operation>(std::move(state), std::move(arguments));
    co_return std::move(result.*Member);
}

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

awaitable<ping_result> client::ping()
{
    return detail::ask<asked::ping>(state_, {});
}

awaitable<health_result> client::health_check()
{
    return detail::ask<asked::health_check>(state_, {});
}

awaitable<operation_list> client::list_operations()
{
    return detail::ask<asked::list_operations>(state_, {});
}

awaitable<stream_list> client::list_streams()
{
    return detail::ask<asked::list_streams>(state_, {});
}

awaitable<std::optional<ticker>> client::get_ticker(std::string exchange, std::string symbol)
{
    return detail::find<asked::get_ticker>(state_, {std::move(exchange), std::move(symbol)});
}

awaitable<boost::system::result<std::optional<ticker>>> client::try_get_ticker(std::string exchange,
                                                                               std::string symbol)
{
    return detail::try_find<asked::get_ticker>(state_, {std::move(exchange), std::move(symbol)});
}

awaitable<std::vector<ticker>> client::get_all_tickers(std::string exchange)
{
    return detail::ask_member<asked::get_all_tickers, &exchange_tickers::tickers>(state_,
                                                                                  {std::move(exchange)});
}

awaitable<stream<ticker>> client::stream_tickers(std::string exchange, symbol_list symbols,
                                                 stream_options options)
{
    return detail::subscribe<asked::stream_tickers>(state_, {std::move(exchange), std::move(symbols).names()},
                                                    options);
}

template class stream<ticker>;

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
