// What bin/fullon-cache-server refuses to begin with: its words, and its exit code.
#include "support/async_test.hpp"
#include "support/redis_server.hpp"
#include "support/server_process.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using support::server_process;

struct bad_setting {
    std::vector<std::string> variables;
    std::vector<std::string> arguments;
    std::vector<std::string> said; // all of it, in its one line
};

const std::vector<std::string> any_port{"--port", "0"};
const std::vector<bad_setting> bad_settings{
    {{"REDIS_PORT=99999"}, any_port, {"REDIS_PORT", "'99999'", "1 to 65535"}},
    {{"REDIS_PORT=6379x"}, any_port, {"REDIS_PORT", "'6379x'", "1 to 65535"}},
    {{"REDIS_PORT=0"}, any_port, {"REDIS_PORT", "'0'", "1 to 65535"}},
    {{"CACHE_PORT=-1"}, any_port, {"CACHE_PORT", "'-1'", "1 to 65535"}},
    {{"REDIS_DB=-1"}, any_port, {"REDIS_DB", "'-1'", "0 to"}},
    {{"REDIS_SSL=true", "REDIS_CA_FILE=not-there.crt"},
     any_port,
     {"REDIS_CA_FILE", "'not-there.crt'", "PEM", "No such file"}},
    {{"WEBSOCKET_PORT=70000"}, {}, {"WEBSOCKET_PORT", "'70000'", "0 to 65535"}},
    {{"WEBSOCKET_PORT=http"}, {}, {"WEBSOCKET_PORT", "'http'", "0 to 65535"}},
    {{"LOG_LEVEL=LOUD"}, any_port, {"LOG_LEVEL", "'LOUD'", "DEBUG, INFO, WARNING, ERROR, CRITICAL"}},
    {{"LOG_FORMAT=pretty"}, any_port, {"LOG_FORMAT", "'pretty'", "json"}},
    {{"LOG_CONSOLE=maybe"}, any_port, {"LOG_CONSOLE", "'maybe'", "true, false"}},
    {{"MAX_MESSAGE_SIZE=big"}, any_port, {"MAX_MESSAGE_SIZE", "'big'", "bytes"}},
    {{"WEBSOCKET_MAX_CONNECTIONS=0"}, any_port, {"WEBSOCKET_MAX_CONNECTIONS", "'0'", "1 to"}},
    {{"FULLON_CACHE_API_PREFIX=cache"}, any_port, {"FULLON_CACHE_API_PREFIX", "'cache'", "path"}},
    {{"API_PORT=tcp://10.0.0.1:8000"}, any_port, {"API_PORT", "'tcp://10.0.0.1:8000'", "0 to 65535"}},
    {{"ALLOWED_ORIGINS=https://a.example, gw.example"},
     any_port,
     {"ALLOWED_ORIGINS", "'gw.example'", "https://"}},
    {{"ALLOWED_HOSTS=https://gw.example"}, any_port, {"ALLOWED_HOSTS", "'https://gw.example'", "host names"}},
    {{}, {"--port", "0", "--host", ""}, {"--host", "empty"}},
    {{}, {"--port", "0", "--host", "no such"}, {"--host", "'no such'", "this machine", "localhost"}},
    {{"WEBSOCKET_HOST=no such"}, any_port, {"WEBSOCKET_HOST", "'no such'", "this machine"}},
    {{"WEBSOCKET_HOST=127.0.0.1", "API_PORT=0", "API_HOST=no such"},
     any_port,
     {"API_HOST", "'no such'", "this machine"}},
    {{}, {"--port", "0", "--tls-cert", ""}, {"--tls-cert", "empty"}},
    {{"SLOW_CONSUMER_TIMEOUT=-1"}, any_port, {"SLOW_CONSUMER_TIMEOUT", "'-1'", "seconds"}},
    {{"REDIS_SSL=true", "REDIS_HOST=/run/redis.sock"}, any_port, {"REDIS_SSL", "'true'", "false"}},
    {{"TLS_CERT_FILE=x.crt"}, any_port, {"TLS_KEY_FILE", "TLS_CERT_FILE is set"}},
    {{"TLS_KEY_FILE=x.key"}, any_port, {"TLS_CERT_FILE", "TLS_KEY_FILE is set"}},
    {{"TLS_CERT_FILE=x.crt", "TLS_KEY_FILE=x.key"}, any_port, {"TLS_CERT_FILE", "'x.crt'", "No such file"}},
    {{}, {"--port", "0", "--tls-cert", "x.crt"}, {"--tls-key", "--tls-cert is set"}},
    {{}, {"--port", "0", "--tls-key", "x.key"}, {"--tls-cert", "--tls-key is set"}},
    {{"TLS_KEY_FILE=x.key"},
     {"--port", "0", "--tls-cert", "x.crt"},
     {"--tls-cert", "'x.crt'", "No such file"}},
    {{"REDIS_CLUSTER_MODE=true"}, any_port, {"REDIS_CLUSTER_MODE", "'true'", "false"}},
    {{"REDIS_USER=me"}, any_port, {"REDIS_PASSWORD", "REDIS_USER"}},
    {{"DOTENV_FILE=not-there.env"}, any_port, {"DOTENV_FILE", "'not-there.env'", "file"}},
    {{}, {"--port", "0", "--env-file", "not-there.env"}, {"--env-file", "'not-there.env'", "file"}},
    {{}, {"--port", "0", "--env-file", "."}, {"--env-file", "'.'", "file"}},
    {{}, {"--port", "99999"}, {"--port", "'99999'", "0 to 65535"}},
    {{}, {"--port", "abc"}, {"--port", "'abc'", "0 to 65535"}},
    {{}, {"--api-port", "-1"}, {"--api-port", "'-1'", "0 to 65535"}},
    {{}, {"--port"}, {"--port", "--help"}},
    {{}, {"--colour", "red"}, {"--colour", "--help"}},
    {{}, {"8765"}, {"8765", "--help"}},
};

