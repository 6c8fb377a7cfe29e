// What a server counts, seen from inside, and as the stream of its clients.
#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>
#include <fullon_coro/deadline.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using fullon_cache_api::client;
using fullon_cache_api::metrics_snapshot;
using fullon_cache_api::operation_figures;
using fullon_coro::with_deadline;
using support::make_tick;
using support::served_redis;
using support::websocket_peer;
using counts = std::map<std::string, std::uint64_t>;

constexpr auto patient = 10s * support::patience;

const operation_figures& requests_of(const metrics_snapshot& now, std::string_view operation)
{
    static const operation_figures none;
    for (const auto& one : now.requests)
        if (one.operation == operation)
            return one;
    return none;
}

asio::awaitable<void> wait_for_redis(served_redis* world, bool up)
{
    return support::eventually("Redis is there, or not", [=] { return world->server->redis_up() == up; });
}

} // namespace

TEST_CASE("requests, connections, messages and bytes are counted as they are")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await wait_for_redis(&world, true);
        co_await world.ticks.set_ticker(make_tick("x", "A", 1, 1));
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        std::size_t bytes = 0;
        const std::string hit = R"({"exchange":"x","symbol":"A"})";
        const std::vector<std::string> asked{
            support::request_text("1", "get_ticker", hit),
            support::request_text("2", "get_ticker", hit),
            support::request_text("3", "get_ticker", hit),
            support::request_text("4", "get_ticker", R"({"exchange":"x","symbol":"B"})"),
            support::request_text("5", "get_ticker", R"({"exchange":5})"),
            support::request_text("6", "get_all_tickers", R"({"exchange":"y"})"),
            support::request_text("7", "ping"),
            support::request_text("8", "invented"),
            support::request_text("9", "also_invented"),
            "no JSON"};
        for (const auto& one : asked) {
            co_await peer.send_text(one);
            const auto answer = co_await peer.read_text();
            bytes += answer.size();
        }
        // What was written is counted a turn after it has arrived.
        co_await support::eventually(
            "all is sent", [&] { return world.server->metrics().delivery.sent_messages == asked.size(); });
        auto now = world.server->metrics();
        const auto& tickers = requests_of(now, "get_ticker");
        CHECK(tickers.outcomes == counts{{"success", 3}, {"CACHE_MISS", 1}, {"INVALID_PARAMS", 1}});
        CHECK(tickers.latency.count == 5);
        CHECK(tickers.latency.sum_seconds > 0);
        CHECK(requests_of(now, "get_all_tickers").outcomes == counts{{"success", 1}});
        CHECK(requests_of(now, "unknown").outcomes ==
              counts{{"INVALID_OPERATION", 2}, {"MALFORMED_MESSAGE", 1}});
        CHECK(now.requests.size() == 4);
        CHECK(now.cache.hits == 3);
        CHECK(now.cache.misses == 2);
        CHECK(now.delivery.sent_bytes == bytes);
        CHECK(now.delivery.waiting_bytes == 0);
        CHECK(now.requests_in_flight == 0);
        CHECK(now.connections.open == 1);
        CHECK(now.connections.total == 1);
        CHECK(now.connections.refused == 0);
        CHECK(now.uptime_seconds > 0);

        websocket_peer refused(executor);
        co_await refused.connect(world.settings.port);
        const auto answer = co_await refused.ask_http(support::upgrade_request("/elsewhere"));
        CHECK(answer.status == 403);
        peer.hang_up();
        co_await support::eventually("it is gone", [&] { return world.server->connections() == 0; });
        now = world.server->metrics();
        CHECK(now.connections.open == 0);
        CHECK(now.connections.total == 1);
        CHECK(now.connections.refused == 1);
        const auto text = world.server->metrics_text();
        CHECK(text.find("fullon_cache_requests_total{operation=\"get_ticker\",outcome=\"CACHE_MISS\"} 1\n") !=
              std::string::npos);
        co_await world.stop();
    });
}

