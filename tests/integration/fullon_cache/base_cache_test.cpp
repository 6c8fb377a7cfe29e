// base_reader and base_cache against a real Redis: values, hashes, lists, patterns, prefixes, pipelines.
#include "support/caches.hpp"

#include <fullon_cache/base_cache.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::base_cache;
using fullon_cache::errc;
using fullon_cache::pipeline;
using world = support::cache_world<base_cache>;
using texts = std::vector<std::string>;

template <class Body>
void with_base(Body body)
{
    support::with_cache<base_cache>(std::move(body));
}

// A brace list inside a co_await expression does not compile with g++ 12.
template <class... Texts>
texts list(const Texts&... words)
{
    texts made;
    (made.emplace_back(words), ...);
    return made;
}

// What was executed, without what the link itself needs.
texts seen_by(support::monitor_session& monitor)
{
    texts lines;
    for (auto& line : monitor.collect_lines())
        if (!line.starts_with("PING") && !line.starts_with("HELLO") && !line.starts_with("CLIENT"))
            lines.push_back(std::move(line));
    return lines;
}

} // namespace

TEST_CASE("a value is set, read, counted, given a lifetime and removed; a miss is empty")
{
    with_base([](world& w) -> asio::awaitable<void> {
        const auto missing = co_await w.cache.get("a");
        CHECK_FALSE(missing);
        co_await w.cache.set("a", "1");
        CHECK(w.cli("TTL", "a").integer() == -1);
        const auto found = co_await w.cache.get("a");
        CHECK(found == "1");
        co_await w.cache.set("a", "2", 100s);
        CHECK(w.cli("GET", "a").text == "2");
        CHECK(w.cli("TTL", "a").integer() >= 99);
        co_await w.cache.set("a", ""); // an empty value is no miss, and a lifetime goes with the old value
        const auto empty = co_await w.cache.get("a");
        CHECK(empty == "");
        CHECK(w.cli("TTL", "a").integer() == -1);

        const bool prolonged = co_await w.cache.expire("a", 50s);
        CHECK(prolonged);
        CHECK(w.cli("TTL", "a").integer() >= 49);
        const bool nothing_to_prolong = co_await w.cache.expire("b", 50s);
        CHECK_FALSE(nothing_to_prolong);

        const bool there = co_await w.cache.exists("a");
        CHECK(there);
        const bool not_there = co_await w.cache.exists("b");
        CHECK_FALSE(not_there);
        co_await w.cache.set("c", "3");
        const auto count = co_await w.cache.count_existing(list("a", "b", "c", "a"));
        CHECK(count == 3);
        const auto none = co_await w.cache.count_existing(texts());
        CHECK(none == 0);

        const bool removed = co_await w.cache.remove("a");
        CHECK(removed);
        const bool again = co_await w.cache.remove("a");
        CHECK_FALSE(again);
        co_await w.cache.set("a", "1");
        const auto several = co_await w.cache.remove_all(list("a", "b", "c"));
        CHECK(several == 2);
        CHECK(w.cli("DBSIZE").integer() == 0);
        const auto no_keys = co_await w.cache.remove_all(texts());
        CHECK(no_keys == 0);
    });
}

TEST_CASE("a lifetime ends the value")
{
    with_base([](world& w) -> asio::awaitable<void> {
        co_await w.cache.set("short", "1", 1s);
        const auto at_first = co_await w.cache.get("short");
        CHECK(at_first == "1");
        co_await support::eventually("its end", [&] { return w.cli("EXISTS", "short").integer() == 0; });
        const auto later = co_await w.cache.get("short");
        CHECK_FALSE(later);
    });
}

TEST_CASE("JSON is written as the Python services write it, and read back")
{
    with_base([](world& w) -> asio::awaitable<void> {
        const auto value = boost::json::parse(R"({"a": [1, 2.5, null, true], "b": {"c": "\u20ac"}})");
        co_await w.cache.set_json("json", value);
        CHECK(w.cli("GET", "json").text == R"({"a": [1, 2.5, null, true], "b": {"c": "\u20ac"}})");
        const auto found = co_await w.cache.get_json("json");
        CHECK(found == value);
        co_await w.cache.set_json("json", value, 100s);
        CHECK(w.cli("TTL", "json").integer() >= 99);
        const auto missing = co_await w.cache.get_json("nothing");
        CHECK_FALSE(missing);
        w.cli("SET", "null", "null"); // is there, and is no miss
        const auto null = co_await w.cache.get_json("null");
        REQUIRE(null);
        CHECK(null->is_null());
        for (const auto* const broken : {"{x", "", "[1] 2", "'a'"}) {
            w.cli("SET", "broken", broken);
            const auto failure = co_await support::error_of(w.cache.get_json("broken"));
            CHECK(failure == errc::serialization);
        }
    });
}

