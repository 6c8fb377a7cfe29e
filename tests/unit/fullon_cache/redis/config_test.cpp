// Settings of a connection: from the environment, and checked when filled in code.
#include "support/certificates.hpp"

#include <fullon_cache/config.hpp>
#include <fullon_log/environment.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

using fullon_cache::config;
using fullon_cache::configuration_error;
using fullon_cache::environment;
using namespace std::chrono_literals;

namespace {

using variables = std::map<std::string, std::string>;

config read(variables set)
{
    return config::from_env(environment::from(std::move(set)));
}

// The variable that is refused, "" = none.
std::string refused(variables set)
{
    try {
        read(std::move(set));
    } catch (const configuration_error& thrown) {
        CHECK(std::string(thrown.what()).find(thrown.variable()) != std::string::npos);
        CHECK_FALSE(thrown.allowed().empty());
        return thrown.variable();
    }
    return {};
}

std::string refused_by_validate(const std::function<void(config&)>& change)
{
    config settings;
    change(settings);
    try {
        validate(settings);
    } catch (const configuration_error& thrown) {
        return thrown.variable();
    }
    return {};
}

} // namespace

TEST_CASE("an empty environment gives the documented defaults", "[fullon_cache][config]")
{
    const auto settings = read({});
    CHECK(settings.host == "localhost");
    CHECK(settings.port == 6379);
    CHECK(settings.db == 0);
    CHECK(settings.user.empty());
    CHECK(settings.password.empty());
    CHECK(settings.socket_timeout == 5s);
    CHECK(settings.connect_timeout == 5s);
    CHECK(settings.backoff_min == 50ms);
    CHECK(settings.backoff_max == 500ms);
    CHECK(settings.ping_interval == 250ms);
    CHECK(settings.ping_timeout == 2s);
    CHECK(settings.max_connections == 50);
    CHECK(settings.replica_tolerance == 2s);
    CHECK(settings.order_lifetime == 1h);
    CHECK(settings.max_bars == 10000);
    CHECK_NOTHROW(validate(settings));
}

TEST_CASE("every REDIS_ variable is read", "[fullon_cache][config]")
{
    const auto settings = read({{"REDIS_HOST", "redis.example"},
                                {"REDIS_PORT", "6380"},
                                {"REDIS_DB", "31"},
                                {"REDIS_USER", "reader"},
                                {"REDIS_PASSWORD", "s3cret pass"},
                                {"REDIS_SOCKET_TIMEOUT", "0.25"},
                                {"REDIS_SOCKET_CONNECT_TIMEOUT", "7"},
                                {"REDIS_MAX_CONNECTIONS", "3"},
                                {"REDIS_REPLICA_TOLERANCE", "1.5"},
                                {"CACHE_TTL_ORDER", "60"},
                                {"OHLCV_MAX_BARS_PER_KEY", "500"}});
    CHECK(settings.host == "redis.example");
    CHECK(settings.port == 6380);
    CHECK(settings.db == 31);
    CHECK(settings.user == "reader");
    CHECK(settings.password == "s3cret pass");
    CHECK(settings.socket_timeout == 250ms);
    CHECK(settings.connect_timeout == 7s);
    CHECK(settings.max_connections == 3);
    CHECK(settings.replica_tolerance == 1500ms);
    CHECK(settings.order_lifetime == 60s);
    CHECK(settings.max_bars == 500);
}

TEST_CASE("bounds and lifetimes must be above zero", "[fullon_cache][config]")
{
    for (const auto* const name : {"REDIS_MAX_CONNECTIONS", "CACHE_TTL_ORDER", "OHLCV_MAX_BARS_PER_KEY"})
        for (const auto* const bad : {"0", "-1", "x", "1.5"})
            CHECK(refused({{name, bad}}) == name);
    CHECK(refused_by_validate([](config& settings) { settings.max_connections = 0; }) == "max_connections");
    CHECK(refused_by_validate([](config& settings) { settings.order_lifetime = 0s; }) == "order_lifetime");
    CHECK(refused_by_validate([](config& settings) { settings.max_bars = 0; }) == "max_bars");
}

