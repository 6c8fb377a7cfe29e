// The calls of a client against a scripted server, and the connection under them.
#include "client_fixture.hpp"

#include <stdexcept>

using namespace client_test;

TEST_CASE("connect says why it cannot", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        co_await expect_code(client::connect("http://localhost"), error::invalid_url);
        co_await expect_code(client::connect("https://localhost"), error::invalid_url);
        scripted_server server(executor);
        const auto url = server.url();
        server.stop();
        co_await expect_code(client::connect(url), asio::error::connection_refused);
    });
}

TEST_CASE("connect gives up on a server that does not answer the upgrade", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        scripted_server server(executor);
        auto config = quick();
        config.connect_timeout = 50ms;
        std::optional<scripted_session> kept;
        auto silent = [&]() -> asio::awaitable<void> { kept.emplace(co_await server.accept_tcp()); };
        co_await expect_code(during(client::connect(server.url(), config), silent()), asio::error::timed_out);
    });
}

TEST_CASE("replies find their calls in any order", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto serve = [&]() -> asio::awaitable<void> {
            auto first = co_await both.session->read();
            auto second = co_await both.session->read();
            CHECK(first.at("params").at("symbol") == "A");
            CHECK(second.at("operation") == "get_all_tickers");
            co_await both.session->answer(second, R"({"exchange":"x","tickers":[)" + ticker_a + "]}");
            co_await both.session->answer(first, ticker_a);
        };
        std::optional<ticker> one;
        auto ask_one = [&]() -> asio::awaitable<void> { one = co_await both.cache.get_ticker("x", "A"); };
        auto ask_all = [&]() -> asio::awaitable<std::vector<ticker>> {
            return during(both.cache.get_all_tickers("x"), serve());
        };
        const auto all = co_await during(ask_all(), ask_one());
        REQUIRE(one);
        CHECK(one->price == 1.5);
        CHECK_FALSE(one->volume);
        REQUIRE(all.size() == 1);
        CHECK(all[0] == *one);
        co_await both.close();
    });
}

TEST_CASE("a miss is empty, an error is thrown with the server's words", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto refuse = [&](std::string code) -> asio::awaitable<void> {
            auto request = co_await both.session->read();
            co_await both.session->refuse(request, code, "the very words");
        };
        co_await expect_nothing(during(both.cache.get_ticker("x", "A"), refuse("CACHE_MISS")));
        const auto missed = co_await during(fullon_cache_api::as_result(both.cache.get_ticker("x", "A")),
                                            refuse("CACHE_MISS"));
        REQUIRE(missed.has_value());
        CHECK_FALSE(missed->has_value());
        const auto broken = co_await during(fullon_cache_api::as_result(both.cache.get_ticker("x", "A")),
                                            refuse("CORRUPT_ENTRY"));
        CHECK(broken.error() == error::corrupt_entry);
        std::string said;
        try {
            co_await during(both.cache.ping(), refuse("HEALTH_CHECK_FAILED"));
        } catch (const system_error& failure) {
            CHECK(failure.code() == error::health_check_failed);
            said = failure.what();
        }
        CHECK(said.starts_with("the very words"));
        // a query without a miss has no other way to say it
        co_await expect_code(during(both.cache.get_all_tickers("x"), refuse("CACHE_MISS")),
                             error::cache_miss);
        co_await both.close();
    });
}

TEST_CASE("a reply of another shape is a protocol error of that call only", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto answer = [&](std::string result) -> asio::awaitable<void> {
            auto request = co_await both.session->read();
            co_await both.session->answer(request, result);
        };
        co_await expect_code(during(both.cache.get_ticker("x", "A"), answer("[]")), error::protocol);
        co_await expect_code(during(both.cache.stream_tickers("x"), answer("{}")), error::protocol);
        co_await expect_some(during(both.cache.get_ticker("x", "A"), answer(ticker_a)));
        co_await both.close();
    });
}

