// The streams of a client against a scripted server.
#include "client_fixture.hpp"

#include <fullon_cache_api/detail/catalogue/streams.hpp>

#include <stdexcept>

using namespace client_test;

TEST_CASE("a stream yields its snapshot and then what is live", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto updates = co_await both.stream_a();
        CHECK(updates.state() == stream_state::live);
        const auto first = co_await soon(updates.next());
        CHECK(first->snapshot);
        CHECK(first->symbol == "A");
        CHECK(first->update_id == 7);
        co_await both.session->send(update_text(2, 8));
        co_await both.session->send(update_text(3, 11));
        const auto second = co_await soon(updates.next());
        CHECK(second->price == 2);
        CHECK(second->missed == 0);
        const auto third = co_await soon(updates.next());
        CHECK(third->price == 3);
        CHECK(third->missed == 2);
        co_await both.session->send(update_text(3, 12, R"(,"removed":true)"));
        const auto gone = co_await expect_price(updates, 3);
        CHECK(gone.removed);
        co_await both.close();
        co_await expect_nothing(updates.next());
    });
}

TEST_CASE("a subscription that the server refuses is thrown where it was asked for", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto serve = [&]() -> asio::awaitable<void> {
            auto request = co_await both.session->read();
            co_await both.session->refuse(request, "INVALID_PARAMS", "exchange: must be a non-empty string");
        };
        co_await expect_code(during(both.cache.stream_tickers(""), serve()), error::invalid_params);
        co_await both.close();
    });
}

TEST_CASE("a next() that gives way to a timer loses no item", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto updates = co_await both.stream_a();
        co_await updates.next();
        int id = 7;
        for (int round = 0; round < 50; ++round) {
            // ready together with the timer, in either order, and not ready at all
            asio::steady_timer timer(executor, std::chrono::microseconds(50 * (round % 5)));
            co_await both.session->send(update_text(round, ++id));
            std::optional<fullon_cache_api::update<ticker>> item;
            if (round % 2 == 0) {
                auto won = co_await (updates.next() || timer.async_wait(asio::use_awaitable));
                if (won.index() == 0)
                    item = std::get<0>(std::move(won));
            } else {
                auto won = co_await (timer.async_wait(asio::use_awaitable) || updates.next());
                if (won.index() == 1)
                    item = std::get<1>(std::move(won));
            }
            if (!item)
                item = co_await soon(updates.next());
            CHECK(item->price == round);
            CHECK(item->missed == 0);
        }
        co_await both.close();
    });
}

TEST_CASE("of two ready streams in one || neither loses its item", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto one = co_await both.stream_a("s1");
        auto two = co_await both.stream_a("s2");
        co_await soon(one.next());
        co_await soon(two.next());
        for (int i = 0; i < 20; ++i) {
            co_await both.session->send(update_text(i, 8 + i));
            co_await support::pause(1ms);
            auto first = co_await (one.next() || two.next());
            auto& loser = first.index() == 0 ? two : one;
            auto other = co_await soon(loser.next());
            CHECK(other->price == i);
        }
        co_await both.close();
    });
}

TEST_CASE("a second next() at the same time is a mistake of the caller", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto updates = co_await both.stream_a();
        co_await updates.next();
        bool thrown = false;
        auto second = [&]() -> asio::awaitable<void> {
            co_await support::run_ready();
            try {
                co_await updates.next();
            } catch (const std::logic_error&) {
                thrown = true;
            }
            co_await both.session->send(update_text(2, 8));
        };
        const auto item = co_await soon(during(updates.next(), second()));
        CHECK(item->price == 2);
        CHECK(thrown);
        co_await both.close();
    });
}

TEST_CASE("destroying a stream unsubscribes", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        {
            auto updates = co_await both.stream_a("s17");
            auto moved = std::move(updates);
            updates = std::move(moved); // still one stream
        }
        const auto request = co_await both.session->read_request("unsubscribe");
        CHECK(request.at("params").at("stream_key") == "s17");
        co_await both.session->answer(request, R"({"stream_key":"s17","delivered":1})");
        co_await both.session->send(update_text(2, 8)); // under way meanwhile
        co_await both.close();
    });
}

TEST_CASE("destroying a stream ends its pending next()", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto updates = std::make_optional(co_await both.stream_a());
        co_await updates->next();
        auto destroy = [&]() -> asio::awaitable<void> {
            co_await support::run_ready();
            updates.reset();
        };
        const auto code = co_await soon(during(code_of(updates->next()), destroy()));
        CHECK(code == asio::error::operation_aborted);
        co_await both.close();
    });
}

TEST_CASE("a stream whose subscriber has given up is ended when it is acknowledged", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        asio::steady_timer timer(executor, 10ms);
        const auto won =
            co_await (both.cache.stream_tickers("x", symbol_a) || timer.async_wait(asio::use_awaitable));
        CHECK(won.index() == 1);
        auto request = co_await both.session->read();
        co_await both.session->acknowledge(request, "s5", topic_a);
        const auto ended = co_await both.session->read_request("unsubscribe");
        CHECK(ended.at("params").at("stream_key") == "s5");
        co_await both.close();
    });
}

