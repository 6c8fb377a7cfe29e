// Bodies of redis_faults.hpp. All errors are those of a real Redis.
#include "redis_faults.hpp"

#include "state.hpp"

#include "support/background.hpp"

#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <filesystem>
#include <stdexcept>
#include <utility>

namespace faults {

using support::redis_cli;

namespace {

const std::set<std::string> late_or_gone{"CACHE_UNAVAILABLE", "TIMEOUT"};
const std::set<std::string> gone{"CACHE_UNAVAILABLE"};

// A step that waits for nothing.
template <class Action>
auto at_once(Action action)
{
    return [action](fault_world& world) -> asio::awaitable<void> {
        action(world);
        co_return;
    };
}

// Sends a command whose answer does not come soon.
template <class... Words>
void send_only(fault_world& world, const Words&... words)
{
    redis_cli cli(world.redis, 1ms);
    try {
        cli(words...);
    } catch (const std::runtime_error&) {
        return; // as expected
    }
    throw std::runtime_error("Redis answered at once to what should keep it busy");
}

asio::awaitable<void> until_loaded(fault_world& world)
{
    redis_cli cli(world.redis, 5000ms * patience);
    co_await support::eventually("Redis has loaded its data",
                                 [&] { return support::info_number(cli, "loading") == 0; });
    cli("CONFIG", "SET", "key-load-delay", 0);
}

asio::awaitable<void> begin_failing_disk(fault_world& world)
{
    redis_cli cli(world.redis);
    std::filesystem::create_directory(world.redis.directory() / "dump.rdb"); // nothing can be renamed to it
    cli("CONFIG", "SET", "save", "3600 1000000");
    cli("BGSAVE");
    co_await support::eventually("Redis has failed to save", [&] {
        return cli("INFO", "persistence").text.find("rdb_last_bgsave_status:err") != std::string::npos;
    });
    world.proxy.cut(); // connections are set up, too
    co_await support::eventually("the server sees it", [&] { return !world.server->redis_up(); });
    co_await support::eventually("the link is made again", [&] { return world.server->redis_up(); });
}

// A session with a master ends when that is demoted; the next one is with a replica in sync.
asio::awaitable<void> demote(fault_world& world)
{
    world.master = std::make_unique<support::redis_server>();
    faults::seed(*world.master);
    redis_cli cli(*world.master);
    write_state(cli, 1);
    cli("CONFIG", "SET", "repl-diskless-sync-delay", 0);
    const auto before = world.server->metrics().redis.losses;
    redis_cli(world.redis)("REPLICAOF", "127.0.0.1", world.master->port());
    co_await support::eventually("the server sees it",
                                 [&] { return world.server->metrics().redis.losses > before; });
    co_await support::eventually("the link is made again", [&] { return world.server->redis_up(); });
}

void replace(fault_world& world)
{
    auto other = std::make_unique<support::redis_server>(fault_world::with_user({}));
    faults::seed(*other);
    redis_cli cli(*other);
    write_state(cli, 1);
    world.other = std::move(other);
    world.proxy.retarget(world.other->port());
    world.proxy.cut();
}

// In place of many hundred keys: each takes its time to be loaded, and Redis looks at its clients in between.
void load_slowly(fault_world& world)
{
    redis_cli cli(world.redis);
    for (int i = 0; i < 200; ++i)
        cli("SET", "filler:" + std::to_string(i), std::string(1100, 'x'));
    cli("CONFIG", "SET", "loading-process-events-interval-bytes", 1024);
    cli("CONFIG", "SET", "key-load-delay", 5000 * patience);
    send_only(world, "DEBUG", "RELOAD");
}

asio::awaitable<void> kill_script(fault_world& world)
{
    redis_cli cli(world.redis);
    cli("SCRIPT", "KILL");
    co_await support::eventually("the script has ended", [&] { return !cli.execute({"PING"}).is_error(); });
}

void run_endless_script(fault_world& world)
{
    redis_cli(world.redis)("CONFIG", "SET", "busy-reply-threshold", 1);
    send_only(world, "EVAL", "while true do end", 0);
}

} // namespace

const std::vector<redis_fault>& redis_faults()
{
    static const std::vector<redis_fault> all{
        {.name = "killed",
         .failures = late_or_gone,
         .loses_link = true,
         .stays_down = true,
         .loses_data = true,
         .begin = at_once([](fault_world& world) { world.redis.kill(); }),
         .end = at_once([](fault_world& world) { world.redis.start(); })},
        {.name = "hung",
         .failures = late_or_gone,
         .loses_link = true,
         .stays_down = true,
         .begin = at_once([](fault_world& world) { world.redis.pause(); }),
         .end = at_once([](fault_world& world) { world.redis.resume(); })},
        {.name = "restarted empty",
         .failures = late_or_gone,
         .answers = true,
         .loses_link = true,
         .loses_data = true,
         .begin = at_once([](fault_world& world) {
             world.redis.kill();
             world.redis.start();
             faults::seed(world.redis); // before anybody looks: nothing else is true
             redis_cli cli(world.redis);
             write_state(cli, 1);
         }),
         .end = at_once([](fault_world& world) { redis_cli(world.redis)("FLUSHALL"); })},
        {.name = "replaced",
         .failures = late_or_gone,
         .answers = true,
         .loses_link = true,
         .begin = at_once(replace),
         .end = at_once([](fault_world&) {})},
        {.name = "refusing connections",
         .failures = late_or_gone,
         .loses_link = true,
         .stays_down = true,
         .begin = at_once([](fault_world& world) {
             world.proxy.refuse(true);
             world.proxy.cut(tcp_proxy::ending::reset);
         }),
         .end = at_once([](fault_world& world) { world.proxy.heal(); })},
        {.name = "behind a dead network",
         .failures = late_or_gone,
         .loses_link = true,
         .stays_down = true,
         .begin = at_once([](fault_world& world) { world.proxy.set_flow(tcp_proxy::flow::swallow); }),
         .end = at_once([](fault_world& world) {
             world.proxy.heal();
             world.proxy.cut(tcp_proxy::ending::reset); // what was swallowed is missing
         })},
        {.name = "silent: its answers do not come",
         .failures = late_or_gone,
         .loses_link = true,
         .stays_down = true,
         .begin = at_once(
             [](fault_world& world) { world.proxy.set_flow(tcp_proxy::way::down, tcp_proxy::flow::stall); }),
         .end = at_once([](fault_world& world) { world.proxy.heal(); })},
        {.name = "slow, in time",
         .failures = {"TIMEOUT"}, // for what takes several steps
         .answers = true,
         .begin = at_once(
             [](fault_world& world) { world.proxy.delay(tcp_proxy::way::down, operation_timeout * 4 / 10); }),
         .end = at_once([](fault_world& world) { world.proxy.heal(); })},
        {.name = "far too slow",
         .failures = late_or_gone,
         .loses_link = true,
         .stays_down = true,
         .begin = at_once(
             [](fault_world& world) { world.proxy.delay(tcp_proxy::way::down, 6 * operation_timeout); }),
         .end = at_once([](fault_world& world) { world.proxy.heal(); })},
        {.name = "reset",
         .failures = late_or_gone,
         .answers = true,
         .loses_link = true,
         .begin = at_once([](fault_world& world) { world.proxy.cut(tcp_proxy::ending::reset); }),
         .end = at_once([](fault_world&) {})},
        {.name = "out of memory",
         .failures = gone,
         // Redis refuses every MULTI then, and lists are followed by one.
         .only = {"stream_trade_updates", "stream_ohlcv"},
         .answers = true,
         .begin =
             at_once([](fault_world& world) { redis_cli(world.redis)("CONFIG", "SET", "maxmemory", 1); }),
         .end = at_once([](fault_world& world) { redis_cli(world.redis)("CONFIG", "SET", "maxmemory", 0); })},
        {.name = "a replica in sync with its master",
         .answers = true,
         .loses_link = true,
         .begin = demote,
         .end = at_once([](fault_world& world) { redis_cli(world.redis)("REPLICAOF", "NO", "ONE"); })},
        {.name = "a replica that says MASTERDOWN",
         .failures = late_or_gone,
         .loses_link = true,
         .stays_down = true,
         .begin = at_once([](fault_world& world) {
             redis_cli cli(world.redis);
             cli("CONFIG", "SET", "replica-serve-stale-data", "no");
             cli("REPLICAOF", "127.0.0.1", 1);
         }),
         .end = at_once([](fault_world& world) { redis_cli(world.redis)("REPLICAOF", "NO", "ONE"); })},
        {.name = "busy with a script",
         .failures = late_or_gone,
         .loses_link = true,
         .stays_down = true,
         .begin = at_once(run_endless_script),
         .end = kill_script},
        {.name = "loading its data",
         .failures = late_or_gone,
         .loses_link = true,
         .stays_down = true,
         .begin = at_once(load_slowly),
         .end = until_loaded,
         .arguments = {"--enable-debug-command", "yes"}},
        {.name = "full: it takes no more clients",
         .failures = late_or_gone,
         .loses_link = true,
         .stays_down = true,
         .begin = at_once([](fault_world& world) {
             world.kept = std::make_unique<redis_cli>(world.redis); // else nobody could end it
             (*world.kept)("CONFIG", "SET", "maxclients", 1);
             world.proxy.cut();
         }),
         .end = at_once([](fault_world& world) {
             (*world.kept)("CONFIG", "SET", "maxclients", 10000);
             world.kept.reset();
         })},
        {.name = "without a disk to save to",
         .answers = true,
         .loses_link = true, // by the test
         .begin = begin_failing_disk,
         .end = at_once([](fault_world& world) { redis_cli(world.redis)("CONFIG", "SET", "save", ""); })},
    };
    return all;
}

const redis_fault& find_fault(const std::string& name)
{
    for (const auto& one : redis_faults())
        if (one.name == name)
            return one;
    throw std::out_of_range("no such fault: " + name);
}

} // namespace faults
