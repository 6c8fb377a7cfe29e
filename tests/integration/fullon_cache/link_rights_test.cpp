// The link and those who use it: who goes away, what Redis refuses, replicas without a master.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/connection.hpp>
#include <fullon_cache/push_listener.hpp>
#include <fullon_cache/redis_link.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::cache_error;
using fullon_cache::command;
using fullon_cache::connection;
using fullon_cache::errc;
using fullon_cache::outage;
using fullon_cache::subscribed;
using support::background;
using support::redis_cli;
using support::redis_server;
using strings = std::vector<std::string>;

struct recorder final : fullon_cache::push_listener {
    void on_message(std::string_view channel, std::string_view payload) override
    {
        heard.push_back("message " + std::string(channel) + " " + std::string(payload));
    }
    void on_invalidate(std::string_view key) override { heard.push_back("invalidate " + std::string(key)); }
    void on_invalidate_all() override { heard.emplace_back("invalidate all"); }
    void on_link_up() override { heard.emplace_back("up"); }
    void on_link_down() override { heard.emplace_back("down"); }
    void on_publications_lost() override { heard.emplace_back("lost"); }
    void on_tracking_refused(std::string_view prefix, std::string_view why) override
    {
        heard.push_back("refused " + std::string(prefix) + " " + std::string(why.substr(0, 6)));
    }

    auto count(const std::string& what) const { return std::count(heard.begin(), heard.end(), what); }
    bool has(const std::string& what) const { return count(what) > 0; }

    strings heard;
};

// A connection and who listens to it; its own login where a user is named.
struct world {
    world(const asio::any_io_executor& executor, fullon_cache::config settings)
        : redis(executor, std::move(settings)), link(redis.shared_link())
    {
        link->attach(heard);
    }
    ~world() { link->detach(heard); }
    asio::awaitable<void> start()
    {
        redis.start();
        co_await redis.ready(10s * support::patience);
    }

    connection redis;
    std::shared_ptr<fullon_cache::redis_link> link;
    recorder heard;
};

fullon_cache::config settings_of(const redis_server& server, bool limited = false)
{
    auto settings = support::redis_config(server);
    if (limited) {
        settings.user = "gw";
        settings.password = "pw";
    }
    settings.ping_interval = 50ms;
    settings.ping_timeout = 10s;
    return settings;
}

asio::awaitable<std::string> error_of(connection* redis, command one)
{
    std::string text;
    try {
        co_await redis->execute(std::move(one));
    } catch (const cache_error& failure) {
        text = failure.code().message() + "/" + failure.diagnostics();
    }
    co_return text;
}

} // namespace

TEST_CASE("who goes away while Redis is asked to track takes nothing from others", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        auto settings = settings_of(server);
        settings.socket_timeout = 200ms;
        world w(executor, settings);
        co_await w.start();
        server.pause();
        background<void> gone(executor, w.link->track("tickers:"));
        background<subscribed> gone_too(executor, w.link->subscribe(strings(1, "c")));
        background<subscribed> third(executor, w.link->subscribe_prefix("wire:"));
        co_await support::pause(20ms);
        background<void> patient(executor, w.link->track("tickers:"));
        gone.cancel();
        gone_too.cancel();
        third.cancel();
        const bool aborted = co_await gone.aborted();
        CHECK(aborted);
        const auto late = co_await patient.error(); // and a stall is not the end of anything either
        CHECK(late == errc::timeout);
        server.resume();
        co_await w.link->track("tickers:");
        co_await w.link->subscribe(strings(1, "c"));
        co_await w.link->subscribe_prefix("wire:");
        redis_cli cli(server);
        cli("SET", "tickers:x", "1");
        cli("PUBLISH", "c", "1");
        cli("PUBLISH", "wire:1", "2");
        co_await support::eventually("everything is heard", [&] {
            return w.heard.has("invalidate tickers:x") && w.heard.has("message c 1") &&
                   w.heard.has("message wire:1 2");
        });
        CHECK(w.link->losses() == 0);
        co_await w.redis.stop();
    });
}

TEST_CASE("patterns are all back after a restart, whoever asked for them first", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        world w(executor, settings_of(server));
        co_await w.start();
        server.pause();
        background<subscribed> gone(executor, w.link->subscribe_prefix("a[1]:"));
        gone.cancel();
        server.resume();
        co_await w.link->subscribe_prefix("a[1]:");
        co_await w.link->subscribe_prefix("b:");
        server.kill();
        server.start();
        co_await support::eventually("up again", [&] { return w.link->sessions() == 2; });
        redis_cli cli(server);
        cli("PUBLISH", "a[1]:x", "1");
        cli("PUBLISH", "a1:x", "1");
        cli("PUBLISH", "b:x", "1");
        co_await support::eventually("the last one", [&] { return w.heard.has("message b:x 1"); });
        CHECK(w.heard.has("message a[1]:x 1"));
        CHECK_FALSE(w.heard.has("message a1:x 1"));
        co_await w.redis.stop();
    });
}

