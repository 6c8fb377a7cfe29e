// base_reader and base_cache: what they refuse, and what they do while Redis is down or hung. Every method of both.
#include "support/background.hpp"
#include "support/caches.hpp"

#include <fullon_cache/base_cache.hpp>

#include <boost/json/value.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::base_cache;
using fullon_cache::cache_error;
using fullon_cache::errc;
using fullon_cache::pipeline;
using std::chrono::steady_clock;
using world = support::cache_world<base_cache>;
using nothing = asio::awaitable<void>;

std::map<std::string, std::string> one_field()
{
    return {{"f", "1"}};
}
std::vector<std::pair<std::string, std::string>> one_entry()
{
    return {{"f", "1"}};
}
std::vector<std::string> one(const std::string& text)
{
    return {text};
}

// One method, called with a key (or what stands in its place).
struct method {
    const char* name;
    const char* type; // of the key that it works on, empty = any
    nothing (*call)(base_cache, std::string);
};

// clang-format off
const std::vector<method> keyed{
    {"get", "string", [](base_cache c, std::string k) -> nothing { co_await c.get(k); }},
    {"get_json", "string", [](base_cache c, std::string k) -> nothing { co_await c.get_json(k); }},
    {"exists", "", [](base_cache c, std::string k) -> nothing { co_await c.exists(k); }},
    {"hget", "hash", [](base_cache c, std::string k) -> nothing { co_await c.hget(k, "f"); }},
    {"hgetall", "hash", [](base_cache c, std::string k) -> nothing { co_await c.hgetall(k); }},
    {"lrange", "list", [](base_cache c, std::string k) -> nothing { co_await c.lrange(k, 0, -1); }},
    {"llen", "list", [](base_cache c, std::string k) -> nothing { co_await c.llen(k); }},
    {"scard", "set", [](base_cache c, std::string k) -> nothing { co_await c.scard(k); }},
    {"xread", "stream", [](base_cache c, std::string k) -> nothing { co_await c.xread(k, "0"); }},
    {"xread, waiting", "stream", [](base_cache c, std::string k) -> nothing { co_await c.xread(k, "0", 1, 100ms); }},
    {"xlen", "stream", [](base_cache c, std::string k) -> nothing { co_await c.xlen(k); }},
    {"set", "", [](base_cache c, std::string k) -> nothing { co_await c.set(k, "1"); }},
    {"set_json", "", [](base_cache c, std::string k) -> nothing { co_await c.set_json(k, 1); }},
    {"remove", "", [](base_cache c, std::string k) -> nothing { co_await c.remove(k); }},
    {"expire", "", [](base_cache c, std::string k) -> nothing { co_await c.expire(k, 100s); }},
    {"hset", "hash", [](base_cache c, std::string k) -> nothing { co_await c.hset(k, "f", "1"); }},
    {"hset of several", "hash", [](base_cache c, std::string k) -> nothing { co_await c.hset(k, one_field()); }},
    {"hdel", "hash", [](base_cache c, std::string k) -> nothing { co_await c.hdel(k, "f"); }},
    {"hdel of several", "hash", [](base_cache c, std::string k) -> nothing { co_await c.hdel_all(k, one("f")); }},
    {"lpush", "list", [](base_cache c, std::string k) -> nothing { co_await c.lpush(k, one("1")); }},
    {"rpush", "list", [](base_cache c, std::string k) -> nothing { co_await c.rpush(k, one("1")); }},
    {"lpop", "list", [](base_cache c, std::string k) -> nothing { co_await c.lpop(k); }},
    {"blpop", "list", [](base_cache c, std::string k) -> nothing { co_await c.blpop(k, 100ms); }},
    {"blpop without a wait", "list", [](base_cache c, std::string k) -> nothing { co_await c.blpop(k, 0ms); }},
    {"ltrim", "list", [](base_cache c, std::string k) -> nothing { co_await c.ltrim(k, 0, 1); }},
    {"xadd", "stream", [](base_cache c, std::string k) -> nothing { co_await c.xadd(k, one_entry()); }},
    {"xdel", "stream", [](base_cache c, std::string k) -> nothing { co_await c.xdel(k, one("1-1")); }},
    {"xtrim", "stream", [](base_cache c, std::string k) -> nothing { co_await c.xtrim(k, 1); }},
    {"get_keys", "", [](base_cache c, std::string k) -> nothing { co_await c.get_keys(k); }},
    {"scan_keys", "", [](base_cache c, std::string k) -> nothing { auto all = c.scan_keys(k); co_await all.next(); }},
    {"delete_pattern", "", [](base_cache c, std::string k) -> nothing { co_await c.delete_pattern(k); }},
    {"publish", "", [](base_cache c, std::string k) -> nothing { co_await c.publish(k, "1"); }},
    {"subscribe", "", [](base_cache c, std::string k) -> nothing { auto all = c.subscribe(k); co_await all.next(); }},
    {"push_global_error", "", [](base_cache c, std::string k) -> nothing { co_await c.push_global_error(k, "c"); }},
};
const std::vector<method> without_key{
    {"ping", "", [](base_cache c, std::string) -> nothing { co_await c.ping(); }},
    {"exists of several", "", [](base_cache c, std::string k) -> nothing { co_await c.count_existing(one(k)); }},
    {"remove of several", "", [](base_cache c, std::string k) -> nothing { co_await c.remove_all(one(k)); }},
    {"info", "", [](base_cache c, std::string) -> nothing { co_await c.info(); }},
    {"execute", "", [](base_cache c, std::string) -> nothing { co_await c.execute(pipeline().add("PING")); }},
    {"execute_atomically", "", [](base_cache c, std::string) -> nothing { co_await c.execute_atomically(pipeline().add("PING")); }},
    {"flush", "", [](base_cache c, std::string) -> nothing { co_await c.flush(); }},
    {"prepare_cache", "", [](base_cache c, std::string) -> nothing { co_await c.prepare_cache(); }},
    {"pop_global_error", "", [](base_cache c, std::string) -> nothing { co_await c.pop_global_error(100ms); }},
    {"pop_global_error without a wait", "", [](base_cache c, std::string) -> nothing { co_await c.pop_global_error(0ms); }},
};
// clang-format on