TEST_CASE("a host is a host: what else people write there is understood or refused by name",
          "[fullon_cache][config]")
{
    CHECK(read({{"REDIS_HOST", "[::1]"}}).host == "::1");
    CHECK(read({{"REDIS_HOST", "::1"}}).host == "::1");
    CHECK(read({{"REDIS_HOST", "fe80::1%eth0"}}).host == "fe80::1%eth0");
    const auto service = read({{"REDIS_PORT", "tcp://10.0.0.1:6380"}});
    CHECK(service.host == "10.0.0.1");
    CHECK(service.port == 6380);
    const auto named = read({{"REDIS_PORT", "tcp://[fd00::1]:6380"}, {"REDIS_HOST", "redis.example"}});
    CHECK(named.host == "redis.example");
    CHECK(named.port == 6380);
    CHECK(read({{"REDIS_PORT", "tcp://[fd00::1]:6380"}}).host == "fd00::1");
    for (const auto* const bad :
         {"redis://cache:6379", "rediss://u:p@cache", "cache:6379", "[::1]:6379", "[]", "a b", "user@cache",
          "unix:///run/redis.sock", "cache/0", "cache\n"}) {
        CAPTURE(bad);
        CHECK(refused({{"REDIS_HOST", bad}}) == "REDIS_HOST");
        CHECK(refused({{"CACHE_HOST", bad}}) == "CACHE_HOST");
        CHECK(refused_by_validate([&](config& settings) { settings.host = bad; }) == "host");
    }
    for (const auto* const bad : {"tcp://10.0.0.1", "tcp://10.0.0.1:", "tcp://10.0.0.1:0", "tcp://:6379",
                                  "udp://10.0.0.1:6379", "tcp://10.0.0.1:x", "tcp://a b:1"}) {
        CAPTURE(bad);
        CHECK(refused({{"REDIS_PORT", bad}}) == "REDIS_PORT");
    }
    CHECK(refused({{"REDIS_HOST", "/" + std::string(107, 'x')}}) == "REDIS_HOST");
    try {
        read({{"REDIS_HOST", "redis://user:secret@cache"}});
    } catch (const configuration_error& thrown) {
        CHECK(std::string(thrown.what()).find("secret") == std::string::npos);
    }
}

TEST_CASE("a Unix socket's path is a host", "[fullon_cache][config]")
{
    CHECK(read({{"REDIS_HOST", "/run/redis.sock"}}).host == "/run/redis.sock");
}

TEST_CASE("the older CACHE_ names are read where the REDIS_ one is not set", "[fullon_cache][config]")
{
    const variables older{{"CACHE_HOST", "old"},      {"CACHE_PORT", "1234"},       {"CACHE_DB", "3"},
                          {"CACHE_USER", "old-user"}, {"CACHE_PASSWORD", "old-pw"}, {"CACHE_TIMEOUT", "2"}};
    const auto settings = read(older);
    CHECK(settings.host == "old");
    CHECK(settings.port == 1234);
    CHECK(settings.db == 3);
    CHECK(settings.user == "old-user");
    CHECK(settings.password == "old-pw");
    CHECK(settings.socket_timeout == 2s);
    CHECK(settings.connect_timeout == 5s);

    auto both = older;
    both["REDIS_HOST"] = "new";
    both["REDIS_PORT"] = "4321";
    both["REDIS_DB"] = "4";
    both["REDIS_USER"] = "new-user";
    both["REDIS_PASSWORD"] = "new-pw";
    both["REDIS_SOCKET_TIMEOUT"] = "9";
    const auto newer = read(both);
    CHECK(newer.host == "new");
    CHECK(newer.port == 4321);
    CHECK(newer.db == 4);
    CHECK(newer.user == "new-user");
    CHECK(newer.password == "new-pw");
    CHECK(newer.socket_timeout == 9s);
}

TEST_CASE("none, null and empty mean no user and no password", "[fullon_cache][config]")
{
    for (const char* nothing : {"", "none", "None", "NONE", "null", "Null", "NULL"}) {
        CAPTURE(nothing);
        const auto settings = read({{"REDIS_PASSWORD", nothing}, {"REDIS_USER", nothing}});
        CHECK(settings.user.empty());
        CHECK(settings.password.empty());
    }
    CHECK(read({{"REDIS_PASSWORD", "nonesuch"}}).password == "nonesuch");
    CHECK(read({{"REDIS_PASSWORD", "nul"}}).password == "nul");
    CHECK(read({{"CACHE_PASSWORD", "None"}}).password.empty());
}

