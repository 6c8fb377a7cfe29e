// The client against a scripted server: calls, streams, and everything that can happen to the connection.
#include "support/async_test.hpp"
#include "support/scripted_server.hpp"

#include <fullon_cache/detail/deadline.hpp>
#include <fullon_cache/detail/task_group.hpp>
#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/operations/streams.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using boost::system::error_code;
using boost::system::system_error;
using fullon_cache::detail::with_deadline;
using fullon_cache_api::client;
using fullon_cache_api::client_config;
using fullon_cache_api::client_event;
using fullon_cache_api::error;
using fullon_cache_api::on_disconnect;
using fullon_cache_api::stream_options;
using fullon_cache_api::stream_state;
using fullon_cache_api::ticker;
using support::scripted_server;
using support::scripted_session;
using ticker_stream = fullon_cache_api::stream<ticker>;

const std::string ticker_a = R"({"exchange":"x","symbol":"A","price":1.5})";
const std::string topic_a = R"(["tickers:x:A"])";
const std::vector<std::string> symbol_a{"A"};

client_config quick()
{
    client_config config;
    config.backoff_min = 1ms;
    config.backoff_max = 20ms;
    return config;
}

std::string update_text(double price, int id, std::string extra = {})
{
    return R"({"type":"ticker_update","exchange":"x","symbol":"A","price":)" + std::to_string(price) +
           R"(,"update_id":)" + std::to_string(id) + extra + "}";
}

std::string snapshot_text(double price, int id, const std::string& key)
{
    return update_text(price, id, R"(,"snapshot":true,"stream_key":")" + key + "\"");
}

std::string mark_text(const std::string& type, const std::string& key)
{
    return R"({"type":")" + type + R"(","stream_key":")" + key + R"(","items":1})";
}

/// A client with its session of the scripted server.
struct pair {
    scripted_server server;
    client cache;
    std::optional<scripted_session> session;

    explicit pair(asio::any_io_executor executor) : server(std::move(executor)) {}

    asio::awaitable<void> open(client_config config = quick())
    {
        auto connected = co_await (client::connect(server.url(), config) && server.accept());
        cache = std::move(std::get<0>(connected));
        session.emplace(std::move(std::get<1>(connected)));
    }

    asio::awaitable<void> accept() { session.emplace(co_await server.accept()); }

    /// Subscribes one stream with a snapshot of one item.
    asio::awaitable<ticker_stream> stream_a(std::string key = "s1", stream_options options = {})
    {
        auto both = co_await (cache.stream_tickers("x", symbol_a, options) && begin(key, 1.5, 7));
        co_return std::move(both);
    }

    asio::awaitable<void> begin(std::string key, double price, int id, std::string epoch = "e1")
    {
        auto request = co_await session->read_request("stream_tickers");
        co_await session->acknowledge(std::move(request), key, topic_a, epoch);
        co_await session->send(snapshot_text(price, id, key));
        co_await session->send(mark_text("snapshot_end", key));
    }

    /// The client's close handshake needs its peer.
    asio::awaitable<void> close()
    {
        auto closed = co_await (cache.close() && session->read_close());
        CHECK(closed == 1000);
    }
};

template <class T>
asio::awaitable<error_code> code_of(asio::awaitable<T> call)
{
    try {
        (void)co_await std::move(call);
    } catch (const system_error& failure) {
        co_return failure.code();
    }
    co_return error_code();
}

template <class T>
asio::awaitable<T> soon(asio::awaitable<T> call)
{
    return with_deadline(10s * support::patience, std::move(call));
}

void test(std::function<asio::awaitable<void>(asio::any_io_executor)> body)
{
    support::run(body);
}

asio::awaitable<client_event> expect_event(fullon_cache::async_generator<client_event>& events,
                                           client_event::kind kind)
{
    auto event = co_await soon(events.next());
    REQUIRE(event);
    CHECK(event->type == kind);
    co_return std::move(*event);
}

} // namespace

TEST_CASE("connect says why it cannot", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        CHECK(co_await code_of(client::connect("http://localhost")) == error::invalid_url);
        CHECK(co_await code_of(client::connect("wss://localhost")) == error::invalid_url);
        scripted_server server(executor);
        const auto url = server.url();
        server.stop();
        CHECK(co_await code_of(client::connect(url)) == asio::error::connection_refused);
    });
}