TEST_CASE("changes are reported on the connection that reads, channels on another", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        world w(executor, settings_of(server));
        co_await w.start();
        co_await w.link->track("a:");
        co_await w.link->subscribe(strings(1, "c"));
        const auto mine = co_await w.redis.execute(command("CLIENT", "TRACKINGINFO"));
        CHECK(mine.items.at(1).items.size() == 2); // on, bcast
        redis_cli cli(server);
        const auto clients = cli("CLIENT", "LIST").text;
        for (std::size_t at = 0; at < clients.size(); at = clients.find('\n', at) + 1) {
            const auto line = clients.substr(at, clients.find('\n', at) - at);
            if (line.find(" sub=1 ") != std::string::npos)
                CHECK(line.find("flags=P ") != std::string::npos); // subscribed, and not tracking
        }
        co_await w.redis.stop();
    });
}

TEST_CASE("a refused channel concerns who asked for it", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        cli("ACL", "SETUSER", "gw", "on", ">pw", "resetchannels", "&ok:*", "~*", "+@all");
        world w(executor, settings_of(server, true));
        co_await w.start();
        strings channels{"no:1", "ok:1", "no:2", "ok:2"};
        const auto first = co_await w.link->subscribe(channels);
        CHECK(first.refused == strings{"no:1", "no:2"});
        CHECK(first.why.starts_with("NOPERM"));
        const auto prefix = co_await w.link->subscribe_prefix("no:");
        CHECK(prefix.refused == strings{"no:"});
        cli("CONFIG", "RESETSTAT");
        for (int i = 0; i < 20; ++i) {
            const auto again = co_await w.link->subscribe(strings(1, "no:1"));
            CHECK(again.refused.size() == 1);
            w.link->unsubscribe(strings(1, "no:1"));
            const auto none = co_await error_of(&w.redis, command("GET", "x"));
            CHECK(none.empty());
        }
        CHECK(cli("INFO", "commandstats").text.find("cmdstat_subscribe") == std::string::npos);
        cli("PUBLISH", "ok:1", "1");
        cli("PUBLISH", "ok:2", "1");
        co_await support::eventually("heard", [&] { return w.heard.has("message ok:2 1"); });

        // One who wants messages and nothing else is told by an error.
        const fullon_cache::base_cache cache(w.redis);
        auto messages = cache.subscribe("no:1");
        std::optional<errc> failure;
        try {
            co_await messages.next();
        } catch (const cache_error& error) {
            failure = static_cast<errc>(error.code().value());
        }
        CHECK(failure == errc::permission_denied);
        CHECK(w.link->losses() == 0);
        CHECK_FALSE(w.heard.has("lost"));
        co_await w.redis.stop();
    });
}

TEST_CASE("channels that are taken away are not felt by queries, and the others are heard again", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        cli("ACL", "SETUSER", "gw", "on", ">pw", "allchannels", "~*", "+@all");
        world w(executor, settings_of(server, true));
        co_await w.start();
        const strings channels{"a:1", "b:1"};
        co_await w.link->subscribe(channels);
        cli("ACL", "SETUSER", "gw", "resetchannels", "&a:*");
        const auto works = co_await error_of(&w.redis, command("GET", "x"));
        CHECK(works.empty());
        co_await support::eventually("anew", [&] { return w.heard.has("lost"); });
        cli("PUBLISH", "a:1", "1");
        co_await support::eventually("heard", [&] { return w.heard.has("message a:1 1"); });
        const auto again = co_await w.link->subscribe(channels);
        CHECK(again.refused == strings(1, "b:1"));
        CHECK(w.link->losses() == 0);
        CHECK(w.link->sessions() == 1);
        co_await w.redis.stop();
    });
}

