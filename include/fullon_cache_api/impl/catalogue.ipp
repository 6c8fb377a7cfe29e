// Bodies of detail/catalogue.hpp: THE list of operations, and their erased entries.
#pragma once

#include <fullon_cache_api/detail/catalogue.hpp>
#include <fullon_cache_api/impl/operation_helpers.hpp>
#include <fullon_cache_api/operations/accounts.hpp>
#include <fullon_cache_api/operations/accounts_overview.hpp>
#include <fullon_cache_api/operations/bots.hpp>
#include <fullon_cache_api/operations/bots_overview.hpp>
#include <fullon_cache_api/operations/health.hpp>
#include <fullon_cache_api/operations/metrics.hpp>
#include <fullon_cache_api/operations/ohlcv.hpp>
#include <fullon_cache_api/operations/ohlcv_overview.hpp>
#include <fullon_cache_api/operations/orders.hpp>
#include <fullon_cache_api/operations/orders_overview.hpp>
#include <fullon_cache_api/operations/processes.hpp>
#include <fullon_cache_api/operations/processes_overview.hpp>
#include <fullon_cache_api/operations/streams.hpp>
#include <fullon_cache_api/operations/tickers.hpp>
#include <fullon_cache_api/operations/tickers_overview.hpp>
#include <fullon_cache_api/operations/trades.hpp>
#include <fullon_cache_api/operations/trades_overview.hpp>
#include <fullon_cache_api/protocol/params.hpp>
#include <fullon_cache_api/protocol/schema.hpp>

#include <fullon_cache/error.hpp>
#include <fullon_log/logger.hpp>
#include <fullon_orm/codec.hpp>

#include <boost/asio/error.hpp>
#include <boost/mp11/list.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

using all_operations = boost::mp11::mp_list<
    operations::ping, operations::health_check, operations::list_operations, operations::get_ticker,
    operations::get_all_tickers, operations::stream_tickers, operations::get_balance,
    operations::get_balances, operations::get_positions, operations::get_order_status,
    operations::get_queue_length, operations::get_bot_status, operations::get_bots, operations::is_blocked,
    operations::get_trades, operations::get_trade_status, operations::get_latest_ohlcv_bars,
    operations::get_system_health, operations::get_active_processes, operations::stream_positions,
    operations::stream_order_queue, operations::stream_bot_status, operations::stream_process_health,
    operations::stream_trade_updates, operations::stream_ohlcv, operations::stream_metrics,
    operations::unsubscribe, operations::list_streams, operations::get_tickers_active,
    operations::get_tickers_health, operations::get_tickers_subscriptions, operations::get_accounts_status,
    operations::get_accounts_summary, operations::get_orders_queue_size, operations::get_orders_queue_status,
    operations::get_orders_orders, operations::get_bots_bots, operations::get_bots_coordination_status,
    operations::get_trades_queue_size, operations::get_trades_queue_status,
    operations::get_trades_performance_metrics, operations::get_ohlcv_timeframes,
    operations::get_ohlcv_cache_status, operations::get_ohlcv_performance_metrics,
    operations::get_processes_performance, operations::get_processes_cache_overview>;

/// The time of what was found, where it has one of its own.
template <class Operation>
std::optional<double> time_of(const typename Operation::result& found)
{
    if constexpr (requires { Operation::dated_by_answer; })
        return std::nullopt;
    else if constexpr (requires { found.timestamp; })
        return found.timestamp;
    else if constexpr (requires { found.newest; })
        return found.newest;
    else
        return std::nullopt;
}

template <class Operation>
constexpr bool is_dated()
{
    if constexpr (requires { Operation::dated_by_answer; })
        return false;
    else
        return requires(typename Operation::result found) { found.timestamp; } ||
               requires(typename Operation::result found) { found.newest; };
}

