// The cases of the Autobahn suite over loopback: against our transport, as server and as client, and against Beast's WebSocket as
// a second opinion. Both echo.
#include "support/async_test.hpp"
#include "support/plain_frames.hpp"
#include "support/websocket_cases.hpp"

#include <fullon_cache_api/detail/net/websocket_transport.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using namespace std::chrono_literals;
using namespace fullon_cache_api::detail;
using asio::ip::tcp;
using support::conformance_case;
using support::plain_event;
using events = std::vector<plain_event>;
using kind = plain_event::kind;

constexpr auto patient = 10s * support::patience;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// What a peer does that has everything to send at hand. It goes on where the other side has stopped to listen.
asio::awaitable<void> send_in_pieces(tcp::socket* to, std::string_view bytes, std::size_t chop)
{
    while (!bytes.empty()) {
        const auto piece = bytes.substr(0, chop == 0 ? bytes.npos : chop);
        const auto [failure, sent] = co_await asio::async_write(*to, asio::buffer(piece), as_result);
        if (failure)
            co_return;
        bytes.remove_prefix(sent);
    }
}

asio::awaitable<std::string> receive_all(tcp::socket* from)
{
    constexpr std::size_t step = 65536;
    std::string all;
    for (;;) {
        const auto size = all.size();
        all.resize(size + step);
        const auto [failure, got] =
            co_await from->async_read_some(asio::buffer(all.data() + size, step), as_result);
        all.resize(size + got);
        if (failure)
            break;
    }
    // As RFC 6455 wants it: who has asked to close hangs up when the other side has.
    boost::system::error_code ignored;
    (void)from->close(ignored);
    co_return all;
}

asio::awaitable<void> echo(std::unique_ptr<websocket_transport> link)
{
    for (;;) {
        auto next = co_await link->read();
        if (next.type == incoming::kind::binary) {
            co_await link->close(close_code::unsupported_data, {}, patient);
            co_return;
        }
        if (next.type != incoming::kind::message)
            co_return;
        std::vector<frame> one;
        one.push_back(std::make_shared<const std::string>(std::move(next.text)));
        const auto failure = co_await link->write(std::move(one), patient);
        if (failure)
            co_return;
    }
}

asio::awaitable<void> beast_echo(tcp::socket socket)
{
    beast::websocket::stream<tcp::socket> stream(std::move(socket));
    auto [failure] = co_await stream.async_accept(as_result);
    while (!failure) {
        beast::flat_buffer message;
        const auto [read_failure, size] = co_await stream.async_read(message, as_result);
        failure = read_failure;
        if (failure)
            break;
        stream.text(stream.got_text());
        const auto [write_failure, sent] = co_await stream.async_write(message.data(), as_result);
        failure = write_failure;
    }
}

// `Serve`: what makes a coroutine of the socket that it gets.
template <class Serve>
asio::awaitable<void> exchange(asio::any_io_executor executor, std::string bytes, std::size_t chop,
                               Serve serve, std::string* answers)
{
    using namespace asio::experimental::awaitable_operators;
    tcp::acceptor acceptor(executor, {asio::ip::make_address("127.0.0.1"), 0});
    tcp::socket here(executor);
    co_await here.async_connect(acceptor.local_endpoint(), asio::use_awaitable);
    auto there = co_await acceptor.async_accept(asio::use_awaitable);
    here.set_option(tcp::no_delay(true));
    auto all = send_in_pieces(&here, bytes, chop) && receive_all(&here) && serve(std::move(there));
    *answers = co_await std::move(all);
}

/// What comes back for these bytes, until the connection has ended.
template <class Serve>
std::string answers_of(const std::string& bytes, std::size_t chop, Serve serve)
{
    std::string answers;
    support::run([&](asio::any_io_executor executor) {
        return exchange(std::move(executor), bytes, chop, serve, &answers);
    });
    return answers;
}

// The cache's protocol has no binary messages: our side closes.
events expected_of(const conformance_case& one)
{
    events expected = one.answers;
    const auto binary = std::find_if(expected.begin(), expected.end(),
                                     [](const plain_event& event) { return event.type == kind::binary; });
    if (binary == expected.end())
        return expected;
    expected.erase(binary, expected.end());
    expected.push_back({kind::close, {}, 1003});
    return expected;
}

} // namespace

TEST_CASE("our transport answers every case of the suite as it wants, as server and as client",
          "[websocket_cases]")
{
    for (const auto& one : support::websocket_cases())
        for (const bool as_server : {true, false}) {
            const auto serve = [as_server](tcp::socket socket) {
                using side = websocket_transport::side;
                transport_limits limits;
                limits.max_message_size = std::size_t(2) << 20;
                return echo(std::make_unique<websocket_transport>(
                    net_stream(std::move(socket)), as_server ? side::server : side::client, limits));
            };
            const auto bytes = answers_of(support::bytes_of(one, as_server), one.chop, serve);
            const auto found = support::read_plainly(bytes, {.masked = !as_server});
            const auto expected = expected_of(one);
            CAPTURE(one.number, as_server, support::to_text(expected), support::to_text(found));
            CHECK((found == expected));
        }
}

TEST_CASE("Beast's WebSocket answers the cases of the suite as ours does, but for what is listed",
          "[websocket_cases]")
{
    const std::map<std::string, std::string> others{
        {"7.3.1", "close 1000"}, // no code is answered with one
        {"7.5.1", "close 1002"}, // a reason that is not UTF-8 is no broken payload for it
        {"7.13.1", "broken 1002"}, // codes from 5000 on are taken, and sent back
        {"7.13.2", "broken 1002"},
    };
    for (const auto& one : support::websocket_cases()) {
        const auto bytes = answers_of(support::upgrade_request() + support::bytes_of(one, true), one.chop,
                                      [](tcp::socket socket) { return beast_echo(std::move(socket)); });
        const auto end = bytes.find("\r\n\r\n");
        REQUIRE(end != bytes.npos);
        const auto found = support::read_plainly(std::string_view(bytes).substr(end + 4), {.masked = false});
        CAPTURE(one.number, support::to_text(one.answers), support::to_text(found));
        const auto other = others.find(one.number);
        if (other == others.end())
            CHECK((found == one.answers));
        else
            CHECK(support::to_text(found) == other->second);
    }
}
