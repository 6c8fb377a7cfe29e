// Body of connect_websocket.hpp.
#pragma once

#include <fullon_cache/host_resolver.hpp>
#include <fullon_cache_api/detail/client/connect_websocket.hpp>
#include <fullon_cache_api/detail/net/beast_transport.hpp>
#include <fullon_cache_api/detail/net/net_stream.hpp>

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
    const auto names = target.names ? target.names : std::make_shared<fullon_cache::host_resolver>(executor);
    const auto lookup = names->find(target.host, target.port);
    while (!lookup->done)
        co_await lookup->finished.wait();
    if (lookup->failure)
        throw boost::system::system_error(lookup->failure);
    asio::ip::tcp::socket socket(executor);
    co_await asio::async_connect(socket, lookup->found, asio::use_awaitable);
    net_stream connection(std::move(socket), std::move(tls));
    if (connection.secure()) {
        const auto [ec] = co_await connection.async_handshake(false, asio::as_tuple(asio::use_awaitable));
        if (ec)
            throw boost::system::system_error(ec, connection.problem(ec));
    }
    auto made = std::make_unique<beast_transport>(std::move(connection), limits);
    if (!target.headers.empty())
        made->stream().set_option(boost::beast::websocket::stream_base::decorator(
            [headers = std::move(target.headers)](boost::beast::websocket::request_type& request) {
                for (const auto& [name, value] : headers)
                    request.insert(name, value);
            }));
    const bool ipv6 = target.host.find(':') != std::string::npos;
    const std::string authority = (ipv6 ? "[" + target.host + "]" : target.host) + ":" + target.port;
    boost::beast::websocket::response_type answer;
    co_await made->stream().async_handshake(answer, authority, target.path, asio::use_awaitable);
    made->of_peer = read_limits(answer[limits_field]);
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
