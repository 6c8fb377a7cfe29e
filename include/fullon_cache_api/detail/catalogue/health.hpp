// Operations about the service itself.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/health.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

namespace operations {

struct ping {
    static constexpr std::string_view name = "ping";
    static constexpr std::string_view doc = "Succeeds if both this server and Redis are alive.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = false;
    static constexpr bool about_service = true;
    struct params {};
    using result = ping_result;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(ping::params, (), ())

struct health_check {
    static constexpr std::string_view name = "health_check";
    static constexpr std::string_view doc =
        "State of the server and of Redis; also answers while Redis is down.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = false;
    static constexpr bool about_service = true;
    struct params {};
    using result = health_result;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(health_check::params, (), ())

using service_operations = boost::mp11::mp_list<ping, health_check>;

} // namespace operations
} // namespace fullon_cache_api
