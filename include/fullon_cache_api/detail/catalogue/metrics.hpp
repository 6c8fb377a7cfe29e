// What the server counts, as a stream.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace fullon_cache_api {

namespace detail {
class feed_listener;
class stream_source;
} // namespace detail

namespace operations {

struct stream_metrics {
    static constexpr std::string_view name = "stream_metrics";
    static constexpr std::string_view doc =
        "The counters of this server at a fixed interval; also sent while Redis is down.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::stream;
    static constexpr bool about_service = true;
    static constexpr std::string_view message_type = "metrics_update";
    struct params {
        std::optional<double> interval; ///< seconds, rounded to tenths; without one: 1
        static constexpr std::optional<number_range> range_of(std::string_view)
        {
            return number_range{0.1, 3600};
        }
    };
    using item = metrics_snapshot;
    static boost::asio::awaitable<std::unique_ptr<detail::stream_source>>
    open(operation_context& context, params arguments, detail::feed_listener& stream);
};
BOOST_DESCRIBE_STRUCT(stream_metrics::params, (), (interval))

using metric_operations = boost::mp11::mp_list<stream_metrics>;

} // namespace operations
} // namespace fullon_cache_api