std::size_t lines_in(const std::string& text)
{
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

TEST_CASE("bad configuration ends the server program with 2 and one line that names what is wrong")
{
    support::run(
        [](asio::any_io_executor) -> asio::awaitable<void> {
            for (const auto& one : bad_settings) {
                server_process server(one.variables, one.arguments);
                const auto ended = co_await server.end();
                const auto err = server.err();
                INFO(err);
                CHECK(ended.value_or(-1) == 2);
                CHECK(server.out().empty());
                CHECK(lines_in(err) == 1);
                for (const auto& words : one.said) {
                    INFO(words);
                    CHECK(err.find(words) != std::string::npos);
                }
            }
        },
        60s);
}

TEST_CASE("a port that is taken, or a host that is not here, ends the server program with 1")
{
    support::run([](asio::any_io_executor) -> asio::awaitable<void> {
        support::redis_server redis;
        const auto taken = std::to_string(redis.port());
        auto arguments = any_port;
        arguments.back() = taken;
        server_process server(server_process::variables_for(redis), arguments);
        auto ended = co_await server.end();
        CHECK(ended.value_or(-1) == 1);
        CHECK(server.out().empty());
        INFO(server.err());
        CHECK(lines_in(server.err()) == 1);
        CHECK(server.err().find("127.0.0.1:" + taken) != std::string::npos);
        CHECK(server.err().find("in use") != std::string::npos);
        CHECK(server.err().find("--port") != std::string::npos);
        CHECK(server.err().find("[system") == std::string::npos); // nor a place in Boost's sources
        CHECK(server.err().find(".hpp") == std::string::npos);

        auto variables = server_process::variables_for(redis);
        variables.push_back("API_PORT=" + taken);
        variables.emplace_back("API_HOST=127.0.0.1");
        server_process second(variables, any_port);
        ended = co_await second.end();
        CHECK(ended.value_or(-1) == 1);
        CHECK(second.out().empty());
        CHECK(second.err().find("API_PORT") != std::string::npos);

        auto elsewhere = any_port;
        elsewhere.emplace_back("--host");
        elsewhere.emplace_back("192.0.2.1"); // reserved for documentation
        server_process nowhere(server_process::variables_for(redis), elsewhere);
        ended = co_await nowhere.end();
        CHECK(ended.value_or(-1) == 1);
        CHECK(nowhere.out().empty());
        CHECK(nowhere.err().find("192.0.2.1") != std::string::npos);
        CHECK(nowhere.err().find("--host") != std::string::npos);
    });
}
