// The transport alone, against a peer that sends what the test has made.
#include "support/async_test.hpp"
#include "support/scripted_server.hpp"

#include <fullon_cache_api/detail/client/connect_websocket.hpp>
#include <fullon_coro/task_group.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace asio = boost::asio;
using fullon_cache_api::detail::close_code;
using fullon_cache_api::detail::incoming;
using fullon_cache_api::detail::transport;

namespace {

asio::awaitable<std::unique_ptr<transport>> connect_to(std::uint16_t port)
{
    fullon_cache_api::detail::websocket_target where;
    where.host = "127.0.0.1";
    where.port = std::to_string(port);
    const fullon_cache_api::detail::transport_limits limits;
    const auto executor = co_await asio::this_coro::executor;
    co_return co_await fullon_cache_api::detail::connect_websocket(executor, where, limits,
                                                                   std::chrono::seconds(10));
}

asio::awaitable<void> close(transport& link, std::chrono::milliseconds timeout)
{
    co_await link.close(close_code::normal, {}, timeout);
}

// How many messages came before the end; `before_close` of them before this side closes as well.
asio::awaitable<std::size_t> read_to_end(transport& link, std::size_t before_close,
                                         fullon_coro::task_group& tasks)
{
    for (std::size_t seen = 0;; ++seen) {
        if (seen == before_close)
            tasks.spawn("close", close(link, std::chrono::seconds(10) * support::patience));
        const auto next = co_await link.read();
        if (next.type != incoming::kind::message)
            co_return seen;
    }
}

const std::string message("\x81\x02{}", 4);
const std::string ping("\x89\x00", 2);
const std::string pong("\x8a\x00", 2);
const std::string goodbye("\x88\x02\x03\xe8", 4);

} // namespace

// Beast's close waits for its read and the read for the close where a control frame is looked at between the two (seen
// with a control callback, which is why there is none): nothing ends that, not even a socket that is closed.
TEST_CASE("both sides close at once, whatever stands before the close", "[transport]")
{
    const std::string before = GENERATE("", "m", "mm", "p", "o", "mp", "mo", "pm", "om", "mpo", "mop", "moo");
    const std::size_t before_close = GENERATE(0, 1, 2, 99);
    CAPTURE(before, before_close);
    std::string bytes;
    std::size_t messages = 0;
    for (const char one : before) {
        bytes += one == 'm' ? message : one == 'p' ? ping : pong;
        messages += one == 'm' ? 1 : 0;
    }
    bytes += goodbye;

    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::scripted_server server(executor);
        std::unique_ptr<transport> link;
        fullon_coro::task_group tasks(executor);
        const auto connect = [&]() -> asio::awaitable<void> { link = co_await connect_to(server.port()); };
        tasks.spawn("connect", connect());
        auto peer = co_await server.accept();
        co_await tasks.join();

        co_await peer.send_frames(bytes);
        const auto answer = [&]() -> asio::awaitable<void> {
            co_await peer.read_close();
            peer.vanish();
        };
        tasks.spawn("peer", answer());
        const auto started = std::chrono::steady_clock::now();
        const auto seen = co_await read_to_end(*link, before_close, tasks);
        link->cut();
        co_await tasks.join();
        CHECK(seen <= messages);
        if (before_close > messages)
            CHECK(seen == messages);
        CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5) * support::patience);
    });
}
