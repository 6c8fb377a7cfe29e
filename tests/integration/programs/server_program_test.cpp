// bin/fullon-cache-server as others start it: arguments, environment, signals, outputs, exit codes.
#include "support/async_test.hpp"
#include "support/http_peer.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/server_process.hpp"
#include "support/websocket_peer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using support::request_text;
using support::server_process;
using support::websocket_peer;

const std::vector<std::string> any_port{"--port", "0"};
const std::vector<std::string> stop_timeouts{"STOP_TIMEOUT=0.3", "STOP_TIMEOUT=30"};
const std::vector<int> stop_signals{SIGTERM, SIGINT};

std::string verdict(const json::object& response)
{
    if (response.at("success").as_bool())
        return "success";
    return std::string(response.at("error_code").as_string());
}

// Asks until the answer is this one: the server connects to Redis, or loses it, in its own time.
asio::awaitable<void> ask_until(websocket_peer& peer, std::string operation, std::string wanted)
{
    const auto deadline = std::chrono::steady_clock::now() + 10s * support::patience;
    std::string last;
    while (last != wanted && std::chrono::steady_clock::now() < deadline) {
        const auto answer = co_await peer.ask(operation);
        last = verdict(answer);
        co_await support::pause(1ms);
    }
    CHECK(last == wanted);
}

std::size_t lines_in(const std::string& text)
{
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

TEST_CASE("the server program says where it listens, serves, and ends with 0 and 1001 when it is told to")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        for (const int signal : stop_signals) {
            server_process server(server_process::variables_for(redis));
            const auto port = co_await server.listening();
            const auto where = "127.0.0.1:" + std::to_string(port);
            CHECK(server.out() == "listening on ws://" + where + "\nREST on http://" + where +
                                      "/api/v1/cache\ndocumentation on http://" + where + "/docs\n");
            websocket_peer idle(executor);
            websocket_peer streaming(executor);
            co_await idle.open(port);
            co_await streaming.open(port);
            co_await ask_until(streaming, "ping", "success");
            const auto opened = co_await streaming.ask("stream_tickers", R"({"exchange":"okx"})");
            CHECK(verdict(opened) == "success");
            server.send(signal);
            auto code = co_await idle.read_close();
            CHECK(code.value_or(0) == 1001);
            code = co_await streaming.read_close();
            CHECK(code.value_or(0) == 1001);
            const auto ended = co_await server.end();
            CHECK(ended.value_or(-1) == 0);
            CHECK(lines_in(server.out()) == 3);
        }
    });
}

TEST_CASE(
    "the server program serves REST on a second port where that is wanted, and warns of variables of others")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        auto variables = server_process::variables_for(redis);
        variables.emplace_back("API_HOST=127.0.0.1");
        variables.emplace_back("FULLON_CACHE_API_PREFIX=/cache");
        variables.emplace_back("API_PREFIX=/api/v1");
        variables.emplace_back("MAX_CONNECTIONS=100");
        server_process server(variables, {"--port", "0", "--api-port", "0"});
        const auto port = co_await server.listening();
        const auto said = server.out();
        const auto rest = said.substr(said.find("REST on http://127.0.0.1:") + 25);
        const auto api_port = static_cast<std::uint16_t>(std::stoul(rest));
        const auto number = std::to_string(api_port);
        CHECK(rest == number + "/cache\ndocumentation on http://127.0.0.1:" + number + "/docs\n");
        CHECK(api_port != port);
        support::http_peer peer(executor);
        co_await peer.connect(api_port);
        const auto reply = co_await peer.get("/health/live");
        CHECK(reply.status == 200);
        server.send(SIGTERM);
        const auto ended = co_await server.end();
        CHECK(ended.value_or(-1) == 0);
        for (const std::string name : {" API_PREFIX", " MAX_CONNECTIONS"}) {
            INFO(server.err());
            const auto at = server.err().find("variable=" + name.substr(1));
            CHECK(at != std::string::npos);
            CHECK(server.err().find("variable=" + name.substr(1), at + 1) == std::string::npos);
        }
    });
}

