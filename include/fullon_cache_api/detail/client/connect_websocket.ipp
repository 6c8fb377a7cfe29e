// Body of connect_websocket.hpp.
#pragma once

#include <fullon_cache/host_resolver.hpp>
#include <fullon_cache_api/detail/client/connect_websocket.hpp>
#include <fullon_cache_api/detail/net/net_stream.hpp>
#include <fullon_cache_api/detail/net/websocket_key.hpp>
#include <fullon_cache_api/detail/net/websocket_transport.hpp>
#include <fullon_coro/close_on_exec.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancel_at.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/error.hpp>

#include <utility>

namespace fullon_cache_api::detail {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

std::string upgrade_request(const websocket_target& target, std::string_view key)
{
    const bool ipv6 = target.host.find(':') != std::string::npos;
    std::string text = "GET " + target.path + " HTTP/1.1\r\nHost: ";
    text.append(ipv6 ? "[" + target.host + "]" : target.host).append(":").append(target.port);
    text.append("\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: ");
    text.append(key).append("\r\n");
    for (const auto& [name, value] : target.headers)
        text.append(name).append(": ").append(value).append("\r\n");
    return text.append("\r\n");
}

// Why the answer of a server is no upgrade, in the words of Beast.
boost::system::error_code problem_of(const http::response<http::empty_body>& answer, std::string_view key)
{
    using boost::beast::websocket::error;
    if (answer.result() != http::status::switching_protocols)
        return error::upgrade_declined;
    if (!http::token_list(answer[http::field::connection]).exists("upgrade"))
        return error::no_connection_upgrade;
    if (!http::token_list(answer[http::field::upgrade]).exists("websocket"))
        return error::no_upgrade_websocket;
    if (std::string_view(answer[http::field::sec_websocket_accept]) != accept_value(key))
        return error::bad_sec_accept;
    return {};
}

asio::awaitable<std::unique_ptr<transport>> upgrade(net_stream connection, websocket_target target,
                                                    transport_limits limits)
{
    constexpr std::uint32_t longest_answer = 8 * 1024;
    const auto key = random_key();
    const auto request = upgrade_request(target, key);
    co_await asio::async_write(connection, asio::buffer(request), asio::use_awaitable);
    boost::beast::flat_buffer received;
    http::response_parser<http::empty_body> answer;
    answer.header_limit(longest_answer);
    co_await http::async_read_header(connection, received, answer, asio::use_awaitable);
    if (const auto problem = problem_of(answer.get(), key))
        throw boost::system::system_error(problem);
    const auto behind = received.cdata();
    auto made = std::make_unique<websocket_transport>(
        std::move(connection), websocket_transport::side::client, limits,
        std::string_view(static_cast<const char*>(behind.data()), behind.size()));
    made->of_peer = read_limits(answer.get()[limits_field]);
    co_return std::move(made);
}

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
    fullon_coro::close_on_exec(socket);
    net_stream connection(std::move(socket), std::move(tls));
    if (connection.secure()) {
        const auto [ec] = co_await connection.async_handshake(false, asio::as_tuple(asio::use_awaitable));
        if (ec)
            throw boost::system::system_error(ec, connection.problem(ec));
    }
    auto upgrading = upgrade(std::move(connection), std::move(target), limits);
    co_return co_await std::move(upgrading);
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
