// The catalogue over HTTP: from a request to an answer, without a socket.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/http/rest_target.hpp>
#include <fullon_cache_api/detail/http/route_table.hpp>
#include <fullon_cache_api/detail/http/visitors.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>
#include <fullon_cache_api/detail/net/reply_budget.hpp>
#include <fullon_cache_api/detail/rest/service_routes.hpp>
#include <fullon_cache_api/gateway_config.hpp>
#include <fullon_cache_api/http_message.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Where a host has mounted the routes of one group ("tickers"); no group: the whole gateway under its prefix.
struct mount_point {
    std::vector<std::string> at{};
    std::string group{};
};

/// What the replies to one client hold of the server's budget, and may hold of what its address has.
struct reply_account {
    std::shared_ptr<reply_budget> of_address;
    std::vector<reply_budget::share> held{}; ///< until they are sent
};

/// Takes `prefix` off the front of `path`. \returns whether it stood there.
bool strip_prefix(std::vector<std::string>& path, const std::vector<std::string>& prefix);

class rest_gateway {
public:
    /// `context` must outlive it, and what it has begun. \throws configuration_error for a bad prefix or origin.
    rest_gateway(operation_context& context, gateway_config settings);

    /// Any request has an answer; nothing is thrown but on cancellation. `account` takes what the answer holds of the budget;
    /// null where nobody counts.
    boost::asio::awaitable<http_response> handle(http_request request, mount_point where = mount_point(),
                                                 reply_account* account = nullptr);

    documentation& documents() noexcept { return service_.documents(); }
    const gateway_config& settings() const noexcept { return settings_; }

    /// The first segments of the routes, in the catalogue's order.
    std::vector<std::string> groups() const;
    /// Behind that segment.
    std::vector<std::string> routes_of(std::string_view group) const;

private:
    struct call {
        const operation_entry* operation = nullptr;
        route_counters* counters = nullptr;
        protocol::text_params params;
        std::optional<std::chrono::milliseconds> timeout;
    };

    boost::asio::awaitable<http_response> answer(http_request request, mount_point where,
                                                 route_counters** counted, reply_account* account);
    std::optional<http_response> entrance(const std::vector<std::string>& path, const mount_point& where,
                                          const http_headers& headers) const;
    std::optional<call> find(protocol::rest_target target, const mount_point& where) const;
    std::optional<http_response> read_timeout(call& what) const;
    boost::asio::awaitable<http_response> run(call what, std::string if_none_match, reply_account* account);
    boost::asio::awaitable<bool> take_shares(reply_account* account);
    boost::asio::awaitable<outcome> run_in_time(call what);
    boost::asio::awaitable<outcome> run_spellings(call what);
    boost::asio::awaitable<outcome> run_once(const operation_entry* operation, protocol::text_params params);
    http_response answer_of(outcome found, std::string_view if_none_match) const;
    void allow_origin(const http_request& request, http_response& answer) const;

    operation_context& context_;
    gateway_config settings_;
    service_routes service_;
    allowed_origins origins_;
    std::vector<std::string> prefix_;
    protocol::route_table table_;
    std::vector<rest_route> routes_; // of the table
    std::vector<route_counters*> counters_; // likewise
    route_counters* other_; // of what is no route
};

} // namespace fullon_cache_api::detail
