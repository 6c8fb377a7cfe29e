// The end of a client in all its forms, and what it does when the server is odd.
#include "client_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <stdexcept>

using namespace client_test;

TEST_CASE("close fails the calls under way and ends the streams", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto updates = co_await both.stream_a();
        co_await updates.next();
        auto close_it = [&]() -> asio::awaitable<void> {
            co_await both.session->read();
            co_await both.close();
        };
        auto follow = [&]() -> asio::awaitable<void> { co_await expect_nothing(updates.next()); };
        auto ask = [&]() -> asio::awaitable<void> {
            co_await expect_code(both.cache.get_ticker("x", "A"), error::closed);
        };
        co_await all_of(ask(), follow(), close_it());
        co_await expect_code(both.cache.get_ticker("x", "A"), error::closed);
        co_await expect_code(both.cache.stream_tickers("x"), error::closed);
        auto late = both.cache.events();
        co_await expect_nothing(late.next());
        co_await both.cache.close(); // twice is fine
    });
}

TEST_CASE("close does not wait for ever for a server that says nothing", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        auto config = quick();
        config.close_timeout = 50ms;
        co_await both.open(config);
        co_await soon(both.cache.close());
    });
}

TEST_CASE("close while there is no connection ends at once", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        auto config = quick();
        config.backoff_min = config.backoff_max = 1h;
        co_await both.open(config);
        auto events = both.cache.events();
        both.session->vanish();
        co_await expect_event(events, client_event::kind::disconnected);
        co_await soon(both.cache.close());
        co_await expect_nothing(events.next());

        // and in the middle of connecting
        pair other(executor);
        config = quick();
        config.connect_timeout = 1h;
        co_await other.open(config);
        other.session->vanish();
        auto silent = co_await other.server.accept_tcp();
        co_await soon(other.cache.close());
    });
}

TEST_CASE("a client that is destroyed cuts its connection, and its streams end", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto updates = co_await both.stream_a();
        co_await updates.next();
        both.cache = client();
        co_await expect_nothing(updates.next());
        CHECK(updates.state() == stream_state::disconnected);
        co_await expect_nothing(both.session->read_close());
    });
}

TEST_CASE("a stream may outlive client and context use", "[client]")
{
    std::optional<ticker_stream> updates;
    {
        asio::io_context context(1);
        const asio::any_io_executor executor = context.get_executor();
        std::optional<pair> both(std::in_place, executor);
        auto body = [&]() -> asio::awaitable<void> {
            co_await both->open();
            updates.emplace(co_await both->stream_a());
        };
        support::run(context, body);
        updates.reset(); // queued, never run: the context goes first
        both.reset();
    }
}

TEST_CASE("a server that talks something else is left and tried again", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto events = both.cache.events();
        co_await both.session->send("hello");
        const auto first = co_await expect_event(events, client_event::kind::disconnected);
        CHECK(first.text.find("protocol") != std::string::npos);
        co_await both.accept();
        co_await both.session->send_binary("\x01\x02");
        co_await both.accept();
        co_await both.session->send(R"({"type":"from the future","a":1})"); // this is no offence
        auto serve = [&]() -> asio::awaitable<void> {
            auto request = co_await both.session->read();
            co_await both.session->answer(request, ticker_a);
        };
        co_await expect_some(during(both.cache.get_ticker("x", "A"), serve()));
        co_await both.close();
    });
}

TEST_CASE("a silent connection is found dead within the heartbeat", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        auto config = quick();
        config.heartbeat = 200ms;
        config.close_timeout = 50ms;
        co_await both.open(config);
        auto events = both.cache.events();
        // nobody reads at the other end, so no ping is answered
        const auto begun = std::chrono::steady_clock::now();
        co_await expect_event(events, client_event::kind::disconnected);
        CHECK(std::chrono::steady_clock::now() - begun < 2s * support::patience);
        co_await both.accept(); // it tries again
        co_await both.cache.close();
    });
}

TEST_CASE("with_client closes whatever happens", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        scripted_server server(executor);
        std::optional<std::uint16_t> code;
        auto serve = [&]() -> asio::awaitable<void> {
            auto session = co_await server.accept();
            code = co_await session.read_close();
        };
        auto fine = [&](client& cache) -> asio::awaitable<int> {
            CHECK(cache.get_executor() == executor);
            co_return 17;
        };
        co_await expect_value(during(fullon_cache_api::with_client(server.url(), fine), serve()), 17);
        CHECK(code == 1000);

        auto failing = [](client&) -> asio::awaitable<void> {
            throw std::runtime_error("of the function");
            co_return;
        };
        auto outer = [&]() -> asio::awaitable<std::string> {
            try {
                co_await fullon_cache_api::with_client(server.url(), quick(), failing);
            } catch (const std::runtime_error& failure) {
                co_return failure.what();
            }
            co_return "";
        };
        code.reset();
        co_await expect_value(during(outer(), serve()), std::string("of the function"));
        CHECK(code == 1000);

        auto endless = [](client&) -> asio::awaitable<void> { co_await support::pause(1h); };
        asio::steady_timer timer(executor, 20ms);
        auto bounded = [&]() -> asio::awaitable<std::size_t> {
            auto won = co_await (fullon_cache_api::with_client(server.url(), endless) ||
                                 timer.async_wait(asio::use_awaitable));
            co_return won.index();
        };
        code.reset();
        co_await expect_value(during(bounded(), serve()), std::size_t(1));
        CHECK(code == 1000);
    });
}

TEST_CASE("a client works on a strand", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const asio::any_io_executor strand = asio::make_strand(executor);
        auto body = [&]() -> asio::awaitable<void> {
            pair both(strand);
            co_await both.open();
            auto updates = co_await both.stream_a();
            co_await expect_price(updates, 1.5);
            co_await both.close();
        };
        co_await asio::co_spawn(strand, body(), asio::use_awaitable);
    });
}