TEST_CASE("a Redis that takes no second connection serves queries; channels follow when it does", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server({"--maxclients", "2"});
        redis_cli cli(server);
        cli("PING"); // one of the two
        world w(executor, settings_of(server));
        co_await w.start();
        const auto all = co_await w.link->subscribe(strings(1, "c"));
        CHECK(all.refused == strings(1, "c"));
        CHECK(all.why.find("max number of clients") != std::string::npos);
        const auto works = co_await error_of(&w.redis, command("GET", "x"));
        CHECK(works.empty());
        cli("CONFIG", "SET", "maxclients", "100");
        co_await support::eventually("in force", [&] { return w.heard.has("lost"); });
        cli("PUBLISH", "c", "1");
        co_await support::eventually("heard", [&] { return w.heard.has("message c 1"); });
        CHECK(w.link->losses() == 0);
        co_await w.redis.stop();
    });
}

TEST_CASE("many channels go to Redis in pieces, also after a restart with a small output limit", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server({"--client-output-buffer-limit", "pubsub 256kb 0 0"});
        world w(executor, settings_of(server));
        co_await w.start();
        strings channels;
        for (int i = 0; i < 20000; ++i)
            channels.push_back("channel:" + std::to_string(i));
        const auto all = co_await w.link->subscribe(channels);
        CHECK(all.refused.empty());
        for (int round = 0; round < 2; ++round) {
            redis_cli cli(server);
            co_await support::eventually("all are in force", [&] {
                return cli("PUBSUB", "NUMSUB", "channel:0", "channel:19999").to_string() ==
                       "[channel:0, 1, channel:19999, 1]";
            });
            if (round == 0) {
                server.kill();
                server.start();
                co_await w.redis.ready(10s * support::patience);
            }
        }
        w.link->unsubscribe(channels);
        redis_cli cli(server);
        co_await support::eventually("none is", [&] { return cli("PUBSUB", "CHANNELS").elements.empty(); });
        CHECK(w.link->losses() == 1);
        co_await w.redis.stop();
    });
}

TEST_CASE("who may not track is told so, and followers hear when it is allowed again", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server({"--user", "gw", "on", ">pw", "allchannels", "~*", "+@all"});
        world w(executor, settings_of(server, true));
        co_await w.start();
        co_await w.link->track("a:");
        redis_cli cli(server);
        cli("ACL", "SETUSER", "gw", "-client|tracking");
        std::string text;
        try {
            co_await w.link->track("b:");
        } catch (const cache_error& failure) {
            CHECK(failure.code() == errc::permission_denied);
            text = failure.diagnostics();
        }
        CHECK(text.starts_with("CLIENT TRACKING: NOPERM"));
        CHECK(w.link->losses() == 0);
        w.heard.heard.clear();
        cli("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        co_await support::eventually("a session without tracking", [&] { return w.link->sessions() == 2; });
        CHECK(w.heard.heard == strings{"down", "refused a: NOPERM"});
        const auto works = co_await error_of(&w.redis, command("GET", "x"));
        CHECK(works.empty());
        cli("ACL", "SETUSER", "gw", "+client|tracking");
        co_await support::eventually("told", [&] { return w.heard.has("up"); });
        cli("SET", "a:x", "1");
        co_await support::eventually("reported", [&] { return w.heard.has("invalidate a:x"); });
        co_await w.redis.stop();
    });
}

TEST_CASE("commands that would change a shared connection are refused", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        world w(executor, settings_of(server));
        co_await w.start();
        std::vector<command> refused;
        for (const auto* const word :
             {"SUBSCRIBE", "psubscribe", "SSubscribe", "UNSUBSCRIBE", "monitor",  "Select",   "QUIT",
              "RESET",     "HELLO",      "AUTH",       "WATCH",       "unwatch",  "DISCARD",  "BLPOP",
              "brpop",     "BLMOVE",     "BRPOPLPUSH", "BLMPOP",      "BZPOPMIN", "BZPOPMAX", "BZMPOP",
              "WAIT",      "WAITAOF",    "SYNC",       "PSYNC",       "REPLCONF"})
            refused.emplace_back(word, "1", "2", "0");
        for (const auto* const word : {"reply", "TRACKING", "Caching", "NO-EVICT", "no-touch"})
            refused.emplace_back("client", word, "off");
        refused.emplace_back("XREAD", "count", 1, "block", 0, "STREAMS", "s", "$");
        refused.emplace_back("xreadgroup", "GROUP", "g", "c", "BLOCK", 0, "STREAMS", "s", ">");
        refused.emplace_back("SCRIPT", "debug", "yes");
        for (const auto& one : refused) {
            const auto text = co_await error_of(&w.redis, one);
            INFO(one.words().front() << " " << one.words()[1] << ": " << text);
            CHECK(text.ends_with("not for a connection that others use too"));
        }
        for (const auto* const word : {"MULTI", "exec"}) {
            const auto text = co_await error_of(&w.redis, command(word));
            CHECK(text.find("EXEC") != std::string::npos);
        }
        // A stream may be called so.
        const auto stream = co_await error_of(&w.redis, command("XREAD", "STREAMS", "BLOCK", "0"));
        CHECK(stream.empty());
        std::string unbalanced;
        try {
            fullon_cache::pipeline nested;
            nested.add("MULTI").add("multi").add("EXEC").add("EXEC");
            co_await w.redis.execute(nested);
        } catch (const cache_error& failure) {
            unbalanced = failure.diagnostics();
        }
        CHECK(unbalanced.find("MULTI and EXEC") != std::string::npos);
        fullon_cache::pipeline whole;
        whole.add("multi").add("SET", "k", 1).add("GET", "k").add("EXEC").add("MULTI").add("EXEC");
        const auto answers = co_await w.redis.execute(std::move(whole));
        CHECK(answers[3].items.size() == 2);
        CHECK(answers.back().items.empty());
        CHECK(w.link->losses() == 0);
        const auto none = co_await error_of(&w.redis, command("CLIENT", "ID"));
        CHECK(none.empty());
        co_await w.redis.stop();
    });
}

