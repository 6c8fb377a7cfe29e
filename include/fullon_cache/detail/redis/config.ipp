// Bodies of config.hpp.
#pragma once

#include <fullon_cache/config.hpp>
#include <fullon_cache/tls_trust.hpp>

#include <fullon_log/environment.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

namespace fullon_cache {
namespace {

// The REDIS_ name, or the older CACHE_ one where only that is set (an error then names the one in use).
std::string pick(const environment& env, std::string name, std::string older)
{
    return !env.get(name) && env.get(older) ? older : name;
}

// "none" and "null" are how the Python services spell "no password".
std::string credential(const environment& env, const std::string& name)
{
    const std::string value = env.text(name, "");
    const auto same = [&](std::string_view word) {
        if (value.size() != word.size())
            return false;
        for (std::size_t i = 0; i < word.size(); ++i)
            if ((value[i] | 0x20) != word[i])
                return false;
        return true;
    };
    return same("none") || same("null") ? std::string() : value;
}

// What stands in a URL may be a password: of such a value only the beginning is told.
std::string told(const std::string& value)
{
    const auto scheme = value.find("://");
    return scheme == std::string::npos ? value : value.substr(0, scheme + 3) + "...";
}

// How many there are Redis knows alone (16 by default): it refuses the link then.
constexpr int most_databases = std::numeric_limits<int>::max();

constexpr const char* a_host =
    "a host name, an address or the path of a Unix socket (starts with /, at most 107 "
    "characters); port, user, password and TLS are set by variables of their own";

// `[::1]` is an address; a URL and a port behind the name are refused by the name of the variable.
std::string host_of(const std::string& variable, std::string value)
{
    if (value.starts_with('[') && value.ends_with(']'))
        value = value.substr(1, value.size() - 2);
    const bool path = value.starts_with('/');
    const auto colons = std::count(value.begin(), value.end(), ':');
    const auto odd = [path](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f ||
               (!path && (c == ' ' || c == '/' || c == '@' || c == '[' || c == ']'));
    };
    if (value.empty() || (path ? value.size() > 107 : colons == 1) ||
        std::any_of(value.begin(), value.end(), odd))
        throw configuration_error(variable, told(value), a_host);
    return value;
}

// Refused now, as other files of TLS are: later it would be an outage like others.
void require_issuers(const std::string& variable, const std::string& file)
{
    try {
        tls_trust(file).store();
    } catch (const boost::system::system_error& failure) {
        throw configuration_error(variable, file,
                                  "a file with certificates in PEM form (" + failure.code().message() + ")");
    }
}

// Kubernetes sets REDIS_PORT=tcp://10.0.0.1:6379 beside a Service that is called redis: the Service's address.
struct service_place {
    std::string host;
    std::string port;
};
std::optional<service_place> service_of(const std::string& value)
{
    constexpr std::string_view scheme = "tcp://";
    const auto colon = value.rfind(':');
    if (!value.starts_with(scheme) || colon < scheme.size() || colon + 1 == value.size())
        return std::nullopt;
    return service_place{value.substr(scheme.size(), colon - scheme.size()), value.substr(colon + 1)};
}

} // namespace

config config::from_env()
{
    return from_env(environment::load());
}

config config::from_env(const environment& env)
{
    config settings;
    const auto host = pick(env, "REDIS_HOST", "CACHE_HOST");
    const auto port = pick(env, "REDIS_PORT", "CACHE_PORT");
    if (const auto service = service_of(env.text(port, ""))) {
        const auto only = environment::from({{port, service->port}});
        settings.port = static_cast<std::uint16_t>(only.integer(port, 0, 1, 65535));
        settings.host = host_of(port, service->host);
    } else
        settings.port = static_cast<std::uint16_t>(env.integer(port, settings.port, 1, 65535));
    settings.host = host_of(host, env.text(host, settings.host));
    settings.db =
        static_cast<int>(env.integer(pick(env, "REDIS_DB", "CACHE_DB"), settings.db, 0, most_databases));
    settings.user = credential(env, pick(env, "REDIS_USER", "CACHE_USER"));
    settings.password = credential(env, pick(env, "REDIS_PASSWORD", "CACHE_PASSWORD"));
    settings.ssl = env.boolean("REDIS_SSL", settings.ssl);
    settings.ca_file = env.text("REDIS_CA_FILE", settings.ca_file);
    settings.socket_timeout =
        env.seconds(pick(env, "REDIS_SOCKET_TIMEOUT", "CACHE_TIMEOUT"), settings.socket_timeout);
    settings.connect_timeout = env.seconds("REDIS_SOCKET_CONNECT_TIMEOUT", settings.connect_timeout);
    settings.replica_tolerance = env.seconds("REDIS_REPLICA_TOLERANCE", settings.replica_tolerance);
    settings.max_connections =
        static_cast<int>(env.integer("REDIS_MAX_CONNECTIONS", settings.max_connections, 1, 10000));
    settings.order_lifetime = std::chrono::seconds(
        env.integer("CACHE_TTL_ORDER", settings.order_lifetime.count(), 1, 10LL * 365 * 86400));
    settings.max_bars =
        static_cast<int>(env.integer("OHLCV_MAX_BARS_PER_KEY", settings.max_bars, 1, 10'000'000));
    if (!settings.user.empty() && settings.password.empty())
        throw configuration_error("REDIS_PASSWORD", "", "a password when REDIS_USER is set");
    if (settings.ssl && settings.host.starts_with('/'))
        throw configuration_error("REDIS_SSL", "true", "false when REDIS_HOST is a Unix socket");
    if (settings.ssl && !settings.ca_file.empty())
        require_issuers("REDIS_CA_FILE", settings.ca_file);
    // Better refused than silently served from one shard of many.
    if (env.boolean("REDIS_CLUSTER_MODE", false))
        throw configuration_error("REDIS_CLUSTER_MODE", "true", "false (Redis Cluster is not supported)");
    return settings;
}

void validate(const config& settings)
{
    using namespace std::chrono_literals;
    if (host_of("host", settings.host) != settings.host)
        throw configuration_error("host", settings.host, "an address without brackets");
    if (settings.ssl && settings.host.starts_with('/'))
        throw configuration_error("ssl", "true", "false when host is a Unix socket");
    if (settings.port == 0)
        throw configuration_error("port", "0", "an integer from 1 to 65535");
    if (settings.db < 0)
        throw configuration_error("db", std::to_string(settings.db), "an integer from 0 on");
    if (settings.socket_timeout <= 0ms || settings.connect_timeout <= 0ms || settings.ping_interval <= 0ms ||
        settings.ping_timeout <= 0ms || settings.backoff_min <= 0ms || settings.replica_tolerance <= 0ms)
        throw configuration_error("timeouts", "0", "durations above zero");
    if (settings.take_lease < std::chrono::milliseconds(10))
        throw configuration_error("take_lease", std::to_string(settings.take_lease.count()),
                                  "at least 10 ms");
    if (settings.max_connections < 1)
        throw configuration_error("max_connections", std::to_string(settings.max_connections), "at least 1");
    if (settings.order_lifetime <= 0s)
        throw configuration_error("order_lifetime", std::to_string(settings.order_lifetime.count()) + " s",
                                  "above zero");
    if (settings.max_bars < 1)
        throw configuration_error("max_bars", std::to_string(settings.max_bars), "at least 1");
    if (settings.backoff_max < settings.backoff_min)
        throw configuration_error("backoff_max", std::to_string(settings.backoff_max.count()) + " ms",
                                  "at least backoff_min");
}

} // namespace fullon_cache
