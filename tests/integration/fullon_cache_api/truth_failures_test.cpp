// A key that cannot be read says so on its streams and in the health of the server, until it can be read again.
#include "integration/fullon_cache_api/truth_streams.hpp"

#include "support/websocket_peer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using namespace truth_tests;
using support::follower;
using support::redis_cli;
using support::served_redis;
using support::text_in;

constexpr std::size_t most_entries = 20;

// The `{key, reason}` of what a health document says, wherever it says it.
void collect_entries(const json::value& from, std::multimap<std::string, std::string>& into)
{
    if (from.is_array())
        for (const auto& one : from.get_array())
            collect_entries(one, into);
    if (!from.is_object())
        return;
    const auto& members = from.get_object();
    if (members.contains("key") && members.contains("reason"))
        into.emplace(text_in(members, "key"), text_in(members, "reason"));
    for (const auto& [name, value] : members)
        collect_entries(value, into);
}
std::multimap<std::string, std::string> entries_of(const json::value& health)
{
    std::multimap<std::string, std::string> entries;
    collect_entries(health, entries);
    return entries;
}

struct health_answer {
    unsigned http = 0;
    unsigned ready = 0;
    std::string status;
    std::string http_status;
    std::multimap<std::string, std::string> entries;
    std::multimap<std::string, std::string> http_entries;
};

asio::awaitable<support::http_answer> get(std::uint16_t port, std::string path)
{
    support::websocket_peer peer(co_await asio::this_coro::executor);
    co_await peer.connect(port);
    co_return co_await peer.ask_http("GET " + path +
                                     " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
}

asio::awaitable<health_answer> ask_health(follower* who, std::uint16_t port)
{
    health_answer made;
    const auto answer = co_await who->ask("health_check");
    made.status = text_in(answer.at("result").as_object(), "status");
    made.entries = entries_of(answer.at("result"));
    const auto http = co_await get(port, "/health");
    made.http = http.status;
    const auto body = json::parse(http.body);
    made.http_status = text_in(body.as_object(), "status");
    made.http_entries = entries_of(body);
    const auto ready = co_await get(port, "/health/ready");
    made.ready = ready.status;
    co_return made;
}

asio::awaitable<void> all_have_reason(const follower* who, std::vector<std::string> streams,
                                      std::string reason)
{
    for (std::size_t i = 0; i < streams.size(); ++i) {
        const auto has = [&] {
            who->check();
            return who->reason(streams[i]) == reason;
        };
        const std::string what = reason.empty() ? std::string("fresh") : "stale, " + reason;
        co_await support::eventually(
            followed_keys[i].operation + " " + followed_keys[i].params + " is " + what, has, 3s);
    }
}

// One that is named by its key, or by a key that the failing of it belongs to.
bool names_key(const std::multimap<std::string, std::string>& entries, const std::string& key,
               const std::string& reason)
{
    for (const auto& [named, why] : entries)
        if (why == reason && (named == key || key.starts_with(named.substr(0, named.find('*')))))
            return true;
    return false;
}

void take_rights(redis_cli& cli)
{
    cli("ACL", "SETUSER", "api", "resetkeys");
}
void give_rights(redis_cli& cli)
{
    cli("ACL", "SETUSER", "api", "~*");
}

void break_keys(redis_cli& cli)
{
    for (const auto& one : followed_keys)
        cli("SET", one.key, "x");
}
void mend_keys(redis_cli& cli)
{
    for (const auto& one : followed_keys)
        cli("DEL", one.key);
}

struct failure {
    std::string name;
    std::string reason;
    void (*begin)(redis_cli& cli);
    void (*end)(redis_cli& cli);
    bool writes; ///< a change of rights is told by nobody: a write makes the server look
};
const std::vector<failure> failures{
    {"rights are taken", "not_permitted", take_rights, give_rights, true},
    {"rights are taken, nothing is written", "not_permitted", take_rights, give_rights, false},
    {"keys get another type", "unreadable", break_keys, mend_keys, false}};

asio::awaitable<void> fail_and_recover(asio::any_io_executor executor, failure how)
{
    served_redis world(executor);
    hurry(world);
    world.settings.reconcile_interval = how.writes ? 30'000ms : 1000ms;
    co_await begin(&world);
    redis_cli cli(world.redis);
    for (const auto& one : followed_keys)
        write_to(cli, one, 1);
    follower client(executor);
    follower other(executor);
    co_await client.open(world.settings.port);
    co_await other.open(world.settings.port);
    const auto streams = co_await subscribe_all(&client);
    auto health = co_await ask_health(&client, world.settings.port);
    CHECK(health.status == "healthy");
    CHECK(health.entries.empty());

    int number = 1;
    for (int round = 0; round < 2; ++round) {
        how.begin(cli);
        ++number;
        if (how.writes)
            for (const auto& one : followed_keys)
                write_to(cli, one, number);
        co_await all_have_reason(&client, streams, how.reason);
        health = co_await ask_health(&client, world.settings.port);
        CHECK(health.status == "degraded");
        CHECK(health.http_status == "degraded");
        CHECK(health.http == 200);
        CHECK(health.ready == 200);
        for (const auto& one : followed_keys) {
            INFO(one.key);
            CHECK(names_key(health.entries, one.key, how.reason));
            CHECK(names_key(health.http_entries, one.key, how.reason));
        }
        how.end(cli);
        ++number;
        for (const auto& one : followed_keys)
            write_to(cli, one, number);
        co_await all_have_reason(&client, streams, "");
        for (const auto& one : followed_keys) {
            INFO(one.operation << " " << one.params);
            CHECK(is_told(client, one, number, 0)); // before it was called fresh
        }
        health = co_await ask_health(&client, world.settings.port);
        CHECK(health.status == "healthy");
    }
    co_await all_are_told(&client, &cli, number + 1);
    CHECK(other.marks() == 0);
    co_await client.close();
    co_await other.close();
    co_await world.stop();
}

const std::string trades_of_x = R"({"exchange":"x"})";

void push_trade(redis_cli& cli, const std::string& symbol, int number)
{
    cli("RPUSH", "trades:x:" + symbol,
        numbered(R"({"trade_id":{n},"symbol":"A/B","side":"buy","price":1.0,"volume":1.0})", number));
}

// One of many that a stream of all follows, and that cannot be read.
struct broken_one {
    std::string operation;
    std::string all; // parameters of a stream of all
    std::string alone;
    std::string topic;
    void (*make)(redis_cli& cli);
    void (*mend)(redis_cli& cli);
};
const std::vector<broken_one> broken_ones{
    {"stream_tickers", R"({"exchange":"x"})", R"({"exchange":"x","symbols":["B"]})", "tickers:x:B",
     [](redis_cli& cli) { cli("HSET", "tickers:x", "B", "{"); },
     [](redis_cli& cli) { cli("HSET", "tickers:x", "B", R"({"price":7})"); }},
    {"stream_bot_status", "{}", R"({"bot_id":"b"})", "bots:b",
     [](redis_cli& cli) { cli("HSET", "bot_status", "b", "{"); },
     [](redis_cli& cli) { cli("HSET", "bot_status", "b", R"({"status":"on"})"); }},
    {"stream_trade_updates", trades_of_x, R"({"exchange":"x","symbol":"W"})", "trades:x:W",
     [](redis_cli& cli) { cli("SET", "trades:x:W", "x"); },
     [](redis_cli& cli) {
         cli("DEL", "trades:x:W");
         push_trade(cli, "W", 1);
     }}};

void write_readable_ones(redis_cli& cli)
{
    cli("HSET", "tickers:x", "A", R"({"price":1})");
    cli("HSET", "bot_status", "a", R"({"status":"on"})");
    push_trade(cli, "V", 1);
}

asio::awaitable<void> one_is(const follower* who, std::string stream, std::string topic, std::string reason)
{
    const auto is = [&] { return who->reason(stream, topic) == reason; };
    auto what = topic + " is " + reason;
    co_await support::eventually(std::move(what), is, 3s);
}

} // namespace

