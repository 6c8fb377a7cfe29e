// Bodies of server_config.hpp.
#pragma once

#include <fullon_cache_api/detail/net/tls_files.hpp>
#include <fullon_cache_api/detail/rest/rest_settings.hpp>
#include <fullon_cache_api/detail/rest/visitor_settings.hpp>
#include <fullon_cache_api/server_config.hpp>

#include <fullon_log/environment.hpp>

#include <limits>
#include <string_view>

namespace fullon_cache_api {

namespace {

// 0 = never.
std::chrono::milliseconds seconds_or_never(const environment& env, const char* name,
                                           std::chrono::milliseconds fallback)
{
    const auto text = env.text(name, "");
    const auto digits = fullon_log::trim(text);
    const bool zero = digits.starts_with('0') && digits.find_first_not_of("0.") == std::string_view::npos;
    return zero ? std::chrono::milliseconds::zero() : env.seconds(name, fallback);
}

} // namespace

server_config server_config::from_env()
{
    return from_env(environment::load());
}

server_config server_config::from_env(const environment& env)
{
    constexpr std::int64_t many = std::numeric_limits<std::int32_t>::max();
    server_config settings;
    settings.redis = fullon_cache::config::from_env(env);
    settings.host = env.text("WEBSOCKET_HOST", settings.host);
    settings.port = static_cast<std::uint16_t>(env.integer("WEBSOCKET_PORT", settings.port, 0, 65535));
    settings.rest_prefix =
        detail::checked_prefix(env.text(detail::renamed_prefix.instead, settings.rest_prefix));
    detail::note_if_set(env, detail::renamed_prefix, settings.ignored_variables);
    detail::note_if_set(env, detail::renamed_connections, settings.ignored_variables);
    settings.api_host = env.text("API_HOST", settings.api_host);
    if (!env.text("API_PORT", "").empty())
        settings.api_port = static_cast<std::uint16_t>(env.integer("API_PORT", 0, 0, 65535));
    settings.tls_cert_file = env.text("TLS_CERT_FILE", "");
    settings.tls_key_file = env.text("TLS_KEY_FILE", "");
    detail::check_tls_files(settings);
    settings.allowed_origins = detail::words_of(env.text("ALLOWED_ORIGINS", ""));
    settings.allowed_hosts = detail::words_of(env.text("ALLOWED_HOSTS", ""));
    detail::rules_of(settings);
    const auto count = [&](const char* name, std::size_t fallback) {
        return static_cast<std::size_t>(env.integer(name, static_cast<std::int64_t>(fallback), 1, many));
    };
    settings.max_message_size = env.bytes("MAX_MESSAGE_SIZE", settings.max_message_size);
    settings.max_reply_size = env.bytes("MAX_REPLY_SIZE", settings.max_reply_size);
    settings.outbox_max_bytes = env.bytes("OUTBOX_MAX_BYTES", settings.outbox_max_bytes);
    settings.replies_max_bytes = env.bytes("REPLIES_MAX_BYTES", settings.replies_max_bytes);
    settings.event_ring = count("EVENT_RING", settings.event_ring);
    settings.max_connections = count(detail::renamed_connections.instead, settings.max_connections);
    settings.max_streams = count("MAX_STREAMS", settings.max_streams);
    settings.max_topics = count("MAX_TOPICS", settings.max_topics);
    settings.max_in_flight = count("MAX_IN_FLIGHT", settings.max_in_flight);
    settings.slow_consumer_timeout = env.seconds("SLOW_CONSUMER_TIMEOUT", settings.slow_consumer_timeout);
    settings.stop_timeout = env.seconds("STOP_TIMEOUT", settings.stop_timeout);
    settings.ping_interval = env.seconds("PING_INTERVAL", settings.ping_interval);
    settings.reconcile_interval = seconds_or_never(env, "RECONCILE_INTERVAL", settings.reconcile_interval);
    settings.local_cache = env.boolean("FULLON_CACHE_API_LOCAL_CACHE", settings.local_cache);
    return settings;
}

} // namespace fullon_cache_api
