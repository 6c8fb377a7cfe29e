// The routes about the service itself: they stand beside the prefix, and below it.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/documents/documentation.hpp>
#include <fullon_cache_api/gateway_config.hpp>
#include <fullon_cache_api/http_message.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

class service_routes {
public:
    /// `context` must outlive it, and what it has begun.
    service_routes(operation_context& context, const gateway_config& settings);

    /// Whether a path may be one of them, by its first segment.
    static bool may_serve(const std::vector<std::string>& path) noexcept;

    /// /health, /health/live, /health/ready, /info, /metrics, and those of detail/documentation.hpp, below `at`; nothing for
    /// other paths.
    boost::asio::awaitable<std::optional<http_response>> answer(std::vector<std::string> path,
                                                                std::string if_none_match, std::string at);

    /// To the pages about the routes, for who asks for "/".
    static http_response to_documentation();

    /// What there is below the prefix, and where to read about it.
    http_response index(std::string_view prefix, const std::vector<std::string>& patterns,
                        std::string_view if_none_match) const;

    documentation& documents() noexcept { return documentation_; }

private:
    boost::asio::awaitable<http_response> health();
    http_response info() const;

    operation_context& context_;
    std::string name_;
    documentation documentation_;
};

} // namespace fullon_cache_api::detail
