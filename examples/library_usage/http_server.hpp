// The HTTP server that the host program already had, by Boost.Beast.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

using request = boost::beast::http::request<boost::beast::http::empty_body>;
using answer = boost::beast::http::response<boost::beast::http::string_body>;

inline answer text_answer(const request& asked, boost::beast::http::status status, std::string text)
{
    answer made(status, asked.version());
    made.set(boost::beast::http::field::content_type, "text/plain; charset=utf-8");
    made.keep_alive(asked.keep_alive());
    made.body() = std::move(text);
    made.prepare_payload();
    return made;
}

/// Serves on a free port of 127.0.0.1 from its construction on, until stop(), which must be awaited. Serial executor.
class http_server {
public:
    using handler = std::function<boost::asio::awaitable<answer>(request)>;
    using upgrade = std::function<boost::asio::awaitable<void>(boost::asio::ip::tcp::socket, request)>;

    /// `give`: gets every connection that asks for a WebSocket, to its end.
    http_server(boost::asio::any_io_executor executor, handler handle, upgrade give = {});

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    /// Ends every connection; completes when the last one has ended.
    boost::asio::awaitable<void> stop();

private:
    using tcp = boost::asio::ip::tcp;

    void start(boost::asio::awaitable<void> task);
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(tcp::socket socket);

    tcp::acceptor acceptor_;
    handler handle_;
    upgrade give_;
    std::set<tcp::socket*> connections_;
    std::size_t tasks_ = 0;
    boost::asio::steady_timer ended_; // cancelled when a task has ended
};