TEST_CASE("a call without an answer times out, and the late reply harms nobody", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        auto config = quick();
        config.request_timeout = 300ms;
        co_await both.open(config);
        co_await expect_code(both.cache.get_ticker("x", "A"), error::timeout);
        auto late = co_await both.session->read();
        co_await both.session->answer(late, ticker_a);
        co_await both.session->answer(late, ticker_a);
        auto serve = [&]() -> asio::awaitable<void> {
            auto request = co_await both.session->read();
            CHECK(request.at("request_id") != late.at("request_id"));
            co_await both.session->refuse(request, "CACHE_MISS", "");
        };
        co_await expect_nothing(during(both.cache.get_ticker("x", "B"), serve()));
        co_await both.close();
    });
}

TEST_CASE("a cancelled call leaves the client as it was", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        asio::steady_timer timer(executor, 10ms);
        const auto first =
            co_await (both.cache.get_ticker("x", "A") || timer.async_wait(asio::use_awaitable));
        CHECK(first.index() == 1);
        auto late = co_await both.session->read();
        co_await both.session->answer(late, ticker_a);
        auto serve = [&]() -> asio::awaitable<void> {
            auto request = co_await both.session->read();
            co_await both.session->answer(request, ticker_a);
        };
        co_await expect_some(during(both.cache.get_ticker("x", "A"), serve()));
        co_await both.close();
    });
}

TEST_CASE("a call under which the connection breaks is asked again", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto serve = [&]() -> asio::awaitable<void> {
            co_await both.session->read();
            both.session->vanish();
            co_await both.accept();
            auto request = co_await both.session->read();
            co_await both.session->answer(request, ticker_a);
        };
        co_await expect_some(during(both.cache.get_ticker("x", "A"), serve()));
        co_await both.close();
    });
}

// A request that brings the server down must not be sent for ever.
TEST_CASE("a call that breaks the connection twice fails", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto serve = [&]() -> asio::awaitable<void> {
            for (int i = 0; i < 2; ++i) {
                co_await both.session->read();
                both.session->vanish();
                co_await both.accept();
            }
        };
        co_await expect_code(during(both.cache.get_ticker("x", "A"), serve()), error::disconnected);
        co_await both.close();
    });
}

TEST_CASE("calls wait for the reconnect, but not longer than their time-out", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        auto config = quick();
        config.request_timeout = 2s;
        co_await both.open(config);
        auto events = both.cache.events();
        both.server.stop();
        both.session->vanish();
        co_await expect_event(events, client_event::kind::disconnected);
        auto serve = [&]() -> asio::awaitable<void> {
            both.server.start();
            co_await both.accept();
            auto request = co_await both.session->read();
            co_await both.session->answer(request, ticker_a);
        };
        co_await expect_some(during(both.cache.get_ticker("x", "A"), serve()));
        co_await expect_event(events, client_event::kind::connected);
        both.server.stop();
        both.session->vanish();
        const auto begun = std::chrono::steady_clock::now();
        co_await expect_code(both.cache.get_ticker("x", "A"), error::timeout);
        CHECK(std::chrono::steady_clock::now() - begun >= 1900ms);
        co_await both.cache.close();
    });
}

TEST_CASE("with on_disconnect::fail calls fail at once while there is no connection", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        auto config = quick();
        config.on_disconnect = on_disconnect::fail;
        co_await both.open(config);
        auto events = both.cache.events();
        auto serve = [&]() -> asio::awaitable<void> {
            co_await both.session->read();
            both.server.stop();
            both.session->vanish();
        };
        co_await expect_code(during(both.cache.get_ticker("x", "A"), serve()), error::disconnected);
        co_await expect_code(both.cache.get_ticker("x", "A"), error::disconnected);
        const auto tried = co_await fullon_cache_api::as_result(both.cache.get_ticker("x", "A"));
        CHECK(tried.error() == error::disconnected);
        co_await both.cache.close();
    });
}
