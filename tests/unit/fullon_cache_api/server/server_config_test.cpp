// Settings of a server from the environment.
#include <fullon_cache_api/gateway_config.hpp>
#include <fullon_cache_api/server_config.hpp>
#include <fullon_log/environment.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

using fullon_cache_api::configuration_error;
using fullon_cache_api::environment;
using fullon_cache_api::server_config;
using namespace std::chrono_literals;

namespace {

using variables = std::map<std::string, std::string>;

server_config read(variables set)
{
    return server_config::from_env(environment::from(std::move(set)));
}

std::string refused(variables set)
{
    try {
        read(std::move(set));
    } catch (const configuration_error& thrown) {
        return thrown.variable();
    }
    return {};
}

} // namespace

TEST_CASE("an empty environment gives the documented server defaults", "[fullon_cache_api][server_config]")
{
    for (const auto& settings : {read({}), server_config{}}) {
        CHECK(settings.host == "localhost");
        CHECK(settings.port == 8765);
        CHECK(settings.redis.host == "localhost");
        CHECK(settings.redis.port == 6379);
        CHECK(settings.allowed_origins.empty());
        CHECK(settings.max_message_size == 64 * 1024);
        CHECK(settings.max_reply_size == 32 * 1024 * 1024);
        CHECK(settings.outbox_max_bytes == 4 * 1024 * 1024);
        CHECK(settings.max_connections == 10000);
        CHECK(settings.max_streams == 1000);
        CHECK(settings.max_in_flight == 1024);
        CHECK(settings.max_topics == 20000);
        CHECK(settings.replies_max_bytes == 256 * 1024 * 1024);
        CHECK(settings.reconcile_interval == 30s);
        CHECK(settings.local_cache);
        CHECK(settings.ignored_variables.empty());
        CHECK(settings.slow_consumer_timeout == 10s);
        CHECK(settings.stop_timeout == 10s);
        CHECK(settings.ping_interval == 20s);
        CHECK(settings.handshake_timeout > 0ms);
        CHECK(settings.rest);
        CHECK_FALSE(settings.api_port);
        CHECK(settings.api_host == "localhost");
        CHECK(settings.rest_prefix == "/api/v1/cache");
    }
}

TEST_CASE("every server variable is read, and those of Redis", "[fullon_cache_api][server_config]")
{
    const auto settings = read({{"WEBSOCKET_HOST", "0.0.0.0"},
                                {"WEBSOCKET_PORT", "9000"},
                                {"ALLOWED_ORIGINS", "https://a.example,https://b.example:8443"},
                                {"OUTBOX_MAX_BYTES", "1 MiB"},
                                {"EVENT_RING", "77"},
                                {"MAX_MESSAGE_SIZE", "1024"},
                                {"MAX_REPLY_SIZE", "2 KB"},
                                {"WEBSOCKET_MAX_CONNECTIONS", "11"},
                                {"MAX_TOPICS", "14"},
                                {"REPLIES_MAX_BYTES", "3 MiB"},
                                {"RECONCILE_INTERVAL", "7.5"},
                                {"MAX_STREAMS", "12"},
                                {"MAX_IN_FLIGHT", "13"},
                                {"SLOW_CONSUMER_TIMEOUT", "0.5"},
                                {"STOP_TIMEOUT", "2"},
                                {"FULLON_CACHE_API_LOCAL_CACHE", "false"},
                                {"PING_INTERVAL", "30"},
                                {"REDIS_HOST", "/run/redis.sock"},
                                {"REDIS_DB", "3"}});
    CHECK(settings.host == "0.0.0.0");
    CHECK(settings.port == 9000);
    CHECK(settings.allowed_origins ==
          std::vector<std::string>{"https://a.example", "https://b.example:8443"});
    CHECK(settings.outbox_max_bytes == 1024 * 1024);
    CHECK(settings.event_ring == 77);
    CHECK(settings.max_message_size == 1024);
    CHECK(settings.max_reply_size == 2000);
    CHECK(settings.max_connections == 11);
    CHECK(settings.max_streams == 12);
    CHECK(settings.max_topics == 14);
    CHECK(settings.replies_max_bytes == 3 * 1024 * 1024);
    CHECK(settings.reconcile_interval == 7500ms);
    CHECK_FALSE(settings.local_cache);
    CHECK(settings.max_in_flight == 13);
    CHECK(settings.slow_consumer_timeout == 500ms);
    CHECK(settings.stop_timeout == 2s);
    CHECK(settings.ping_interval == 30s);
    CHECK(settings.redis.host == "/run/redis.sock");
    CHECK(settings.redis.db == 3);
}

TEST_CASE("port 0 asks for any free port", "[fullon_cache_api][server_config]")
{
    CHECK(read({{"WEBSOCKET_PORT", "0"}}).port == 0);
    CHECK(read({{"WEBSOCKET_PORT", "65535"}}).port == 65535);
}