TEST_CASE("the server program answers what is under way before it ends")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        server_process server(server_process::variables_for(redis));
        const auto port = co_await server.listening();
        websocket_peer peer(executor);
        co_await peer.open(port);
        co_await ask_until(peer, "ping", "success");
        redis.pause();
        co_await peer.send_text(request_text("1", "get_all_tickers", R"({"exchange":"okx"})"));
        const auto arrived = co_await peer.ask("list_streams");
        CHECK(verdict(arrived) == "success");
        server.send(SIGTERM);
        // It is draining when it takes no more connections.
        bool refused = false;
        for (int i = 0; i < 5000 && !refused; ++i) {
            websocket_peer late(executor);
            try {
                co_await late.connect(port);
            } catch (const std::exception&) {
                refused = true;
            }
        }
        CHECK(refused);
        co_await peer.send_text(request_text("2", "list_streams"));
        auto answer = co_await peer.read_json();
        CHECK(verdict(answer) == "SHUTTING_DOWN");
        redis.resume();
        answer = co_await peer.read_json();
        CHECK(answer.at("request_id") == 1);
        CHECK(verdict(answer) == "success");
        const auto code = co_await peer.read_close();
        CHECK(code.value_or(0) == 1001);
        const auto ended = co_await server.end();
        CHECK(ended.value_or(-1) == 0);
    });
}

TEST_CASE("a client that does not answer the close frame cannot keep the server program from ending")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        // Shorter than what a close handshake is given, and longer.
        for (const auto& stop_timeout : stop_timeouts) {
            INFO(stop_timeout);
            auto variables = server_process::variables_for(redis);
            variables.push_back(stop_timeout);
            server_process server(variables);
            const auto port = co_await server.listening();
            websocket_peer stubborn(executor);
            websocket_peer half_open(executor);
            co_await stubborn.open(port);
            co_await half_open.connect(port);
            const auto begin = std::chrono::steady_clock::now();
            server.send(SIGTERM);
            const auto ended = co_await server.end();
            CHECK(ended.value_or(-1) == 0);
            CHECK(std::chrono::steady_clock::now() - begin < 4s * support::patience);
        }
    });
}

TEST_CASE("the server program reads its settings from a .env file, and the environment goes before it")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        support::temp_dir directory;
        const auto file = directory.path() / "settings.env";
        {
            std::ofstream out(file);
            out << "# settings\nREDIS_HOST=127.0.0.1\nREDIS_PORT=" << redis.port()
                << "\nWEBSOCKET_HOST='127.0.0.1'\nexport MAX_STREAMS=2\nMAX_IN_FLIGHT=bad\n";
        }
        std::vector<std::string> variables;
        variables.emplace_back("MAX_IN_FLIGHT=7");
        auto arguments = any_port;
        arguments.emplace_back("--env-file");
        arguments.push_back(file.string());
        server_process server(variables, arguments);
        const auto port = co_await server.listening();
        websocket_peer peer(executor);
        co_await peer.open(port);
        co_await ask_until(peer, "ping", "success");
        std::string last;
        for (int i = 0; i < 3; ++i) {
            const auto answer = co_await peer.ask("stream_tickers", R"({"exchange":"okx"})");
            last = verdict(answer);
        }
        CHECK(last == "LIMIT_EXCEEDED");
        peer.hang_up();
    });
}

