// Bodies of detail/ticker_scan.hpp.
#pragma once

#include <fullon_cache/detail/hash_page.hpp>
#include <fullon_cache/detail/ticker_keys.hpp>
#include <fullon_cache/detail/ticker_scan.hpp>
#include <fullon_cache/error.hpp>

#include <fullon_log/logger.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache::detail {
namespace {

// Enough to be quick, little enough that Redis answers others in between.
constexpr std::size_t fields_per_read = 500;

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
        fullon_log::get_component_logger("fullon.cache.tick")
            .warning(
                "unreadable ticker skipped",
                {{"key", ticker_hash(exchange)}, {"field", result.symbol}, {"reason", read.error().text()}});
    return result;
}

boost::asio::awaitable<std::vector<stored_tick>> read_ticks(std::shared_ptr<link> redis, std::string exchange,
                                                            std::vector<std::string> symbols)
{
    std::vector<stored_tick> result;
    result.reserve(symbols.size());
    for (std::size_t begin = 0; begin < symbols.size(); begin += fields_per_read) {
        const std::size_t end = std::min(symbols.size(), begin + fields_per_read);
        command read("HMGET", ticker_hash(exchange));
        for (std::size_t i = begin; i < end; ++i)
            read.push(symbols[i]);
        auto values = (co_await redis->execute(std::move(read))).as_items();
        if (values.size() != end - begin)
            throw cache_error(errc::protocol, "HMGET answered with another number of values");
        for (std::size_t i = begin; i < end; ++i)
            result.push_back(
                read_stored_tick(exchange, std::move(symbols[i]), std::move(values[i - begin]).as_text()));
    }
    co_return result;
}

boost::asio::awaitable<tick_page> scan_ticks(std::shared_ptr<link> redis, std::string exchange,
                                             std::string cursor)
{
    auto fields = read_hash_page(co_await redis->execute(scan_hash(ticker_hash(exchange), cursor)));
    tick_page page{.cursor = std::move(fields.cursor)};
    page.ticks.reserve(fields.fields.size());
    for (auto& [symbol, json] : fields.fields)
        page.ticks.push_back(read_stored_tick(exchange, std::move(symbol), std::move(json)));
    co_return page;
}

} // namespace fullon_cache::detail
