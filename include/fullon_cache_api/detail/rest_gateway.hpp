// The catalogue over HTTP: from a request to an answer, without a socket.
#pragma once

#include <fullon_cache_api/detail/catalogue.hpp>
#include <fullon_cache_api/detail/operation_context.hpp>
#include <fullon_cache_api/http_message.hpp>
#include <fullon_cache_api/protocol/rest_target.hpp>
#include <fullon_cache_api/protocol/route_table.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

class rest_gateway {
public:
    /// `context` must outlive it, and what it has begun.
    rest_gateway(operation_context& context, std::string_view prefix = "/api/v1/cache");

    /// Any request has an answer; nothing is thrown but on cancellation.
    boost::asio::awaitable<http_response> handle(http_request request);

private:
    struct call {
        const operation_entry* operation = nullptr;
        protocol::text_params params;
        std::optional<std::chrono::milliseconds> timeout;
    };

    std::optional<http_response> refuse(const http_request& request,
                                        const protocol::rest_target& target) const;
    std::optional<http_response> read_timeout(call& what) const;
    boost::asio::awaitable<http_response> run(call what, std::string if_none_match);
    boost::asio::awaitable<outcome> run_spellings(call what);
    boost::asio::awaitable<outcome> run_once(const operation_entry* operation, protocol::text_params params);
    boost::asio::awaitable<http_response> health(std::string kind);

    operation_context& context_;
    std::vector<std::string> prefix_;
    protocol::route_table routes_;
    std::vector<const operation_entry*> operations_; // of the routes
};

} // namespace fullon_cache_api::detail