TEST_CASE("fields of a hash are set, read and removed")
{
    with_base([](world& w) -> asio::awaitable<void> {
        const auto missing = co_await w.cache.hget("hash", "a");
        CHECK_FALSE(missing);
        const auto nothing = co_await w.cache.hgetall("hash");
        CHECK(nothing.empty());
        const auto first = co_await w.cache.hset("hash", "a", "1");
        CHECK(first == 1);
        const auto replaced = co_await w.cache.hset("hash", "a", "2");
        CHECK(replaced == 0);
        const std::map<std::string, std::string> more{{"a", "3"}, {"b", ""}, {"", "empty"}};
        const auto fresh = co_await w.cache.hset("hash", more);
        CHECK(fresh == 2);
        const auto all = co_await w.cache.hgetall("hash");
        CHECK(all == more);
        const auto one = co_await w.cache.hget("hash", "a");
        CHECK(one == "3");
        const auto empty = co_await w.cache.hget("hash", "b");
        CHECK(empty == "");
        const bool gone = co_await w.cache.hdel("hash", "a");
        CHECK(gone);
        const bool again = co_await w.cache.hdel("hash", "a");
        CHECK_FALSE(again);
        const auto two = co_await w.cache.hdel_all("hash", list("a", "b", ""));
        CHECK(two == 2);
        CHECK(w.cli("EXISTS", "hash").integer() == 0);

        // More fields than one step of HSCAN gives.
        std::map<std::string, std::string> many;
        for (int i = 0; i < 4000; ++i)
            many.emplace("field " + std::to_string(i), std::to_string(i));
        const auto added = co_await w.cache.hset("big", many);
        CHECK(added == 4000);
        const auto read = co_await w.cache.hgetall("big");
        CHECK(read == many);
    });
}

TEST_CASE("lists are pushed to, read, popped and trimmed, sets are counted")
{
    with_base([](world& w) -> asio::awaitable<void> {
        const auto none = co_await w.cache.lpop("list");
        CHECK_FALSE(none);
        const auto nothing = co_await w.cache.lrange("list", 0, -1);
        CHECK(nothing.empty());
        const auto zero = co_await w.cache.llen("list");
        CHECK(zero == 0);
        const auto two = co_await w.cache.rpush("list", list("c", "d"));
        CHECK(two == 2);
        const auto four = co_await w.cache.lpush("list", list("b", "a"));
        CHECK(four == 4);
        const auto all = co_await w.cache.lrange("list", 0, -1);
        CHECK(all == list("a", "b", "c", "d"));
        const auto middle = co_await w.cache.lrange("list", 1, -2);
        CHECK(middle == list("b", "c"));
        const auto head = co_await w.cache.lpop("list");
        CHECK(head == "a");
        const auto second = co_await w.cache.blpop("list", 0ms);
        CHECK(second == "b");
        const auto third = co_await w.cache.blpop("list", 5s); // no wait when there is one
        CHECK(third == "c");
        const auto length = co_await w.cache.llen("list");
        CHECK(length == 1);
        co_await w.cache.rpush("list", list("e", "f", "g"));
        co_await w.cache.ltrim("list", 1, 2);
        CHECK(w.cli("LRANGE", "list", 0, -1).texts() == list("e", "f"));

        const auto no_set = co_await w.cache.scard("set");
        CHECK(no_set == 0);
        w.cli("SADD", "set", "a", "b", "c");
        const auto members = co_await w.cache.scard("set");
        CHECK(members == 3);
    });
}

