// The proxy of the fault suite: what it does to connections, and that it leaves nothing behind.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/tcp_proxy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;
using support::tcp_proxy;

constexpr auto limit = 10s * support::patience;

// Both ends of connections through a proxy.
struct proxied {
    explicit proxied(asio::any_io_executor executor)
        : acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          proxy(executor, acceptor.local_endpoint().port()), client(executor), target(executor)
    {}

    asio::awaitable<error_code> connect()
    {
        client = tcp::socket(client.get_executor());
        const tcp::endpoint where(asio::ip::address_v4::loopback(), proxy.port());
        const auto [failure] = co_await client.async_connect(
            where, asio::cancel_after(limit, asio::as_tuple(asio::use_awaitable)));
        co_return failure;
    }
    asio::awaitable<void> open()
    {
        const auto failure = co_await connect();
        if (failure)
            throw boost::system::system_error(failure);
        target = co_await acceptor.async_accept(asio::cancel_after(limit, asio::use_awaitable));
    }

    tcp::acceptor acceptor;
    tcp_proxy proxy;
    tcp::socket client;
    tcp::socket target;
};

asio::awaitable<void> send(tcp::socket& to, std::string bytes)
{
    co_await asio::async_write(to, asio::buffer(bytes), asio::cancel_after(limit, asio::use_awaitable));
}

// Reads to the end, or `size` bytes. \returns what came, and how it ended.
asio::awaitable<std::pair<std::string, error_code>> receive(tcp::socket& from, std::size_t size = 1000)
{
    std::string bytes(size, '\0');
    const auto [failure, count] = co_await asio::async_read(
        from, asio::buffer(bytes), asio::cancel_after(limit, asio::as_tuple(asio::use_awaitable)));
    bytes.resize(count);
    co_return std::pair(bytes, failure);
}

template <class Body>
void test(Body body)
{
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        proxied world(executor);
        co_await world.open();
        co_await body(world);
        co_await world.proxy.stop();
        CHECK(world.proxy.open() == 0);
    });
}

} // namespace

TEST_CASE("the proxy passes bytes both ways and counts them, an end of one way too")
{
    test([](proxied& world) -> asio::awaitable<void> {
        co_await send(world.client, "question");
        auto got = co_await receive(world.target, 8);
        CHECK(got.first == "question");
        world.client.shutdown(tcp::socket::shutdown_send);
        got = co_await receive(world.target);
        CHECK(got.second == asio::error::eof);
        co_await send(world.target, "answer");
        world.target.close();
        got = co_await receive(world.client);
        CHECK(got.first == "answer");
        CHECK(got.second == asio::error::eof);
        CHECK(world.proxy.passed(tcp_proxy::way::up) == 8);
        CHECK(world.proxy.passed(tcp_proxy::way::down) == 6);
        CHECK(world.proxy.accepted() == 1);
        co_await support::eventually("it is gone", [&] { return world.proxy.open() == 0; });
    });
}

TEST_CASE("the proxy delays one way, without holding up what follows")
{
    test([](proxied& world) -> asio::awaitable<void> {
        world.proxy.delay(tcp_proxy::way::down, 100ms);
        const auto begin = steady_clock::now();
        for (int i = 0; i < 10; ++i) {
            co_await send(world.target, "x");
            co_await support::pause(1ms);
        }
        const auto got = co_await receive(world.client, 10);
        CHECK(got.first.size() == 10);
        const auto spent = steady_clock::now() - begin;
        CHECK(spent >= 100ms);
        CHECK(spent < 900ms * support::patience); // one after the other would be 1 s
    });
}

TEST_CASE("the proxy throttles")
{
    test([](proxied& world) -> asio::awaitable<void> {
        world.proxy.throttle(tcp_proxy::way::up, 100'000);
        const auto begin = steady_clock::now();
        co_await send(world.client, std::string(20'000, 'x'));
        const auto got = co_await receive(world.target, 20'000);
        CHECK(got.first.size() == 20'000);
        CHECK(steady_clock::now() - begin >= 180ms);
    });
}

TEST_CASE("the proxy stalls one way and goes on; it swallows for good")
{
    test([](proxied& world) -> asio::awaitable<void> {
        world.proxy.set_flow(tcp_proxy::way::up, tcp_proxy::flow::stall);
        co_await send(world.client, "late");
        co_await send(world.target, "now");
        auto got = co_await receive(world.client, 3);
        CHECK(got.first == "now");
        CHECK(world.proxy.passed(tcp_proxy::way::up) == 0);
        world.proxy.heal();
        got = co_await receive(world.target, 4);
        CHECK(got.first == "late");
        // Without a bound: what nobody takes would fill every buffer.
        world.proxy.set_flow(tcp_proxy::flow::swallow);
        co_await send(world.client, std::string(32 * 1024 * 1024, 'x'));
        CHECK(world.proxy.passed(tcp_proxy::way::up) == 4);
        CHECK(world.proxy.open() == 1);
    });
}

TEST_CASE("the proxy cuts after so many bytes, or now, in order or by a reset")
{
    test([](proxied& world) -> asio::awaitable<void> {
        world.proxy.cut_after(tcp_proxy::way::down, 5);
        co_await send(world.target, "12345678");
        auto got = co_await receive(world.client);
        CHECK(got.first == "12345");
        CHECK(got.second == asio::error::eof);
        co_await world.open(); // once is enough
        co_await send(world.target, "12345678");
        got = co_await receive(world.client, 8);
        CHECK(got.first == "12345678");
        world.proxy.cut(tcp_proxy::ending::reset);
        got = co_await receive(world.client);
        CHECK(got.second == asio::error::connection_reset);
        co_await world.open();
        world.proxy.cut();
        got = co_await receive(world.target);
        CHECK(got.second == asio::error::eof);
        // A reset of one side reaches the other as one.
        co_await world.open();
        world.client.set_option(tcp::socket::linger(true, 0));
        world.client.close();
        got = co_await receive(world.target);
        CHECK(got.second == asio::error::connection_reset);
    });
}

TEST_CASE("the proxy refuses, accepts again on the same port, and has another target for those who come then")
{
    test([](proxied& world) -> asio::awaitable<void> {
        const auto port = world.proxy.port();
        world.proxy.refuse(true);
        auto failure = co_await world.connect();
        CHECK(failure == asio::error::connection_refused);
        tcp::acceptor other(world.client.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        world.proxy.retarget(other.local_endpoint().port());
        world.proxy.refuse(false);
        CHECK(world.proxy.port() == port);
        failure = co_await world.connect();
        CHECK(!failure);
        auto accepted = co_await other.async_accept(asio::cancel_after(limit, asio::use_awaitable));
        co_await send(world.client, "hello");
        auto got = co_await receive(accepted, 5);
        CHECK(got.first == "hello");
        // Where nobody listens the client sees a reset.
        other.close();
        failure = co_await world.connect();
        got = co_await receive(world.client);
        CHECK((failure || got.second == asio::error::connection_reset));
    });
}

TEST_CASE("a proxy may be destroyed with connections under way")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        tcp::acceptor acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        tcp::socket client(executor);
        {
            tcp_proxy proxy(executor, acceptor.local_endpoint().port());
            proxy.delay(tcp_proxy::way::up, 1h);
            co_await client.async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), proxy.port()),
                                          asio::cancel_after(limit, asio::use_awaitable));
            co_await send(client, "never seen");
            co_await support::eventually("it is linked", [&] { return proxy.open() == 1; });
        }
        const auto got = co_await receive(client);
        CHECK(got.second);
    });
}