TEST_CASE("a replica is read while its master is there", "[link]")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            redis_server master({"--repl-diskless-sync-delay", "0"});
            redis_server replica;
            redis_cli cli(replica);
            auto settings = settings_of(replica);
            settings.replica_tolerance = 300ms;
            world w(executor, settings);
            co_await w.start();
            const auto port = std::to_string(master.port());
            cli("REPLICAOF", "127.0.0.1", port); // a master that becomes a replica is another source
            co_await support::eventually("another session", [&] { return w.link->losses() == 1; });
            co_await w.redis.ready(10s * support::patience);
            for (int round = 0; round < 2; ++round) {
                master.kill();
                co_await support::eventually("cut off", [&] { return !w.redis.up(); });
                CHECK(w.link->down_reason() == outage::replica_cut);
                CHECK(to_text(w.link->down_reason()) == "replica_cut");
                const auto text = co_await error_of(&w.redis, command("GET", "x"));
                CHECK(text.ends_with("/this Redis is a replica whose master is away"));
                world late(executor, settings); // also for one who comes now
                late.redis.start();
                const auto same = co_await error_of(&late.redis, command("GET", "x"));
                CHECK(same == text);
                co_await late.redis.stop();
                if (round == 0) {
                    master.start();
                    co_await w.redis.ready(20s * support::patience);
                    CHECK(w.link->down_reason() == outage::none);
                    CHECK(w.link->down_text().empty());
                }
            }
            cli("REPLICAOF", "NO", "ONE"); // it is a master now
            co_await w.redis.ready(10s * support::patience);
            co_await w.redis.stop();
        },
        60s);
}

TEST_CASE("without the right to ROLE everything else works", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server({"--user", "gw", "on", ">pw", "allchannels", "~*", "+@all", "-role"});
        world w(executor, settings_of(server, true));
        co_await w.start();
        const auto none = co_await error_of(&w.redis, command("GET", "x"));
        CHECK(none.empty());
        co_await w.redis.stop();
    });
}

TEST_CASE("an outage has a reason in one word", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server({"--requirepass", "secret"});
        auto settings = settings_of(server);
        settings.password = "wrong";
        world refused(executor, settings);
        refused.redis.start();
        co_await support::eventually("refused",
                                     [&] { return refused.link->down_reason() == outage::not_permitted; });
        co_await refused.redis.stop();
        settings.password = "secret";
        settings.ping_timeout = 200ms;
        settings.connect_timeout = 200ms * support::patience;
        world w(executor, settings);
        co_await w.start();
        server.pause();
        co_await support::eventually("silent",
                                     [&] { return w.link->down_reason() == outage::source_silent; });
        co_await support::pause(500ms); // and stays so while it takes connections and answers nothing
        CHECK(w.link->down_reason() == outage::source_silent);
        server.resume();
        co_await w.redis.ready(10s * support::patience);
        server.kill();
        co_await support::eventually("away", [&] { return w.link->down_reason() == outage::redis_down; });
        co_await w.redis.stop();
    });
}

TEST_CASE("Redis is reached over a Unix socket", "[link]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::temp_dir folder;
        const auto path = (folder.path() / "redis.sock").string();
        redis_server server({"--unixsocket", path});
        auto settings = settings_of(server);
        settings.host = path;
        world w(executor, settings);
        co_await w.start();
        co_await w.redis.execute(command("SET", "x", "1"));
        CHECK(redis_cli(server)("GET", "x").text == "1");
        co_await w.redis.stop();
    });
}
