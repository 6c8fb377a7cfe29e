// Bodies of market_truth.hpp.
#include "support/market_truth.hpp"

#include <fullon_orm/process_info.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

namespace support {
namespace {

namespace json = boost::json;

std::optional<double> number(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_number() ? std::optional(found->to_number<double>()) : std::nullopt;
}

// To the last digit, which Boost.JSON does only if asked.
json::value parse_exactly(const std::string& text)
{
    json::parse_options exact;
    exact.numbers = json::number_precision::precise;
    return json::parse(text, {}, exact);
}

json::object parse_object(const std::string& text)
{
    return parse_exactly(text).as_object();
}

// None where the key is of another type.
std::vector<std::string> elements(redis_cli& redis, const std::vector<std::string>& command)
{
    const auto reply = redis.execute(command);
    return reply.is_error() ? std::vector<std::string>() : reply.texts();
}

std::map<std::string, json::object> objects_of(redis_cli& redis, const std::string& key)
{
    std::map<std::string, json::object> result;
    const auto words = elements(redis, {"HGETALL", key});
    for (std::size_t i = 0; i + 1 < words.size(); i += 2)
        result.emplace(words[i], parse_object(words[i + 1]));
    return result;
}

fullon_cache_api::ticker ticker_of(std::string exchange, std::string symbol, const json::object& stored)
{
    fullon_cache_api::ticker made;
    made.exchange = std::move(exchange);
    made.symbol = std::move(symbol);
    made.price = number(stored, "price").value();
    made.volume = number(stored, "volume");
    made.timestamp = number(stored, "time");
    made.bid = number(stored, "bid");
    made.ask = number(stored, "ask");
    made.last = number(stored, "last");
    return made;
}

fullon_cache_api::position position_of(std::string account, std::string symbol, const json::object& stored)
{
    fullon_cache_api::position made;
    const double volume = number(stored, "volume").value();
    made.symbol = std::move(symbol);
    made.exchange = std::move(account);
    made.side = volume < 0 ? "short" : "long";
    made.size = std::abs(volume);
    made.entry_price = number(stored, "price");
    made.cost = number(stored, "cost");
    made.fee = number(stored, "fee");
    made.count = number(stored, "count");
    made.timestamp = number(stored, "timestamp");
    return made;
}

health read_health(redis_cli& redis)
{
    health result;
    for (const auto type : fullon_orm::process_types) {
        const auto ids = redis("HKEYS", "process:active:" + std::string(type)).texts();
        for (const auto& id : ids) {
            const auto stored = parse_object(redis("GET", "process:data:" + id).text);
            const std::string status(stored.at("status").as_string());
            ++result.active;
            ++result.by_type[std::string(type)];
            ++result.by_status[status];
            result.in_error += status == "error" ? 1 : 0;
        }
    }
    result.healthy = result.in_error == 0;
    return result;
}

std::optional<fullon_orm::bar> newest_bar(redis_cli& redis, const std::string& key)
{
    std::optional<fullon_orm::bar> newest;
    for (const auto& text : elements(redis, {"LRANGE", key, "0", "-1"})) {
        const auto stored = parse_exactly(text).as_array();
        const auto column = [&](std::size_t place) { return stored.at(place).to_number<double>(); };
        if (newest && column(0) < newest->timestamp)
            continue; // of equal times the last one counts
        newest.emplace();
        newest->timestamp = column(0);
        newest->open = column(1);
        newest->high = column(2);
        newest->low = column(3);
        newest->close = column(4);
        newest->volume = column(5);
    }
    return newest;
}

} // namespace

truth read_truth(redis_cli& redis, const market& what)
{
    truth result;
    for (std::size_t i = 0; i < what.exchanges; ++i) {
        const auto name = what.exchange(i);
        auto& tickers = result.tickers[name];
        for (const auto& [symbol, stored] : objects_of(redis, "tickers:" + name))
            tickers.emplace(symbol, ticker_of(name, symbol, stored));
        result.queues[name] =
            static_cast<std::int64_t>(elements(redis, {"HKEYS", "order_status:" + name}).size());
    }
    for (std::size_t i = 0; i < what.exchanges; ++i)
        for (std::size_t k = 0; k < what.traded_symbols; ++k) {
            const auto key = "trades:" + what.exchange(i) + ":" + slashless(what.symbol(k));
            for (const auto& text : elements(redis, {"LRANGE", key, "0", "-1"}))
                result.trades[what.exchange(i)][what.symbol(k)].push_back(
                    parse_object(text).at("trade_id").to_number<std::int64_t>());
        }
    for (std::size_t k = 0; k < what.traded_symbols; ++k)
        if (const auto newest = newest_bar(redis, "ohlcv:" + slashless(what.symbol(k)) + ":1m"))
            result.bars.emplace(what.symbol(k), *newest);
    for (const auto& [account, stored] : objects_of(redis, "account_positions"))
        for (const auto& [symbol, one] : stored)
            if (one.is_object()) // the other member is the time of the account
                result.positions[account].emplace(std::string(symbol),
                                                  position_of(account, std::string(symbol), one.as_object()));
    result.bots = objects_of(redis, "bot_status");
    result.processes = read_health(redis);
    return result;
}

} // namespace support
