// The process cache of fullon_cache: services register, give signs of life, and whoever watches them sees how
// they are. Starts a Redis of its own. By hand, at yours: redis-cli HGETALL process:active:tick, HGETALL
// process:components, GET process:data:{id}, SUBSCRIBE process:broadcast:tick.
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/process_cache.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/json/object.hpp>
#include <fmt/core.h>

#include <string>
#include <utility>

namespace asio = boost::asio;
using examples::expect;

namespace {

/// What a service does when it starts, and from time to time. \returns its id.
asio::awaitable<std::string> serve(fullon_cache::process_cache cache)
{
    const boost::json::object params{{"exchange", "kraken"}, {"symbols", 12}};
    const auto id = co_await cache.register_process("tick", "kraken_ticks", params);
    fmt::print("start     {}\n", id);
    co_await cache.update_process(id); // a sign of life, nothing else

    fullon_cache::process_update update;
    update.status = "running";
    update.message = "12 symbols";
    update.params["symbols_failed"] = 1; // added to those that are there
    expect(co_await cache.update_process(id, update), "there is such a process");

    const auto now = co_await cache.get_process(id);
    expect(now && now->status == "running" && now->params.size() == 3, "the process with all it said");
    expect(*now->heartbeat > *now->created_at, "alive after it started");
    fmt::print("process   {} ({}): {}, {}\n", now->component, now->process_type, now->status, now->message);
    co_return id;
}

asio::awaitable<void> look(fullon_cache::process_cache cache)
{
    co_await cache.register_process("ohlcv", "kraken_bars");
    co_await cache.register_process("bot", "bot_1");
    for (const auto& one : co_await cache.get_active_processes()) // the newest update first
        fmt::print("active    {:<12} {:<5} {}\n", one.component, one.process_type, one.status);

    fullon_cache::process_filter bots;
    bots.process_type = "bot";
    bots.alive_only = true; // leave out those without a sign of life in the last 5 minutes
    expect((co_await cache.get_active_processes(bots)).size() == 1, "one bot");

    const auto bars = co_await cache.get_component_status("kraken_bars");
    expect(bars && bars->status == "starting", "a component by its name alone");
    fmt::print("component kraken_bars: {}\n", bars->status);
    expect(!co_await cache.get_component_status("binance_bars"),
           "an empty optional for one that is not there");
    fmt::print("component binance_bars: not registered\n");
}

void print(const fullon_cache::system_health& health)
{
    fmt::print("health    {}: {} processes, {} in error, {} stale\n",
               health.healthy ? "healthy" : "NOT healthy", health.total_processes, health.error_processes,
               health.stale_processes);
}

asio::awaitable<void> health(fullon_cache::process_cache cache, std::string id)
{
    const auto before = co_await cache.get_system_health();
    expect(before.healthy && before.total_processes == 3, "three processes, all well");
    print(before);

    fullon_cache::process_update failed;
    failed.status = "error";
    failed.message = "connection refused";
    co_await cache.update_process(id, failed);
    const auto after = co_await cache.get_system_health();
    expect(!after.healthy && after.error_processes == 1 && after.by_type.at("tick") == 1, "one in error");
    print(after);
}

asio::awaitable<void> stop(fullon_cache::process_cache cache, std::string id)
{
    expect(co_await cache.stop_process(id, "restart"), "there is such a process");
    const auto again = co_await cache.register_process("tick", "kraken_ticks");
    expect(again != id, "another process of the same component");
    for (const auto& one : co_await cache.get_process_history("kraken_ticks"))
        fmt::print("history   {}: {}, {}\n", one.process_id, one.status, one.message);
    const auto metrics = co_await cache.get_metrics();
    expect(metrics.active_total == 3 && metrics.stored == 4, "what has stopped is stored for a day");
    fmt::print("metrics   {} active, {} stored\n", metrics.active_total, metrics.stored);
}

asio::awaitable<void> clean_up(fullon_cache::process_cache cache)
{
    // Who listens: base_reader::subscribe("process:broadcast:tick"), see pattern_bot_coordination.cpp.
    expect(co_await cache.broadcast_message("tick", "reload") == 0, "nobody listens here");
    fmt::print("broadcast to all of type tick: 0 got it\n");

    // Those who died without a word; here everybody was heard of within the last half hour.
    expect(co_await cache.cleanup_stale_processes() == 0, "nobody is stale");
    expect(co_await cache.delete_from_top("kraken_ticks") == 1, "the process of the component");
    expect(co_await cache.delete_from_top() == 0, "without a component nobody is stopped");
    expect((co_await cache.get_active_processes()).size() == 2, "the others go on");
    fmt::print("stopped   the process of kraken_ticks; its data stay for a day\n");
}

asio::awaitable<void> example()
{
    support::redis_server redis;
    fullon_cache::config config;
    config.host = redis.host();
    config.port = redis.port();
    fmt::print("redis     a private one, on port {}\n", redis.port());

    fullon_cache::connection connection(co_await asio::this_coro::executor, config);
    connection.start();
    const fullon_cache::process_cache cache(connection);
    const auto id = co_await serve(cache);
    co_await look(cache);
    co_await health(cache, id);
    co_await stop(cache, id);
    co_await clean_up(cache);
    co_await connection.stop();
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(
        argc, argv, "The process cache of fullon_cache: services register and give signs of life.");
    return examples::run(example());
}