TEST_CASE("connect gives up on a server that does not answer the upgrade", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        scripted_server server(executor);
        auto config = quick();
        config.connect_timeout = 50ms;
        auto both = co_await (code_of(client::connect(server.url(), config)) && server.accept_tcp());
        CHECK(std::get<0>(both) == asio::error::timed_out);
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
        auto [one, all] =
            co_await (both.cache.get_ticker("x", "A") && (both.cache.get_all_tickers("x") && serve()));
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
        CHECK_FALSE(co_await (both.cache.get_ticker("x", "A") && refuse("CACHE_MISS")));
        const auto missed = co_await (both.cache.try_get_ticker("x", "A") && refuse("CACHE_MISS"));
        REQUIRE(missed.has_value());
        CHECK_FALSE(missed->has_value());
        const auto broken = co_await (both.cache.try_get_ticker("x", "A") && refuse("CORRUPT_ENTRY"));
        CHECK(broken.error() == error::corrupt_entry);
        std::string said;
        try {
            co_await (both.cache.ping() && refuse("HEALTH_CHECK_FAILED"));
        } catch (const system_error& failure) {
            CHECK(failure.code() == error::health_check_failed);
            said = failure.what();
        }
        CHECK(said.starts_with("the very words"));
        // a query without a miss has no other way to say it
        CHECK(co_await (code_of(both.cache.get_all_tickers("x")) && refuse("CACHE_MISS")) == error::cache_miss);
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
        CHECK(co_await (code_of(both.cache.get_ticker("x", "A")) && answer("[]")) == error::protocol);
        CHECK(co_await (code_of(both.cache.stream_tickers("x")) && answer("{}")) == error::protocol);
        CHECK(co_await (both.cache.get_ticker("x", "A") && answer(ticker_a)));
        co_await both.close();
    });
}

TEST_CASE("a call without an answer times out, and the late reply harms nobody", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        auto config = quick();
        config.request_timeout = 30ms;
        co_await both.open(config);
        CHECK(co_await code_of(both.cache.get_ticker("x", "A")) == error::timeout);
        auto late = co_await both.session->read();
        co_await both.session->answer(late, ticker_a);
        co_await both.session->answer(late, ticker_a);
        auto serve = [&]() -> asio::awaitable<void> {
            auto request = co_await both.session->read();
            CHECK(request.at("request_id") != late.at("request_id"));
            co_await both.session->refuse(request, "CACHE_MISS", "");
        };
        CHECK_FALSE(co_await (both.cache.get_ticker("x", "B") && serve()));
        co_await both.close();
    });
}

TEST_CASE("a cancelled call leaves the client as it was", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        asio::steady_timer timer(executor, 10ms);
        const auto first = co_await (both.cache.get_ticker("x", "A") || timer.async_wait(asio::use_awaitable));
        CHECK(first.index() == 1);
        auto late = co_await both.session->read();
        co_await both.session->answer(late, ticker_a);
        auto serve = [&]() -> asio::awaitable<void> {
            auto request = co_await both.session->read();
            co_await both.session->answer(request, ticker_a);
        };
        CHECK(co_await (both.cache.get_ticker("x", "A") && serve()));
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
        CHECK(co_await (both.cache.get_ticker("x", "A") && serve()));
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
        CHECK(co_await (code_of(both.cache.get_ticker("x", "A")) && serve()) == error::disconnected);
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
        CHECK(co_await (both.cache.get_ticker("x", "A") && serve()));
        co_await expect_event(events, client_event::kind::connected);
        both.server.stop();
        both.session->vanish();
        const auto begun = std::chrono::steady_clock::now();
        CHECK(co_await code_of(both.cache.get_ticker("x", "A")) == error::timeout);
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
        CHECK(co_await (code_of(both.cache.get_ticker("x", "A")) && serve()) == error::disconnected);
        CHECK(co_await code_of(both.cache.get_ticker("x", "A")) == error::disconnected);
        const auto tried = co_await both.cache.try_get_ticker("x", "A");
        CHECK(tried.error() == error::disconnected);
        co_await both.cache.close();
    });
}

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
        CHECK((co_await soon(updates.next()))->removed);
        co_await both.close();
        CHECK_FALSE(co_await updates.next());
    });
}

TEST_CASE("a subscription that the server refuses is thrown where it was asked for", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        co_await both.open();
        auto serve = [&]() -> asio::awaitable<void> {
            auto request = co_await both.session->read();
            co_await both.session->refuse(request, "INVALID_PARAMS", "exchange: must be a non-empty text");
        };
        CHECK(co_await (code_of(both.cache.stream_tickers("")) && serve()) == error::invalid_params);
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
            auto other = co_await soon(first.index() == 0 ? two.next() : one.next());
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
        auto second = [&]() -> asio::awaitable<bool> {
            bool thrown = false;
            try {
                co_await updates.next();
            } catch (const std::logic_error&) {
                thrown = true;
            }
            co_await both.session->send(update_text(2, 8));
            co_return thrown;
        };
        auto [item, thrown] = co_await soon(updates.next() && second());
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
            updates.reset();
            co_return;
        };
        const auto code = co_await soon(code_of(updates->next()) && destroy());
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
        CHECK((co_await both.session->read_request("unsubscribe")).at("params").at("stream_key") == "s5");
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
        CHECK_FALSE(co_await events.next());
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
        for (const auto* code : {"CACHE_UNAVAILABLE", "TIMEOUT", "CACHE_UNAVAILABLE"}) {
            auto request = co_await both.session->read_request("stream_tickers");
            co_await both.session->refuse(request, code, "not now");
        }
        co_await both.begin("s1", 2, 8);
        CHECK((co_await soon(updates.next()))->price == 2);
        co_await both.close();
    });
}

