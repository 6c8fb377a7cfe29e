// process_cache against a real Redis: a process's life, and the health of all.
#include "support/caches.hpp"

#include <fullon_cache/base_reader.hpp>
#include <fullon_cache/process_cache.hpp>

#include <fullon_orm/iso_time.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using fullon_cache::errc;
using fullon_cache::process_cache;
using fullon_cache::process_filter;
using fullon_cache::process_update;
using world = support::cache_world<process_cache>;

template <class Body>
void with_processes(Body body)
{
    support::with_cache<process_cache>(std::move(body));
}

double now()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// A process as another service has left it.
void store(world& w, std::string type, std::string component, double updated_ago, double heartbeat_ago,
           std::string status = "running")
{
    const auto id = type + ":" + component + ":1795189008.5";
    const auto updated = fullon_orm::format_iso(now() - updated_ago);
    w.cli("SETEX", "process:data:" + id, 86400,
          R"({"process_id": "x", "status": ")" + status + R"(", "updated_at": ")" + updated +
              R"(", "heartbeat": ")" + fullon_orm::format_iso(now() - heartbeat_ago) +
              R"(", "extra": [1, 2.0]})");
    w.cli("HSET", "process:active:" + type, id, updated);
    w.cli("HSET", "process:components", component, id);
}

std::vector<std::string> components(const std::vector<fullon_orm::process_info>& processes)
{
    std::vector<std::string> result;
    for (const auto& one : processes)
        result.push_back(one.component);
    return result;
}

} // namespace

TEST_CASE("a process is registered, updated, found and stopped")
{
    with_processes([](world& w) -> asio::awaitable<void> {
        auto params = json::parse(R"({"exchanges": ["binance"]})").as_object();
        const auto id = co_await w.cache.register_process("tick", "daemon", params, "Started");
        CHECK(id.starts_with("tick:daemon:1"));
        CHECK(w.cli("TTL", "process:data:" + id).integer() > 86000);
        process_update update;
        update.status = "running";
        update.params = json::parse(R"({"n": 1})").as_object();
        const bool known = co_await w.cache.update_process(id, update);
        CHECK(known);
        const auto found = co_await w.cache.get_process(id);
        REQUIRE(found);
        CHECK(found->status == "running");
        CHECK(found->message == "Started");
        CHECK(found->component == "daemon");
        CHECK(found->params == json::parse(R"({"exchanges": ["binance"], "n": 1})").as_object());
        CHECK(found->updated_at >= found->created_at);
        const auto by_component = co_await w.cache.get_component_status("daemon");
        CHECK(by_component == found);
        const auto active = co_await w.cache.get_active_processes();
        CHECK(components(active) == std::vector<std::string>{"daemon"});

        const bool stopped = co_await w.cache.stop_process(id);
        CHECK(stopped);
        const auto none = co_await w.cache.get_active_processes();
        CHECK(none.empty());
        const auto after = co_await w.cache.get_process(id);
        REQUIRE(after);
        CHECK(after->status == "stopped");
        CHECK(after->heartbeat == found->heartbeat);
        const auto gone = co_await w.cache.get_component_status("daemon");
        CHECK_FALSE(gone);
        const bool unknown = co_await w.cache.stop_process("tick:nobody:1");
        CHECK_FALSE(unknown);
    });
}

TEST_CASE("what has taken a component over is not unregistered with its predecessor")
{
    with_processes([](world& w) -> asio::awaitable<void> {
        const auto old = co_await w.cache.register_process("bot", "bot_1");
        const auto fresh = co_await w.cache.register_process("bot", "bot_1");
        CHECK(old != fresh);
        co_await w.cache.stop_process(old);
        const auto current = co_await w.cache.get_component_status("bot_1");
        REQUIRE(current);
        CHECK(current->process_id == fresh);
        const auto history = co_await w.cache.get_process_history("bot_1");
        CHECK(history.size() == 2);
        const auto last = co_await w.cache.get_process_history("bot_1", 1);
        CHECK(last.size() == 1);
    });
}

