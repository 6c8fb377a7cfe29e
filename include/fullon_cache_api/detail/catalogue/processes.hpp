// Operations on the processes of the trading system.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/process.hpp>
#include <fullon_cache_api/types/process_health.hpp>
#include <fullon_cache_api/types/processes.hpp>

#include <fullon_orm/process_info.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

namespace detail {
class feed_listener;
class stream_source;
} // namespace detail

namespace operations {

struct get_system_health {
    static constexpr std::string_view name = "get_system_health";
    static constexpr std::string_view doc =
        "Counts over the processes updated within the last hour; unhealthy if any is stale or in error.";
    static constexpr std::string_view rest = "/processes/health";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {};
    using result = system_health;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_system_health::params, (), ())

struct get_active_processes {
    static constexpr std::string_view name = "get_active_processes";
    static constexpr std::string_view doc = "Recently updated processes, most recent update first.";
    static constexpr std::string_view rest = "/processes/status";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    static constexpr std::string_view size_parameter = "since_minutes";
    struct params {
        std::optional<std::string> process_type;
        std::optional<std::string> component;
        std::optional<std::int64_t> since_minutes; ///< without one: 5
        static constexpr std::optional<whole_range> range_of(std::string_view member)
        {
            return member == "since_minutes" ? std::optional(whole_range{1, 1440}) : std::nullopt;
        }
        static constexpr text_choices values_of(std::string_view member)
        {
            return member == "process_type" ? text_choices(fullon_orm::process_types) : text_choices();
        }
    };
    using result = process_list;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_active_processes::params, (), (process_type, component, since_minutes))

struct stream_process_health {
    static constexpr std::string_view name = "stream_process_health";
    static constexpr std::string_view doc =
        "Live system health and number of active processes; also changes as heartbeats age.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::stream;
    static constexpr std::string_view message_type = "process_health_update";
    struct params {};
    using item = process_health;
    static boost::asio::awaitable<std::unique_ptr<detail::stream_source>>
    open(operation_context& context, params arguments, detail::feed_listener& stream);
};
BOOST_DESCRIBE_STRUCT(stream_process_health::params, (), ())

using process_operations =
    boost::mp11::mp_list<get_system_health, get_active_processes, stream_process_health>;

} // namespace operations
} // namespace fullon_cache_api
