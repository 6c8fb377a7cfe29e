// A client and a scripted server for it.
#pragma once

#include "support/async_test.hpp"
#include "support/scripted_server.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_coro/deadline.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace client_test {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using boost::system::error_code;
using boost::system::system_error;
using fullon_cache_api::client;
using fullon_cache_api::client_config;
using fullon_cache_api::client_event;
using fullon_cache_api::error;
using fullon_cache_api::on_disconnect;
using fullon_cache_api::stream_options;
using fullon_cache_api::stream_state;
using fullon_cache_api::ticker;
using fullon_coro::with_deadline;
using support::scripted_server;
using support::scripted_session;
using ticker_stream = fullon_cache_api::stream<ticker>;
using ticker_update = fullon_cache_api::update<ticker>;

inline const std::string ticker_a = R"({"exchange":"x","symbol":"A","price":1.5})";
inline const std::string topic_a = R"(["tickers:x:A"])";
inline const std::vector<std::string> symbol_a{"A"};

inline client_config quick()
{
    client_config config;
    config.backoff_min = 1ms;
    config.backoff_max = 20ms;
    return config;
}

inline std::string update_text(double price, int id, std::string extra = {})
{
    return R"({"type":"ticker_update","exchange":"x","symbol":"A","price":)" + std::to_string(price) +
           R"(,"update_id":)" + std::to_string(id) + extra + "}";
}

inline std::string snapshot_text(double price, int id, const std::string& key)
{
    return update_text(price, id, R"(,"snapshot":true,"stream_key":")" + key + "\"");
}

inline std::string mark_text(const std::string& type, const std::string& key)
{
    return R"({"type":")" + type + R"(","stream_key":")" + key + R"(","items":1})";
}

/// A coroutine of the peer that runs beside a call. What it throws comes out of finish().
class beside {
public:
    beside(asio::any_io_executor executor, asio::awaitable<void> body) : tasks_(executor, store(failure_))
    {
        tasks_.spawn("peer", std::move(body));
    }
    asio::awaitable<void> finish()
    {
        co_await tasks_.join();
        if (*failure_)
            std::rethrow_exception(*failure_);
    }

private:
    using failure_ptr = std::shared_ptr<std::exception_ptr>;
    static fullon_coro::task_group::error_handler store(failure_ptr to)
    {
        return [to](std::string_view, std::exception_ptr failure) { *to = failure; };
    }

    failure_ptr failure_ = std::make_shared<std::exception_ptr>();
    fullon_coro::task_group tasks_;
};

/// Awaits both. (awaitable_operators would make the compiler generate much more.)
template <class T>
asio::awaitable<T> during(asio::awaitable<T> call, asio::awaitable<void> peer)
{
    beside other(co_await asio::this_coro::executor, std::move(peer));
    std::optional<T> result;
    std::exception_ptr failure;
    try {
        result.emplace(co_await std::move(call));
    } catch (...) {
        failure = std::current_exception();
    }
    co_await other.finish();
    if (failure)
        std::rethrow_exception(failure);
    co_return std::move(*result);
}

inline asio::awaitable<void> all_of(asio::awaitable<void> one, asio::awaitable<void> two,
                                    asio::awaitable<void> three)
{
    const auto executor = co_await asio::this_coro::executor;
    beside first(executor, std::move(one));
    beside second(executor, std::move(two));
    beside third(executor, std::move(three));
    co_await first.finish();
    co_await second.finish();
    co_await third.finish();
}

/// A client with its session of the scripted server.
struct pair {
    scripted_server server;
    client cache;
    std::optional<scripted_session> session;

    explicit pair(asio::any_io_executor executor) : server(std::move(executor)) {}

    asio::awaitable<void> open(client_config config = quick())
    {
        cache = co_await during(client::connect(server.url(), config), accept());
    }

    asio::awaitable<void> accept() { session.emplace(co_await server.accept()); }

    /// Subscribes one stream with a snapshot of one item.
    asio::awaitable<ticker_stream> stream_a(std::string key = "s1", stream_options options = {})
    {
        return during(cache.stream_tickers("x", symbol_a, options), begin(key, 1.5, 7));
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
        auto closing = [&]() -> asio::awaitable<void> { co_await cache.close(); };
        const auto code = co_await during(session->read_close(), closing());
        CHECK(code == 1000);
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

inline void test(std::function<asio::awaitable<void>(asio::any_io_executor)> body)
{
    support::run(body);
}

// Never `CHECK(co_await ...)`: g++ evaluates what is awaited twice there.
using where = std::source_location;

/// How the call fails; a call that does not fail is a failed check.
template <class T>
asio::awaitable<void> expect_code(asio::awaitable<T> call, error_code expected, where line = where::current())
{
    const error_code code = co_await soon(code_of(std::move(call)));
    INFO("line " << line.line() << ": " << code.message());
    CHECK(code == expected);
}

/// A result that is there.
template <class T>
asio::awaitable<void> expect_some(asio::awaitable<std::optional<T>> call, where line = where::current())
{
    const auto result = co_await soon(std::move(call));
    INFO("line " << line.line());
    CHECK(result.has_value());
}

template <class T>
asio::awaitable<void> expect_nothing(asio::awaitable<std::optional<T>> call, where line = where::current())
{
    const auto result = co_await soon(std::move(call));
    INFO("line " << line.line());
    CHECK_FALSE(result.has_value());
}

template <class T>
asio::awaitable<void> expect_value(asio::awaitable<T> call, T expected, where line = where::current())
{
    const auto result = co_await soon(std::move(call));
    INFO("line " << line.line());
    CHECK(result == expected);
}

/// The next item of a stream.
inline asio::awaitable<ticker_update> expect_price(ticker_stream& updates, double price,
                                                   where line = where::current())
{
    auto item = co_await soon(updates.next());
    INFO("line " << line.line());
    REQUIRE(item);
    CHECK(item->price == price);
    co_return std::move(*item);
}

inline asio::awaitable<client_event> expect_event(fullon_coro::async_generator<client_event>& events,
                                                  client_event::kind kind)
{
    auto event = co_await soon(events.next());
    REQUIRE(event);
    CHECK(event->type == kind);
    co_return std::move(*event);
}

} // namespace client_test
