// Two ends of a WebSocket over loopback, the server's and the client's: what one sends the other gets, whatever is under way
// at the same time.
#include "support/async_test.hpp"

#include <fullon_cache_api/detail/net/websocket_transport.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace fullon_cache_api::detail;
using asio::ip::tcp;

constexpr auto patient = 10s * support::patience;

struct pair {
    explicit pair(const asio::any_io_executor& on) : executor(on), here(on), there(on) {}

    asio::awaitable<void> connect()
    {
        tcp::acceptor acceptor(executor, {asio::ip::make_address("127.0.0.1"), 0});
        const auto address = acceptor.local_endpoint();
        co_await here.async_connect(address, asio::use_awaitable);
        there = co_await acceptor.async_accept(asio::use_awaitable);
    }

    std::unique_ptr<websocket_transport> server(const transport_limits& limits = {})
    {
        return std::make_unique<websocket_transport>(net_stream(std::move(there)),
                                                     websocket_transport::side::server, limits);
    }
    std::unique_ptr<websocket_transport> client(const transport_limits& limits = {})
    {
        return std::make_unique<websocket_transport>(net_stream(std::move(here)),
                                                     websocket_transport::side::client, limits);
    }

    asio::any_io_executor executor;
    tcp::socket here, there;
};

std::vector<frame> frames_of(const std::vector<std::string>& texts)
{
    std::vector<frame> made;
    for (const auto& text : texts)
        made.push_back(std::make_shared<const std::string>(text));
    return made;
}

std::vector<std::vector<std::string>> batches_of(std::vector<std::string> one)
{
    std::vector<std::vector<std::string>> all;
    all.push_back(std::move(one));
    return all;
}

asio::awaitable<void> send_all(transport* link, std::vector<std::vector<std::string>> batches)
{
    for (auto& batch : batches) {
        const auto failure = co_await link->write(frames_of(batch), patient);
        CHECK_FALSE(failure);
    }
}

asio::awaitable<void> close(transport* link)
{
    co_await link->close(close_code::normal, "done", patient);
}

asio::awaitable<void> read_to_end(transport* link, std::vector<std::string>* texts, incoming* last)
{
    for (;;) {
        auto next = co_await link->read();
        if (next.type != incoming::kind::message) {
            *last = std::move(next);
            co_return;
        }
        texts->push_back(std::move(next.text));
    }
}

} // namespace

TEST_CASE("what is written in batches of any size comes whole and in order, in both directions",
          "[transport]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        std::mt19937 random(GENERATE(1, 2, 3));
        pair sockets(executor);
        co_await sockets.connect();
        transport_limits large;
        large.max_message_size = 1024 * 1024;
        const auto server = sockets.server(large);
        const auto client = sockets.client(large);
        fullon_coro::task_group tasks(executor);
        std::vector<std::vector<std::string>> batches[2];
        std::vector<std::string> sent[2], got[2];
        for (int side = 0; side < 2; ++side)
            for (int i = 0; i < 30; ++i) {
                std::vector<std::string> batch;
                for (auto count = random() % (i % 7 == 0 ? 300 : 5); count != 0; --count) {
                    constexpr std::size_t sizes[] = {0, 1, 125, 126, 1024, 1025, 65535, 65536, 65537, 300000};
                    std::string text(sizes[random() % (i % 7 == 0 ? 6 : std::size(sizes))], 'x');
                    for (auto& one : text)
                        one = static_cast<char>('a' + random() % 26);
                    sent[side].push_back(text);
                    batch.push_back(std::move(text));
                }
                batches[side].push_back(std::move(batch));
            }
        incoming ends[2];
        tasks.spawn("server reads", read_to_end(server.get(), &got[1], &ends[0]));
        tasks.spawn("client reads", read_to_end(client.get(), &got[0], &ends[1]));
        fullon_coro::task_group writers(executor);
        writers.spawn("server writes", send_all(server.get(), std::move(batches[0])));
        writers.spawn("client writes", send_all(client.get(), std::move(batches[1])));
        co_await writers.join();
        co_await close(server.get());
        co_await tasks.join();
        CHECK(got[0] == sent[0]);
        CHECK(got[1] == sent[1]);
        CHECK(ends[0].type == incoming::kind::closed);
        CHECK(ends[1].type == incoming::kind::closed);
        CHECK(ends[1].close == 1000);
    });
}

TEST_CASE("close() ends with nobody reading, and with a reader that takes one message more", "[transport]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const bool reads = GENERATE(false, true);
        pair sockets(executor);
        co_await sockets.connect();
        const auto server = sockets.server();
        const auto client = sockets.client();
        fullon_coro::task_group tasks(executor);
        std::vector<std::string> got;
        incoming last;
        if (reads)
            tasks.spawn("read", read_to_end(server.get(), &got, &last));
        auto sending = send_all(client.get(), batches_of({"one", "two"}));
        co_await std::move(sending);
        tasks.spawn("close", close(server.get()));
        const auto begun = std::chrono::steady_clock::now();
        const auto end = co_await client->read();
        CHECK(end.type == incoming::kind::closed);
        CHECK(end.close == 1000);
        co_await tasks.join();
        CHECK(std::chrono::steady_clock::now() - begun < patient / 2);
        if (reads)
            CHECK(got == std::vector<std::string>{"one", "two"});
    });
}

