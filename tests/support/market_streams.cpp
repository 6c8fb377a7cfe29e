// Bodies of market_streams.hpp: one function per kind of stream.
#include "support/market_streams.hpp"

#include <fullon_cache_api/detail/stream/stream_traits.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_orm/codec.hpp>

#include <boost/json/serialize.hpp>

#include <cmath>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace support {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using fullon_cache_api::account_position;
using fullon_cache_api::bar_update;
using fullon_cache_api::bot;
using fullon_cache_api::client;
using fullon_cache_api::position;
using fullon_cache_api::process_health;
using fullon_cache_api::queue_length;
using fullon_cache_api::stream_options;
using fullon_cache_api::symbol_list;
using fullon_cache_api::ticker;
using fullon_cache_api::trade;
using watched_ptr = std::unique_ptr<watched>;

template <class T>
std::string show(const T& value)
{
    std::string text;
    fullon_orm::write_json(text, value, fullon_orm::json_style::wire);
    return text;
}
std::string show_object(const json::object& value)
{
    return json::serialize(value);
}
std::string show_number(const std::int64_t& value)
{
    return std::to_string(value);
}
std::string show_health(const health& value)
{
    std::string text = std::to_string(value.active) + " active, " + std::to_string(value.in_error) +
                       " in error, " + std::to_string(value.stale) + " stale";
    for (const auto& [status, count] : value.by_status)
        text.append(", ").append(status).append(" ").append(std::to_string(count));
    return text;
}

template <class Operation>
using traits = fullon_cache_api::detail::stream_traits<Operation>;
namespace operations = fullon_cache_api::operations;

// A mark, see market_writer.
std::int64_t whole_number(std::optional<double> value)
{
    return value && *value == std::floor(*value) ? static_cast<std::int64_t>(*value) : -1;
}
std::int64_t ticker_mark(const ticker& one)
{
    return whole_number(one.price);
}
std::int64_t bot_mark(const bot& one)
{
    return one.data.at("feed_1").at("n").to_number<std::int64_t>();
}

std::string symbol_of(const ticker& one)
{
    return one.symbol;
}
ticker whole_ticker(const ticker& one)
{
    return one;
}

// Some of the items of a map.
template <class Map>
const Map& some_of(const Map& all, const std::vector<std::string>& names, Map& made)
{
    for (const auto& name : names)
        if (const auto found = all.find(name); found != all.end())
            made.insert(*found);
    return made;
}

asio::awaitable<watched_ptr> named_tickers(client& cache, std::string of, std::vector<std::string> names,
                                           stream_options options)
{
    symbol_list wanted(names);
    auto updates = co_await cache.stream_tickers(of, std::move(wanted), options);
    using made = watched_stream<ticker, ticker>;
    made::reading how{symbol_of, whole_ticker, {}, show<ticker>};
    how.topic = traits<operations::stream_tickers>::topic;
    how.mark = ticker_mark;
    how.wanted = [of, names](const truth& redis, made::view& some) -> const made::view& {
        return some_of(redis.tickers.at(of), names, some);
    };
    co_return std::make_unique<made>("tickers of " + of, std::move(updates), std::move(how));
}

asio::awaitable<watched_ptr> all_tickers(client& cache, std::string of, stream_options options)
{
    symbol_list every = fullon_cache_api::all_symbols;
    auto updates = co_await cache.stream_tickers(of, std::move(every), options);
    using made = watched_stream<ticker, ticker>;
    made::reading how{symbol_of, whole_ticker, {}, show<ticker>};
    how.topic = traits<operations::stream_tickers>::topic;
    how.mark = ticker_mark;
    how.wanted = [of](const truth& redis, made::view&) -> const made::view& { return redis.tickers.at(of); };
    co_return std::make_unique<made>("all tickers of " + of, std::move(updates), std::move(how));
}

asio::awaitable<watched_ptr> positions(client& cache, std::string of, stream_options options)
{
    auto updates = co_await cache.stream_positions(of, options);
    using made = watched_stream<account_position, position>;
    made::reading how{[](const account_position& one) { return one.symbol; },
                      [](const account_position& one) { return static_cast<const position&>(one); },
                      {},
                      show<position>};
    how.topic = traits<operations::stream_positions>::topic;
    how.mark = [](const account_position& one) { return whole_number(one.entry_price); };
    how.wanted = [of](const truth& redis, made::view& none) -> const made::view& {
        const auto found = redis.positions.find(of);
        return found == redis.positions.end() ? none : found->second;
    };
    co_return std::make_unique<made>("positions of " + of, std::move(updates), std::move(how));
}

asio::awaitable<watched_ptr> order_queue(client& cache, std::string of, stream_options options)
{
    auto updates = co_await cache.stream_order_queue(of, options);
    using made = watched_stream<queue_length, std::int64_t>;
    made::reading how{[](const queue_length& one) { return one.exchange; },
                      [](const queue_length& one) { return one.queue_length; },
                      {},
                      show_number};
    how.topic = traits<operations::stream_order_queue>::topic;
    how.wanted = [of](const truth& redis, made::view& one) -> const made::view& {
        one.emplace(of, redis.queues.at(of));
        return one;
    };
    co_return std::make_unique<made>("queue of " + of, std::move(updates), std::move(how));
}

