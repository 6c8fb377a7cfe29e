// Bodies of bot_reader.hpp.
#pragma once

#include <fullon_cache/bot_reader.hpp>
#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/lists/block_writes.hpp>
#include <fullon_cache/keys.hpp>

#include <fullon_orm/number_text.hpp>

#include <map>
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

std::map<std::string, detail::block_note> read_notes(const reply& fields)
{
    std::map<std::string, detail::block_note> notes;
    for (std::size_t i = 0; i + 1 < fields.items.size(); i += 2)
        if (auto note = detail::read_block_note(fields.items[i + 1].text))
            notes.emplace(fields.items[i].text, std::move(*note));
    return notes;
}

// What TIME answers, in epoch milliseconds.
std::int64_t read_clock(const reply& time)
{
    const auto part = [&](std::size_t i) {
        const auto number =
            i < time.items.size() ? fullon_orm::parse_number(time.items[i].text) : std::nullopt;
        if (!number)
            throw cache_error(errc::protocol, "TIME answered with another shape");
        return static_cast<std::int64_t>(*number);
    };
    return part(0) * 1000 + part(1) / 1000;
}

void add_note(held_block& to, const detail::block_note& note, std::int64_t now)
{
    to.since = static_cast<double>(note.since) / 1000;
    to.age =
        std::chrono::milliseconds(std::max<std::int64_t>(now - note.since, 0)); // its clock may be set back
    if (note.until != 0)
        to.lease_left = std::chrono::milliseconds(note.until - now);
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct bot_reader::calls {
    static asio::awaitable<std::optional<std::string>> is_blocked(bot_reader self, std::string exchange,
                                                                  std::string symbol)
    {
        detail::require_pair(exchange, symbol);
        detail::operation op(self, "is_blocked", {{"exchange", exchange}, {"symbol", symbol}});
        auto bot =
            (co_await op.execute(command("HGET", blocks_hash, make_key({}, exchange, symbol)))).as_text();
        op.hit(bot.has_value());
        co_return bot;
    }

    static asio::awaitable<listing<block>> list_blocks(bot_reader self)
    {
        detail::operation op(self, "get_blocks");
        auto fields = co_await op.read_hash(std::string(blocks_hash));
        listing<block> result;
        result.entries.reserve(fields.size());
        reading found;
        for (auto& [field, bot] : fields) {
            if (auto place = split_place(field))
                result.entries.push_back({.exchange = std::move(place->first),
                                          .symbol = std::move(place->second),
                                          .bot_id = std::move(bot)});
            else
                found.unreadable(field, "not exchange:symbol");
        }
        found.readable(result.entries.size());
        result.unreadable = static_cast<std::int64_t>(found.unreadable());
        op.report(blocks_hash, found);
        op.hit(!result.entries.empty());
        co_return result;
    }

    static asio::awaitable<std::vector<held_block>> get_blocks(bot_reader self)
    {
        detail::operation op(self, "get_blocks");
        pipeline reads;
        reads.add("HGETALL", blocks_hash).add("HGETALL", block_notes_hash).add("TIME");
        const auto replies = co_await op.execute_atomically(std::move(reads));
        const auto notes = read_notes(replies[1]);
        const auto now = read_clock(replies[2]);
        const auto& fields = replies[0].items;
        std::vector<held_block> result;
        reading found;
        for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
            const auto& field = fields[i].text;
            auto place = split_place(field);
            if (!place) {
                found.unreadable(field, "not exchange:symbol");
                continue;
            }
            held_block one;
            one.exchange = std::move(place->first);
            one.symbol = std::move(place->second);
            one.bot_id = fields[i + 1].text;
            if (const auto noted = notes.find(field);
                noted != notes.end() && noted->second.bot_id == one.bot_id)
                add_note(one, noted->second, now);
            result.push_back(std::move(one));
        }
        found.readable(result.size());
        op.report(blocks_hash, found);
        op.hit(!result.empty());
        co_return result;
    }

    static asio::awaitable<listing<opening_position>> list_opening_positions(bot_reader self)
    {
        detail::operation op(self, "list_opening_positions");
        auto fields = co_await op.read_hash(std::string(opening_hash));
        listing<opening_position> result;
        result.entries.reserve(fields.size());
        reading found;
        for (auto& [field, mark] : fields) {
            if (auto place = split_place(field))
                result.entries.push_back(fullon_orm::opening_position_from_text(mark, std::move(place->first),
                                                                                std::move(place->second)));
            else
                found.unreadable(field, "not exchange:symbol");
        }
        found.readable(result.entries.size());
        result.unreadable = static_cast<std::int64_t>(found.unreadable());
        op.report(opening_hash, found);
        op.hit(!result.entries.empty());
        co_return result;
    }

    static asio::awaitable<bool> is_opening_position(bot_reader self, std::string exchange,
                                                     std::string symbol)
    {
        const auto mark = co_await self.get_opening_position(std::move(exchange), std::move(symbol));
        co_return mark.has_value();
    }

    static asio::awaitable<std::optional<opening_position>>
    get_opening_position(bot_reader self, std::string exchange, std::string symbol)
    {
        detail::require_pair(exchange, symbol);
        detail::operation op(self, "get_opening_position", {{"exchange", exchange}, {"symbol", symbol}});
        const auto text =
            (co_await op.execute(command("HGET", opening_hash, make_key({}, exchange, symbol)))).as_text();
        op.hit(text.has_value());
        if (!text)
            co_return std::nullopt;
        co_return fullon_orm::opening_position_from_text(*text, std::move(exchange), std::move(symbol));
    }

    static asio::awaitable<std::optional<bot_status>> get_bot(bot_reader self, std::string bot_id)
    {
        detail::require_text(bot_id, "bot_id");
        detail::operation op(self, "get_bot", {{"bot_id", bot_id}});
        const auto json = (co_await op.execute(command("HGET", bots_hash, bot_id))).as_text();
        op.hit(json.has_value());
        if (!json)
            co_return std::nullopt;
        auto read = fullon_orm::bot_status_from_json(*json, bot_id);
        if (!read)
            op.fail(errc::serialization, std::string(bots_hash) + " " + bot_id + ": " + read.error().text());
        co_return std::move(*read);
    }

    static asio::awaitable<listing<bot_status>> list_bots(bot_reader self)
    {
        detail::operation op(self, "get_bots");
        auto fields = co_await op.read_hash(std::string(bots_hash));
        listing<bot_status> result;
        result.entries.reserve(fields.size());
        reading found;
        for (auto& [bot_id, json] : fields) {
            auto read = fullon_orm::bot_status_from_json(json, bot_id);
            if (read)
                result.entries.push_back(std::move(*read));
            else
                found.unreadable(bot_id, read.error().text());
        }
        found.readable(result.entries.size());
        result.unreadable = static_cast<std::int64_t>(found.unreadable());
        op.report(bots_hash, found);
        op.hit(!result.entries.empty());
        co_return result;
    }

    static asio::awaitable<std::vector<std::pair<std::string, std::string>>> get_bot_texts(bot_reader self)
    {
        detail::operation op(self, "get_bot_texts");
        auto fields = co_await op.read_hash(std::string(bots_hash));
        op.hit(!fields.empty());
        co_return fields;
    }

    static asio::awaitable<std::vector<bot_status>> get_bots(bot_reader self)
    {
        auto found = co_await self.list_bots();
        co_return std::move(found.entries);
    }
};