TEST_CASE("any bytes come back as they were written, a megabyte of them too")
{
    with_base([](world& w) -> asio::awaitable<void> {
        using namespace std::string_literals;
        std::string bytes;
        for (int i = 0; i < 256; ++i)
            bytes.push_back(static_cast<char>(i));
        bytes += "\r\n$-1\r\n\0\xFF"s;
        std::string large;
        while (large.size() < 1024 * 1024)
            large += bytes;
        for (const auto& value : list(bytes, large)) {
            const auto key = "key\0\r\n*"s;
            co_await w.cache.set(key, value);
            const auto found = co_await w.cache.get(key);
            CHECK(found == value);
            CHECK(w.cli("GET", key).text == value);
            w.cli("DEL", "hash", "list", "stream");
            co_await w.cache.hset("hash", bytes, value);
            const auto fields = co_await w.cache.hgetall("hash");
            CHECK(fields.at(bytes) == value);
            co_await w.cache.rpush("list", list(value, value, value));
            const auto items = co_await w.cache.lrange("list", 0, 0);
            CHECK(items == list(value));
            const auto popped = co_await w.cache.lpop("list");
            CHECK(popped == value);
            const auto waited = co_await w.cache.blpop("list", 5s);
            CHECK(waited == value);
            std::vector<std::pair<std::string, std::string>> entry;
            entry.emplace_back(bytes, value);
            co_await w.cache.xadd("stream", entry);
            const auto entries = co_await w.cache.xread("stream", "0");
            REQUIRE(entries.size() == 1);
            CHECK(entries.front().fields == entry);
        }
        const auto keys = co_await w.cache.get_keys("key*");
        CHECK(keys == list("key\0\r\n*"s));
    });
}

TEST_CASE("a prefix stands before every key, and is taken off where keys come back")
{
    with_base([](world& w) -> asio::awaitable<void> {
        // Its signs of patterns mean themselves.
        for (const std::string prefix : {"svc", "s*[v]?\\c", "a:b"}) {
            w.cli("FLUSHDB");
            const base_cache cache(w.connection, prefix);
            const auto full = [&](const std::string& key) { return prefix + ":" + key; };
            co_await cache.set("a", "1");
            CHECK(w.cli("GET", full("a")).text == "1");
            const auto found = co_await cache.get("a");
            CHECK(found == "1");
            const auto bare = co_await w.cache.get("a");
            CHECK_FALSE(bare);
            co_await cache.hset("h", "f", "1");
            co_await cache.rpush("l", list("1"));
            std::vector<std::pair<std::string, std::string>> entry;
            entry.emplace_back("f", "1");
            co_await cache.xadd("x", entry);
            co_await cache.expire("h", 100s);
            CHECK(w.cli("TTL", full("h")).integer() >= 99);
            const auto entries = co_await cache.xread("x", "0", std::nullopt, 10ms);
            CHECK(entries.size() == 1);
            CHECK(w.cli("EXISTS", full("h"), full("l"), full("x")).integer() == 3);

            for (const auto* const other : {"other:a", "svcX:a", "sXv:a", "s*vvc:a", "a", "svc", "aXb:a"})
                w.cli("SET", other, "1");
            const auto keys = co_await cache.get_keys("*");
            CHECK(keys == list("a", "h", "l", "x"));
            const auto some = co_await cache.get_keys("[ah]");
            CHECK(some == list("a", "h"));
            std::set<std::string> scanned;
            auto scan = cache.scan_keys();
            for (;;) {
                auto key = co_await scan.next();
                if (!key)
                    break;
                scanned.insert(std::move(*key));
            }
            CHECK(texts(scanned.begin(), scanned.end()) == keys);

            const auto there = co_await cache.count_existing(list("a", "h", "nothing"));
            CHECK(there == 2);
            const bool removed = co_await cache.remove("l");
            CHECK(removed);
            const auto deleted = co_await cache.delete_pattern("*");
            CHECK(deleted == 3);
            CHECK(w.cli("DBSIZE").integer() == 7);

            // Without it: channels, the queue of errors, and what is sent as it is.
            co_await cache.push_global_error("m", "c");
            CHECK(w.cli("LLEN", "global_error").integer() == 1);
            pipeline raw;
            raw.add("SET", "raw", "1");
            co_await cache.execute(raw);
            CHECK(w.cli("EXISTS", "raw").integer() == 1);
        }
    });
}