TEST_CASE("a value that is not allowed names the variable that it came from", "[fullon_cache][config]")
{
    for (const char* bad : {"0", "65536", "-1", "abc", "6379x", "6379.0", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK(refused({{"REDIS_PORT", bad}}) == "REDIS_PORT");
        CHECK(refused({{"CACHE_PORT", bad}}) == "CACHE_PORT");
    }
    for (const char* bad : {"-1", "2147483648", "x"}) {
        CAPTURE(bad);
        CHECK(refused({{"REDIS_DB", bad}}) == "REDIS_DB");
        CHECK(refused({{"CACHE_DB", bad}}) == "CACHE_DB");
    }
    for (const char* bad : {"0", "-1", "soon", "nan", "inf", "1e3", "0.0001"}) {
        CAPTURE(bad);
        CHECK(refused({{"REDIS_SOCKET_TIMEOUT", bad}}) == "REDIS_SOCKET_TIMEOUT");
        CHECK(refused({{"CACHE_TIMEOUT", bad}}) == "CACHE_TIMEOUT");
        CHECK(refused({{"REDIS_SOCKET_CONNECT_TIMEOUT", bad}}) == "REDIS_SOCKET_CONNECT_TIMEOUT");
    }
}

TEST_CASE("a file of issuers that cannot be used is refused where TLS is on", "[fullon_cache][config]")
{
    const std::string file = "/nothing/here.crt";
    CHECK(refused({{"REDIS_SSL", "true"}, {"REDIS_CA_FILE", file}}) == "REDIS_CA_FILE");
    CHECK(refused({{"REDIS_SSL", "true"}, {"REDIS_CA_FILE", "/dev/null"}}) == "REDIS_CA_FILE");
    CHECK(read({{"REDIS_CA_FILE", file}}).ca_file == file); // it is not looked at
}

// A bad older name must not hurt where the newer one is in use.
TEST_CASE("an older name that is overridden is not looked at", "[fullon_cache][config]")
{
    CHECK(read({{"REDIS_PORT", "6380"}, {"CACHE_PORT", "nonsense"}}).port == 6380);
}

TEST_CASE("the text of an error says value and range", "[fullon_cache][config]")
{
    try {
        read({{"REDIS_PORT", "99999"}});
        FAIL("not refused");
    } catch (const configuration_error& thrown) {
        CHECK(std::string(thrown.what()) ==
              "REDIS_PORT: invalid value '99999'; expected an integer from 1 to 65535");
    }
}

TEST_CASE("a user without a password is refused, a password without a user is not", "[fullon_cache][config]")
{
    CHECK(refused({{"REDIS_USER", "reader"}}) == "REDIS_PASSWORD");
    CHECK(refused({{"REDIS_USER", "reader"}, {"REDIS_PASSWORD", "none"}}) == "REDIS_PASSWORD");
    CHECK(refused({{"REDIS_PASSWORD", "pw"}}).empty());
}

TEST_CASE("TLS to Redis is off, or on with the issuers of a file or of the system", "[fullon_cache][config]")
{
    CHECK_FALSE(read({}).ssl);
    CHECK(read({}).ca_file.empty());
    const support::certificates files;
    const auto settings = read({{"REDIS_SSL", "true"}, {"REDIS_CA_FILE", files.ca_file()}});
    CHECK(settings.ssl);
    CHECK(settings.ca_file == files.ca_file());
    CHECK(refused({{"REDIS_SSL", "maybe"}}) == "REDIS_SSL");
}

// Better refused than silently served in the clear, or from one shard of many.
TEST_CASE("TLS over a Unix socket and cluster mode are refused", "[fullon_cache][config]")
{
    CHECK(refused({{"REDIS_SSL", "true"}, {"REDIS_HOST", "/run/redis.sock"}}) == "REDIS_SSL");
    CHECK(refused({{"REDIS_CLUSTER_MODE", "1"}}) == "REDIS_CLUSTER_MODE");
    CHECK(refused({{"REDIS_SSL", "false"}, {"REDIS_CLUSTER_MODE", "no"}}).empty());
    CHECK(refused_by_validate([](config& c) {
              c.ssl = true;
              c.host = "/run/redis.sock";
          }) == "ssl");
}

TEST_CASE("validate refuses what a host filled in wrongly, by name", "[fullon_cache][config]")
{
    CHECK(refused_by_validate([](config&) {}).empty());
    CHECK(refused_by_validate([](config& c) { c.host.clear(); }) == "host");
    CHECK(refused_by_validate([](config& c) { c.port = 0; }) == "port");
    CHECK(refused_by_validate([](config& c) { c.db = -1; }) == "db");
    CHECK(refused_by_validate([](config& c) { c.db = 16; }).empty()); // Redis knows how many it has
    CHECK(refused_by_validate([](config& c) { c.backoff_max = 49ms; }) == "backoff_max");
    CHECK(refused_by_validate([](config& c) { c.backoff_max = 50ms; }).empty());
    for (auto member : {&config::socket_timeout, &config::connect_timeout, &config::backoff_min,
                        &config::ping_interval, &config::ping_timeout}) {
        CHECK_FALSE(refused_by_validate([&](config& c) { c.*member = 0ms; }).empty());
        CHECK_FALSE(refused_by_validate([&](config& c) { c.*member = -1ms; }).empty());
    }
}