TEST_CASE("updates of many writers are all there, and what they do not know stays")
{
    with_processes([](world& w) -> asio::awaitable<void> {
        store(w, "bot", "shared", 10, 10);
        const std::string id = "bot:shared:1795189008.5";
        int running = 0;
        std::vector<std::unique_ptr<fullon_cache::connection>> connections;
        auto write = [&](int which) -> asio::awaitable<void> {
            connections.push_back(std::make_unique<fullon_cache::connection>(
                w.connection.get_executor(), support::redis_config(w.server)));
            auto& own = *connections.back();
            own.start();
            const process_cache cache(own);
            for (int round = 1; round <= 30; ++round) {
                process_update update;
                update.params["writer_" + std::to_string(which)] = round;
                co_await cache.update_process(id, update);
            }
            co_await own.stop();
            --running;
        };
        for (int which = 0; which < 6; ++which) {
            ++running;
            asio::co_spawn(w.connection.get_executor(), write(which),
                           [](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
        }
        co_await support::eventually("all writers have ended", [&] { return running == 0; });
        const auto stored = json::parse(w.cli("GET", "process:data:" + id).text).as_object();
        CHECK(stored.at("extra") == json::parse("[1, 2.0]"));
        CHECK(stored.at("params").as_object().size() == 6);
        for (const auto& [name, value] : stored.at("params").as_object())
            CHECK(value == 30);
    });
}

TEST_CASE("active processes are chosen by type, component, age and heartbeat, the newest first")
{
    with_processes([](world& w) -> asio::awaitable<void> {
        store(w, "tick", "a", 100, 10);
        store(w, "bot", "b", 50, 10);
        store(w, "bot", "c", 10, 400); // writes, but its heart does not beat
        store(w, "bot", "old", 1000, 10);
        w.cli("HSET", "process:active:bot", "bot:expired:1",
              fullon_orm::format_iso(now())); // its data are gone
        const auto lately = co_await w.cache.get_active_processes();
        CHECK(components(lately) == std::vector<std::string>{"c", "b", "a"});
        process_filter filter;
        filter.process_type = "bot";
        const auto bots = co_await w.cache.get_active_processes(filter);
        CHECK(components(bots) == std::vector<std::string>{"c", "b"});
        filter.alive_only = true;
        filter.within = 1h;
        const auto alive = co_await w.cache.get_active_processes(filter);
        CHECK(components(alive) == std::vector<std::string>{"b", "old"});
        filter.component = "old";
        const auto one = co_await w.cache.get_active_processes(filter);
        CHECK(components(one) == std::vector<std::string>{"old"});

        const auto health = co_await w.cache.get_system_health();
        CHECK_FALSE(health.healthy);
        CHECK(health.total_processes == 4);
        CHECK(health.stale_processes == 1);
        const auto metrics = co_await w.cache.get_metrics();
        CHECK(metrics.active_total == 5);
        CHECK(metrics.components == 4);
        CHECK(metrics.stored == 4);
    });
}

TEST_CASE("stale processes are stopped, and their data stay")
{
    with_processes([](world& w) -> asio::awaitable<void> {
        store(w, "tick", "a", 100, 10);
        store(w, "bot", "old", 1000, 1000);
        w.cli("HSET", "process:active:bot", "bot:expired:1", fullon_orm::format_iso(now() - 1000));
        w.cli("HSET", "process:components", "expired", "bot:expired:1");
        w.cli("HSET", "process:active:bot", "bot:broken:1", "some day");
        w.cli("SET", "process:data:bot:broken:1", "{x");
        // Somebody else has taken the component over.
        store(w, "bot", "taken", 1000, 1000);
        w.cli("HSET", "process:components", "taken", "bot:taken:2");

        process_filter ever;
        ever.within = std::chrono::seconds::max();
        const auto all = co_await w.cache.get_active_processes(ever);
        CHECK(all.size() == 3);
        ever.within = -1s;
        const auto never = co_await support::error_of(w.cache.get_active_processes(ever));
        CHECK(never == errc::invalid_argument);
        const auto none = co_await w.cache.cleanup_stale_processes(std::chrono::minutes::max());
        CHECK(none == 1); // whose time cannot be read
        const auto negative = co_await support::error_of(w.cache.cleanup_stale_processes(-1min));
        CHECK(negative == errc::invalid_argument);
        const auto cleaned = co_await w.cache.cleanup_stale_processes(10min);
        CHECK(cleaned == 3);
        const auto again = co_await w.cache.cleanup_stale_processes(10min);
        CHECK(again == 0);

        const auto active = co_await w.cache.get_active_processes();
        CHECK(components(active) == std::vector<std::string>{"a"});
        const auto old = co_await w.cache.get_process("bot:old:1795189008.5");
        REQUIRE(old);
        CHECK(old->status == "stopped");
        CHECK(w.cli("GET", "process:data:bot:old:1795189008.5").text.find(R"("extra": [1, 2.0])") !=
              std::string::npos);
        CHECK(w.cli("TTL", "process:data:bot:old:1795189008.5").integer() > 86000);
        CHECK(w.cli("GET", "process:data:bot:broken:1").text == "{x");
        const auto alive = co_await w.cache.get_process("tick:a:1795189008.5");
        REQUIRE(alive);
        CHECK(alive->status == "running");
        CHECK(w.cli("HGET", "process:components", "taken").text == "bot:taken:2");
        CHECK(w.cli("HLEN", "process:components").integer() == 2); // a, taken
    });
}

TEST_CASE("delete_from_top stops a component's process and deletes nothing")
{
    with_processes([](world& w) -> asio::awaitable<void> {
        store(w, "tick", "a", 10, 10);
        store(w, "bot", "b", 10, 10);
        const auto nothing = co_await w.cache.delete_from_top();
        CHECK(nothing == 0);
        const auto both = co_await w.cache.get_active_processes();
        CHECK(both.size() == 2);
        const auto unknown = co_await w.cache.delete_from_top("nobody");
        CHECK(unknown == 0);
        const auto one = co_await w.cache.delete_from_top("b");
        CHECK(one == 1);
        const auto again = co_await w.cache.delete_from_top("b");
        CHECK(again == 0);
        const auto rest = co_await w.cache.get_active_processes();
        CHECK(components(rest) == std::vector<std::string>{"a"});
        const auto stopped = co_await w.cache.get_process("bot:b:1795189008.5");
        REQUIRE(stopped);
        CHECK(stopped->status == "stopped");
        CHECK(w.cli("EXISTS", "process:data:tick:a:1795189008.5").integer() == 1);
    });
}

TEST_CASE("a broadcast reaches those who listen")
{
    with_processes([](world& w) -> asio::awaitable<void> {
        const fullon_cache::base_reader reader(w.connection);
        auto messages = reader.subscribe("process:broadcast:bot");
        json::object data;
        data["x"] = 1;
        std::int64_t heard = 0;
        auto send = [&]() -> asio::awaitable<void> {
            while (heard == 0) // until the subscription is in force
                heard = co_await w.cache.broadcast_message("bot", "reload", data);
        };
        using namespace asio::experimental::awaitable_operators;
        auto sending = send();
        const auto message = co_await (messages.next() && std::move(sending));
        REQUIRE(message);
        const auto content = json::parse(message->payload).as_object();
        CHECK(content.at("message").as_string() == "reload");
        CHECK(content.at("data") == data);
        CHECK(content.contains("timestamp"));
    });
}

TEST_CASE("processes: bad arguments, broken entries and an outage are errors")
{
    with_processes([](world& w) -> asio::awaitable<void> {
        const auto type = co_await support::error_of(w.cache.register_process("typo", "x"));
        CHECK(type == errc::invalid_argument);
        const auto component = co_await support::error_of(w.cache.register_process("bot", ""));
        CHECK(component == errc::invalid_argument);
        process_update odd;
        odd.status = "dancing";
        const auto status = co_await support::error_of(w.cache.update_process("bot:x:1", odd));
        CHECK(status == errc::invalid_argument);
        w.cli("SET", "process:data:bot:x:1", "{x");
        const auto broken = co_await support::error_of(w.cache.get_process("bot:x:1"));
        CHECK(broken == errc::serialization);
        const auto unmerged = co_await support::error_of(w.cache.update_process("bot:x:1"));
        CHECK(unmerged == errc::serialization);
        w.cli("SET", "process:active:bot", "x");
        const auto wrong = co_await support::error_of(w.cache.get_active_processes());
        CHECK(wrong == errc::wrong_type);
        w.server.kill();
        const auto down = co_await support::error_of(w.cache.get_system_health());
        CHECK(down == errc::unavailable);
    });
}
