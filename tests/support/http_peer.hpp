// A raw HTTP/1.1 client: sends what it is told, reads answers one by one. It shares nothing with the code under test.
#pragma once

#include "support/async_test.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace support {

struct http_reply {
    unsigned status = 0; ///< 0: the connection ended without one
    std::string head;
    std::string body;

    /// The value of a field, named as the server writes it; empty where there is none.
    std::string field(std::string_view name) const
    {
        const auto at = head.find("\r\n" + std::string(name) + ": ");
        if (at == std::string::npos)
            return {};
        const auto begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
};

/// Serial executor. Every wait ends after 10 s (more under sanitizers) with std::runtime_error.
class http_peer {
public:
    explicit http_peer(boost::asio::any_io_executor executor) : socket_(std::move(executor)) {}

    boost::asio::awaitable<void> connect(std::uint16_t port)
    {
        namespace asio = boost::asio;
        const asio::ip::tcp::endpoint where(asio::ip::address_v4::loopback(), port);
        co_await socket_.async_connect(where, asio::cancel_after(limit, asio::use_awaitable));
    }

    boost::asio::awaitable<void> send(std::string bytes)
    {
        namespace asio = boost::asio;
        co_await asio::async_write(socket_, asio::buffer(bytes),
                                   asio::cancel_after(limit, asio::use_awaitable));
    }

    /// `lines`: header lines, each with its CRLF.
    boost::asio::awaitable<http_reply> get(std::string target, std::string lines = {})
    {
        co_await send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n");
        auto reading = read();
        co_return co_await std::move(reading);
    }

    /// The next answer. `head`: it has no body, whatever its length says.
    boost::asio::awaitable<http_reply> read(bool head = false)
    {
        http_reply reply;
        std::size_t end = std::string::npos;
        while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
            const bool open = co_await more();
            if (!open)
                co_return reply;
        }
        reply.head = in_.substr(0, end + 2);
        in_.erase(0, end + 4);
        reply.status = static_cast<unsigned>(std::stoul(reply.head.substr(reply.head.find(' ') + 1, 3)));
        const auto length = reply.field("Content-Length");
        const std::size_t size = head || length.empty() ? 0 : std::stoul(length);
        while (in_.size() < size) {
            const bool open = co_await more();
            if (!open)
                throw std::runtime_error("the connection ended within a body");
        }
        reply.body = in_.substr(0, size);
        in_.erase(0, size);
        co_return reply;
    }

    /// Reads to the end of the connection. \returns the number of bytes.
    boost::asio::awaitable<std::size_t> read_to_end()
    {
        bool open = true;
        while (open)
            open = co_await more();
        co_return in_.size();
    }

    boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }

private:
    static constexpr auto limit = std::chrono::seconds(10) * patience;

    boost::asio::awaitable<bool> more()
    {
        namespace asio = boost::asio;
        const auto [ec, size] = co_await socket_.async_read_some(
            asio::buffer(buffer_), asio::cancel_after(limit, asio::as_tuple(asio::use_awaitable)));
        if (ec == asio::error::operation_aborted)
            throw std::runtime_error("no answer in time; so far: " + in_);
        in_.append(buffer_.data(), size);
        co_return !ec;
    }

    boost::asio::ip::tcp::socket socket_;
    std::string in_;
    std::array<char, 64 * 1024> buffer_{};
};

} // namespace support
