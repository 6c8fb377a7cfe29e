// Operations on the streams of the connection that asks, and on the catalogue.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/service_limits.hpp>
#include <fullon_cache_api/types/streams.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

namespace operations {

struct list_operations {
    static constexpr std::string_view name = "list_operations";
    static constexpr std::string_view doc =
        "All operations of this server with their parameters and results.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = false;
    static constexpr bool about_service = true;
    struct params {};
    using result = operation_list;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(list_operations::params, (), ())

struct unsubscribe {
    static constexpr std::string_view name = "unsubscribe";
    static constexpr std::string_view doc =
        "Ends a stream of this connection; ending it twice is not an error.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = false;
    static constexpr bool about_service = true;
    struct params {
        std::string stream_key;
    };
    using result = unsubscribe_result;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(unsubscribe::params, (), (stream_key))

struct list_streams {
    static constexpr std::string_view name = "list_streams";
    static constexpr std::string_view doc = "The open streams of this connection with their counters.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    static constexpr bool about_service = true;
    struct params {};
    using result = stream_list;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(list_streams::params, (), ())

using subscription_operations = boost::mp11::mp_list<list_operations, unsubscribe, list_streams>;

} // namespace operations
} // namespace fullon_cache_api
