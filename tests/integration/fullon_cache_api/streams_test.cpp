// Every stream on the wire: what it begins with, nothing, bad parameters, Redis down, Redis hung. The data is that of
// tests/data/seed.jsonl.
#include "operation_table.hpp"

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace operation_table;

} // namespace

TEST_CASE("every stream begins with what there is, or with nothing, and says so")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        for (const auto& one : streams) {
            auto answer = co_await peer.ask(one.operation, one.hit);
            INFO(one.operation << " " << one.hit << " -> " << json::serialize(answer));
            REQUIRE(answer.at("success").as_bool());
            const auto key = answer.at("result").at("stream_key");
            for (std::size_t i = 0; i < one.items; ++i) {
                const auto item = co_await peer.read_until("type", one.type);
                INFO(json::serialize(item));
                CHECK(item.at("snapshot").as_bool());
                CHECK(item.at("stream_key") == key);
                if (i == 0)
                    check_contains(item, one.first);
            }
            auto end = co_await peer.read_until("type", "snapshot_end");
            CHECK(end.at("stream_key") == key);
            CHECK(end.at("items").to_number<std::size_t>() == one.items);
            if (one.miss.empty())
                continue;
            answer = co_await peer.ask(one.operation, one.miss);
            CHECK(json::serialize(answer.at("result").at("topics")) == one.topics);
            end = co_await peer.read_until("type", "snapshot_end");
            CHECK(end.at("stream_key") == answer.at("result").at("stream_key"));
            CHECK(end.at("items").to_number<int>() == 0);
        }
        const auto listed = co_await peer.ask("list_streams");
        CHECK(listed.at("result").at("streams").as_array().size() == 2 * streams.size() - 3);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("every stream names the parameter that is wrong")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        co_await check_refusals(peer, streams);
        support::redis_cli cli(world.redis);
        cli("SET", "bot_status", "x");
        const auto wrong = co_await peer.ask("stream_bot_status");
        CHECK(wrong.at("error_code") == "CORRUPT_ENTRY");
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("every stream: an outage is an error, at once where it is known, in time where it is not")
{
    // What tells of the server itself goes on: metrics_test.cpp.
    std::vector<stream_case> of_redis;
    std::copy_if(streams.begin(), streams.end(), std::back_inserter(of_redis),
                 [](const auto& one) { return one.needs_redis; });
    support::run([&](asio::any_io_executor executor) { return check_outages(executor, of_redis); });
}
