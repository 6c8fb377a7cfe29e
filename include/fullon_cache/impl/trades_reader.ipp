// Bodies of trades_reader.hpp.
#pragma once

#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/hash_page.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/detail/trade_keys.hpp>
#include <fullon_cache/trades_reader.hpp>

#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/number_text.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::trade;

namespace {

std::optional<double> read_time(const std::string& text)
{
    const auto number = fullon_orm::parse_number(text);
    return number ? number : fullon_orm::parse_time(text);
}

} // namespace

asio::awaitable<std::vector<trade>> trades_reader::get_trades(std::string symbol, std::string exchange,
                                                              std::optional<std::int64_t> limit) const
{
    detail::require_text(symbol, "symbol");
    detail::require_text(exchange, "exchange");
    detail::require(!limit || *limit > 0, "limit", "be above zero");
    detail::operation op(*this, "get_trades", {{"symbol", symbol}, {"exchange", exchange}});
    const auto key = detail::trades_list(exchange, symbol);
    // One command, so that what others take out meanwhile cannot shift what is read; a limit bounds its size.
    const auto items = (co_await op.execute(command("LRANGE", key, limit ? -*limit : 0, -1))).as_items();
    std::vector<trade> trades;
    trades.reserve(items.size());
    for (const auto& one : items) {
        auto read = fullon_orm::trade_from_json(one.text, symbol);
        if (read)
            trades.push_back(std::move(*read));
        else
            op.skip(key, {}, read.error().text());
    }
    op.hit(!trades.empty());
    co_return trades;
}

asio::awaitable<std::optional<double>> trades_reader::get_trade_status(std::string key) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "get_trade_status", {{"key", key}});
    const auto text =
        (co_await op.execute(command("GET", detail::make_key(detail::trade_status_prefix, key)))).as_text();
    op.hit(text.has_value());
    if (!text)
        co_return std::nullopt;
    const auto time = read_time(*text);
    if (!time)
        op.fail(errc::serialization, detail::make_key(detail::trade_status_prefix, key) + ": no time");
    co_return time;
}

asio::awaitable<std::map<std::string, double>> trades_reader::get_all_trade_statuses(std::string prefix) const
{
    detail::require_text(prefix, "prefix");
    detail::operation op(*this, "get_all_trade_statuses", {{"prefix", prefix}});
    const auto keys = co_await op.scan(detail::escape_pattern(prefix) + "*", "string");
    pipeline reads;
    for (const auto& key : keys)
        reads.add("GET", key);
    std::map<std::string, double> result;
    if (!reads.empty()) {
        auto texts = co_await op.execute(std::move(reads));
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto text = std::move(texts[i]).as_text();
            if (!text)
                continue; // gone meanwhile
            if (const auto time = read_time(*text))
                result.emplace(keys[i], *time);
            else
                op.skip(keys[i], {}, "no time");
        }
    }
    op.hit(!result.empty());
    co_return result;
}

asio::awaitable<std::vector<std::string>> trades_reader::get_trade_status_keys(std::string prefix) const
{
    detail::require_text(prefix, "prefix");
    detail::operation op(*this, "get_trade_status_keys", {{"prefix", prefix}});
    co_return co_await op.scan(detail::escape_pattern(prefix) + "*", "string");
}

} // namespace fullon_cache
