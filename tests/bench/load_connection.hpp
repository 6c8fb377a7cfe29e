// A WebSocket of a load generator: as little work for each message as can be, so that the server is what is measured.
#pragma once

#include "bench/blocking_socket.hpp" // tests/

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>

namespace bench {

/// A frame of text, masked with zeros.
inline std::string client_frame(std::string_view text, unsigned char first = 0x81)
{
    std::string made(1, static_cast<char>(first));
    if (text.size() < 126)
        made.push_back(static_cast<char>(0x80 | text.size()));
    else if (text.size() < 65536) {
        made.push_back(static_cast<char>(0x80 | 126));
        made.push_back(static_cast<char>(text.size() >> 8));
        made.push_back(static_cast<char>(text.size() & 0xff));
    } else
        throw std::runtime_error("a request of a benchmark is too long");
    made.append(4, '\0');
    return made.append(text);
}

/// Not movable: epoll keeps its address.
class load_connection {
public:
    explicit load_connection(std::uint16_t port, std::string_view path = "/") : socket_(port)
    {
        shake_hands(path);
    }
    load_connection(const load_connection&) = delete;
    load_connection& operator=(const load_connection&) = delete;

    int descriptor() const noexcept { return socket_.descriptor(); }

    /// Sends what the socket takes and keeps the rest.
    void send(std::string_view bytes)
    {
        if (!left_.empty()) {
            left_.append(bytes);
            return flush();
        }
        const auto sent = ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        const auto taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
        left_.append(bytes.substr(taken));
    }

    void flush()
    {
        auto rest = std::exchange(left_, {});
        if (!rest.empty())
            send(rest);
    }

    /// Hands out the text of every message that is there. \throws std::runtime_error when the connection is lost
    template <class Function>
    void receive(Function&& on_message)
    {
        static char bytes[1024 * 1024];
        for (;;) {
            const auto got = ::recv(descriptor(), bytes, sizeof bytes, MSG_DONTWAIT);
            if (got < 0 && (errno == EAGAIN || errno == EINTR))
                return;
            if (got <= 0)
                throw std::runtime_error("a connection was lost");
            std::string_view there(bytes, static_cast<std::size_t>(got));
            if (!begun_.empty()) {
                begun_.append(there);
                there = begun_;
            }
            const auto rest = take_apart(there, on_message);
            if (begun_.empty())
                begun_.assign(rest);
            else
                begun_.erase(0, begun_.size() - rest.size());
            if (static_cast<std::size_t>(got) < sizeof bytes)
                return;
        }
    }

private:
    void shake_hands(std::string_view path)
    {
        std::string request("GET ");
        request.append(path).append(
            " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n");
        socket_.send(request);
        std::string answer;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!answer.ends_with("\r\n\r\n")) // the server says nothing more until it is asked
            if (!socket_.read(answer, deadline))
                throw std::runtime_error("the handshake is not answered");
        if (answer.find(" 101 ") == std::string::npos)
            throw std::runtime_error("the handshake was refused: " + answer);
    }

    // \returns what is no whole frame yet
    template <class Function>
    std::string_view take_apart(std::string_view there, Function& on_message)
    {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(there[at]); };
        while (there.size() >= 2) {
            std::size_t size = byte(1) & 0x7f;
            std::size_t head = 2;
            if (size == 126)
                head = 4;
            else if (size == 127)
                head = 10;
            if (there.size() < head)
                break;
            if (head > 2)
                size = 0;
            for (std::size_t i = 2; i < head; ++i)
                size = size << 8 | byte(i);
            if (there.size() < head + size)
                break;
            const auto text = there.substr(head, size);
            const auto kind = byte(0) & 0x0f;
            if (kind == 1)
                on_message(text);
            else if (kind == 9)
                send(client_frame(text, 0x8a));
            else if (kind == 8)
                throw std::runtime_error("the server closed a connection");
            there.remove_prefix(head + size);
        }
        return there;
    }

    blocking_socket socket_;
    std::string begun_;
    std::string left_;
};

} // namespace bench