TEST_CASE("streams, topics, and what Redis reports are counted; a link that is made again too")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await wait_for_redis(&world, true);
        CHECK(world.server->metrics().redis.reconnects == 0);
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        auto answer = co_await peer.ask("stream_tickers", R"({"exchange":"x","symbols":["A","B"]})");
        const auto key = json::serialize(answer.at("result").at("stream_key"));
        answer = co_await peer.ask("stream_tickers", R"({"exchange":"x","symbols":["A"]})");
        answer = co_await peer.ask("stream_order_queue", R"({"exchange":"x"})");
        CHECK(answer.at("success").as_bool());
        auto now = world.server->metrics();
        CHECK(now.open_streams == counts{{"stream_order_queue", 1}, {"stream_tickers", 2}});
        CHECK(now.topics.followed == 3);
        CHECK(now.topics.subscriptions == 3);
        CHECK(now.redis.readings >= 2);
        CHECK(now.topics.updates == 0);

        co_await world.ticks.set_ticker(make_tick("x", "A", 1, 1)); // HSET and PUBLISH
        auto update = co_await peer.read_until("type", "ticker_update");
        CHECK(update.at("update_id").to_number<int>() == 1);
        co_await support::eventually("the invalidation too", [&] {
            return world.server->metrics().redis.invalidations > now.redis.invalidations;
        });
        now = world.server->metrics();
        CHECK(now.topics.updates == 1);
        CHECK(now.topics.deliveries == 1);
        CHECK(now.redis.publications == 1);

        world.redis.kill();
        co_await wait_for_redis(&world, false);
        now = world.server->metrics();
        CHECK_FALSE(now.redis.up);
        CHECK(now.redis.losses == 1);
        CHECK(world.server->metrics_text().find("fullon_cache_redis_up 0\n") != std::string::npos);
        world.redis.start();
        co_await wait_for_redis(&world, true);
        CHECK(world.server->metrics().redis.reconnects == 1);

        answer = co_await peer.ask("unsubscribe", R"({"stream_key":)" + key + "}");
        now = world.server->metrics();
        CHECK(now.open_streams == counts{{"stream_order_queue", 1}, {"stream_tickers", 1}});
        CHECK(now.topics.subscriptions == 2);
        peer.hang_up();
        co_await support::eventually("it is gone", [&] { return world.server->connections() == 0; });
        now = world.server->metrics();
        CHECK(now.open_streams.empty());
        CHECK(now.topics.subscriptions == 0);
        CHECK(now.topics.followed == 0);
        co_await world.stop();
    });
}

TEST_CASE("a client that takes nothing is seen to wait, and counted when it is cut")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.slow_consumer_timeout = 300ms * support::patience;
        co_await world.start();
        websocket_peer stalled(executor);
        co_await stalled.open(world.settings.port, "/", 4096);
        bool takes = true;
        for (int i = 0; i < 2000 && takes; ++i)
            takes = co_await stalled.try_send_raw(
                support::make_frame(support::request_text(std::to_string(i), "list_operations")));
        co_await support::eventually("its answers wait",
                                     [&] { return world.server->metrics().delivery.waiting_bytes > 65536; });
        const auto now = world.server->metrics();
        CHECK(now.delivery.waiting_messages > 0);
        CHECK(now.connections.slow_consumers_cut == 0);
        co_await support::eventually("it is cut", [&] { return world.server->connections() == 0; });
        CHECK(world.server->metrics().connections.slow_consumers_cut == 1);
        CHECK(world.server->metrics().delivery.waiting_bytes == 0);
        stalled.vanish();
        co_await world.stop();
    });
}

TEST_CASE("a request whose asker goes away first is in flight, then abandoned")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await wait_for_redis(&world, true);
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        world.redis.pause();
        co_await peer.send_text(support::request_text("1", "get_ticker", R"({"exchange":"x","symbol":"A"})"));
        co_await support::eventually("it is asked",
                                     [&] { return world.server->metrics().requests_in_flight == 1; });
        peer.vanish();
        co_await support::eventually("it is gone", [&] { return world.server->connections() == 0; });
        const auto now = world.server->metrics();
        CHECK(now.requests_in_flight == 0);
        CHECK(requests_of(now, "get_ticker").outcomes == counts{{"abandoned", 1}});
        CHECK(requests_of(now, "get_ticker").latency.count == 0);
        world.redis.resume();
        co_await world.stop();
    });
}