TEST_CASE("a key that cannot be read makes its streams stale with the reason, and the health degraded, "
          "until it can be read",
          "[truth]")
{
    for (const auto& how : failures)
        DYNAMIC_SECTION(how.name)
        {
            support::run([&](asio::any_io_executor executor) { return fail_and_recover(executor, how); },
                         60s);
        }
}

TEST_CASE("a key that cannot be read concerns no other stream", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        for (const auto& one : followed_keys)
            write_to(cli, one, 1);
        follower client(executor);
        co_await client.open(world.settings.port);
        const auto streams = co_await subscribe_all(&client);
        cli("SET", "bot_status", "x");
        co_await support::eventually("the bots are stale",
                                     [&] { return client.reason(streams[4]) == "unreadable"; });
        for (std::size_t i = 0; i < followed_keys.size(); ++i)
            if (i != 4) {
                INFO(followed_keys[i].operation);
                write_to(cli, followed_keys[i], 2);
                co_await support::eventually("the others go on",
                                             [&] { return is_told(client, followed_keys[i], 2, 0); });
                CHECK(client.reason(streams[i]).empty());
            }
        // Of all the keys that cannot be read the health names some.
        std::vector<std::string> more;
        for (int i = 0; i < 25; ++i) {
            const std::string exchange = "bad_" + std::to_string(i);
            set_tick(cli, exchange, "A/B", 1);
            const auto key =
                co_await client.subscribe("stream_tickers", R"({"exchange":")" + exchange + "\"}");
            more.push_back(key);
            cli("SET", "tickers:" + exchange, "x");
        }
        for (const auto& key : more)
            co_await support::eventually("many are stale", [&] { return !client.reason(key).empty(); });
        const auto health = co_await ask_health(&client, world.settings.port);
        CHECK(health.status == "degraded");
        CHECK(health.entries.size() == most_entries);
        CHECK(health.http_entries.size() == most_entries);
        CHECK(health.ready == 200);
        co_await client.close();
        co_await world.stop();
    });
}