// What Redis may have done although it did not answer. (What pops take goes back.)
const std::set<std::string> writes{
    "set",
    "set_json",
    "remove",
    "expire",
    "hset",
    "hset of several",
    "hdel",
    "hdel of several",
    "lpush",
    "rpush",
    "ltrim",
    "xadd",
    "xdel",
    "xtrim",
    "publish",
    "push_global_error",
    "remove of several",
    "flush",
    "prepare_cache",
};

std::vector<method> every_method()
{
    auto all = keyed;
    all.insert(all.end(), without_key.begin(), without_key.end());
    return all;
}

// What is said of a bad argument; the text of another error, or nothing.
template <class T>
asio::awaitable<std::string> refusal_of(asio::awaitable<T> operation)
{
    std::string text;
    try {
        co_await std::move(operation);
    } catch (const cache_error& error) {
        text = error.code() == errc::invalid_argument ? error.diagnostics() : error.what();
    }
    co_return text;
}

std::string refusal_of(const std::function<void()>& call)
{
    try {
        call();
    } catch (const cache_error& error) {
        return error.code() == errc::invalid_argument ? error.diagnostics() : error.what();
    }
    return {};
}

} // namespace

TEST_CASE("a key of another type is an error of that name, and is left as it was")
{
    support::with_cache<base_cache>([](world& w) -> nothing {
        for (const auto& one : keyed) {
            if (*one.type == '\0')
                continue;
            INFO(one.name);
            const bool wants_text = one.type == std::string("string");
            w.cli("FLUSHDB");
            if (wants_text)
                w.cli("RPUSH", "key", "1");
            else
                w.cli("SET", "key", "1");
            const auto failure = co_await support::error_of(one.call(w.cache, "key"));
            CHECK(failure == errc::wrong_type);
            CHECK(w.cli("TYPE", "key").text == (wants_text ? "list" : "string"));
            // That a key of its type is none keeps this test honest.
            w.cli("FLUSHDB");
            const auto none = co_await support::error_of(one.call(w.cache, "key"));
            CHECK_FALSE(none);
        }
        const bool answers = co_await w.cache.test();
        CHECK(answers);
        CHECK(w.connection.up());
    });
}

TEST_CASE("an empty name is refused by every method that takes one, before anything is sent")
{
    support::with_cache<base_cache>([](world& w) -> nothing {
        support::monitor_session monitor(w.server);
        for (const auto& one : keyed) {
            INFO(one.name);
            const auto refusal = co_await refusal_of(one.call(w.cache, ""));
            CHECK(refusal.ends_with(": must not be empty"));
            const auto name = refusal.substr(0, refusal.find(':'));
            const std::string type = one.type;
            if (type == "stream")
                CHECK(name == "stream");
            else if (!type.empty())
                CHECK(name == "key");
        }
        for (const auto& seen : monitor.collect())
            CHECK(seen.words.front() == "PING"); // of the watchdogs
    });
}