// All bots for an empty id.
asio::awaitable<watched_ptr> bot_status(client& cache, std::string id, stream_options options)
{
    fullon_cache_api::bot_or_all which = fullon_cache_api::all_bots;
    if (!id.empty())
        which = id;
    auto updates = co_await cache.stream_bot_status(which, options);
    using made = watched_stream<bot, json::object>;
    made::reading how{
        [](const bot& one) { return one.bot_id; }, [](const bot& one) { return one.data; }, {}, show_object};
    how.topic = traits<operations::stream_bot_status>::topic;
    how.mark = bot_mark;
    how.wanted = [id](const truth& redis, made::view& some) -> const made::view& {
        return id.empty() ? redis.bots : some_of(redis.bots, {id}, some);
    };
    co_return std::make_unique<made>("bot " + id, std::move(updates), std::move(how));
}

health health_of(const process_health& one)
{
    health made;
    made.active = one.active_processes;
    made.in_error = one.error_processes;
    made.stale = one.stale_processes;
    made.healthy = one.healthy;
    made.by_type = one.by_type;
    made.by_status = one.by_status;
    return made;
}

asio::awaitable<watched_ptr> system_state(client& cache, stream_options options)
{
    auto updates = co_await cache.stream_process_health(options);
    using made = watched_stream<process_health, health>;
    made::reading how{[](const process_health&) { return std::string(); }, health_of, {}, show_health};
    how.topic = traits<operations::stream_process_health>::topic;
    how.wanted = [](const truth& redis, made::view& one) -> const made::view& {
        one.emplace("", redis.processes);
        return one;
    };
    co_return std::make_unique<made>("process health", std::move(updates), std::move(how));
}

// Of one symbol, or of the whole exchange for an empty one.
asio::awaitable<watched_ptr> trades(client& cache, std::string of, std::string name, stream_options options)
{
    fullon_cache_api::symbol_or_all which = fullon_cache_api::all_symbols;
    if (!name.empty())
        which = name;
    auto updates = co_await cache.stream_trade_updates(of, which, options);
    using made = watched_stream<trade, std::int64_t>;
    made::reading how{[](const trade& one) { return one.symbol; },
                      [](const trade& one) { return std::get<std::int64_t>(one.trade_id.value()); },
                      {},
                      show_number};
    how.topic = traits<operations::stream_trade_updates>::topic;
    how.mark = [](const trade& one) { return std::get<std::int64_t>(one.trade_id.value()); };
    how.events = [of, name](const truth& redis) {
        std::map<std::string, std::vector<std::int64_t>> some;
        if (const auto found = redis.trades.find(of); found != redis.trades.end())
            for (const auto& [symbol, ids] : found->second)
                if (name.empty() || symbol == name)
                    some.emplace(symbol, ids);
        return some;
    };
    co_return std::make_unique<made>("trades of " + of + " " + name, std::move(updates), std::move(how));
}

asio::awaitable<watched_ptr> newest_bar(client& cache, std::string of, stream_options options)
{
    auto updates = co_await cache.stream_ohlcv(of, "1m", options);
    using made = watched_stream<bar_update, fullon_orm::bar>;
    made::reading how{[](const bar_update&) { return std::string(); },
                      [](const bar_update& one) { return one.bar; },
                      {},
                      show<fullon_orm::bar>,
                      [](const bar_update& one) { return one.closed; }};
    how.topic = traits<operations::stream_ohlcv>::topic;
    how.mark = [](const bar_update& one) { return whole_number(one.bar.volume); };
    how.wanted = [of](const truth& redis, made::view& one) -> const made::view& {
        if (const auto found = redis.bars.find(of); found != redis.bars.end())
            one.emplace("", found->second);
        return one;
    };
    co_return std::make_unique<made>("bars of " + of, std::move(updates), std::move(how));
}

} // namespace

asio::awaitable<watched_list> open_streams(client& cache, market what, std::size_t number,
                                           fullon_cache_api::stream_options options)
{
    const std::vector<std::string> three{what.symbol(number), what.symbol(number + 7),
                                         what.symbol(number * 3 + 1)};
    const std::vector<std::string> one{what.symbol(number * 5 + 2)};
    const std::string traded =
        number % 3 == 0 ? std::string() : what.traded_symbol(number % what.traded_symbols);
    watched_list result;
    result.push_back(co_await named_tickers(cache, what.exchange(number), three, options));
    result.push_back(co_await named_tickers(cache, what.exchange(number * 7 + 3), one, options));
    result.push_back(co_await all_tickers(cache, what.exchange(number * 3 + 1), options));
    result.push_back(co_await positions(cache, what.account(number), options));
    result.push_back(co_await trades(cache, what.exchange(number), traded, options));
    result.push_back(co_await order_queue(cache, what.exchange(number), options));
    result.push_back(co_await newest_bar(cache, what.traded_symbol(number), options));
    result.push_back(co_await bot_status(cache, what.bot_id(number), options));
    result.push_back(co_await bot_status(cache, {}, options));
    result.push_back(co_await system_state(cache, options));
    if (result.size() != streams_per_client)
        throw std::logic_error("not as many streams as there should be");
    co_return result;
}

} // namespace support
