// How a client comes by its connection: waiting for a server, further fields of the handshake; and clients without one.
#include "client_fixture.hpp"

#include "support/served_redis.hpp"

#include <stdexcept>
#include <utility>

using namespace client_test;
using fullon_cache_api::all_symbols;
using fullon_cache_api::connect_mode;

TEST_CASE("a client may wait for a server that is not up yet", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        both.server.stop();
        auto config = quick();
        co_await expect_code(client::connect(both.server.url(), config), asio::error::connection_refused);

        config.connect_mode = connect_mode::wait;
        auto late = [&]() -> asio::awaitable<void> {
            co_await support::pause(50ms); // some attempts fail before
            both.server.start();
            co_await both.accept();
        };
        both.cache = co_await soon(during(client::connect(both.server.url(), config), late()));
        auto serve = [&]() -> asio::awaitable<void> {
            auto request = co_await both.session->read();
            co_await both.session->answer(request, ticker_a);
        };
        co_await expect_some(during(both.cache.get_ticker("x", "A"), serve()));
        co_await both.close();
    });
}

TEST_CASE("waiting for a server ends when it is cancelled", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        scripted_server server(executor);
        server.stop();
        auto config = quick();
        config.connect_mode = connect_mode::wait;
        auto connecting = client::connect(server.url(), config);
        const auto code = co_await code_of(with_deadline(60ms, std::move(connecting)));
        CHECK(code == asio::error::timed_out);
    });
}

TEST_CASE("a client that is not connected fails with closed, whatever is asked of it", "[client]")
{
    test([](asio::any_io_executor) -> asio::awaitable<void> {
        client none;
        co_await expect_code(none.get_ticker("x", "A"), error::closed);
        co_await expect_code(none.stream_tickers("x", all_symbols), error::closed);
        auto events = none.events();
        co_await expect_nothing(events.next());
        CHECK_FALSE(none.get_executor());
        const auto result = co_await fullon_cache_api::as_result(none.is_blocked("x", "A"));
        CHECK(result.error() == error::closed);
        co_await none.close();
    });
}

TEST_CASE("fields of the handshake reach the server, and none that it must not have", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::served_redis world(executor);
        co_await world.start();
        auto config = quick();
        config.headers = {{"X-Trace", "a b"}, {"Authorization", "Bearer secret"}};
        client cache = co_await soon(client::connect(world.url(), config));
        co_await cache.close();
        config.headers = {{"Origin", "https://elsewhere.example"}}; // which this server refuses
        const auto refused = co_await soon(code_of(client::connect(world.url(), config)));
        CHECK(refused);

        using field = std::pair<std::string, std::string>;
        for (const auto& one :
             {field("Host", "x"), field("upgrade", "x"), field("Sec-WebSocket-Key", "x"), field("", "x"),
              field("a b", "x"), field("X", "a\r\nHost: evil"), field("X", std::string("a\0b", 3))}) {
            CAPTURE(one.first, one.second);
            config.headers.assign(1, one);
            std::string text;
            try {
                client never = co_await client::connect(world.url(), config);
            } catch (const std::invalid_argument& failure) {
                text = failure.what();
            }
            CHECK(text.starts_with("headers: "));
            CHECK(text.find("evil") == std::string::npos);
        }
        co_await world.stop();
    });
}

TEST_CASE("a list of symbols or a name that comes out empty is refused, and does not mean all", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::served_redis world(executor);
        co_await world.start();
        client cache = co_await soon(client::connect(world.url(), quick()));
        const std::vector<std::string> none;
        fullon_cache_api::cache_calls* const both[] = {&cache, &*world.server};
        for (auto* const calls : both) {
            co_await expect_code(calls->stream_tickers("x", none), error::invalid_params);
            co_await expect_code(calls->stream_trade_updates("x", ""), error::invalid_params);
            co_await expect_code(calls->stream_bot_status(""), error::invalid_params);
            std::string text;
            try {
                auto never = co_await calls->stream_tickers("x", none);
            } catch (const system_error& failure) {
                text = failure.what();
            }
            CHECK(text.starts_with("symbols: must be a non-empty list"));
        }
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("a stream may be closed, also while somebody waits for its next item", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto updates = co_await both.stream_a();
        co_await expect_price(updates, 1.5);
        auto end = [&]() -> asio::awaitable<void> {
            updates.close();
            auto request = co_await both.session->read_request("unsubscribe");
            CHECK(request.at("params").at("stream_key") == "s1");
        };
        co_await expect_nothing(during(updates.next(), end()));
        CHECK(updates.state() == stream_state::disconnected);
        co_await expect_nothing(updates.next());
        updates.close(); // twice is fine
        co_await both.close();
    });
}
