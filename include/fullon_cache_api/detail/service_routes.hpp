// The routes about the service itself: they stand outside the prefix.
#pragma once

#include <fullon_cache_api/detail/documentation.hpp>
#include <fullon_cache_api/detail/operation_context.hpp>
#include <fullon_cache_api/gateway_config.hpp>
#include <fullon_cache_api/http_message.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api::detail {

class service_routes {
public:
    /// `context` must outlive it, and what it has begun.
    service_routes(operation_context& context, const gateway_config& settings);

    /// /health, /health/live, /health/ready, /info, /metrics, and those of detail/documentation.hpp; nothing for other paths.
    boost::asio::awaitable<std::optional<http_response>> answer(std::vector<std::string> path,
                                                                std::string if_none_match);

    documentation& documents() noexcept { return documentation_; }

private:
    boost::asio::awaitable<http_response> health();
    http_response info() const;

    operation_context& context_;
    std::string name_;
    documentation documentation_;
};

} // namespace fullon_cache_api::detail