TEST_CASE("the server program starts without Redis, and works when it comes")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        redis.stop();
        server_process server(server_process::variables_for(redis));
        const auto port = co_await server.listening();
        websocket_peer peer(executor);
        co_await peer.open(port);
        auto answer = co_await peer.ask("ping");
        CHECK(verdict(answer) == "HEALTH_CHECK_FAILED");
        answer = co_await peer.ask("get_all_tickers", R"({"exchange":"okx"})");
        CHECK(verdict(answer) == "CACHE_UNAVAILABLE");
        redis.start();
        co_await ask_until(peer, "ping", "success");
        answer = co_await peer.ask("get_all_tickers", R"({"exchange":"okx"})");
        CHECK(verdict(answer) == "success");
        redis.kill();
        co_await ask_until(peer, "ping", "HEALTH_CHECK_FAILED");
        redis.start();
        co_await ask_until(peer, "ping", "success");
        peer.hang_up();
        server.send(SIGTERM);
        const auto ended = co_await server.end();
        CHECK(ended.value_or(-1) == 0);
    });
}

TEST_CASE("who asks the server program for its health makes one line at ERROR of each outage of Redis")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        redis.stop();
        auto variables = server_process::variables_for(redis);
        variables.emplace_back("LOG_LEVEL=DEBUG");
        server_process server(variables);
        const auto port = co_await server.listening();
        support::http_peer peer(executor);
        co_await peer.connect(port);
        const auto health_until = [&](unsigned wanted) -> asio::awaitable<void> {
            for (unsigned status = 0; status != wanted;) { // support::run() ends it
                const auto reply = co_await peer.get("/health");
                status = reply.status;
                co_await support::pause(1ms);
            }
        };
        const auto lines_like = [&](const std::string& level) {
            std::istringstream log(server.err());
            int count = 0;
            for (std::string line; std::getline(log, line);)
                count += line.find("operation failed operation=ping") != std::string::npos &&
                                 line.find(level) != std::string::npos
                             ? 1
                             : 0;
            return count;
        };
        for (int outage = 1; outage <= 2; ++outage) {
            auto waiting = health_until(503);
            co_await std::move(waiting);
            const int quiet = lines_like("DEBUG");
            for (int i = 0; i < 20; ++i) {
                const auto reply = co_await peer.get("/health");
                CHECK(reply.status == 503);
            }
            co_await support::eventually("all polls are logged",
                                         [&] { return lines_like("DEBUG") >= quiet + 20; });
            INFO(server.err());
            CHECK(lines_like("ERROR") == outage);
            redis.start();
            waiting = health_until(200);
            co_await std::move(waiting);
            redis.kill();
        }
        server.send(SIGTERM);
        const auto ended = co_await server.end();
        CHECK(ended.value_or(-1) == 0);
    });
}

TEST_CASE("no output of the server program has a secret in it, right or wrong")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        std::vector<std::string> guarded;
        guarded.emplace_back("--requirepass");
        guarded.emplace_back("the-right-secret");
        support::redis_server redis(guarded);
        for (int round = 0; round < 2; ++round) {
            const bool right = round == 1;
            const std::string secret = right ? "the-right-secret" : "a-wrong-secret";
            auto variables = server_process::variables_for(redis);
            variables.push_back("REDIS_PASSWORD=" + secret);
            variables.emplace_back("LOG_LEVEL=DEBUG");
            server_process server(variables);
            const auto port = co_await server.listening();
            websocket_peer peer(executor);
            co_await peer.open(port);
            if (right)
                co_await ask_until(peer, "ping", "success");
            else {
                // What Redis said is logged, and told to who asks for the health.
                co_await support::eventually("the refusal is logged", [&] {
                    return server.err().find("WRONGPASS") != std::string::npos;
                });
                auto answer = co_await peer.ask("get_all_tickers", R"({"exchange":"okx"})");
                CHECK(verdict(answer) == "CACHE_UNAVAILABLE");
                for (const std::string operation : {"ping", "health_check"}) {
                    answer = co_await peer.ask(operation);
                    CHECK(json::serialize(answer).find("WRONGPASS") != std::string::npos);
                }
            }
            peer.hang_up();
            server.send(SIGTERM);
            const auto ended = co_await server.end();
            CHECK(ended.value_or(-1) == 0);
            INFO(server.output());
            CHECK(server.output().find(secret) == std::string::npos);
            CHECK(server.output().find("secret") == std::string::npos);
        }
    });
}