TEST_CASE("a peer that neither closes nor hangs up is cut when its time is over", "[transport]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair sockets(executor);
        co_await sockets.connect();
        const auto server = sockets.server();
        const auto begun = std::chrono::steady_clock::now();
        co_await server->close(close_code::going_away, "now", 200ms);
        CHECK(std::chrono::steady_clock::now() - begun >= 200ms);
        const auto end = co_await server->read();
        CHECK(end.type == incoming::kind::failed);
        const auto late = frames_of({"late"});
        const auto failure = co_await server->write(late, patient);
        CHECK(failure);
        std::string bytes(100, '\0');
        const auto size = co_await sockets.here.async_read_some(asio::buffer(bytes), asio::use_awaitable);
        CHECK(bytes.substr(0, size) == std::string("\x88\x05\x03\xe9now", 7));
    });
}

TEST_CASE("pings that are never read cost no memory, and the newest is answered", "[transport]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair sockets(executor);
        boost::system::error_code ignored;
        co_await sockets.connect();
        sockets.here.set_option(asio::socket_base::receive_buffer_size(2048), ignored);
        const auto server = sockets.server();
        fullon_coro::task_group tasks(executor);
        std::vector<std::string> got;
        incoming last;
        tasks.spawn("read", read_to_end(server.get(), &got, &last));
        std::string pings;
        const mask_key key{1, 2, 3, 4};
        constexpr int count = 200'000;
        for (int i = 0; i < count; ++i) {
            std::string payload = std::to_string(i);
            pings.append(frame_head(opcode::ping, true, payload.size(), &key).bytes());
            apply_mask(payload, key);
            pings.append(payload);
        }
        pings.append(frame_head(opcode::text, true, 0, &key).bytes());
        co_await asio::async_write(sockets.here, asio::buffer(pings), asio::use_awaitable);
        co_await support::eventually("all pings are read", [&] { return got.size() == 1; });
        // Far fewer than the pings, the last of them the last ping's.
        frame_reader reader({.masked = false, .max_message = 1000, .most_discarded = 0});
        std::string newest;
        int pongs = 0;
        while (newest != std::to_string(count - 1)) {
            const auto room = reader.room();
            reader.commit(co_await sockets.here.async_read_some(asio::buffer(room), asio::use_awaitable));
            for (auto event = reader.next(); event.type != frame_event::kind::incomplete;
                 event = reader.next()) {
                REQUIRE(event.type == frame_event::kind::pong);
                newest = event.text;
                ++pongs;
            }
        }
        CHECK(pongs >= 1);
        sockets.here.close();
        co_await tasks.join();
        CHECK(last.type == incoming::kind::failed);
    });
}

TEST_CASE("a ping is answered between the fragments of a large message", "[transport]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair sockets(executor);
        co_await sockets.connect();
        const auto server = sockets.server();
        fullon_coro::task_group tasks(executor);
        std::vector<std::string> got;
        incoming last;
        tasks.spawn("read", read_to_end(server.get(), &got, &last));
        tasks.spawn("write", send_all(server.get(), batches_of({std::string(20'000'000, 'x')})));
        const std::string ping("\x89\x81\0\0\0\0p", 7);
        frame_reader reader({.masked = false, .max_message = 30'000'000, .most_discarded = 0});
        bool asked = false, answered = false, whole = false;
        while (!whole) {
            const auto room = reader.room();
            reader.commit(co_await sockets.here.async_read_some(asio::buffer(room), asio::use_awaitable));
            if (!std::exchange(asked, true))
                co_await asio::async_write(sockets.here, asio::buffer(ping), asio::use_awaitable);
            for (auto event = reader.next(); event.type != frame_event::kind::incomplete;
                 event = reader.next()) {
                answered = answered || event.type == frame_event::kind::pong;
                if (event.type == frame_event::kind::message) {
                    CHECK(event.text.size() == 20'000'000);
                    CHECK(answered);
                    whole = true;
                }
            }
        }
        sockets.here.close();
        co_await tasks.join();
    });
}

TEST_CASE("no two frames of a client have the same mask", "[transport]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair sockets(executor);
        co_await sockets.connect();
        const auto client = sockets.client();
        constexpr std::size_t count = 300;
        auto sending = send_all(client.get(), batches_of(std::vector<std::string>(count, "same")));
        co_await std::move(sending);
        std::string bytes(count * 10, '\0');
        co_await asio::async_read(sockets.there, asio::buffer(bytes), asio::use_awaitable);
        std::set<std::string> masks;
        for (std::size_t i = 0; i < count; ++i)
            masks.insert(bytes.substr(i * 10 + 2, 4));
        CHECK(masks.size() > count - 3);
        client->cut();
    });
}
