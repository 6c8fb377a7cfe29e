// Bodies of cache_gateway.hpp and gateway_config.hpp.
#pragma once

#include <fullon_cache_api/cache_gateway.hpp>
#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_cache_api/detail/rest/gateway_core.hpp>
#include <fullon_cache_api/detail/rest/rest_settings.hpp>

#include <fullon_cache/redis_link.hpp>
#include <fullon_log/environment.hpp>

#include <utility>

namespace fullon_cache_api {

namespace asio = boost::asio;

gateway_config gateway_config::from_env()
{
    return from_env(fullon_cache::environment::load());
}

gateway_config gateway_config::from_env(const fullon_cache::environment& env)
{
    gateway_config settings;
    settings.redis = fullon_cache::config::from_env(env);
    settings.prefix = detail::checked_prefix(env.text(detail::renamed_prefix.instead, settings.prefix));
    detail::note_if_set(env, detail::renamed_prefix, settings.ignored_variables);
    settings.allowed_origins = detail::words_of(env.text("ALLOWED_ORIGINS", ""));
    detail::allowed_origins{settings.allowed_origins};
    settings.max_reply_size = env.bytes("MAX_REPLY_SIZE", settings.max_reply_size);
    return settings;
}

namespace {

// By value: the handles may be gone before it is awaited.
asio::awaitable<http_response> answer_by(std::shared_ptr<detail::gateway_core> core, http_request request,
                                         detail::mount_point where)
{
    auto answering = core->gateway.handle(std::move(request), std::move(where));
    co_return co_await std::move(answering);
}

asio::awaitable<void> stop_core(std::shared_ptr<detail::gateway_core> core)
{
    if (core->redis)
        co_await core->redis->stop();
}

} // namespace

cache_router::cache_router(std::shared_ptr<detail::gateway_core> core, std::string name)
    : core_(std::move(core)), name_(std::move(name))
{}

std::vector<std::string> cache_router::routes() const
{
    return core_->gateway.routes_of(name_);
}

bool cache_router::serves(std::string_view mounted_at, std::string_view target)
{
    auto wanted = protocol::parse_rest_target(target).segments;
    return detail::strip_prefix(wanted, protocol::parse_rest_target(mounted_at).segments);
}

asio::awaitable<http_response> cache_router::handle(http_request request, std::string mounted_at) const
{
    return answer_by(core_, std::move(request), {protocol::parse_rest_target(mounted_at).segments, name_});
}

cache_gateway::cache_gateway(asio::any_io_executor executor, gateway_config config)
    : core_(std::make_shared<detail::gateway_core>(std::move(executor), std::move(config)))
{}

cache_gateway::cache_gateway(const cache_websocket_server& server) : core_(server.gateway_core()) {}

void cache_gateway::start()
{
    if (!core_->redis)
        return;
    detail::warn_of_ignored(fullon_log::get_component_logger("fullon.api.cache.gateway"),
                            core_->gateway.settings().ignored_variables);
    core_->redis->start();
}

asio::awaitable<void> cache_gateway::ready(std::chrono::milliseconds timeout)
{
    return core_->context.link->wait_up(std::chrono::steady_clock::now() + timeout);
}

asio::awaitable<void> cache_gateway::stop()
{
    return stop_core(core_);
}

asio::awaitable<http_response> cache_gateway::handle(http_request request)
{
    return answer_by(core_, std::move(request), {});
}

bool cache_gateway::redis_up() const noexcept
{
    return core_->context.link->state() == fullon_cache::link_state::up;
}

std::string cache_gateway::openapi() const
{
    return core_->gateway.documents().openapi();
}

std::string cache_gateway::asyncapi() const
{
    return core_->gateway.documents().asyncapi();
}

std::vector<cache_router> cache_gateway::get_routers() const
{
    std::vector<cache_router> routers;
    for (auto& name : core_->gateway.groups())
        routers.push_back(cache_router(core_, std::move(name)));
    return routers;
}

} // namespace fullon_cache_api