TEST_CASE("clients of the server program leave Redis its descriptors, however few there are")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            support::redis_server redis;
            server_process server(server_process::variables_for(redis), any_port, "ulimit -n 64");
            const auto port = co_await server.listening();
            CHECK(server.err().find("WEBSOCKET_MAX_CONNECTIONS") != std::string::npos);
            std::vector<std::unique_ptr<support::http_peer>> peers;
            std::size_t served = 0;
            for (int i = 0; i < 150; ++i) {
                peers.push_back(std::make_unique<support::http_peer>(executor));
                co_await peers.back()->connect(port);
                const auto reply = co_await peers.back()->get("/info");
                CHECK((reply.status == 200 || reply.status == 503));
                served += reply.status == 200 ? 1 : 0;
            }
            CHECK(served > 10);
            CHECK(served < 40);
            for (int i = 0; i < 100; ++i) { // who only wait
                peers.push_back(std::make_unique<support::http_peer>(executor));
                co_await peers.back()->connect(port);
            }
            redis.kill();
            redis.start();
            for (std::string body; body.find("\"healthy\"") == std::string::npos;) {
                const auto reply = co_await peers.front()->get("/health");
                body = reply.body;
                co_await support::pause(10ms);
            }
            CHECK(server.err().find("accept failed") == std::string::npos);
            peers.clear();
            server.send(SIGTERM);
            const auto ended = co_await server.end();
            CHECK(ended.value_or(-1) == 0);
        },
        60s * support::patience);
}

TEST_CASE("the server program takes as many descriptors as it may")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        auto variables = server_process::variables_for(redis);
        variables.emplace_back("WEBSOCKET_MAX_CONNECTIONS=200");
        server_process server(variables, any_port, "ulimit -S -n 64");
        const auto port = co_await server.listening();
        CHECK(server.err().find("WEBSOCKET_MAX_CONNECTIONS") == std::string::npos);
        std::vector<std::unique_ptr<support::http_peer>> peers;
        for (int i = 0; i < 150; ++i) {
            peers.push_back(std::make_unique<support::http_peer>(executor));
            co_await peers.back()->connect(port);
            const auto reply = co_await peers.back()->get("/health/live");
            CHECK(reply.status == 200);
        }
    });
}

TEST_CASE("nobody who reads the log keeps the server program from ending")
{
    if (support::thread_sanitized)
        SKIP("ThreadSanitizer flushes stderr before _exit(), and waits for who reads it");
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        auto variables = server_process::variables_for(redis);
        variables.emplace_back("LOG_LEVEL=DEBUG");
        // Its stderr is a pipe that nobody reads: this shell opens it for both directions.
        server_process server(variables, any_port, "mkfifo full && exec 2<>full");
        const auto port = co_await server.listening();
        websocket_peer peer(executor);
        co_await peer.open(port);
        for (int i = 0; i < 3000; ++i) // more lines than a pipe holds
            co_await peer.ask("get_ticker", R"({"exchange":"okx","symbol":"none"})");
        const auto begin = std::chrono::steady_clock::now();
        server.send(SIGTERM);
        const auto ended = co_await server.end();
        CHECK(ended.value_or(-1) == 0);
        CHECK(std::chrono::steady_clock::now() - begin < 8s * support::patience);
        peer.hang_up();
    });
}

TEST_CASE("help and version go to stdout and end with 0")
{
    support::run([](asio::any_io_executor) -> asio::awaitable<void> {
        std::vector<std::string> arguments;
        arguments.emplace_back("--help");
        server_process help({}, arguments);
        auto ended = co_await help.end();
        CHECK(ended.value_or(-1) == 0);
        CHECK(help.out().find("--env-file") != std::string::npos);
        CHECK(help.err().empty());
        arguments.front() = "--version";
        server_process version({}, arguments);
        ended = co_await version.end();
        CHECK(ended.value_or(-1) == 0);
        CHECK(lines_in(version.out()) == 1);
    });
}
