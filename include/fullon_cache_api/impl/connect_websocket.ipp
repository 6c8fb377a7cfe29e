// Body of detail/connect_websocket.hpp.
#pragma once

#include <fullon_cache_api/detail/connect_websocket.hpp>
#include <fullon_cache_api/impl/beast_transport.hpp>
#include <fullon_cache_api/impl/net_stream.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancel_at.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fullon_cache_api::detail {
namespace {

namespace asio = boost::asio;

asio::awaitable<std::unique_ptr<transport>> connect_steps(asio::any_io_executor executor,
                                                          websocket_target target, transport_limits limits)
{
    std::shared_ptr<tls_context> tls;
    if (target.tls)
        tls = make_client_tls(target.host, *target.trust);
    asio::ip::tcp::resolver resolver(executor);
    const auto endpoints = co_await resolver.async_resolve(target.host, target.port, asio::use_awaitable);
    asio::ip::tcp::socket socket(executor);
    co_await asio::async_connect(socket, endpoints, asio::use_awaitable);
    net_stream connection(std::move(socket), std::move(tls));
    if (connection.secure()) {
        const auto [ec] = co_await connection.async_handshake(false, asio::as_tuple(asio::use_awaitable));
        if (ec)
            throw boost::system::system_error(ec, connection.problem(ec));
    }
    auto made = std::make_unique<beast_transport>(std::move(connection), limits);
    const bool ipv6 = target.host.find(':') != std::string::npos;
    const std::string authority = (ipv6 ? "[" + target.host + "]" : target.host) + ":" + target.port;
    co_await made->stream().async_handshake(authority, target.path, asio::use_awaitable);
    co_return std::move(made);
}

} // namespace

asio::awaitable<std::unique_ptr<transport>> connect_websocket(asio::any_io_executor executor,
                                                              websocket_target target,
                                                              transport_limits limits,
                                                              std::chrono::milliseconds timeout)
{
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    auto steps = connect_steps(executor, std::move(target), limits);
    try {
        co_return co_await asio::co_spawn(executor, std::move(steps),
                                          asio::cancel_at(deadline, asio::use_awaitable));
    } catch (const boost::system::system_error& failure) {
        if (failure.code() == asio::error::operation_aborted && std::chrono::steady_clock::now() >= deadline)
            throw boost::system::system_error(asio::error::timed_out);
        throw;
    }
}

} // namespace fullon_cache_api::detail
