// Operations on orders.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/order.hpp>
#include <fullon_cache_api/types/orders.hpp>

#include <fullon_orm/id.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api {

namespace detail {
class feed_listener;
class stream_source;
} // namespace detail

namespace operations {

struct get_order_status {
    static constexpr std::string_view name = "get_order_status";
    static constexpr std::string_view doc = "One order by its id; without an exchange all exchanges are "
                                            "searched and the order written last wins.";
    static constexpr std::string_view rest = "/orders/{order_id}/status";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = false;
    struct params {
        fullon_orm::stored_id order_id;
        std::optional<std::string> exchange;
    };
    using result = order;
    static std::optional<key_place> place_of(const params& asked);
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_order_status::params, (), (order_id, exchange))

struct get_queue_length {
    static constexpr std::string_view name = "get_queue_length";
    static constexpr std::string_view doc = "Number of orders of an exchange in the cache.";
    static constexpr std::string_view rest = "";
    static constexpr bool dated_by_answer = true;
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = false;
    struct params {
        std::string exchange;
    };
    using result = fullon_cache_api::queue_length;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_queue_length::params, (), (exchange))

struct stream_order_queue {
    static constexpr std::string_view name = "stream_order_queue";
    static constexpr std::string_view doc = "Live number of orders of an exchange in the cache.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::stream;
    static constexpr std::string_view message_type = "queue_update";
    struct params {
        std::string exchange;
    };
    using item = fullon_cache_api::queue_length;
    static boost::asio::awaitable<std::unique_ptr<detail::stream_source>>
    open(operation_context& context, params arguments, detail::feed_listener& stream);
};
BOOST_DESCRIBE_STRUCT(stream_order_queue::params, (), (exchange))

using order_operations = boost::mp11::mp_list<get_order_status, get_queue_length, stream_order_queue>;

} // namespace operations
} // namespace fullon_cache_api