TEST_CASE("a subscription that is refused for good after a reconnect ends its stream with the error", "[client]")
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
        CHECK(co_await soon(code_of(updates.next())) == error::forbidden);
        CHECK_FALSE(co_await soon(updates.next()));
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
        CHECK(co_await soon(code_of(strict.next())) == error::cache_unavailable); // it waited when it came
        CHECK(strict.state() == stream_state::stale);
        CHECK(co_await soon(code_of(strict.next())) == error::cache_unavailable);
        co_await expect_event(events, client_event::kind::stale);
        co_await both.session->send(update_text(2, 8));
        co_await both.session->send(mark_text("fresh", "s1"));
        co_await both.session->send(R"({"type":"gap","topic":"trades:x:A","dropped":4})");
        co_await expect_event(events, client_event::kind::fresh);
        CHECK(strict.state() == stream_state::live);
        CHECK((co_await soon(strict.next()))->price == 2);
        const auto gap = co_await expect_event(events, client_event::kind::gap);
        CHECK(gap.topic == "trades:x:A");
        CHECK(gap.dropped == 4);
        both.server.stop();
        both.session->vanish();
        CHECK(co_await soon(code_of(strict.next())) == error::disconnected);
        co_await both.cache.close();
        CHECK_FALSE(co_await strict.next());
    });
}

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
        auto [code, item] =
            co_await (code_of(both.cache.get_ticker("x", "A")) && (updates.next() && close_it()));
        CHECK(code == error::closed);
        CHECK_FALSE(item);
        CHECK(co_await code_of(both.cache.get_ticker("x", "A")) == error::closed);
        CHECK(co_await code_of(both.cache.stream_tickers("x")) == error::closed);
        auto late = both.cache.events();
        CHECK_FALSE(co_await late.next());
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
        CHECK_FALSE(co_await events.next());

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
        CHECK_FALSE(co_await soon(updates.next()));
        CHECK(updates.state() == stream_state::disconnected);
        CHECK_FALSE(co_await both.session->read_close());
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
        CHECK(co_await (both.cache.get_ticker("x", "A") && serve()));
        co_await both.close();
    });
}

TEST_CASE("a silent connection is found dead within the heartbeat", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        pair both(executor);
        auto config = quick();
        config.heartbeat = 200ms;
        co_await both.open(config);
        auto events = both.cache.events();
        // nobody reads at the other end, so no ping is answered
        const auto begun = std::chrono::steady_clock::now();
        co_await expect_event(events, client_event::kind::disconnected);
        CHECK(std::chrono::steady_clock::now() - begun < 2s * support::patience);
        co_await both.accept();
        co_await both.close();
    });
}

TEST_CASE("with_client closes whatever happens", "[client]")
{
    test([](asio::any_io_executor executor) -> asio::awaitable<void> {
        scripted_server server(executor);
        auto serve = [&]() -> asio::awaitable<std::optional<std::uint16_t>> {
            auto session = co_await server.accept();
            co_return co_await session.read_close();
        };
        std::optional<client> kept;
        auto fine = [&](client& cache) -> asio::awaitable<int> {
            CHECK(cache.get_executor() == executor);
            co_return 17;
        };
        auto [result, code] = co_await (fullon_cache_api::with_client(server.url(), fine) && serve());
        CHECK(result == 17);
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
        auto [text, again] = co_await (outer() && serve());
        CHECK(text == "of the function");
        CHECK(again == 1000);

        auto endless = [](client&) -> asio::awaitable<void> { co_await support::pause(1h); };
        asio::steady_timer timer(executor, 20ms);
        auto bounded = [&]() -> asio::awaitable<std::size_t> {
            auto won = co_await (fullon_cache_api::with_client(server.url(), endless) ||
                                 timer.async_wait(asio::use_awaitable));
            co_return won.index();
        };
        auto [index, last] = co_await (bounded() && serve());
        CHECK(index == 1);
        CHECK(last == 1000);
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
            CHECK((co_await soon(updates.next()))->price == 1.5);
            co_await both.close();
        };
        co_await asio::co_spawn(strand, body(), asio::use_awaitable);
    });
}
