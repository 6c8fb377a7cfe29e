// The catalogue at run time: every operation, found by its name.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/wire/text_params.hpp>
#include <fullon_cache_api/error.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

class feed_listener;
class stream_source;

/// What running a query came to: a result as JSON text, or an error of the wire.
struct outcome {
    outcome() = default;
    static outcome failed(error code, std::string text)
    {
        outcome result;
        result.failure = code;
        result.text = std::move(text);
        return result;
    }

    std::string result;
    std::optional<error> failure;
    std::string text;
    bool from_redis = false;
    bool anything = true; ///< false: a result that says that there is nothing
    std::string undated;  ///< the result without the time of the answer, where it has one; else empty
    std::optional<double> data_time; ///< of what was found: epoch seconds
};

/// One operation, its types erased. Exceptions of `run`, `call` and `open` are for failure_of().
struct operation_entry {
    std::string_view name;
    operation_kind kind;
    std::string_view size_parameter; ///< parameter that makes a too large reply smaller

    /// Queries.
    boost::asio::awaitable<outcome> (*run)(operation_context& context, boost::json::object params);

    /// The same without JSON: `params` points to the operation's parameters, `result` to an empty std::optional of its
    /// result. The outcome has no text of a result.
    boost::asio::awaitable<outcome> (*call)(operation_context& context, void* params, void* result);

    /// Streams. Fails with `error::invalid_params` for bad parameters.
    boost::asio::awaitable<std::unique_ptr<stream_source>> (*open)(operation_context& context,
                                                                   boost::json::object params,
                                                                   feed_listener& stream);

    operation_info (*describe)();

    std::string_view message_type{}; ///< of a stream's updates
    bool unbounded = false; ///< of queries: the result grows with what the cache holds
    bool kept =
        false; ///< of queries: its answers may be kept while the key that they come from does not change
    bool reads_cache = true; ///< false: it is about the service, and neither hits nor misses

    /// What follows is for REST. `run` with what REST answers, and its JSON Schema.
    boost::asio::awaitable<outcome> (*run_rest)(operation_context& context,
                                                boost::json::object params) = nullptr;
    boost::json::object (*rest_schema)() = nullptr;
    std::string_view rest_without{}; ///< parameter that says what the path says already
    bool dated = false; ///< what is found may have a time of its own

    /// Routes under the gateway's prefix, separated by blanks.
    std::string_view rest{};
    /// Parameters from a path and a query. \returns what is wrong, naming the parameter; empty = fine.
    std::string (*read_text)(const protocol::text_params& from, boost::json::object& to) = nullptr;
    /// What it puts in where nothing is given.
    std::span<const rest_default> rest_defaults{};
};

/// One of the routes of an operation.
struct rest_route {
    std::string_view pattern; ///< "/tickers/{exchange}"
    const operation_entry* operation;
};

std::span<const operation_entry> catalogue() noexcept;
/// The routes of one operation; of all, in the catalogue's order.
std::vector<rest_route> rest_routes(const operation_entry& entry);
std::vector<rest_route> rest_routes();
/// The first segment of a route: what kind of data it is about.
std::string_view group_of(std::string_view pattern) noexcept;
const operation_entry* find_operation(std::string_view name) noexcept;

/// Makes a result that is larger than `most` bytes an error, which names the parameter that makes it smaller.
void bound_result(outcome& done, const operation_entry& operation, std::size_t most);

/// The wire error for what an operation threw; what nobody foresaw is INTERNAL_ERROR, without detail.
outcome failure_of(const std::exception_ptr& thrown);

} // namespace fullon_cache_api::detail