TEST_CASE("of a stream of many keys those topics are stale whose key cannot be read, and the others go on",
          "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        push_trade(cli, "AB", 1);
        push_trade(cli, "CD", 2);
        follower client(executor);
        co_await client.open(world.settings.port);
        const auto key = co_await client.subscribe("stream_trade_updates", trades_of_x);
        cli("SET", "trades:x:AB", "x");
        co_await support::eventually("one list is unreadable",
                                     [&] { return client.reason(key, "trades:x:AB") == "unreadable"; });
        CHECK(client.reason(key, "trades:x:CD").empty());
        const auto from = client.messages().size();
        push_trade(cli, "CD", 3);
        push_trade(cli, "EF", 4);
        co_await support::eventually("trades of the others",
                                     [&] { return client.of_type("trade_update", from).size() == 2; });
        CHECK(client.reason(key, "trades:x:AB") == "unreadable");
        cli("DEL", "trades:x:AB");
        push_trade(cli, "AB", 5);
        co_await support::eventually("all of it is fresh", [&] { return client.reason(key).empty(); });
        CHECK(client.of_type("trade_update", from).size() == 3);
        co_await client.close();
        co_await world.stop();
    });
}

TEST_CASE("what cannot be read when a stream of all begins is marked, and what appears unreadable", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        for (const auto& one : broken_ones) {
            write_readable_ones(cli);
            follower client(executor);
            co_await client.open(world.settings.port);
            const auto before = co_await client.subscribe(one.operation, one.all);
            one.make(cli);
            co_await one_is(&client, before, one.topic, "unreadable"); // as it appears
            co_await client.close();

            follower later(executor);
            co_await later.open(world.settings.port);
            const auto stream = co_await later.subscribe(one.operation, one.all);
            co_await one_is(&later, stream, one.topic, "unreadable"); // from the start
            one.mend(cli);
            co_await one_is(&later, stream, one.topic, "");
            one.make(cli);
            co_await one_is(&later, stream, one.topic, "unreadable");
            co_await later.close();
            cli("FLUSHALL");
        }
        co_await world.stop();
    });
}

TEST_CASE("what cannot be read is marked for who names it, while another follows all", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        write_readable_ones(cli);
        for (const auto& one : broken_ones)
            one.make(cli);
        follower other(executor);
        co_await other.open(world.settings.port);
        for (const auto& one : broken_ones)
            co_await other.subscribe(one.operation, one.all);
        follower client(executor);
        co_await client.open(world.settings.port);
        for (const auto& one : broken_ones) {
            const auto stream = co_await client.subscribe(one.operation, one.alone);
            co_await one_is(&client, stream, one.topic, "unreadable");
            one.mend(cli);
            co_await one_is(&client, stream, one.topic, "");
        }
        co_await client.close();
        co_await other.close();
        co_await world.stop();
    });
}

TEST_CASE("a reason that changes is told again", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        hurry(world);
        co_await begin(&world);
        redis_cli cli(world.redis);
        for (const auto& one : followed_keys)
            write_to(cli, one, 1);
        follower client(executor);
        co_await client.open(world.settings.port);
        const auto streams = co_await subscribe_all(&client);
        break_keys(cli);
        co_await all_have_reason(&client, streams, "unreadable");
        take_rights(cli);
        cli("CLIENT", "KILL", "USER", "api"); // all is read anew
        co_await all_have_reason(&client, streams, "not_permitted");
        world.redis.kill();
        co_await all_have_reason(&client, streams, "redis_down");
        world.redis.start(); // empty, with all rights
        co_await all_have_reason(&client, streams, "");
        redis_cli anew(world.redis);
        co_await all_are_told(&client, &anew, 2);
        CHECK(client.held("x") == stored_prices(anew, "x"));
        CHECK(client.held("y") == stored_prices(anew, "y"));
        co_await client.close();
        co_await world.stop();
    });
}

TEST_CASE("a stream that begins while its key cannot be read is refused, or says so", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        follower client(executor);
        co_await client.open(world.settings.port);
        for (const auto& how : failures) {
            for (const auto& one : followed_keys)
                write_to(cli, one, 1);
            how.begin(cli);
            for (const auto& one : followed_keys) {
                INFO(how.name << ": " << one.operation << " " << one.params);
                const auto answer = co_await client.ask(one.operation, one.params);
                if (!answer.at("success").as_bool()) {
                    const auto code = text_in(answer, "error_code");
                    CHECK((code == "CACHE_UNAVAILABLE" || code == "CORRUPT_ENTRY"));
                    continue;
                }
                const auto key = text_in(answer.at("result").as_object(), "stream_key");
                co_await support::eventually("it is stale", [&] { return client.reason(key) == how.reason; });
            }
            how.end(cli);
            mend_keys(cli);
        }
        // Nothing is left of that.
        follower next(executor);
        co_await next.open(world.settings.port);
        co_await subscribe_all(&next);
        co_await all_are_told(&next, &cli, 2);
        co_await client.close();
        co_await next.close();
        co_await world.stop();
    });
}