TEST_CASE("a reconnect subscribes again and hands out what is different", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto events = both.cache.events();
        auto updates = co_await both.stream_a();
        co_await updates.next();
        both.session->vanish();
        co_await expect_event(events, client_event::kind::disconnected);
        CHECK(updates.state() == stream_state::disconnected);
        co_await both.accept();
        co_await both.begin("s1", 2, 3, "e2");
        const auto again = co_await soon(updates.next());
        CHECK(again->resync);
        CHECK(again->snapshot);
        CHECK(again->price == 2);
        CHECK(again->missed == 0);
        CHECK(updates.state() == stream_state::live);
        co_await expect_event(events, client_event::kind::connected);
        co_await expect_event(events, client_event::kind::resynced);

        both.session->vanish();
        co_await both.accept();
        auto request = co_await both.session->read_request("stream_tickers");
        co_await both.session->acknowledge(request, "s9", topic_a, "e3");
        co_await both.session->send(mark_text("snapshot_end", "s9"));
        const auto gone = co_await soon(updates.next());
        CHECK(gone->removed);
        CHECK(gone->resync);
        CHECK(gone->price == 2);
        co_await both.close();
        co_await expect_event(events, client_event::kind::disconnected);
        co_await expect_event(events, client_event::kind::connected);
        co_await expect_event(events, client_event::kind::resynced);
        co_await expect_nothing(events.next());
    });
}

TEST_CASE("a subscription is tried again for as long as the server has no cache", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto updates = co_await both.stream_a();
        co_await updates.next();
        both.session->vanish();
        co_await both.accept();
        for (const auto* code : {"CACHE_UNAVAILABLE", "TIMEOUT", "INTERNAL_ERROR", "RATE_LIMITED"}) {
            auto request = co_await both.session->read_request("stream_tickers");
            co_await both.session->refuse(request, code, "not now");
        }
        co_await both.begin("s1", 2, 8);
        co_await expect_price(updates, 2);
        co_await both.close();
    });
}

TEST_CASE("a subscription that is refused for good after a reconnect ends its stream with the error",
          "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto updates = co_await both.stream_a();
        co_await updates.next();
        both.session->vanish();
        co_await both.accept();
        auto request = co_await both.session->read_request("stream_tickers");
        co_await both.session->refuse(request, "FORBIDDEN", "no more");
        co_await expect_code(updates.next(), error::forbidden);
        co_await expect_nothing(updates.next());
        co_await both.close();
    });
}

TEST_CASE("stale and fresh are told to the stream and as events", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto events = both.cache.events();
        stream_options options;
        options.on_stale = fullon_cache_api::on_stale::fail;
        auto strict = co_await both.stream_a("s1", options);
        co_await strict.next();
        co_await both.session->send(mark_text("stale", "s1"));
        co_await expect_code(strict.next(), error::cache_unavailable); // it waited when it came
        CHECK(strict.state() == stream_state::stale);
        co_await expect_code(strict.next(), error::cache_unavailable);
        co_await expect_event(events, client_event::kind::stale);
        co_await both.session->send(update_text(2, 8));
        co_await both.session->send(mark_text("fresh", "s1"));
        co_await both.session->send(R"({"type":"gap","topic":"trades:x:A","dropped":4})");
        co_await expect_event(events, client_event::kind::fresh);
        CHECK(strict.state() == stream_state::live);
        co_await expect_price(strict, 2);
        const auto gap = co_await expect_event(events, client_event::kind::gap);
        CHECK(gap.topic == "trades:x:A");
        CHECK(gap.dropped == 4);
        both.server.stop();
        both.session->vanish();
        co_await expect_code(strict.next(), error::disconnected);
        co_await both.cache.close();
        co_await expect_nothing(strict.next());
    });
}

TEST_CASE("a subscription under which the connection breaks is made on the next one, once", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto serve = [&]() -> asio::awaitable<void> {
            co_await both.session->read_request("stream_tickers");
            both.session->vanish();
            co_await both.accept();
            co_await both.begin("s1", 2, 1);
        };
        auto updates = co_await during(both.cache.stream_tickers("x", symbol_a), serve());
        const auto first = co_await expect_price(updates, 2);
        CHECK(first.snapshot);
        CHECK_FALSE(first.resync);
        auto answer = [&]() -> asio::awaitable<void> {
            auto request = co_await both.session->read(); // and no second subscription
            CHECK(request.at("operation") == "list_streams");
            co_await both.session->answer(request, R"({"streams":[]})");
        };
        const auto listed = co_await during(both.cache.list_streams(), answer());
        CHECK(listed.streams.empty());
        co_await both.close();
    });
}

TEST_CASE("a stream that is destroyed while there is no connection is not subscribed again", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto events = both.cache.events();
        auto kept = co_await both.stream_a("s1");
        {
            auto dropped = co_await both.stream_a("s2");
            both.server.stop();
            both.session->vanish();
            co_await expect_event(events, client_event::kind::disconnected);
        }
        both.server.start();
        co_await both.accept();
        co_await both.begin("s1", 2, 8);
        co_await expect_event(events, client_event::kind::connected);
        co_await expect_event(events, client_event::kind::resynced); // all streams have their snapshot
        co_await expect_price(kept, 1.5);
        co_await expect_price(kept, 2);
        co_await both.close();
    });
}

TEST_CASE("a stream that is destroyed while it is being subscribed again is ended on the server", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        {
            auto updates = co_await both.stream_a();
            both.session->vanish();
            co_await both.accept();
        }
        auto request = co_await both.session->read_request("stream_tickers");
        co_await both.session->acknowledge(request, "s8", topic_a);
        const auto ended = co_await both.session->read_request("unsubscribe");
        CHECK(ended.at("params").at("stream_key") == "s8");
        co_await both.close();
    });
}