TEST_CASE("blanks and empty entries among the origins are dropped", "[fullon_cache_api][server_config]")
{
    using list = std::vector<std::string>;
    CHECK(read({{"ALLOWED_ORIGINS", " https://a , ,https://b,, "}}).allowed_origins ==
          list{"https://a", "https://b"});
    CHECK(read({{"ALLOWED_ORIGINS", "https://a\thttps://b https://c"}}).allowed_origins.size() == 3);
    CHECK(read({{"ALLOWED_HOSTS", "a.example, b.example"}}).allowed_hosts == list{"a.example", "b.example"});
    CHECK(refused({{"ALLOWED_ORIGINS", "https://a, gw.example"}}) == "ALLOWED_ORIGINS");
    CHECK(refused({{"ALLOWED_HOSTS", "https://a"}}) == "ALLOWED_HOSTS");
    CHECK(read({{"ALLOWED_ORIGINS", ""}}).allowed_origins.empty());
    CHECK(read({{"ALLOWED_ORIGINS", " "}}).allowed_origins.empty());
    CHECK(read({{"ALLOWED_ORIGINS", ","}}).allowed_origins.empty());
    CHECK(read({{"ALLOWED_ORIGINS", "*"}}).allowed_origins == list{"*"});
}

TEST_CASE("a value that is not allowed names its server variable", "[fullon_cache_api][server_config]")
{
    for (const char* bad : {"-1", "65536", "http", "80 80"}) {
        CAPTURE(bad);
        CHECK(refused({{"WEBSOCKET_PORT", bad}}) == "WEBSOCKET_PORT");
    }
    for (const char* name : {"OUTBOX_MAX_BYTES", "MAX_MESSAGE_SIZE", "MAX_REPLY_SIZE", "REPLIES_MAX_BYTES"})
        for (const char* bad : {"0", "-1", "big", "1.5 MB", "10 XB", "99999999999999999999"}) {
            CAPTURE(name, bad);
            CHECK(refused({{name, bad}}) == name);
        }
    for (const char* name :
         {"WEBSOCKET_MAX_CONNECTIONS", "MAX_STREAMS", "MAX_TOPICS", "MAX_IN_FLIGHT", "EVENT_RING"})
        for (const char* bad : {"0", "-1", "many", "99999999999"}) {
            CAPTURE(name, bad);
            CHECK(refused({{name, bad}}) == name);
        }
    for (const char* name : {"SLOW_CONSUMER_TIMEOUT", "STOP_TIMEOUT", "PING_INTERVAL"})
        for (const char* bad : {"0", "-1", "soon", "nan"}) {
            CAPTURE(name, bad);
            CHECK(refused({{name, bad}}) == name);
        }
    CHECK(refused({{"REDIS_PORT", "x"}}) == "REDIS_PORT");
}

TEST_CASE("variables that the Python services read in the same .env are told and change nothing")
{
    const auto settings = read({{"API_PREFIX", "/api/v1"}, {"MAX_CONNECTIONS", "100"}, {"API_PORT", "8000"}});
    CHECK(settings.rest_prefix == "/api/v1/cache");
    CHECK(settings.max_connections == 10000);
    CHECK(settings.api_port == 8000);
    CHECK(settings.ignored_variables == std::vector<std::string>{"API_PREFIX", "MAX_CONNECTIONS"});
    CHECK(read({{"API_PREFIX", "no path"}, {"MAX_CONNECTIONS", "none"}}).ignored_variables.size() == 2);
    CHECK(read({{"API_PREFIX", ""}}).ignored_variables.empty());
    const auto gateway = fullon_cache_api::gateway_config::from_env(
        environment::from({{"API_PREFIX", "/api/v1"}, {"FULLON_CACHE_API_PREFIX", "/c"}}));
    CHECK(gateway.prefix == "/c");
    CHECK(gateway.ignored_variables == std::vector<std::string>{"API_PREFIX"});
}

TEST_CASE("0 seconds are never, where they may be")
{
    for (const char* never : {"0", "0.0", " 0 "})
        CHECK(read({{"RECONCILE_INTERVAL", never}}).reconcile_interval == 0ms);
    for (const char* bad : {"-1", "soon", "."})
        CHECK(refused({{"RECONCILE_INTERVAL", bad}}) == "RECONCILE_INTERVAL");
}

TEST_CASE("there is a second port only where one is given, and a prefix that is a path")
{
    const auto settings =
        read({{"API_PORT", "8000"}, {"API_HOST", "0.0.0.0"}, {"FULLON_CACHE_API_PREFIX", "/v2/c-1"}});
    CHECK(settings.api_port == 8000);
    CHECK(settings.api_host == "0.0.0.0");
    CHECK(settings.rest_prefix == "/v2/c-1");
    CHECK_FALSE(read({{"API_PORT", ""}}).api_port);
    CHECK(read({{"API_PORT", "0"}}).api_port == 0);
    CHECK(read({{"FULLON_CACHE_API_PREFIX", "/"}}).rest_prefix == "/");
    for (const auto* const bad : {"65536", "-1", "x"})
        CHECK(refused({{"API_PORT", bad}}) == "API_PORT");
    for (const auto* const bad : {"cache", "/a b", "/a?b", "//", "/{x}", "/%41"})
        CHECK(refused({{"FULLON_CACHE_API_PREFIX", bad}}) == "FULLON_CACHE_API_PREFIX");
}

TEST_CASE("a certificate and its key are set both or neither", "[fullon_cache_api][server_config]")
{
    CHECK(read({}).tls_cert_file.empty());
    const auto settings = read({{"TLS_CERT_FILE", "a.crt"}, {"TLS_KEY_FILE", "a.key"}});
    CHECK(settings.tls_cert_file == "a.crt");
    CHECK(settings.tls_key_file == "a.key");
    CHECK(refused({{"TLS_CERT_FILE", "a.crt"}}) == "TLS_KEY_FILE");
    CHECK(refused({{"TLS_KEY_FILE", "a.key"}}) == "TLS_CERT_FILE");
}
