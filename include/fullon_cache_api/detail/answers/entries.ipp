// The lists of operations of the catalogue's headers, and their erased entries: bodies of catalogue.hpp.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/cache/local_cache.hpp>
#include <fullon_cache_api/detail/catalogue/accounts.hpp>
#include <fullon_cache_api/detail/catalogue/accounts_overview.hpp>
#include <fullon_cache_api/detail/catalogue/bots.hpp>
#include <fullon_cache_api/detail/catalogue/bots_overview.hpp>
#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/catalogue/health.hpp>
#include <fullon_cache_api/detail/catalogue/metrics.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv_overview.hpp>
#include <fullon_cache_api/detail/catalogue/orders.hpp>
#include <fullon_cache_api/detail/catalogue/orders_overview.hpp>
#include <fullon_cache_api/detail/catalogue/processes.hpp>
#include <fullon_cache_api/detail/catalogue/processes_overview.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/catalogue/tickers.hpp>
#include <fullon_cache_api/detail/catalogue/tickers_overview.hpp>
#include <fullon_cache_api/detail/catalogue/trades.hpp>
#include <fullon_cache_api/detail/catalogue/trades_overview.hpp>
#include <fullon_cache_api/detail/feed/feed_listener.hpp>
#include <fullon_cache_api/detail/feed/stream_source.hpp>
#include <fullon_cache_api/detail/wire/params.hpp>
#include <fullon_cache_api/detail/wire/schema.hpp>
#include <fullon_cache_api/detail/wire/topic_names.hpp>
#include <fullon_cache_api/detail/wire/topics.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/trade.hpp>

#include <boost/mp11/list.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

using all_operations = boost::mp11::mp_append<
    operations::service_operations, operations::ticker_operations, operations::account_operations,
    operations::order_operations, operations::bot_operations, operations::trade_operations,
    operations::bar_operations, operations::process_operations, operations::subscription_operations,
    operations::metric_operations, operations::tickers_overview_operations,
    operations::accounts_overview_operations, operations::orders_overview_operations,
    operations::bots_overview_operations, operations::trades_overview_operations,
    operations::ohlcv_overview_operations, operations::processes_overview_operations>;

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

template <class Operation>
constexpr bool may_be_kept =
    requires(const typename Operation::params& asked) { Operation::place_of(asked); };

template <class Operation>
std::string question_of(const typename Operation::params& asked)
{
    std::string question;
    fullon_orm::write_json(question, asked, fullon_orm::json_style::wire);
    return question.append(Operation::name); // as protocol::read_plain_request() has it
}

template <class Operation>
asio::awaitable<answer<typename Operation::result>>
run_and_keep(operation_context& context, typename Operation::params arguments, std::string question)
{
    using result = typename Operation::result;
    const auto cache = context.kept;
    auto place = Operation::place_of(arguments);
    const auto reading = place ? cache->begin(std::move(place->key), place->tracked) : std::nullopt;
    auto running = Operation::run(context, std::move(arguments));
    auto found = co_await std::move(running);
    if (reading && found.result && found.anything) {
        kept_answer kept{std::make_shared<const result>(*found.result), {}};
        fullon_orm::write_json(kept.body, *found.result, fullon_orm::json_style::wire);
        cache->keep(*reading, std::move(question), std::move(kept));
    }
    co_return found;
}

/// What is kept, or what is found in Redis, which is kept then.
template <class Operation>
asio::awaitable<answer<typename Operation::result>> recall_or_run(operation_context& context,
                                                                  typename Operation::params arguments)
{
    using result = typename Operation::result;
    auto& cache = *context.kept;
    auto question = question_of<Operation>(arguments);
    cache.look();
    const auto* known = cache.find(question);
    if (!known && cache.knows(question)) {
        auto catching_up = cache.catch_up();
        co_await std::move(catching_up);
        known = cache.find(question);
    }
    if (known)
        co_return answer<result>(*static_cast<const result*>(known->result.get()));
    auto running = run_and_keep<Operation>(context, std::move(arguments), question);
    auto sharing =
        shared_reads::read(cache.reads(), std::move(question), local_cache::patience, std::move(running));
    co_return co_await std::move(sharing);
}

template <class Operation>
asio::awaitable<answer<typename Operation::result>> find(operation_context& context,
                                                         typename Operation::params arguments)
{
    if constexpr (may_be_kept<Operation>)
        if (context.kept)
            return recall_or_run<Operation>(context, std::move(arguments));
    return Operation::run(context, std::move(arguments));
}

template <class Operation, bool Rest>
asio::awaitable<outcome> run_query(operation_context& context, json::object params)
{
    typename Operation::params arguments;
    if (auto problem = protocol::read_params(params, arguments); !problem.empty())
        co_return outcome::failed(error::invalid_params, std::move(problem));
    auto running =
        find<Operation>(context, std::move(arguments)); // named first: g++ 12 destroys aggregates twice
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
        } else if constexpr (requires { Operation::strip_times(*found.result); }) {
            Operation::strip_times(*found.result);
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
    auto running = find<Operation>(context, std::move(arguments));
    auto found = co_await std::move(running);
    if (!found.result)
        co_return outcome::failed(error::cache_miss, std::move(found.miss_text));
    *static_cast<std::optional<typename Operation::result>*>(result) = std::move(found.result);
    outcome done;
    done.from_redis = found.from_redis;
    done.anything = found.anything;
    co_return done;
}

