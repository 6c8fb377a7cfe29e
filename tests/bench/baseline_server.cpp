// What the server is measured beside; each runs until it is killed and prints its port first:
//   baseline_server beast         a WebSocket of Beast that echoes each message
//   baseline_server bare PORT     WebSocket frames with nothing around them: what stands in the channels `ticker_updates:*` of
//                                 the Redis at PORT goes to all clients, everything that came at once with one send() each
#include "bench/blocking_socket.hpp" // tests/

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

using io_executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<tcp, io_executor>;
using tcp_listener = asio::basic_socket_acceptor<tcp, io_executor>;
constexpr asio::use_awaitable_t<io_executor> use_awaitable;
template <class T>
using awaitable = asio::awaitable<T, io_executor>;

void say_port(unsigned port)
{
    std::printf("%u\n", port);
    std::fflush(stdout);
}

awaitable<void> echo(tcp_socket connection)
{
    connection.set_option(tcp::no_delay(true));
    beast::websocket::stream<tcp_socket> stream(std::move(connection));
    beast::flat_buffer buffer;
    try {
        co_await stream.async_accept(use_awaitable);
        for (;;) {
            co_await stream.async_read(buffer, use_awaitable);
            stream.text(stream.got_text());
            co_await stream.async_write(buffer.data(), use_awaitable);
            buffer.clear();
        }
    } catch (const std::exception&) { // the client has gone
    }
}

awaitable<void> accept(tcp_listener* listener)
{
    for (;;) {
        auto connection = co_await listener->async_accept(use_awaitable);
        asio::co_spawn(connection.get_executor(), echo(std::move(connection)), [](std::exception_ptr) {});
    }
}

void run_beast()
{
    asio::io_context context(1);
    tcp_listener listener(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    say_port(listener.local_endpoint().port());
    asio::co_spawn(context, accept(&listener), [](std::exception_ptr) {});
    context.run();
}

// A frame like one of the server's, around what was published.
void append_frame(std::string& to, std::string_view published)
{
    constexpr std::string_view begin =
        R"({"type":"ticker_update","topic":"tickers:bench:S0/USDT","update_id":1234567,)"
        R"("stream":"s1",)";
    published.remove_prefix(1); // its brace
    const auto size = begin.size() + published.size();
    to.push_back(static_cast<char>(0x81));
    if (size < 126)
        to.push_back(static_cast<char>(size));
    else {
        to.push_back(126);
        to.push_back(static_cast<char>(size >> 8));
        to.push_back(static_cast<char>(size & 0xff));
    }
    to.append(begin).append(published);
}

// Takes the payloads out of `*4 $8 pmessage $n pattern $n channel $n payload`.
void take_published(std::string& in, std::string& frames)
{
    std::size_t done = 0;
    for (;;) {
        std::size_t at = done;
        std::array<std::string_view, 4> parts;
        if (in.compare(at, 4, "*4\r\n") != 0)
            break;
        at += 4;
        std::size_t have = 0;
        for (auto& part : parts) {
            const auto line = in.find("\r\n", at);
            if (line == std::string::npos)
                break;
            const auto size = std::strtoul(in.c_str() + at + 1, nullptr, 10);
            if (in.size() < line + 2 + size + 2)
                break;
            part = std::string_view(in).substr(line + 2, size);
            at = line + 2 + size + 2;
            ++have;
        }
        if (have < parts.size())
            break;
        append_frame(frames, parts[3]);
        done = at;
    }
    in.erase(0, done);
}

struct bare_client {
    std::string request; // until its end has come
    bool ready = false;
    std::string left;
};

void send(int socket, bare_client& to, std::string_view bytes)
{
    if (to.left.empty()) {
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        bytes.remove_prefix(sent < 0 ? 0 : static_cast<std::size_t>(sent));
    }
    to.left.append(bytes);
}

// \returns whether it is still there
bool read_client(int socket, bare_client& from)
{
    char bytes[4096];
    const auto got = ::recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got <= 0)
        return got < 0 && errno == EAGAIN;
    if (!from.ready) {
        from.request.append(bytes, static_cast<std::size_t>(got));
        if (from.request.find("\r\n\r\n") != std::string::npos) {
            from.ready = true;
            send(socket, from,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        }
    }
    return true;
}

void run_bare(std::uint16_t redis_port)
{
    bench::blocking_socket redis(redis_port);
    redis.send("*2\r\n$10\r\nPSUBSCRIBE\r\n$16\r\nticker_updates:*\r\n");
    redis.read_until(":1\r\n");
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* const address = reinterpret_cast<sockaddr*>(&where);
    if (::bind(listener, address, size) != 0 || ::listen(listener, 1024) != 0 ||
        ::getsockname(listener, address, &size) != 0)
        throw std::runtime_error("cannot listen");
    say_port(ntohs(where.sin_port));

    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    const auto watch = [&](int socket) {
        epoll_event what{};
        what.events = EPOLLIN;
        what.data.fd = socket;
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &what);
    };
    watch(listener);
    watch(redis.descriptor());
    std::map<int, bare_client> clients;
    std::string in;
    std::string frames;
    std::array<epoll_event, 256> events;
    bool late = false; // something is left for a client
    for (;;) {
        const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), late ? 1 : 100);
        for (int i = 0; i < count; ++i) {
            const int socket = events[static_cast<std::size_t>(i)].data.fd;
            if (socket == listener) {
                for (int one = 0; (one = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;
                     watch(one))
                    clients[one];
            } else if (socket == redis.descriptor())
                redis.take(in);
            else if (!read_client(socket, clients[socket])) {
                ::close(socket);
                clients.erase(socket);
            }
        }
        take_published(in, frames);
        if (frames.empty() && !late)
            continue;
        late = false;
        for (auto& [socket, one] : clients)
            if (one.ready) {
                if (!one.left.empty())
                    send(socket, one, std::exchange(one.left, {}));
                send(socket, one, frames);
                late = late || !one.left.empty();
            }
        frames.clear();
    }
}

} // namespace

int main(int argc, char** argv)
try {
    const std::string_view which = argc > 1 ? argv[1] : "";
    if (which == "beast")
        run_beast();
    else if (which == "bare" && argc > 2)
        run_bare(static_cast<std::uint16_t>(std::atoi(argv[2])));
    std::fprintf(stderr, "usage: baseline_server beast | bare REDIS_PORT\n");
    return 2;
} catch (const std::exception& failure) {
    std::fprintf(stderr, "baseline_server: %s\n", failure.what());
    return 1;
}
