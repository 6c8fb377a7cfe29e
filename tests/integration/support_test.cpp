// The test support itself: the private redis-server, the fixture client, the coroutine runner.
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/run_coro.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/steady_timer.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using support::monitor_session;
using support::redis_cli;
using support::redis_server;

namespace {

std::string what_of(const std::function<void()>& action)
{
    try {
        action();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "nothing was thrown";
}

bool exists(pid_t pid)
{
    return ::kill(pid, 0) == 0;
}

} // namespace

TEST_CASE("a redis_server is ready, empty, private and gone with its owner", "[support]")
{
    pid_t pid = -1;
    std::filesystem::path directory;
    {
        redis_server server;
        redis_cli cli(server);
        CHECK(cli("PING").text == "PONG");
        CHECK(cli("DBSIZE").integer() == 0);
        CHECK(cli("CONFIG", "GET", "save").texts() == std::vector<std::string>{"save", ""});
        CHECK(cli("CONFIG", "GET", "dir").texts().at(1) == server.directory());
        CHECK(cli("CONFIG", "GET", "bind").texts().at(1) == redis_server::host());
        pid = server.pid();
        directory = server.directory();
        CHECK(exists(pid));
    }
    CHECK_FALSE(exists(pid)); // reaped too: a zombie would exist
    CHECK_FALSE(std::filesystem::exists(directory));
}

TEST_CASE("several redis_servers run side by side, with arguments of their own", "[support]")
{
    std::vector<std::unique_ptr<redis_server>> servers;
    std::set<std::uint16_t> ports;
    for (int i = 0; i < 3; ++i) {
        servers.push_back(
            std::make_unique<redis_server>(std::vector<std::string>{"--requirepass", "secret"}));
        ports.insert(servers.back()->port());
    }
    CHECK(ports.size() == 3);
    redis_cli cli(*servers.front());
    CHECK(what_of([&] { cli("DBSIZE"); }).find("NOAUTH") != std::string::npos);
    cli("AUTH", "secret");
    CHECK(cli("DBSIZE").integer() == 0);
}

TEST_CASE("a redis_server that cannot start says why", "[support]")
{
    const auto text = what_of([] { redis_server server({"--no-such-option", "1"}); });
    CHECK(text.find("did not start") != std::string::npos);
    CHECK(text.find("no-such-option") != std::string::npos);
}

TEST_CASE("after kill() or stop() it starts again, empty, on the same port", "[support]")
{
    redis_server server;
    const auto port = server.port();
    for (const bool gently : {true, false}) {
        redis_cli before(server);
        before("SET", "key", "value");
        const auto pid = server.pid();
        if (gently)
            server.stop();
        else
            server.kill();
        CHECK_FALSE(server.running());
        CHECK_FALSE(exists(pid));
        CHECK(what_of([&] { before("PING"); }) != "nothing was thrown");
        CHECK(what_of([&] { redis_cli refused(server); }).find("Connection refused") != std::string::npos);
        server.start();
        server.start(); // runs already
        CHECK(server.port() == port);
        redis_cli after(server);
        CHECK(after("EXISTS", "key").integer() == 0);
    }
    server.stop();
    server.stop();
    server.kill();
}

TEST_CASE("a paused redis_server keeps connections and answers later", "[support]")
{
    redis_server server;
    redis_cli cli(server, milliseconds(200));
    server.pause();
    CHECK(what_of([&] { cli("PING"); }).find("no answer") != std::string::npos);
    server.resume();
    redis_cli other(server);
    CHECK(other("PING").text == "PONG");
    CHECK(cli.receive().text == "PONG"); // the answer that came too late
    server.pause();
    server.stop(); // also while it is paused
    CHECK_FALSE(server.running());
}

// If the test process crashes, no redis-server may stay behind.
TEST_CASE("a redis_server dies with its parent", "[support]")
{
    support::temp_dir directory;
    const auto file = directory.path() / "pid";
    const pid_t child = ::fork();
    if (child == 0) {
        const redis_server server;
        std::ofstream(file) << server.pid() << std::flush;
        ::_exit(0); // no destructor
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    pid_t orphan = 0;
    std::ifstream(file) >> orphan;
    REQUIRE(orphan > 0);
    // Whoever adopts it may take its time to reap it.
    const auto runs = [&] {
        std::ifstream stat("/proc/" + std::to_string(orphan) + "/stat");
        std::string number, name, state;
        return (stat >> number >> name >> state) && state != "Z" && state != "X";
    };
    const bool gone = support::run([&]() { return support::eventually([&] { return !runs(); }); });
    CHECK(gone);
}

TEST_CASE("redis_cli speaks all reply types", "[support]")
{
    redis_server server;
    redis_cli cli(server);
    using kind = support::redis_reply::kind;
    CHECK(cli("SET", "text", std::string("bin\0ary\r\n", 9)).type == kind::status);
    CHECK(cli("GET", "text").text == std::string("bin\0ary\r\n", 9));
    CHECK(cli("GET", "nothing").is_nil());
    CHECK(cli("SET", "empty", "").text == "OK");
    CHECK(cli("GET", "empty").text.empty());
    CHECK_FALSE(cli("GET", "empty").is_nil());
    CHECK(cli("INCRBY", "number", 5).integer() == 5);
    CHECK(cli("INCRBYFLOAT", "float", 0.1).text == "0.1");
    CHECK(cli("RPUSH", "list", std::vector<std::string>{"a", "b"}, "c").integer() == 3);
    CHECK(cli("LRANGE", "list", 0, -1).to_string() == "[a, b, c]");
    CHECK(cli("MGET", "number", "nothing").to_string() == "[5, (nil)]");
    CHECK(cli("EVAL", "return {1, {2, 'x', {}}, false}", 0).to_string() == "[1, [2, x, []], (nil)]");
    CHECK(cli.execute({"INCR", "text"}).is_error());
    CHECK(what_of([&] { cli("INCR", "text"); }).find("not an integer") != std::string::npos);
    const std::string big(3'000'000, 'x');
    cli("SET", "big", big);
    CHECK(cli("GET", "big").text == big);
}

TEST_CASE("redis_cli pipelines any number of commands", "[support]")
{
    redis_server server;
    redis_cli cli(server);
    CHECK(cli.pipeline({}).empty());
    std::vector<std::vector<std::string>> commands;
    for (int i = 0; i < 20'000; ++i)
        commands.push_back({"HSET", "hash", "field" + std::to_string(i), std::string(200, 'v')});
    commands.push_back({"NONSENSE"});
    commands.push_back({"HGETALL", "hash"});
    const auto replies = cli.pipeline(commands);
    REQUIRE(replies.size() == 20'002);
    CHECK(replies[19'999].integer() == 1);
    CHECK(replies[20'000].is_error());
    CHECK(replies[20'001].elements.size() == 40'000);
    CHECK(cli("HLEN", "hash").integer() == 20'000);
}

TEST_CASE("a monitor_session sees what was executed, word by word", "[support]")
{
    redis_server server;
    redis_cli cli(server);
    cli("SET", "before", "not seen");
    monitor_session monitor(server);
    cli("SET", "key", "a \"quoted\" \\ word\r\n\t\x01\xff");
    cli("SELECT", 3);
    cli("HSET", "hash", "field", "");
    const auto seen = monitor.collect();
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].words == std::vector<std::string>{"SET", "key", "a \"quoted\" \\ word\r\n\t\x01\xff"});
    CHECK(seen[0].database == 0);
    CHECK(seen[0].client.starts_with("127.0.0.1:"));
    CHECK(seen[2].words == std::vector<std::string>{"HSET", "hash", "field", ""});
    CHECK(seen[2].database == 3);
    cli("GET", "key");
    CHECK(monitor.collect_lines() == std::vector<std::string>{"GET key"});
    CHECK(monitor.collect_lines().empty());
}

TEST_CASE("run() gives results and exceptions, and fails what is stuck", "[support]")
{
    using support::run;
    CHECK(run([]() -> asio::awaitable<int> { co_return 5; }) == 5);
    const int captured = 7;
    const auto pointer =
        run([&]() -> asio::awaitable<std::unique_ptr<int>> { co_return std::make_unique<int>(captured); });
    CHECK(*pointer == 7);
    CHECK(what_of([] {
              run([]() -> asio::awaitable<void> {
                  throw std::runtime_error("mine");
                  co_return;
              });
          }) == "mine");
    const auto stuck = what_of([] {
        run(
            []() -> asio::awaitable<void> {
                asio::steady_timer timer(co_await asio::this_coro::executor, steady_clock::time_point::max());
                co_await timer.async_wait(asio::deferred);
            },
            milliseconds(20));
    });
    CHECK(stuck == "the coroutine did not complete within 20 ms");

    asio::io_context context;
    bool drained = false;
    run(context, [&]() -> asio::awaitable<void> {
        asio::post(context, [&] { asio::post(context, [&] { drained = true; }); });
        co_return;
    });
    CHECK(drained);
    run(context, []() -> asio::awaitable<void> { co_return; }); // again on the same
}

TEST_CASE("eventually() waits until the condition holds or the time is over", "[support]")
{
    support::run([]() -> asio::awaitable<void> {
        int looks = 0;
        const bool held = co_await support::eventually([&] { return ++looks == 20; });
        CHECK(held);
        const bool too_late = co_await support::eventually([] { return false; }, milliseconds(5));
        CHECK_FALSE(too_late);
    });
}
