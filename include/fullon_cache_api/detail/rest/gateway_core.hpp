// What a gateway, its routers and a server's HTTP side share.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/feed/metrics_source.hpp>
#include <fullon_cache_api/detail/rest/rest_gateway.hpp>
#include <fullon_cache_api/gateway_config.hpp>

#include <fullon_cache/connection.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace fullon_cache_api::detail {

struct gateway_core {
    /// With a connection of its own.
    gateway_core(boost::asio::any_io_executor executor, gateway_config config)
        : redis(std::in_place, std::move(executor), config.redis),
          context(redis->shared_link(), nullptr, {}, 0, nullptr), gateway(context, std::move(config))
    {
        context.metrics->gather = [link = context.link](metrics_snapshot& to) {
            to.redis = metrics_of(*link);
        };
    }

    /// Over what a server has.
    gateway_core(operation_context of_server, gateway_config config)
        : context(std::move(of_server)), gateway(context, std::move(config))
    {}

    gateway_core(const gateway_core&) = delete;
    gateway_core& operator=(const gateway_core&) = delete;

    std::optional<fullon_cache::connection> redis;
    operation_context context;
    rest_gateway gateway;
};

} // namespace fullon_cache_api::detail
