// Bodies of block_writes.hpp.
#pragma once

#include <fullon_cache/detail/lists/block_writes.hpp>
#include <fullon_cache/detail/redis/script.hpp>
#include <fullon_cache/keys.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace fullon_cache::detail {
namespace {

// Before each of them. KEYS: blocks, notes. ARGV: place, bot, lease, former.
constexpr std::string_view holding =
    R"(local holder = redis.pcall('HGET', KEYS[1], ARGV[1])
if type(holder) == 'table' then
    return holder
end
local note = redis.pcall('HGET', KEYS[2], ARGV[1])
if type(note) == 'table' then
    return note
end
local since, until_, noted = string.match(note or '', '^(%d+) (%d+) (.*)$')
if noted ~= holder then
    since, until_ = nil, nil
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function hold()
    local first = holder == ARGV[2] and since or string.format('%.0f', now)
    local last = ARGV[3] == '0' and '0' or string.format('%.0f', now + ARGV[3])
    local noted = redis.pcall('HSET', KEYS[2], ARGV[1], first .. ' ' .. last .. ' ' .. ARGV[2])
    if type(noted) == 'table' then
        return noted
    end
    redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
    return 1
end
local function free()
    redis.call('HDEL', KEYS[2], ARGV[1])
    return redis.call('HDEL', KEYS[1], ARGV[1])
end
)";

constexpr std::string_view set_body = "return hold()";

constexpr std::string_view try_body =
    R"(if holder and holder ~= ARGV[2] then
    return 0
end
return hold())";

constexpr std::string_view take_over_body =
    R"(local over = until_ and until_ ~= '0' and tonumber(until_) <= now
if holder ~= ARGV[2] and not (holder == ARGV[4] and over) then
    return 0
end
return hold())";

constexpr std::string_view release_body =
    R"(if holder ~= ARGV[2] then
    return 0
end
return free())";

constexpr std::string_view remove_body = "return free()";

constexpr std::chrono::milliseconds longest_lease = std::chrono::hours(24 * 3650);

std::string with_holding(std::string_view body)
{
    return std::string(holding).append(body);
}

command of_block(const script& whole, std::string_view place, std::string_view bot_id,
                 std::chrono::milliseconds lease = {}, std::string_view former = {})
{
    return whole.call(2, blocks_hash, block_notes_hash, place, bot_id,
                      std::clamp(lease, std::chrono::milliseconds::zero(), longest_lease).count(), former);
}

// Takes a number and the space behind it off the front.
bool take_number(std::string_view& from, std::int64_t& to)
{
    const auto [end, failure] = std::from_chars(from.data(), from.data() + from.size(), to);
    if (failure != std::errc{} || end == from.data() + from.size() || *end != ' ')
        return false;
    from.remove_prefix(static_cast<std::size_t>(end - from.data()) + 1);
    return true;
}

} // namespace

std::optional<block_note> read_block_note(std::string_view text)
{
    block_note note;
    if (!take_number(text, note.since) || !take_number(text, note.until))
        return std::nullopt;
    note.bot_id = text;
    return note;
}

command set_block(std::string_view place, std::string_view bot_id)
{
    static const script whole(with_holding(set_body));
    return of_block(whole, place, bot_id);
}

command try_block(std::string_view place, std::string_view bot_id, std::chrono::milliseconds lease)
{
    static const script whole(with_holding(try_body));
    return of_block(whole, place, bot_id, lease);
}

command take_over_block(std::string_view place, std::string_view former, std::string_view bot_id,
                        std::chrono::milliseconds lease)
{
    static const script whole(with_holding(take_over_body));
    return of_block(whole, place, bot_id, lease, former);
}

command release_block(std::string_view place, std::string_view bot_id)
{
    static const script whole(with_holding(release_body));
    return of_block(whole, place, bot_id);
}

command remove_block(std::string_view place)
{
    static const script whole(with_holding(remove_body));
    return of_block(whole, place, "");
}

} // namespace fullon_cache::detail
