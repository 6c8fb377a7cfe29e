// Replies of unbounded size that are asked for faster than they are read. The server is a process of its own, so that its
// memory can be seen.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"
#include "support/server_process.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_orm/codec.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using support::make_tick;
using support::redis_words;
using support::request_text;
using support::server_process;
using support::websocket_peer;

constexpr std::size_t mib = 1024 * 1024;
constexpr bool memory_tells = support::patience == 1; // a sanitizer keeps what was freed

void write_exchange(support::redis_cli& redis, int symbols)
{
    std::vector<std::vector<std::string>> writes;
    for (int i = 0; i < symbols; ++i) {
        const auto symbol = "SYMBOL" + std::to_string(i) + "/USDT";
        writes.push_back(
            redis_words("HSET", "tickers:big", symbol, fullon_orm::to_json(make_tick("big", symbol, i, i)))
                .list());
    }
    redis.pipeline(writes);
}

asio::awaitable<void> ready(websocket_peer& peer)
{
    bool healthy = false;
    while (!healthy) {
        const auto answer = co_await peer.ask("ping");
        healthy = answer.at("success").as_bool();
    }
}

std::string frames_of(int count, std::string_view request, std::string_view params)
{
    std::string all;
    for (int i = 0; i < count; ++i)
        all += support::make_frame(request_text(std::to_string(i), request, params));
    return all;
}

std::string compat_frames_of(int count)
{
    std::string all;
    for (int i = 0; i < count; ++i)
        all += support::make_frame(R"({"request_id":)" + std::to_string(i) +
                                   R"(,"action":"get_all_tickers","params":{"exchange":"big"}})");
    return all;
}

} // namespace

TEST_CASE("a thousand large replies that nobody reads cost a few of them, others nothing, and the memory "
          "comes back",
          "[large_replies]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            support::redis_server redis;
            support::redis_cli cli(redis);
            write_exchange(cli, 3000);
            server_process server(server_process::variables_for(redis));
            const auto port = co_await server.listening();
            websocket_peer other(executor);
            co_await other.open(port);
            co_await ready(other);
            auto answer = co_await other.ask("get_all_tickers", R"({"exchange":"big"})");
            CHECK(answer.at("success").as_bool());
            const auto before = server.resident_bytes();
            for (const bool compat : {false, true}) {
                websocket_peer greedy(executor);
                const std::string path = compat ? "/ws/tickers/c1" : "/";
                co_await greedy.open(port, path, 4096);
                auto requests = compat_frames_of(1024);
                if (!compat)
                    requests = frames_of(1024, "get_all_tickers", R"({"exchange":"big"})");
                co_await greedy.send_raw(requests);
                std::size_t most = 0;
                std::vector<steady_clock::duration> waits;
                const auto end = steady_clock::now() + 3s;
                while (steady_clock::now() < end) {
                    const auto begin = steady_clock::now();
                    answer =
                        co_await other.ask("get_ticker", R"({"exchange":"big","symbol":"SYMBOL1/USDT"})");
                    waits.push_back(steady_clock::now() - begin);
                    CHECK(answer.at("success").as_bool());
                    most = std::max(most, server.resident_bytes());
                }
                std::sort(waits.begin(), waits.end());
                const auto p99 = waits[waits.size() * 99 / 100];
                INFO("resident: " << before / mib << " MiB before, at most " << most / mib << "; p99 "
                                  << std::chrono::duration_cast<std::chrono::milliseconds>(p99).count()
                                  << " ms of " << waits.size());
                CHECK((!memory_tells || most < 120 * mib));
                CHECK(p99 < 100ms * support::patience);
                greedy.vanish();
            }
            co_await support::eventually("memory that was freed is given back", [&] {
                return !memory_tells || server.resident_bytes() < before + 16 * mib;
            });
            answer = co_await other.ask("get_all_tickers", R"({"exchange":"big"})");
            CHECK(answer.at("success").as_bool());
            other.hang_up();
        },
        60s);
}

TEST_CASE("large replies that are read all come, small ones beside them", "[large_replies]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            support::redis_server redis;
            support::redis_cli cli(redis);
            write_exchange(cli, 3000);
            server_process server(server_process::variables_for(redis));
            const auto port = co_await server.listening();
            websocket_peer peer(executor);
            co_await peer.open(port, "/", 4096);
            co_await ready(peer);
            co_await peer.send_raw(frames_of(50, "get_all_tickers", R"({"exchange":"big"})"));
            // What is small does not wait for all of them.
            co_await peer.send_text(
                request_text("\"small\"", "get_ticker", R"({"exchange":"big","symbol":"SYMBOL1/USDT"})"));
            int large = 0;
            int before_small = -1;
            while (large < 50 || before_small < 0) {
                const auto answer = co_await peer.read_json();
                CHECK(answer.at("success").as_bool());
                if (answer.at("request_id").is_string())
                    before_small = large;
                else
                    CHECK(answer.at("request_id") == large++);
            }
            INFO("answered after " << before_small);
            CHECK(before_small < 30);
            peer.hang_up();
        },
        60s);
}

TEST_CASE("replies of all connections together stay within replies_max_bytes, and each comes in the end",
          "[large_replies]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            support::redis_server redis;
            support::redis_cli cli(redis);
            write_exchange(cli, 3000);
            auto variables = server_process::variables_for(redis);
            variables.emplace_back("REPLIES_MAX_BYTES=4 MiB");
            variables.emplace_back("MAX_REPLY_SIZE=1 MiB");
            variables.emplace_back("SLOW_CONSUMER_TIMEOUT=60"); // they are read one behind the other
            server_process server(variables);
            const auto port = co_await server.listening();
            std::vector<std::unique_ptr<websocket_peer>> peers;
            for (int i = 0; i < 40; ++i) {
                peers.push_back(std::make_unique<websocket_peer>(executor));
                co_await peers.back()->open(port, "/", 4096);
            }
            co_await ready(*peers.front());
            const auto before = server.resident_bytes();
            for (const auto& peer : peers)
                co_await peer->send_raw(frames_of(5, "get_all_tickers", R"({"exchange":"big"})"));
            std::size_t most = 0;
            for (int i = 0; i < 200; ++i) {
                most = std::max(most, server.resident_bytes());
                co_await support::pause(5ms);
            }
            INFO("resident: " << before / mib << " MiB before, at most " << most / mib);
            CHECK((!memory_tells || most < before + 40 * mib));
            for (const auto& peer : peers)
                for (int i = 0; i < 5; ++i) {
                    const auto answer = co_await peer->read_json();
                    const bool served = answer.at("success").as_bool();
                    CHECK((served || answer.at("error_code") == "TIMEOUT"));
                }
            const auto answer = co_await peers.front()->ask("get_all_tickers", R"({"exchange":"big"})");
            CHECK(answer.at("success").as_bool());
            for (const auto& peer : peers)
                peer->hang_up();
        },
        60s);
}