TEST_CASE("no command has several keys: Redis Cluster would not take it")
{
    with_base([](world& w) -> asio::awaitable<void> {
        for (const auto* const key : {"a", "b", "c"})
            w.cli("SET", key, "1");
        support::monitor_session monitor(w.server);
        co_await w.cache.count_existing(list("a", "b"));
        CHECK(seen_by(monitor) == list("EXISTS a", "EXISTS b"));
        co_await w.cache.remove_all(list("a", "x"));
        CHECK(seen_by(monitor) == list("DEL a", "DEL x"));
        co_await w.cache.delete_pattern("*");
        auto lines = seen_by(monitor);
        std::erase_if(lines, [](const std::string& line) { return line.starts_with("SCAN"); });
        std::sort(lines.begin(), lines.end());
        CHECK(lines == list("DEL b", "DEL c"));
    });
}

TEST_CASE("a pattern deletes what matches it and nothing else")
{
    with_base([](world& w) -> asio::awaitable<void> {
        std::vector<texts> writes;
        for (int i = 0; i < 3000; ++i)
            writes.push_back(list("SET", (i % 3 == 0 ? "keep:" : "go:") + std::to_string(i), "1"));
        w.cli.pipeline(writes);
        w.cli("RPUSH", "go:list", "1");
        const auto count = co_await w.cache.delete_pattern("go:*");
        CHECK(count == 2001);
        CHECK(w.cli("DBSIZE").integer() == 1000);
        const auto none = co_await w.cache.delete_pattern("go:*");
        CHECK(none == 0);
        const auto one = co_await w.cache.delete_pattern("keep:[3]");
        CHECK(one == 1);
        CHECK(w.cli("EXISTS", "keep:3").integer() == 0);
    });
}

TEST_CASE("a scan gives every key that is there all the time, whatever comes and goes meanwhile")
{
    with_base([](world& w) -> asio::awaitable<void> {
        std::vector<texts> writes;
        for (int i = 0; i < 5000; ++i)
            writes.push_back(list("SET", "stays:" + std::to_string(i), "1"));
        for (int i = 0; i < 1000; ++i)
            writes.push_back(list("SET", "goes:" + std::to_string(i), "1"));
        w.cli.pipeline(writes);
        support::monitor_session monitor(w.server);
        std::set<std::string> found;
        auto scan = w.cache.scan_keys("*s:*", 50);
        CHECK(seen_by(monitor).empty()); // nothing before the first next()
        for (int taken = 0;; ++taken) {
            auto key = co_await scan.next();
            if (!key)
                break;
            found.insert(std::move(*key));
            if (taken % 5 == 0 && taken < 5000) {
                w.cli("DEL", "goes:" + std::to_string(taken / 5));
                w.cli("MSET", "comes:" + std::to_string(taken), "1", "other:" + std::to_string(taken), "1");
            }
        }
        const auto of = [&](const std::string& prefix) {
            return std::count_if(found.begin(), found.end(),
                                 [&](const std::string& key) { return key.starts_with(prefix); });
        };
        CHECK(of("stays:") == 5000);
        CHECK(of("other:") == 0);
        CHECK(of("stays:") + of("goes:") + of("comes:") == static_cast<std::ptrdiff_t>(found.size()));
        auto steps = seen_by(monitor);
        std::erase_if(steps, [](const std::string& line) { return !line.starts_with("SCAN"); });
        CHECK(steps.size() > 100); // 50 at a time
        const auto at_end = co_await scan.next();
        CHECK_FALSE(at_end);
        const auto all = co_await w.cache.get_keys("stays:*");
        CHECK(all.size() == 5000);
        CHECK(std::is_sorted(all.begin(), all.end()));
        CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
    });
}

TEST_CASE("a scan that is left early costs no more steps")
{
    with_base([](world& w) -> asio::awaitable<void> {
        std::vector<texts> writes;
        for (int i = 0; i < 1000; ++i)
            writes.push_back(list("SET", "key:" + std::to_string(i), "1"));
        w.cli.pipeline(writes);
        support::monitor_session monitor(w.server);
        {
            auto scan = w.cache.scan_keys("*", 10);
            const auto first = co_await scan.next();
            CHECK(first);
        }
        co_await w.cache.ping();
        CHECK(seen_by(monitor).size() == 1);
    });
}