asio::awaitable<std::optional<std::string>> bot_reader::is_blocked(std::string exchange,
                                                                   std::string symbol) const
{
    return calls::is_blocked(*this, std::move(exchange), std::move(symbol));
}

asio::awaitable<listing<block>> bot_reader::list_blocks() const
{
    return calls::list_blocks(*this);
}

asio::awaitable<std::vector<held_block>> bot_reader::get_blocks() const
{
    return calls::get_blocks(*this);
}

asio::awaitable<listing<opening_position>> bot_reader::list_opening_positions() const
{
    return calls::list_opening_positions(*this);
}

asio::awaitable<bool> bot_reader::is_opening_position(std::string exchange, std::string symbol) const
{
    return calls::is_opening_position(*this, std::move(exchange), std::move(symbol));
}

asio::awaitable<std::optional<opening_position>> bot_reader::get_opening_position(std::string exchange,
                                                                                  std::string symbol) const
{
    return calls::get_opening_position(*this, std::move(exchange), std::move(symbol));
}

asio::awaitable<std::optional<bot_status>> bot_reader::get_bot(std::string bot_id) const
{
    return calls::get_bot(*this, std::move(bot_id));
}

asio::awaitable<listing<bot_status>> bot_reader::list_bots() const
{
    return calls::list_bots(*this);
}

asio::awaitable<std::vector<std::pair<std::string, std::string>>> bot_reader::get_bot_texts() const
{
    return calls::get_bot_texts(*this);
}

asio::awaitable<std::vector<bot_status>> bot_reader::get_bots() const
{
    return calls::get_bots(*this);
}

} // namespace fullon_cache
