// Clients that stop reading, or read slowly, beside others that do not. The server is a process of its own, so that
// its memory can be seen.
#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"
#include "support/server_process.hpp"
#include "support/websocket_peer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <map>
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

constexpr int symbols = 5000;
constexpr std::size_t mib = 1024 * 1024;

// A sanitizer keeps what was freed, so the memory of a server under one says nothing about its queues.
constexpr bool memory_tells = support::patience == 1;

std::string symbol_name(int i)
{
    return "SYMBOL" + std::to_string(i) + "/USDT";
}

// Every symbol once, all with the same price.
void write_all(support::redis_cli& redis, double price)
{
    std::vector<std::vector<std::string>> writes;
    for (int i = 0; i < symbols; ++i) {
        const auto symbol = symbol_name(i);
        const auto text = fullon_orm::to_json(make_tick("big", symbol, price, price));
        writes.push_back(redis_words("HSET", "tickers:big", symbol, text).list());
        writes.push_back(redis_words("PUBLISH", "ticker_updates:big:" + symbol, text).list());
    }
    redis.pipeline(writes);
}

void write_one(support::redis_cli& redis, std::string symbol, double price)
{
    const auto text = fullon_orm::to_json(make_tick("calm", symbol, price, price));
    redis("HSET", "tickers:calm", symbol, text);
    redis("PUBLISH", "ticker_updates:calm:" + symbol, text);
}

double number_in(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found ? found->to_number<double>() : -1;
}

std::vector<std::string> variables_of(const support::redis_server& redis, int slow_after = 1)
{
    auto variables = server_process::variables_for(redis);
    variables.emplace_back("SLOW_CONSUMER_TIMEOUT=" + std::to_string(slow_after));
    return variables;
}

// The server connects to Redis while it already listens.
asio::awaitable<void> ready(websocket_peer& peer)
{
    bool healthy = false;
    for (int i = 0; i < 1000 && !healthy; ++i) {
        const auto answer = co_await peer.ask("ping");
        healthy = answer.at("success").as_bool();
    }
    REQUIRE(healthy);
}

} // namespace

TEST_CASE("a client that stops reading costs bounded memory, is cut, and nobody else notices")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            support::redis_server redis;
            support::redis_cli cli(redis);
            server_process server(variables_of(redis));
            const auto port = co_await server.listening();
            websocket_peer other(executor);
            co_await other.open(port);
            co_await ready(other);
            write_all(cli, 1);
            write_one(cli, "A", 1);
            auto answer = co_await other.ask("stream_tickers", R"({"exchange":"calm"})");
            CHECK(answer.at("success").as_bool());
            co_await other.read_until("type", "snapshot_end");

            // The same load with a client that reads, for comparison.
            std::size_t with_reader = 0;
            {
                websocket_peer reader(executor);
                co_await reader.open(port);
                answer = co_await reader.ask("stream_tickers", R"({"exchange":"big"})");
                co_await reader.read_until("type", "snapshot_end");
                write_all(cli, 2);
                for (int i = 0; i < symbols; ++i)
                    co_await reader.read_text();
                with_reader = server.resident_bytes();
                reader.hang_up();
            }

            websocket_peer stalled(executor);
            co_await stalled.open(port, "/", 4096);
            answer = co_await stalled.ask("stream_tickers", R"({"exchange":"big"})");
            co_await stalled.read_until("type", "ticker_update");
            // From here on it reads nothing.
            const auto begin = steady_clock::now();
            std::size_t most = 0;
            double price = 2;
            while (server.err().find("slow consumer") == std::string::npos &&
                   server.out().find("slow consumer") == std::string::npos &&
                   steady_clock::now() - begin < 20s * support::patience) {
                write_all(cli, ++price);
                write_one(cli, "A", price);
                json::object update;
                while (number_in(update, "price") != price)
                    update = co_await other.read_json();
                most = std::max(most, server.resident_bytes());
            }
            INFO("resident: " << with_reader << " with a reader, at most " << most << " while stalled");
            CHECK(server.output().find("slow consumer") != std::string::npos);
            CHECK(server.output().find("1008") != std::string::npos);
            // The queue holds one message of each symbol at most: 5000 times some 250 bytes, and their bookkeeping.
            CHECK((!memory_tells || most < with_reader + 16 * mib));
            // It was cut: what the kernel had taken comes, then the end.
            const auto rest = co_await stalled.read_to_end();
            CHECK(rest < 64 * mib);
            answer = co_await other.ask("list_streams");
            CHECK(answer.at("success").as_bool());
            other.hang_up();
            server.send(SIGTERM);
            const auto code = co_await server.end();
            CHECK(code.value_or(-1) == 0);
        },
        60s);
}

