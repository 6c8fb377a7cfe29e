// Bodies of client.hpp.
#pragma once

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/client/client_state.hpp>

#include <boost/asio/post.hpp>

#include <memory>
#include <string>
#include <utility>

namespace fullon_cache_api {
namespace detail {
namespace {

boost::asio::awaitable<void> close_state(std::shared_ptr<client_state> state)
{
    if (state)
        co_await state->close();
}

fullon_coro::async_generator<client_event> yield_events(std::shared_ptr<event_queue> from)
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

fullon_coro::async_generator<client_event> no_events()
{
    co_return;
}

} // namespace
} // namespace detail

using boost::asio::awaitable;

awaitable<client> client::connect(std::string url, client_config config)
{
    const auto executor = co_await boost::asio::this_coro::executor;
    auto state = std::make_shared<detail::client_state>(executor, std::move(url), config);
    client made(state); // from here on a failure ends what was begun
    co_await state->open();
    co_return std::move(made);
}

client::client(std::shared_ptr<detail::client_state> state) noexcept
    : cache_calls(detail::caller(std::move(state)))
{}

client& client::operator=(client&& other) noexcept
{
    if (this != &other) {
        abandon();
        caller_ = std::exchange(other.caller_, {});
    }
    return *this;
}

client::~client()
{
    abandon();
}

void client::abandon() noexcept
{
    if (!caller_.remote)
        return;
    try {
        const auto executor = caller_.remote->executor();
        boost::asio::post(executor, [state = std::exchange(caller_.remote, nullptr)] { state->abandon(); });
    } catch (...) { // no memory: the connection lives as long as the executor's context
    }
}

awaitable<void> client::close()
{
    return detail::close_state(caller_.remote);
}

fullon_coro::async_generator<client_event> client::events()
{
    if (!caller_.remote)
        return detail::no_events();
    return detail::yield_events(caller_.remote->open_events());
}

} // namespace fullon_cache_api
