// Bodies of bot_reader.hpp.
#pragma once

#include <fullon_cache/bot_reader.hpp>
#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::block;
using fullon_orm::bot_status;
using fullon_orm::opening_position;

namespace {

// `{exchange}:{symbol}`: exchanges have no colon, symbols may (BTC/USDT:USDT).
std::optional<std::pair<std::string, std::string>> split_place(const std::string& field)
{
    const auto colon = field.find(':');
    if (colon == std::string::npos)
        return std::nullopt;
    return std::pair(field.substr(0, colon), field.substr(colon + 1));
}

} // namespace

asio::awaitable<std::optional<std::string>> bot_reader::is_blocked(std::string exchange,
                                                                   std::string symbol) const
{
    detail::require_text(exchange, "exchange");
    detail::require_text(symbol, "symbol");
    detail::operation op(*this, "is_blocked", {{"exchange", exchange}, {"symbol", symbol}});
    auto bot =
        (co_await op.execute(command("HGET", detail::blocks_hash, detail::make_key({}, exchange, symbol))))
            .as_text();
    op.hit(bot.has_value());
    co_return bot;
}

asio::awaitable<listing<block>> bot_reader::list_blocks() const
{
    detail::operation op(*this, "get_blocks");
    auto fields = co_await op.read_hash(std::string(detail::blocks_hash));
    listing<block> result;
    result.entries.reserve(fields.size());
    for (auto& [field, bot] : fields) {
        if (auto place = split_place(field))
            result.entries.push_back({.exchange = std::move(place->first),
                                      .symbol = std::move(place->second),
                                      .bot_id = std::move(bot)});
        else {
            ++result.unreadable;
            op.skip(detail::blocks_hash, field, "not exchange:symbol");
        }
    }
    op.hit(!result.entries.empty());
    co_return result;
}

asio::awaitable<std::vector<block>> bot_reader::get_blocks() const
{
    auto found = co_await list_blocks();
    co_return std::move(found.entries);
}

asio::awaitable<listing<opening_position>> bot_reader::list_opening_positions() const
{
    detail::operation op(*this, "list_opening_positions");
    auto fields = co_await op.read_hash(std::string(detail::opening_hash));
    listing<opening_position> result;
    result.entries.reserve(fields.size());
    for (auto& [field, mark] : fields) {
        if (auto place = split_place(field))
            result.entries.push_back(fullon_orm::opening_position_from_text(mark, std::move(place->first),
                                                                            std::move(place->second)));
        else {
            ++result.unreadable;
            op.skip(detail::opening_hash, field, "not exchange:symbol");
        }
    }
    op.hit(!result.entries.empty());
    co_return result;
}

asio::awaitable<bool> bot_reader::is_opening_position(std::string exchange, std::string symbol) const
{
    const auto mark = co_await get_opening_position(std::move(exchange), std::move(symbol));
    co_return mark.has_value();
}

asio::awaitable<std::optional<opening_position>> bot_reader::get_opening_position(std::string exchange,
                                                                                  std::string symbol) const
{
    detail::require_text(exchange, "exchange");
    detail::require_text(symbol, "symbol");
    detail::operation op(*this, "get_opening_position", {{"exchange", exchange}, {"symbol", symbol}});
    const auto text =
        (co_await op.execute(command("HGET", detail::opening_hash, detail::make_key({}, exchange, symbol))))
            .as_text();
    op.hit(text.has_value());
    if (!text)
        co_return std::nullopt;
    co_return fullon_orm::opening_position_from_text(*text, std::move(exchange), std::move(symbol));
}

asio::awaitable<std::optional<bot_status>> bot_reader::get_bot(std::string bot_id) const
{
    detail::require_text(bot_id, "bot_id");
    detail::operation op(*this, "get_bot", {{"bot_id", bot_id}});
    const auto json = (co_await op.execute(command("HGET", detail::bots_hash, bot_id))).as_text();
    op.hit(json.has_value());
    if (!json)
        co_return std::nullopt;
    auto read = fullon_orm::bot_status_from_json(*json, bot_id);
    if (!read)
        op.fail(errc::serialization,
                std::string(detail::bots_hash) + " " + bot_id + ": " + read.error().text());
    co_return std::move(*read);
}

asio::awaitable<listing<bot_status>> bot_reader::list_bots() const
{
    detail::operation op(*this, "get_bots");
    auto fields = co_await op.read_hash(std::string(detail::bots_hash));
    listing<bot_status> result;
    result.entries.reserve(fields.size());
    for (auto& [bot_id, json] : fields) {
        auto read = fullon_orm::bot_status_from_json(json, bot_id);
        if (read)
            result.entries.push_back(std::move(*read));
        else {
            ++result.unreadable;
            op.skip(detail::bots_hash, bot_id, read.error().text());
        }
    }
    op.hit(!result.entries.empty());
    co_return result;
}

asio::awaitable<std::vector<std::pair<std::string, std::string>>> bot_reader::get_bot_texts() const
{
    detail::operation op(*this, "get_bot_texts");
    auto fields = co_await op.read_hash(std::string(detail::bots_hash));
    op.hit(!fields.empty());
    co_return fields;
}

asio::awaitable<std::vector<bot_status>> bot_reader::get_bots() const
{
    auto found = co_await list_bots();
    co_return std::move(found.entries);
}

} // namespace fullon_cache