template <class Operation, bool Rest>
asio::awaitable<outcome> run_query(operation_context& context, json::object params)
{
    typename Operation::params arguments;
    if (auto problem = protocol::read_params(params, arguments); !problem.empty())
        co_return outcome::failed(error::invalid_params, std::move(problem));
    auto running =
        Operation::run(context, std::move(arguments)); // named first: g++ 12 destroys aggregates twice
    auto found = co_await std::move(running);
    if (!found.result)
        co_return outcome::failed(error::cache_miss, std::move(found.miss_text));
    outcome done;
    fullon_orm::write_json(done.result, *found.result, fullon_orm::json_style::wire);
    done.from_redis = found.from_redis;
    done.anything = found.anything;
    if constexpr (Rest) {
        done.data_time = time_of<Operation>(*found.result);
        if constexpr (requires { typename Operation::rest_result; }) {
            done.undated = std::exchange(done.result, {});
            const auto told = Operation::for_rest(std::move(*found.result), operations::epoch_now());
            fullon_orm::write_json(done.result, told, fullon_orm::json_style::wire);
        } else if constexpr (requires { Operation::undate(*found.result); }) {
            Operation::undate(*found.result);
            fullon_orm::write_json(done.undated, *found.result, fullon_orm::json_style::wire);
        } else if constexpr (requires { Operation::dated_by_answer; }) {
            found.result->timestamp = 0;
            fullon_orm::write_json(done.undated, *found.result, fullon_orm::json_style::wire);
        }
    }
    co_return done;
}

template <class Operation>
asio::awaitable<outcome> call_query(operation_context& context, void* params, void* result)
{
    auto& arguments = *static_cast<typename Operation::params*>(params);
    if (auto problem = protocol::check_params(arguments); !problem.empty())
        co_return outcome::failed(error::invalid_params, std::move(problem));
    auto running = Operation::run(context, std::move(arguments));
    auto found = co_await std::move(running);
    if (!found.result)
        co_return outcome::failed(error::cache_miss, std::move(found.miss_text));
    *static_cast<std::optional<typename Operation::result>*>(result) = std::move(found.result);
    outcome done;
    done.from_redis = found.from_redis;
    done.anything = found.anything;
    co_return done;
}

template <class Operation>
asio::awaitable<std::unique_ptr<stream_source>> open_stream(operation_context& context, json::object params,
                                                            group_watcher& stream)
{
    typename Operation::params arguments;
    if (auto problem = protocol::read_params(params, arguments); !problem.empty())
        throw boost::system::system_error(error::invalid_params, problem);
    auto opening = Operation::open(context, std::move(arguments), stream);
    co_return co_await std::move(opening);
}

template <class Operation>
operation_info describe()
{
    operation_info info;
    info.name = Operation::name;
    info.kind = Operation::kind == operation_kind::stream ? "stream" : "query";
    info.doc = Operation::doc;
    info.params = protocol::params_schema<typename Operation::params>();
    if constexpr (Operation::kind == operation_kind::stream)
        info.result = protocol::schema_of<typename Operation::item>::make();
    else
        info.result = protocol::schema_of<typename Operation::result>::make();
    info.rest = Operation::rest;
    return info;
}

template <class Operation>
json::object describe_rest()
{
    if constexpr (requires { typename Operation::rest_result; })
        return protocol::schema_of<typename Operation::rest_result>::make();
    else
        return protocol::schema_of<typename Operation::result>::make();
}

template <class Operation>
std::string read_rest_params(const protocol::text_params& from, json::object& to)
{
    auto problem = protocol::params_from_text<typename Operation::params>(from, to);
    if constexpr (requires { Operation::rest_defaults; })
        for (const auto& one : Operation::rest_defaults)
            to.emplace(one.param, one.value); // where it is not there
    return problem;
}

template <class Operation>
constexpr operation_entry make_entry()
{
    operation_entry entry{Operation::name, Operation::kind,     {}, nullptr, nullptr,
                          nullptr,         &describe<Operation>};
    if constexpr (requires { Operation::narrowed_by; })
        entry.narrowed_by = Operation::narrowed_by;
    if constexpr (requires { Operation::about_service; })
        entry.reads_cache = !Operation::about_service;
    entry.rest = Operation::rest;
    entry.read_text = &read_rest_params<Operation>;
    if constexpr (requires { Operation::rest_defaults; })
        entry.rest_defaults = Operation::rest_defaults;
    if constexpr (requires { Operation::rest_without; })
        entry.rest_without = Operation::rest_without;
    if constexpr (Operation::kind == operation_kind::stream) {
        entry.open = &open_stream<Operation>;
        entry.message_type = Operation::message_type;
    } else {
        entry.run = &run_query<Operation, false>;
        entry.call = &call_query<Operation>;
        entry.run_rest = &run_query<Operation, true>;
        entry.rest_schema = &describe_rest<Operation>;
        entry.dated = is_dated<Operation>();
    }
    return entry;
}