TEST_CASE("a client that asks and never reads the answers is bounded and cut too")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            support::redis_server redis;
            support::redis_cli cli(redis);
            auto variables = variables_of(redis);
            variables.emplace_back("OUTBOX_MAX_BYTES=1 MiB");
            server_process server(variables);
            const auto port = co_await server.listening();
            websocket_peer other(executor);
            co_await other.open(port);
            co_await ready(other);
            write_all(cli, 1);
            auto answer = co_await other.ask("get_all_tickers", R"({"exchange":"big"})"); // about 1 MB
            CHECK(answer.at("success").as_bool());
            const auto before = server.resident_bytes();

            websocket_peer greedy(executor);
            co_await greedy.open(port, "/", 4096);
            for (int i = 0; i < 200; ++i)
                co_await greedy.try_send_raw(
                    support::make_frame(request_text(std::to_string(i), "list_operations")));
            for (int i = 0; i < 20; ++i)
                co_await greedy.try_send_raw(support::make_frame(
                    request_text(std::to_string(1000 + i), "get_all_tickers", R"({"exchange":"big"})")));
            const auto begin = steady_clock::now();
            std::size_t most = 0;
            while (server.output().find("slow consumer") == std::string::npos &&
                   steady_clock::now() - begin < 20s * support::patience) {
                answer = co_await other.ask("ping");
                CHECK(answer.at("success").as_bool());
                most = std::max(most, server.resident_bytes());
                co_await support::pause(5ms);
            }
            INFO("resident: " << before << " before, at most " << most);
            CHECK(server.output().find("slow consumer") != std::string::npos);
            // At most max_in_flight replies of what was read before the bound.
            CHECK((!memory_tells || most < before + 64 * mib));
            greedy.vanish();
            other.hang_up();
        },
        60s);
}

TEST_CASE("a client that reads slowly but steadily skips values, counts them, and ends with the final ones")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            support::redis_server redis;
            support::redis_cli cli(redis);
            server_process server(variables_of(redis, 5 * support::patience)); // it writes as well
            const auto port = co_await server.listening();
            websocket_peer slow(executor);
            co_await slow.open(port, "/", 4096);
            co_await ready(slow);
            write_all(cli, 1);
            const auto opened = co_await slow.ask("stream_tickers", R"({"exchange":"big"})");
            CHECK(opened.at("success").as_bool());

            // Bursts that are more than the kernel's buffers take, and in between little is read: enough not to be cut.
            struct last_seen {
                double id = -1;
                double price = 0;
                bool live = false;
            };
            std::map<std::string, last_seen> seen;
            std::size_t missed = 0;
            std::size_t received = 0;
            int final_values = 0;
            const auto take = [&](const json::object& message, double final_price) {
                if (!message.contains("update_id"))
                    return;
                auto& last = seen[std::string(message.at("symbol").as_string())];
                const double id = number_in(message, "update_id");
                const double price = number_in(message, "price");
                if (id <= last.id || price <= last.price)
                    FAIL("backwards: " << json::serialize(message));
                if (last.id >= 0)
                    missed += static_cast<std::size_t>(id - last.id) - 1;
                ++received;
                final_values += price == final_price ? 1 : 0;
                last.id = id;
                last.price = price;
            };
            constexpr int rounds = 14;
            for (int round = 2; round <= rounds; ++round) {
                write_all(cli, round);
                for (int i = 0; i < 200; ++i) {
                    const auto message = co_await slow.read_json();
                    take(message, rounds);
                }
            }
            while (final_values < symbols) {
                const auto message = co_await slow.read_json();
                take(message, rounds);
            }
            CHECK(seen.size() == symbols);
            CHECK(missed > 0); // it was slow indeed
            // Every write after the first of a symbol that it saw is either here or counted.
            CHECK(received + missed <= static_cast<std::size_t>(symbols) * rounds);
            const auto answer = co_await slow.ask("list_streams");
            const auto& stream = answer.at("result").at("streams").at(0).as_object();
            CHECK(number_in(stream, "delivered") == static_cast<double>(received));
            CHECK(number_in(stream, "conflated") > 0);
            CHECK(server.output().find("slow consumer") == std::string::npos);
            slow.hang_up();
        },
        60s);
}
