// What operations of the caches cost against a real Redis on loopback: latency (target: a hit under 1 ms at p99), and
// the rate of many at once. The baseline beside it is the bare command over the same connection.
#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/fullon_cache.hpp>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

constexpr int rounds_per_iteration = 1000;

fullon_cache::config settings_of(const support::redis_server& server)
{
    fullon_cache::config settings;
    settings.host = support::redis_server::host();
    settings.port = server.port();
    return settings;
}

/// One Redis and the caches over it, filled.
struct world {
    world()
    {
        run([this]() -> asio::awaitable<void> {
            redis.start();
            co_await redis.ready();
            for (int i = 0; i < 500; ++i) {
                fullon_orm::tick value;
                value.exchange = "binance";
                value.symbol = "S" + std::to_string(i) + "/USDT";
                value.price = 100 + i;
                value.time = 1762500000.5 + i;
                co_await ticks.set_ticker(value);
                fullon_orm::order order;
                order.order_id = std::to_string(i);
                order.status = "open";
                order.symbol = value.symbol;
                co_await orders.save_order("binance", order);
                fullon_orm::bar bar;
                bar.timestamp = 60.0 * i;
                bar.close = i;
                std::vector<fullon_orm::bar> one(1, bar);
                co_await bars.update_ohlcv_bars("BTCUSDT", "1m", one);
            }
            co_await bots.block_exchange("binance", "S1/USDT", "bot_1");
        });
    }
    ~world()
    {
        run([this]() -> asio::awaitable<void> { co_await redis.stop(); });
    }

    template <class Body>
    void run(Body body)
    {
        std::exception_ptr thrown;
        bool done = false;
        asio::co_spawn(context, body(), [&](const std::exception_ptr& failure) {
            thrown = failure;
            done = true;
        });
        context.restart();
        while (!done)
            context.run_one();
        if (thrown)
            std::rethrow_exception(thrown);
    }

    support::redis_server server;
    asio::io_context context{1};
    fullon_cache::connection redis{context.get_executor(), settings_of(server)};
    fullon_cache::tick_cache ticks{redis};
    fullon_cache::orders_cache orders{redis};
    fullon_cache::ohlcv_cache bars{redis};
    fullon_cache::bot_cache bots{redis};
    fullon_cache::trades_cache trades{redis};
    fullon_cache::base_cache plain{redis};
};

using call = std::function<asio::awaitable<void>(world&, int round)>;

template <class Awaited>
asio::awaitable<void> ignoring(Awaited operation)
{
    (void)co_await std::move(operation);
}

std::string symbol(int round)
{
    return "S" + std::to_string(round % 500) + "/USDT";
}

asio::awaitable<void> measure(world* at, const call* operation, std::vector<double>* micros)
{
    for (int round = 0; round < rounds_per_iteration; ++round) {
        const auto begin = steady::now();
        co_await (*operation)(*at, round);
        micros->push_back(std::chrono::duration<double, std::micro>(steady::now() - begin).count());
    }
}

template <class Pop>
asio::awaitable<void> push_then(Pop pop, world* at)
{
    (void)co_await at->redis.execute(fullon_cache::command("RPUSH", "q", "element"));
    (void)co_await pop(*at);
}

fullon_orm::trade some_trade(int round)
{
    fullon_orm::trade made;
    made.symbol = "BTC/USDT";
    made.price = round;
    made.volume = 1;
    made.side = "buy";
    return made;
}

// What push_trade() writes, in a transaction and without a script.
asio::awaitable<void> bare_push_of_trade(world* at, int round)
{
    fullon_cache::pipeline commands;
    commands.add("MULTI");
    commands.add("RPUSH", "trades:bare", fullon_orm::to_json(some_trade(round)));
    commands.add("SET", "TRADE:STATUS:bare", "2026-01-01 00:00:00");
    commands.add("EXEC");
    (void)co_await at->redis.execute(std::move(commands));
}

// One after the other by each of `callers`.
void run_benchmark(benchmark::State& state, const call& operation, int callers)
{
    world at;
    std::vector<double> micros;
    for (auto _ : state) {
        int running = callers;
        std::exception_ptr thrown;
        for (int i = 0; i < callers; ++i)
            asio::co_spawn(at.context, measure(&at, &operation, &micros),
                           [&](const std::exception_ptr& failure) {
                               --running;
                               thrown = failure ? failure : thrown;
                           });
        at.context.restart();
        while (running > 0)
            at.context.run_one();
        if (thrown)
            std::rethrow_exception(thrown);
    }
    std::sort(micros.begin(), micros.end());
    const auto at_part = [&](double part) {
        return micros[static_cast<std::size_t>(static_cast<double>(micros.size() - 1) * part)];
    };
    state.counters["p50_us"] = at_part(0.5);
    state.counters["p99_us"] = at_part(0.99);
    state.SetItemsProcessed(static_cast<std::int64_t>(micros.size()));
}

void add(const std::string& name, const call& operation)
{
    for (const int callers : {1, 64})
        benchmark::RegisterBenchmark(
            (name + "/" + std::to_string(callers) + "_callers").c_str(),
            [=](benchmark::State& state) { run_benchmark(state, operation, callers); })
            ->UseRealTime()
            ->Unit(benchmark::kMillisecond);
}

} // namespace

int main(int argc, char** argv)
{
    add("bare HGET", [](world& at, int round) {
        return ignoring(at.redis.execute(fullon_cache::command("HGET", "tickers:binance", symbol(round))));
    });
    add("get_ticker hit",
        [](world& at, int round) { return ignoring(at.ticks.get_ticker("binance", symbol(round))); });
    add("get_ticker miss", [](world& at, int) { return ignoring(at.ticks.get_ticker("binance", "none")); });
    add("is_blocked hit", [](world& at, int) { return ignoring(at.bots.is_blocked("binance", "S1/USDT")); });
    add("get_order_status hit", [](world& at, int round) {
        return ignoring(at.orders.get_order_status("binance", std::to_string(round % 500)));
    });
    add("get_latest_ohlcv_bars 10",
        [](world& at, int) { return ignoring(at.bars.get_latest_ohlcv_bars("BTCUSDT", "1m", 10)); });
    add("set_ticker", [](world& at, int round) {
        fullon_orm::tick value;
        value.exchange = "binance";
        value.symbol = symbol(round);
        value.price = round;
        value.time = round;
        return ignoring(at.ticks.set_ticker(std::move(value)));
    });
    add("update_order (merge)", [](world& at, int round) {
        fullon_orm::order value;
        value.order_id = std::to_string(round % 500);
        value.final_volume = round;
        return ignoring(at.orders.update_order("binance", std::move(value)));
    });
    add("bare RPUSH, then bare LPOP", [](world& at, int) {
        return ignoring(
            push_then([](world& w) { return w.redis.execute(fullon_cache::command("LPOP", "q")); }, &at));
    });
    add("bare RPUSH, then lpop (loses nothing)",
        [](world& at, int) { return ignoring(push_then([](world& w) { return w.plain.lpop("q"); }, &at)); });
    add("bare RPUSH and SET of a trade",
        [](world& at, int round) { return ignoring(bare_push_of_trade(&at, round)); });
    add("push_trade", [](world& at, int round) {
        return ignoring(at.trades.push_trade("binance", "BTC/USDT", some_trade(round)));
    });
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