template <class... Operations>
constexpr std::array<operation_entry, sizeof...(Operations)> make_entries(boost::mp11::mp_list<Operations...>)
{
    return {make_entry<Operations>()...};
}

constexpr auto entries = make_entries(all_operations{});

outcome cache_failure(const fullon_cache::cache_error& failure)
{
    using fullon_cache::errc;
    switch (static_cast<errc>(failure.code().value())) {
    case errc::timeout: return outcome::failed(error::timeout, "Redis did not answer in time");
    case errc::serialization:
    case errc::wrong_type: return outcome::failed(error::corrupt_entry, "the cached entry is unreadable");
    case errc::permission_denied:
        return outcome::failed(error::cache_unavailable, "this server's Redis user may not read it");
    case errc::invalid_argument: return outcome::failed(error::invalid_params, failure.diagnostics());
    case errc::out_of_memory:
    case errc::read_only:
    case errc::unavailable:
    case errc::closed:
    case errc::authentication: return outcome::failed(error::cache_unavailable, "Redis is not available");
    default: return outcome::failed(error::internal_error, "internal error");
    }
}

} // namespace

std::span<const operation_entry> catalogue() noexcept
{
    return entries;
}

std::vector<rest_route> rest_routes(const operation_entry& entry)
{
    std::vector<rest_route> routes;
    for (std::string_view rest = entry.rest; !rest.empty();) {
        const auto pattern = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), pattern.size() + 1));
        routes.push_back({pattern, &entry});
    }
    return routes;
}

std::vector<rest_route> rest_routes()
{
    std::vector<rest_route> routes;
    for (const auto& entry : entries)
        for (const auto& one : rest_routes(entry))
            routes.push_back(one);
    return routes;
}

std::string_view group_of(std::string_view pattern) noexcept
{
    return pattern.substr(1, pattern.find('/', 1) - 1);
}

const operation_entry* find_operation(std::string_view name) noexcept
{
    for (const auto& entry : entries)
        if (entry.name == name)
            return &entry;
    return nullptr;
}

void bound_result(outcome& done, const operation_entry& operation, std::size_t most)
{
    if (done.result.size() > most)
        done = outcome::failed(error::limit_exceeded,
                               std::string(operation.narrowed_by.empty() ? "result" : operation.narrowed_by) +
                                   ": the reply is larger than " + std::to_string(most) + " bytes");
}

outcome failure_of(const std::exception_ptr& thrown)
{
    const auto log = fullon_log::get_component_logger("fullon.api.cache");
    try {
        std::rethrow_exception(thrown);
    } catch (const fullon_cache::cache_error& failure) {
        auto result = cache_failure(failure);
        if (result.failure == error::internal_error ||
            failure.code() == fullon_cache::errc::permission_denied || result.failure == error::corrupt_entry)
            log.error("cache operation failed",
                      {{"error", failure.what()}, {"diagnostics", failure.diagnostics()}});
        return result;
    } catch (const boost::system::system_error& failure) {
        const auto code = static_cast<error>(failure.code().value());
        if (failure.code().category() == api_category() && !wire_name(code).empty()) {
            std::string text = failure.what();
            // system_error appends ": <message>" to the text it was given; the wire wants the text.
            const std::string tail = ": " + failure.code().message();
            if (const auto at = text.rfind(tail); at != std::string::npos)
                text.erase(at);
            else // thrown without words
                text = failure.code().message();
            return outcome::failed(code, std::move(text));
        }
        if (failure.code() == asio::error::timed_out)
            return outcome::failed(error::timeout, "Redis did not answer in time");
        log.error("operation failed", {{"error", failure.what()}});
    } catch (const std::exception& failure) {
        log.error("operation failed", {{"error", failure.what()}});
    } catch (...) {
        log.error("operation failed", {{"error", "an exception of an unknown type"}});
    }
    return outcome::failed(error::internal_error, "internal error");
}

} // namespace fullon_cache_api::detail
