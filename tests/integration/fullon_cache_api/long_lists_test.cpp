// Lists of symbols that are longer than one message to the server may be: the client takes them apart.
#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/catalogue/tickers.hpp>

#include <fullon_coro/deadline.hpp>
#include <fullon_orm/codec.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using boost::system::system_error;
using fullon_cache_api::client;
using fullon_cache_api::error;
using fullon_cache_api::stream_state;
using support::make_tick;
using support::redis_words;
using support::served_redis;
using ticker_stream = fullon_cache_api::stream<fullon_cache_api::ticker>;

std::vector<std::string> symbols_of(int count)
{
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i)
        names.push_back("SYM" + std::to_string(i) + "/USDT");
    return names;
}

void write_all(const support::redis_server& redis, const std::vector<std::string>& symbols, double price)
{
    support::redis_cli cli(redis);
    std::vector<std::vector<std::string>> writes;
    for (const auto& symbol : symbols)
        writes.push_back(redis_words("HSET", "tickers:big", symbol,
                                     fullon_orm::to_json(make_tick("big", symbol, price, price)))
                             .list());
    cli.pipeline(writes);
}

/// Takes items until every symbol has come with this price.
asio::awaitable<std::size_t> take_all(ticker_stream* from, std::size_t symbols, double price)
{
    std::set<std::string> seen;
    std::size_t taken = 0;
    while (seen.size() < symbols) {
        auto next = fullon_coro::with_deadline(20s * support::patience, from->next());
        const auto item = co_await std::move(next);
        REQUIRE(item);
        ++taken;
        if (item->price == price)
            seen.insert(item->symbol);
    }
    co_return taken;
}

asio::awaitable<std::string> refusal(client* by, std::vector<std::string> symbols)
{
    std::string text;
    try {
        auto opening = by->stream_tickers("big", std::move(symbols));
        const auto stream = co_await std::move(opening);
    } catch (const system_error& failure) {
        CHECK(failure.code() == error::limit_exceeded);
        text = failure.what();
    }
    co_return text;
}

asio::awaitable<std::size_t> streams_on_server(client* of)
{
    auto asking = of->list_streams();
    const auto list = co_await std::move(asking);
    co_return list.streams.size();
}

asio::awaitable<void> until_streams(client* of, std::size_t wanted)
{
    for (int i = 0; i < 1000; ++i) {
        auto asking = streams_on_server(of);
        const auto count = co_await std::move(asking);
        if (count == wanted)
            co_return;
        co_await support::pause(5ms);
    }
    FAIL("the server keeps streams that nobody has");
}

} // namespace

TEST_CASE("a stream of 20000 symbols is one stream, though its list is longer than a message may be",
          "[long_lists]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            const auto symbols = symbols_of(20'000);
            write_all(world.redis, symbols, 1);
            auto cache = co_await client::connect(world.url());
            {
                fullon_cache_api::stream_options options;
                options.queue_limit = 100'000;
                auto opening = cache.stream_tickers("big", symbols, options);
                auto stream = co_await std::move(opening);
                const auto taken = co_await take_all(&stream, symbols.size(), 1);
                CHECK(taken == symbols.size()); // each once
                CHECK(stream.state() == stream_state::live);
                const auto parts = co_await streams_on_server(&cache);
                CHECK(parts > 1);
                CHECK(parts < 20);
                co_await world.ticks.set_ticker(make_tick("big", symbols.front(), 2, 2));
                co_await world.ticks.set_ticker(make_tick("big", symbols.back(), 2, 2));
                std::set<std::string> changed;
                while (changed.size() < 2) {
                    auto next = fullon_coro::with_deadline(20s * support::patience, stream.next());
                    const auto item = co_await std::move(next);
                    if (item->price == 2)
                        changed.insert(item->symbol);
                }
                CHECK(changed == std::set<std::string>{symbols.front(), symbols.back()});
            }
            co_await until_streams(&cache, 0); // all its parts
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("a list is taken apart by what the server says, also after it has come back with other limits",
          "[long_lists]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_message_size = 2000;
        co_await world.start();
        const auto symbols = symbols_of(500);
        write_all(world.redis, symbols, 1);
        auto cache = co_await client::connect(world.url());
        auto events = cache.events();
        auto opening = cache.stream_tickers("big", symbols);
        auto stream = co_await std::move(opening);
        co_await take_all(&stream, symbols.size(), 1);
        const auto before = co_await streams_on_server(&cache);
        write_all(world.redis, symbols, 2);
        co_await take_all(&stream, symbols.size(), 2);
        co_await world.stop_server();
        write_all(world.redis, symbols, 3);
        world.settings.max_message_size = 700;
        co_await world.start_server();
        co_await take_all(&stream, symbols.size(), 3);
        const auto after = co_await streams_on_server(&cache);
        CHECK(after > 2 * before);
        CHECK(stream.state() == stream_state::live);
        for (bool resynced = false; !resynced;) { // once, for all parts
            auto next = fullon_coro::with_deadline(20s * support::patience, events.next());
            const auto event = co_await std::move(next);
            REQUIRE(event);
            resynced = event->type == fullon_cache_api::client_event::kind::resynced;
        }
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("where a part of a list is refused nothing of it stays, and what cannot be taken apart is told "
          "before it is sent",
          "[long_lists]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_message_size = 500;
        world.settings.max_topics = 100;
        co_await world.start();
        const auto symbols = symbols_of(150);
        write_all(world.redis, symbols, 1);
        auto cache = co_await client::connect(world.url());
        auto opening = cache.stream_tickers("big", symbols_of(60));
        auto stream = co_await std::move(opening);
        const auto parts = co_await streams_on_server(&cache);
        CHECK(parts > 1);
        // Of 90 others the first parts have room.
        auto text = co_await refusal(&cache, std::vector<std::string>(symbols.begin() + 60, symbols.end()));
        CHECK(text.starts_with("topics: more than 100 are followed on this connection"));
        co_await until_streams(&cache, parts);
        co_await take_all(&stream, 60, 1);
        // The client knows.
        text = co_await refusal(&cache, symbols);
        CHECK(text.starts_with(
            "symbols: 150 entries; the server follows at most 100 topics for one connection"));
        const std::vector<std::string> too_long{"A", std::string(600, 'x')};
        text = co_await refusal(&cache, too_long);
        CHECK(text.starts_with("symbols: "));
        CHECK(text.find("bytes; the server reads at most") != std::string::npos);
        text.clear();
        try {
            auto asking = cache.get_ticker("big", std::string(1000, 'x'));
            co_await std::move(asking);
        } catch (const system_error& failure) {
            CHECK(failure.code() == error::limit_exceeded);
            text = failure.what();
        }
        CHECK(text.starts_with("get_ticker: a request of 1"));
        CHECK(text.find("bytes; the server reads at most 500") != std::string::npos);
        co_await cache.close();
        co_await world.stop();
    });
}