TEST_CASE("the metrics are a stream that needs no Redis, one timer for all streams of an interval")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await wait_for_redis(&world, true);
        world.redis.kill();
        co_await wait_for_redis(&world, false);
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        auto answer = co_await peer.ask("stream_metrics", R"({"interval":0.1})");
        CHECK(json::serialize(answer.at("result").at("topics")) == R"(["metrics:0.1"])");
        CHECK(answer.at("metrics").at("source") == "memory");
        auto update = co_await peer.read_json();
        CHECK(update.at("type") == "metrics_update");
        CHECK(update.at("snapshot").as_bool());
        CHECK(update.at("redis").at("up") == false);
        update = co_await peer.read_json();
        CHECK(update.at("type") == "snapshot_end");
        for (int id = 1; id <= 3; ++id) { // and nothing in between: it is never stale
            update = co_await peer.read_json();
            CHECK(update.at("type") == "metrics_update");
            CHECK(update.at("update_id").to_number<int>() == id);
            CHECK(update.at("connections").at("open").to_number<int>() == 1);
            CHECK(update.at("requests").at(0).at("operation") == "stream_metrics");
            CHECK(update.at("open_streams").at("stream_metrics").to_number<int>() == 1);
        }

        // 0.14 s is 0.1 s: the same topic.
        answer = co_await peer.ask("stream_metrics", R"({"interval":0.14})");
        const auto second = json::serialize(answer.at("result").at("stream_key"));
        CHECK(json::serialize(answer.at("result").at("topics")) == R"(["metrics:0.1"])");
        CHECK(world.server->metrics().topics.followed == 1);
        answer = co_await peer.ask("stream_metrics");
        CHECK(json::serialize(answer.at("result").at("topics")) == R"(["metrics:1.0"])");
        CHECK(world.server->metrics().open_streams == counts{{"stream_metrics", 3}});

        for (const auto& key : {std::string(R"("s1")"), second, std::string(R"("s3")")}) {
            const std::string params = R"({"stream_key":)" + key + "}";
            answer = co_await peer.ask("unsubscribe", params);
            CHECK(answer.at("success").as_bool());
        }
        co_await support::eventually("nobody tells any more",
                                     [&] { return world.server->metrics().topics.followed == 0; });
        const auto before = world.server->metrics().topics.updates;
        const auto more = co_await peer.messages_within(300ms);
        CHECK(more == 0);
        CHECK(world.server->metrics().topics.updates == before);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a client's stream of metrics lives with the server, and through its restart")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("x", "A", 1, 1));
        fullon_cache_api::client_config quick;
        quick.backoff_min = 1ms;
        quick.backoff_max = 20ms;
        auto cache = co_await client::connect(world.url(), quick);
        auto metrics = co_await cache.stream_metrics(100ms);
        auto first = co_await with_deadline(patient, metrics.next());
        REQUIRE(first);
        CHECK(first->snapshot);
        CHECK(first->interval == 0.1);
        const auto found = co_await cache.get_ticker("x", "A");
        REQUIRE(found);
        std::uint64_t hits = 0;
        while (hits == 0) {
            auto next = co_await with_deadline(patient, metrics.next());
            REQUIRE(next);
            CHECK(next->started_at == first->started_at);
            CHECK(next->timestamp > first->timestamp);
            CHECK(next->latency_bounds.size() == 17);
            CHECK(requests_of(*next, "stream_metrics").outcomes == counts{{"success", 1}});
            hits = next->cache.hits;
        }
        CHECK(hits == 1);

        co_await world.stop_server(); // with the stream open
        co_await world.start_server();
        double started_at = first->started_at;
        while (started_at == first->started_at) {
            auto next = co_await with_deadline(patient, metrics.next());
            REQUIRE(next);
            started_at = next->started_at;
        }
        co_await cache.close();
        co_await world.stop();
    });
}
