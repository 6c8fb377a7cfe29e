// What answering get_ticker costs the server, over REST and over the WebSocket, in the same run: requests per second of
// one core's time, which is the server's own (user and system), not the load generator's. The server is the program, the
// load comes from this process: 16 connections, each with as many requests under way.
#include "support/http_peer.hpp" // tests/support
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/server_process.hpp"
#include "support/websocket_peer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

namespace asio = boost::asio;
using clock_type = std::chrono::steady_clock;

constexpr int connections = 16;
constexpr int rounds = 5;
constexpr auto round_time = std::chrono::seconds(1);

// User and system time of a process so far, in seconds.
double cpu_seconds(pid_t pid)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::size_t at = text.rfind(')') + 2;
    for (int field = 3; field < 14; ++field)
        at = text.find(' ', at) + 1;
    std::size_t used = 0;
    const double user = std::stod(text.substr(at), &used);
    const double system = std::stod(text.substr(at + used));
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct load {
    const char* name;
    int depth; // requests under way per connection
    std::function<asio::awaitable<void>(asio::any_io_executor, std::uint16_t, clock_type::time_point, long&)>
        one;
};

asio::awaitable<void> over_rest(int depth, asio::any_io_executor executor, std::uint16_t port,
                                clock_type::time_point end, long& count)
{
    support::http_peer peer(executor);
    co_await peer.connect(port);
    std::string batch;
    for (int i = 0; i < depth; ++i)
        batch += "GET /api/v1/cache/tickers/binance/BTC/USDT HTTP/1.1\r\nHost: localhost\r\n\r\n";
    while (clock_type::now() < end) {
        co_await peer.send(batch);
        for (int i = 0; i < depth; ++i) {
            const auto reply = co_await peer.read();
            if (reply.status != 200)
                throw std::runtime_error("REST answers " + reply.head + reply.body);
            ++count;
        }
    }
}

asio::awaitable<void> over_websocket(int depth, asio::any_io_executor executor, std::uint16_t port,
                                     clock_type::time_point end, long& count)
{
    support::websocket_peer peer(executor);
    co_await peer.open(port);
    std::string batch;
    for (int i = 0; i < depth; ++i)
        batch += support::make_frame(support::request_text(std::to_string(i), "get_ticker",
                                                           R"({"exchange":"binance","symbol":"BTC/USDT"})"));
    while (clock_type::now() < end) {
        co_await peer.send_raw(batch);
        for (int i = 0; i < depth; ++i) {
            const auto reply = co_await peer.read_text();
            if (reply.find(R"("success":true)") == std::string::npos)
                throw std::runtime_error("the WebSocket answers " + reply);
            ++count;
        }
    }
}

struct metrics {
    double per_core_second = 0;
    double per_second = 0;
};

metrics measure(const load& what, std::uint16_t port, pid_t server)
{
    asio::io_context context(1);
    long count = 0;
    std::exception_ptr failure;
    const auto begin = clock_type::now();
    const double cpu = cpu_seconds(server);
    for (int i = 0; i < connections; ++i)
        asio::co_spawn(context, what.one(context.get_executor(), port, begin + round_time, count),
                       [&](std::exception_ptr thrown) { failure = thrown ? thrown : failure; });
    context.run();
    if (failure)
        std::rethrow_exception(failure);
    const std::chrono::duration<double> spent = clock_type::now() - begin;
    return {static_cast<double>(count) / (cpu_seconds(server) - cpu),
            static_cast<double>(count) / spent.count()};
}

double median(std::vector<double> of)
{
    std::sort(of.begin(), of.end());
    return of[of.size() / 2];
}

} // namespace

int main()
{
    try {
        support::redis_server redis;
        support::redis_cli cli(redis);
        cli("HSET", "tickers:binance", "BTC/USDT",
            R"({"symbol":"BTC/USDT","exchange":"binance","price":50000.5,"volume":12.5,"time":1762500000.5,"bid":50000,)"
            R"("ask":50001,"last":50000.5,"change":1.5,"percentage":0.1})");
        support::server_process server(support::server_process::variables_for(redis));
        asio::io_context context(1);
        std::uint16_t port = 0;
        asio::co_spawn(context, server.listening(), [&](std::exception_ptr thrown, std::uint16_t found) {
            if (thrown)
                std::rethrow_exception(thrown);
            port = found;
        });
        context.run();

        std::vector<load> loads;
        for (const int depth : {1, 16}) {
            const auto with = [depth](auto function) {
                return [depth, function](asio::any_io_executor executor, std::uint16_t to,
                                         clock_type::time_point end,
                                         long& count) { return function(depth, executor, to, end, count); };
            };
            loads.push_back({"REST", depth, with(over_rest)});
            loads.push_back({"WebSocket", depth, with(over_websocket)});
        }
        std::vector<std::vector<metrics>> seen(loads.size());
        for (int round = 0; round < rounds; ++round)
            for (std::size_t i = 0; i < loads.size(); ++i)
                seen[i].push_back(measure(loads[i], port, server.pid()));
        std::printf("%-10s %6s %22s %12s   (medians of %d rounds of 1 s)\n", "get_ticker", "depth",
                    "per second of one core", "per second", rounds);
        for (std::size_t i = 0; i < loads.size(); ++i) {
            std::vector<double> core;
            std::vector<double> wall;
            for (const auto& one : seen[i]) {
                core.push_back(one.per_core_second);
                wall.push_back(one.per_second);
            }
            std::printf("%-10s %6d %22.0f %12.0f\n", loads[i].name, loads[i].depth, median(core),
                        median(wall));
        }
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_rest: %s\n", failure.what());
        return 1;
    }
}