TEST_CASE("every other bad argument is named")
{
    support::with_cache<base_cache>([](world& w) -> nothing {
        const auto& c = w.cache;
        const std::vector<std::string> none;
        auto text = co_await refusal_of(c.set("k", "v", 0s));
        CHECK(text == "lifetime: must be at least one second");
        text = co_await refusal_of(c.set("k", "v", -1s));
        CHECK(text == "lifetime: must be at least one second");
        text = co_await refusal_of(c.set_json("k", 1, 0s));
        CHECK(text == "lifetime: must be at least one second");
        text = co_await refusal_of(c.expire("k", 0s));
        CHECK(text == "lifetime: must be at least one second");
        text = co_await refusal_of(c.hset("k", std::map<std::string, std::string>()));
        CHECK(text == "fields: must not be empty");
        text = co_await refusal_of(c.hdel_all("k", none));
        CHECK(text == "fields: must not be empty");
        text = co_await refusal_of(c.lpush("k", none));
        CHECK(text == "values: must not be empty");
        text = co_await refusal_of(c.rpush("k", none));
        CHECK(text == "values: must not be empty");
        text = co_await refusal_of(c.xdel("k", none));
        CHECK(text == "ids: must not be empty");
        text = co_await refusal_of(c.xadd("k", std::vector<std::pair<std::string, std::string>>()));
        CHECK(text == "fields: must not be empty");
        text = co_await refusal_of(c.xadd("k", one_entry(), -1));
        CHECK(text == "max_length: must not be below zero");
        text = co_await refusal_of(c.xtrim("k", -1));
        CHECK(text == "max_length: must not be below zero");
        text = co_await refusal_of(c.xread("k", ""));
        CHECK(text == "after: must not be empty");
        text = co_await refusal_of(c.xread("k", "0", 0));
        CHECK(text == "count: must be above zero");
        CHECK(refusal_of([&] { (void)c.scan_keys("*", 0); }) == "count: must be above zero");
        CHECK(refusal_of([&] { (void)c.subscribe_all(none); }) == "channels: must not be empty");
        CHECK(refusal_of([&] { (void)c.subscribe_all(one("")); }) == "channels: must not be empty");
        CHECK(refusal_of([&] { (void)c.subscribe_all(one("a"), 0); }) == "capacity: must be above zero");
        CHECK(w.cli("DBSIZE").integer() == 0);

        // Redis itself refuses what it cannot do.
        const auto no_id = co_await support::error_of(c.xread("k", "nonsense"));
        CHECK(no_id == errc::server_error);
        // A lifetime of any length is one of a hundred years at most.
        co_await c.set("k", "v", std::chrono::seconds::max());
        CHECK(w.cli("TTL", "k").integer() > 3'000'000'000);
        const bool expires = co_await c.expire("k", std::chrono::seconds::max());
        CHECK(expires);
    });
}

TEST_CASE("while Redis is down every method fails at once, and none takes it for a miss")
{
    support::with_cache<base_cache>([](world& w) -> nothing {
        w.server.kill();
        co_await support::eventually("down", [&] { return !w.connection.up(); });
        const auto begin = steady_clock::now();
        for (const auto& one : every_method()) {
            INFO(one.name);
            const auto failure = co_await support::error_of(one.call(w.cache, "key"));
            CHECK(failure == errc::unavailable);
        }
        const bool answers = co_await w.cache.test();
        CHECK_FALSE(answers);
        CHECK(steady_clock::now() - begin < 500ms * support::patience);

        w.server.start();
        co_await w.connection.ready(10s * support::patience);
        const bool again = co_await w.cache.test();
        CHECK(again);
    });
}

TEST_CASE("a hung Redis is a time-out for every method, and all is well when it goes on")
{
    const auto adjust = [](fullon_cache::config& settings) {
        settings.socket_timeout = settings.connect_timeout = 500ms;
        settings.ping_timeout = 60s;
    };
    support::with_cache<base_cache>(
        [](world& w) -> nothing {
            w.server.pause();
            const auto begin = steady_clock::now();
            const auto methods = every_method();
            std::vector<support::background<void>> calls; // all at once
            for (const auto& one : methods)
                calls.emplace_back(w.connection.get_executor(), one.call(w.cache, "key"));
            const support::background<bool> test(w.connection.get_executor(), w.cache.test());
            for (std::size_t i = 0; i < calls.size(); ++i) {
                INFO(methods[i].name);
                const auto failure = co_await calls[i].error();
                // It was sent: a write may be done when Redis goes on.
                CHECK(failure == (writes.contains(methods[i].name) ? errc::unknown_outcome : errc::timeout));
            }
            const bool answers = co_await test.result();
            CHECK_FALSE(answers);
            CHECK(steady_clock::now() - begin >= 500ms);
            CHECK(steady_clock::now() - begin < 3s * support::patience);
            w.server.resume();
            co_await w.cache.set("key", "after");
            const auto value = co_await w.cache.get("key");
            CHECK(value == "after");
            const auto popped = co_await w.cache.blpop("list", 10ms);
            CHECK_FALSE(popped);
        },
        adjust);
}

TEST_CASE("after stop every method fails with closed")
{
    support::with_cache<base_cache>([](world& w) -> nothing {
        co_await w.connection.stop();
        for (const auto& one : every_method()) {
            INFO(one.name);
            const auto failure = co_await support::error_of(one.call(w.cache, "key"));
            CHECK(failure == errc::closed);
        }
        const bool answers = co_await w.cache.test();
        CHECK_FALSE(answers);
    });
}
