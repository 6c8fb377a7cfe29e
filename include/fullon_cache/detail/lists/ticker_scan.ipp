// Bodies of ticker_scan.hpp.
#pragma once

#include <fullon_cache/error.hpp>
#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/ticker_scan.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace fullon_cache {
namespace {

// Enough to be quick, little enough that Redis answers others in between.
constexpr std::size_t fields_per_read = 512;

} // namespace

stored_tick read_stored_tick(std::string_view exchange, std::string symbol, std::optional<std::string> json)
{
    stored_tick result{.symbol = std::move(symbol)};
    if (!json)
        return result;
    result.present = true;
    auto read = fullon_orm::tick_from_json(*json, std::string(exchange), result.symbol);
    if (read) {
        result.readable = true;
        result.value = std::move(*read);
    } else
        result.reason = read.error().text();
    result.text = std::move(*json);
    return result;
}

void count_tick(reading& into, const stored_tick& one)
{
    if (one.readable)
        into.readable();
    else if (one.present)
        into.unreadable(one.symbol, one.reason);
}

command ticks_command(std::string_view exchange, const std::vector<std::string>& symbols)
{
    command read("HMGET", ticker_hash(exchange));
    for (const auto& symbol : symbols)
        read.push(symbol);
    return read;
}

std::vector<stored_tick> ticks_of(std::string_view exchange, std::vector<std::string> symbols, reply answer)
{
    auto values = std::move(answer).checked().as_items();
    if (values.size() != symbols.size())
        throw cache_error(errc::protocol, "HMGET answered with another number of values");
    std::vector<stored_tick> result;
    result.reserve(symbols.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        result.push_back(read_stored_tick(exchange, std::move(symbols[i]), std::move(values[i]).as_text()));
    return result;
}

boost::asio::awaitable<std::vector<stored_tick>>
read_ticks(std::shared_ptr<redis_link> redis, std::string exchange, std::vector<std::string> symbols)
{
    std::vector<stored_tick> result;
    result.reserve(symbols.size());
    for (std::size_t begin = 0; begin < symbols.size(); begin += fields_per_read) {
        const std::size_t end = std::min(symbols.size(), begin + fields_per_read);
        const auto first = symbols.begin() + static_cast<std::ptrdiff_t>(begin);
        std::vector<std::string> some(first, first + static_cast<std::ptrdiff_t>(end - begin));
        auto answer = co_await redis->execute(ticks_command(exchange, some));
        auto read = ticks_of(exchange, std::move(some), std::move(answer));
        std::move(read.begin(), read.end(), std::back_inserter(result));
    }
    co_return result;
}

boost::asio::awaitable<tick_page> scan_ticks(std::shared_ptr<redis_link> redis, std::string exchange,
                                             std::string cursor)
{
    auto fields = read_hash_page(co_await redis->execute(scan_hash(ticker_hash(exchange), cursor)));
    tick_page page{.cursor = std::move(fields.cursor)};
    page.ticks.reserve(fields.fields.size());
    for (auto& [symbol, json] : fields.fields)
        page.ticks.push_back(read_stored_tick(exchange, std::move(symbol), std::move(json)));
    co_return page;
}

} // namespace fullon_cache
