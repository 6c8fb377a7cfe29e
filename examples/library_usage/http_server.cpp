// The HTTP server that the host program already had, by Boost.Beast.
#include "http_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

http_server::http_server(asio::any_io_executor executor, handler handle, upgrade give)
    : acceptor_(executor, {asio::ip::address_v4::loopback(), 0}), handle_(std::move(handle)),
      give_(std::move(give)), ended_(executor)
{
    start(accept());
}

asio::awaitable<void> http_server::stop()
{
    acceptor_.close();
    for (auto* one : connections_)
        one->close();
    while (tasks_ != 0) {
        ended_.expires_after(1h);
        co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void http_server::start(asio::awaitable<void> task)
{
    ++tasks_;
    asio::co_spawn(acceptor_.get_executor(), std::move(task), [this](std::exception_ptr failure) {
        --tasks_;
        ended_.cancel();
        if (failure)
            std::rethrow_exception(failure); // out of the io_context's run()
    });
}

asio::awaitable<void> http_server::accept()
{
    while (acceptor_.is_open()) {
        auto [failure, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (!failure)
            start(serve(std::move(socket)));
    }
}

asio::awaitable<void> http_server::serve(tcp::socket socket)
{
    const auto in_time = asio::cancel_after(10s, asio::as_tuple(asio::use_awaitable));
    connections_.insert(&socket);
    boost::beast::flat_buffer buffer;
    for (bool open = true; open;) {
        request asked;
        const auto [failure, size] = co_await http::async_read(socket, buffer, asked, in_time);
        if (failure)
            break;
        if (give_ && boost::beast::websocket::is_upgrade(asked)) {
            connections_.erase(&socket); // it is another's now
            auto giving = give_(std::move(socket), std::move(asked));
            co_await std::move(giving);
            co_return;
        }
        auto answering = handle_(std::move(asked));
        auto found = co_await std::move(answering);
        const auto [lost, sent] = co_await http::async_write(socket, found, in_time);
        open = !lost && found.keep_alive();
    }
    connections_.erase(&socket);
}