// What a stream names, or one name for all that there are: every stream has such a function, or does not compile.
using name_list = std::vector<std::string>;

name_list names_of(const operations::stream_tickers::params& asked)
{
    if (!asked.symbols)
        return {protocol::ticker_topic(asked.exchange, {})};
    name_list names;
    names.reserve(asked.symbols->size());
    for (const auto& symbol : *asked.symbols)
        names.push_back(protocol::ticker_topic(asked.exchange, symbol));
    return names;
}

name_list names_of(const operations::stream_positions::params& asked)
{
    return {protocol::positions_topic(operations::account_of(asked.user_id, asked.exchange))};
}

name_list names_of(const operations::stream_order_queue::params& asked)
{
    return {protocol::queue_topic(asked.exchange)};
}

name_list names_of(const operations::stream_bot_status::params& asked)
{
    return {protocol::bot_topic(asked.bot_id ? operations::id_text(*asked.bot_id) : std::string())};
}

name_list names_of(const operations::stream_trade_updates::params& asked)
{
    return {protocol::trades_topic(asked.exchange, fullon_orm::without_slash(asked.symbol.value_or("")))};
}

name_list names_of(const operations::stream_ohlcv::params& asked)
{
    return {protocol::bars_topic(fullon_orm::without_slash(asked.symbol), asked.timeframe)};
}

name_list names_of(const operations::stream_process_health::params&)
{
    return {std::string(protocol::process_topic)};
}

name_list names_of(const operations::stream_metrics::params& asked)
{
    return {protocol::metrics_topic(asked.interval.value_or(1))};
}

/// A topic of which there is anything. One of "all" is found when any is.
void note_found(connection_topics& of, const stream_source& source, const name_list& names)
{
    const auto topics = source.topics();
    bool any = false;
    for (const auto& where : topics)
        if (where->last_id() != 0 || !where->items().empty() || !where->events().empty()) {
            of.found(where->name());
            any = true;
        }
    if (any && names.size() == 1)
        of.found(names.front());
}

template <class Operation>
asio::awaitable<std::unique_ptr<stream_source>> open_stream(operation_context& context, json::object params,
                                                            feed_listener& stream)
{
    typename Operation::params arguments;
    if (auto problem = protocol::read_params(params, arguments); !problem.empty())
        throw boost::system::system_error(error::invalid_params, problem);
    name_list names;
    if (context.topics) {
        names = names_of(arguments);
        stream.names = context.topics->take(names);
    }
    auto opening = Operation::open(context, std::move(arguments), stream);
    auto source = co_await std::move(opening);
    if (context.topics)
        note_found(*context.topics, *source, names);
    co_return source;
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
    if constexpr (requires { Operation::size_parameter; })
        entry.size_parameter = Operation::size_parameter;
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
        entry.unbounded = Operation::unbounded;
        entry.run = &run_query<Operation, false>;
        entry.call = &call_query<Operation>;
        entry.run_rest = &run_query<Operation, true>;
        entry.rest_schema = &describe_rest<Operation>;
        entry.dated = is_dated<Operation>();
        entry.kept = may_be_kept<Operation>;
    }
    return entry;
}

template <class... Operations>
constexpr std::array<operation_entry, sizeof...(Operations)> make_entries(boost::mp11::mp_list<Operations...>)
{
    return {make_entry<Operations>()...};
}

constexpr auto entries = make_entries(all_operations{});

// Names to entries: an open hash table, made by the compiler.
constexpr std::size_t slots = 256;
constexpr std::uint8_t empty_slot = 255;
static_assert(entries.size() * 2 < slots && entries.size() < empty_slot);

constexpr std::size_t slot_of(std::string_view name) noexcept
{
    std::uint32_t hash = 2166136261U; // FNV-1a
    for (const char one : name)
        hash = (hash ^ static_cast<unsigned char>(one)) * 16777619U;
    return hash % slots;
}

constexpr auto places = [] {
    std::array<std::uint8_t, slots> table{};
    table.fill(empty_slot);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto at = slot_of(entries[i].name);
        while (table[at] != empty_slot)
            at = (at + 1) % slots;
        table[at] = static_cast<std::uint8_t>(i);
    }
    return table;
}();

} // namespace

std::span<const operation_entry> catalogue() noexcept
{
    return entries;
}

const operation_entry* find_operation(std::string_view name) noexcept
{
    for (auto at = slot_of(name); places[at] != empty_slot; at = (at + 1) % slots)
        if (const auto& entry = entries[places[at]]; entry.name == name)
            return &entry;
    return nullptr;
}

} // namespace fullon_cache_api::detail