TEST_CASE("in a pipeline errors stay in their place")
{
    with_base([](world& w) -> asio::awaitable<void> {
        pipeline commands;
        commands.add("SET", "text", "1").add("LLEN", "text").add("NONSENSE").add("GET", "text");
        commands.add("GET", "nothing");
        const auto replies = co_await w.cache.execute(commands);
        REQUIRE(replies.size() == 5);
        CHECK(replies[0].text == "OK");
        CHECK(replies[1].is_error());
        CHECK(replies[1].text.starts_with("WRONGTYPE"));
        CHECK(replies[2].is_error());
        CHECK(replies[3].text == "1");
        CHECK(replies[4].is_null());
        const auto nothing = co_await w.cache.execute(pipeline());
        CHECK(nothing.empty());
    });
}

TEST_CASE("a transaction gives the results of its commands, an error among them is thrown")
{
    with_base([](world& w) -> asio::awaitable<void> {
        support::monitor_session monitor(w.server);
        pipeline commands;
        commands.add("SET", "n", "1").add("INCRBY", "n", 5).add("GET", "nothing");
        const auto replies = co_await w.cache.execute_atomically(commands);
        REQUIRE(replies.size() == 3);
        CHECK(replies[0].text == "OK");
        CHECK(replies[1].as_integer() == 6);
        CHECK(replies[2].is_null());
        CHECK(seen_by(monitor) ==
              list("MULTI", "EXEC", "MULTI", "SET n 1", "INCRBY n 5", "GET nothing", "EXEC"));

        // Fails while it is executed: what stands before it is done.
        pipeline failing;
        failing.add("SET", "n", "2").add("LPUSH", "n", "x");
        const auto inside = co_await support::error_of(w.cache.execute_atomically(failing));
        CHECK(inside == errc::wrong_type);
        CHECK(w.cli("GET", "n").text == "2");

        // Refused before: nothing is done.
        pipeline refused;
        refused.add("SET", "n", "3").add("GET");
        const auto before = co_await support::error_of(w.cache.execute_atomically(refused));
        CHECK(before == errc::server_error);
        CHECK(w.cli("GET", "n").text == "2");

        // The connection is fit for use afterwards.
        const auto value = co_await w.cache.get("n");
        CHECK(value == "2");
        const auto nothing = co_await w.cache.execute_atomically(pipeline());
        CHECK(nothing.empty());
    });
}

TEST_CASE("Redis tells of itself, and answers")
{
    with_base([](world& w) -> asio::awaitable<void> {
        const auto info = co_await w.cache.info();
        CHECK(info.at("tcp_port") == std::to_string(w.server.port()));
        CHECK(info.at("redis_version").find('.') != std::string::npos);
        CHECK(info.contains("connected_clients"));
        CHECK_FALSE(info.contains("txt")); // the mark of a verbatim string
        CHECK_FALSE(info.contains(""));
        co_await w.cache.ping();
        const bool answers = co_await w.cache.test();
        CHECK(answers);
        CHECK(w.cache.timeout() == 3s);
    });
}

TEST_CASE("flushing empties this database and no other")
{
    with_base([](world& w) -> asio::awaitable<void> {
        w.cli("SELECT", 1);
        w.cli("SET", "elsewhere", "1");
        w.cli("SELECT", 0);
        for (const bool prepare : {false, true}) {
            w.cli("MSET", "a", "1", "b", "2");
            if (prepare)
                co_await w.cache.prepare_cache();
            else
                co_await w.cache.flush();
            CHECK(w.cli("DBSIZE").integer() == 0);
        }
        w.cli("SELECT", 1);
        CHECK(w.cli("DBSIZE").integer() == 1);
    });
}

TEST_CASE("errors that concern all services come out of their queue in order")
{
    with_base([](world& w) -> asio::awaitable<void> {
        co_await w.cache.push_global_error("no balance: 1", "orders");
        co_await w.cache.push_global_error("second", "");
        CHECK(w.cli("LRANGE", "global_error", 0, -1).texts() == list("no balance: 1:orders", "second:"));
        const auto first = co_await w.cache.pop_global_error();
        CHECK(first == "no balance: 1:orders");
        const auto second = co_await w.cache.pop_global_error(0ms);
        CHECK(second == "second:");
        const auto begin = std::chrono::steady_clock::now();
        const auto none = co_await w.cache.pop_global_error(); // waits for its default time
        CHECK_FALSE(none);
        CHECK(std::chrono::steady_clock::now() - begin >= 490ms);
    });
}
