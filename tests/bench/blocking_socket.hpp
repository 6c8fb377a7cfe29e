// A TCP connection on a thread of its own, with nothing between it and the kernel: for measuring.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bench {

class blocking_socket {
public:
    explicit blocking_socket(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_port = htons(port);
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
            fail("connect");
    }
    blocking_socket(blocking_socket&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
    blocking_socket& operator=(blocking_socket&&) = delete;
    ~blocking_socket()
    {
        if (socket_ >= 0)
            ::close(socket_);
    }

    int descriptor() const noexcept { return socket_; }

    void send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0)
                fail("send");
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// Appends what comes. \returns false when nothing has come until then.
    bool read(std::string& into, std::chrono::steady_clock::time_point deadline)
    {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd waiting{socket_, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0)
            return false;
        take(into);
        return true;
    }

    /// Appends what comes next.
    void take(std::string& into)
    {
        char bytes[64 * 1024];
        const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
        if (got <= 0)
            fail("recv");
        into.append(bytes, static_cast<std::size_t>(got));
    }

    /// \returns which of two sockets have something to take.
    static std::pair<bool, bool> wait(const blocking_socket& one, const blocking_socket& other,
                                      std::chrono::milliseconds limit)
    {
        pollfd waiting[]{{one.socket_, POLLIN, 0}, {other.socket_, POLLIN, 0}};
        if (::poll(waiting, 2, static_cast<int>(limit.count())) <= 0)
            return {false, false};
        return {waiting[0].revents != 0, waiting[1].revents != 0};
    }

    /// Two ends of one connection.
    static std::pair<blocking_socket, blocking_socket> connected_pair()
    {
        const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof where;
        if (::bind(listener, reinterpret_cast<const sockaddr*>(&where), size) != 0 ||
            ::listen(listener, 1) != 0 ||
            ::getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size) != 0)
            fail("listen");
        blocking_socket near(ntohs(where.sin_port));
        blocking_socket far;
        far.socket_ = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        ::close(listener);
        if (far.socket_ < 0)
            fail("accept");
        const int yes = 1;
        ::setsockopt(far.socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        return {std::move(near), std::move(far)};
    }

    void read_until(std::string_view text)
    {
        std::string in;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (in.find(text) == std::string::npos)
            if (!read(in, deadline))
                throw std::runtime_error("did not come in time: " + std::string(text));
    }

    /// Throws away what has come already.
    void discard()
    {
        char bytes[16 * 1024];
        while (::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
        }
    }

private:
    blocking_socket() = default;

    [[noreturn]] static void fail(const char* what)
    {
        throw std::system_error(errno, std::generic_category(), what);
    }

    int socket_ = -1;
};

} // namespace bench
