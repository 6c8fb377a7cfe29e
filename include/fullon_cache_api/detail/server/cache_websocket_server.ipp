// Bodies of cache_websocket_server.hpp and handle_client.hpp.
#pragma once

#include <fullon_cache_api/detail/metrics/prometheus_text.hpp>
#include <fullon_cache_api/detail/server/server_state.hpp>
#include <fullon_cache_api/handle_client.hpp>

namespace fullon_cache_api {

cache_websocket_server::cache_websocket_server(asio::any_io_executor executor, server_config config)
    : cache_websocket_server(std::make_shared<state>(std::move(executor), std::move(config)))
{}

// Who holds a call or the beginning of a stream holds all of the state: its parts know one another.
cache_websocket_server::cache_websocket_server(std::shared_ptr<state> made)
    : cache_calls(detail::caller(std::shared_ptr<detail::local_calls>(made, &made->local()))),
      state_(std::move(made))
{}

cache_websocket_server::cache_websocket_server(cache_websocket_server&&) noexcept = default;

cache_websocket_server::~cache_websocket_server()
{
    if (state_)
        state_->abandon();
}

asio::awaitable<void> cache_websocket_server::start()
{
    return state_->start();
}

asio::awaitable<void> cache_websocket_server::stop()
{
    return state_->stop();
}

void cache_websocket_server::reload_certificates()
{
    state_->listeners().reload_certificate();
}

bool cache_websocket_server::secure() const noexcept
{
    return state_->listeners().secure();
}

std::uint16_t cache_websocket_server::port() const noexcept
{
    return state_->listeners().port();
}

std::uint16_t cache_websocket_server::api_port() const noexcept
{
    return state_->listeners().api_port();
}

const std::shared_ptr<detail::gateway_core>& cache_websocket_server::gateway_core() const noexcept
{
    return state_->gateway();
}

std::vector<std::string> cache_websocket_server::endpoints() const
{
    return state_->listeners().endpoints();
}

std::size_t cache_websocket_server::connections() const noexcept
{
    return state_->connections();
}

bool cache_websocket_server::redis_up() const noexcept
{
    return state_->redis_up();
}

metrics_snapshot cache_websocket_server::metrics() const
{
    return state_->metrics();
}

std::string cache_websocket_server::metrics_text() const
{
    return detail::to_prometheus(state_->metrics());
}

/// The way into a server for what is not a member of it.
struct detail::server_access {
    static asio::awaitable<void> handle(const cache_websocket_server& server, tcp::socket socket,
                                        std::string already_read)
    {
        return cache_websocket_server::state::handle(server.state_, std::move(socket),
                                                     std::move(already_read));
    }
};

asio::awaitable<void> handle_client(cache_websocket_server& server, tcp::socket socket,
                                    std::string already_read)
{
    return detail::server_access::handle(server, std::move(socket), std::move(already_read));
}

} // namespace fullon_cache_api
