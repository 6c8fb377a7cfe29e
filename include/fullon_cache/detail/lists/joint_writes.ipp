// Bodies of joint_writes.hpp.
#pragma once

#include <fullon_cache/detail/lists/joint_writes.hpp>
#include <fullon_cache/detail/redis/script.hpp>
#include <fullon_cache/keys.hpp>

#include <utility>

namespace fullon_cache::detail {
namespace {

// Before each of them. A user who lacks the right to a part is refused the whole; Redis below 7.0 cannot tell.
constexpr std::string_view rights =
    R"(local function may(...)
    if redis.acl_check_cmd and not redis.acl_check_cmd(...) then
        error({err = 'NOPERM this user has no permissions to run all of it: ' .. (...)})
    end
end
)";

// KEYS: hash, key of the time. ARGV: symbol, JSON, time, channel.
constexpr std::string_view store_tick_body =
    R"(may('SET', KEYS[2], '')
may('PUBLISH', ARGV[4], '')
local stored = redis.pcall('HSET', KEYS[1], ARGV[1], ARGV[2])
if type(stored) == 'table' then
    return stored
end
redis.call('SET', KEYS[2], ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[2])
return stored)";

// KEYS: hash, key of the time. ARGV: symbol.
constexpr std::string_view delete_tick_body =
    R"(may('DEL', KEYS[2])
local deleted = redis.pcall('HDEL', KEYS[1], ARGV[1])
if type(deleted) ~= 'table' then
    redis.call('DEL', KEYS[2])
end
return deleted)";

// KEYS: hash. ARGV: what keys of times begin with.
constexpr std::string_view delete_ticks_body =
    R"(may('DEL', KEYS[1])
may('DEL', ARGV[1])
local symbols = redis.pcall('HKEYS', KEYS[1])
if symbols.err then
    return symbols
end
redis.call('DEL', KEYS[1])
for _, symbol in ipairs(symbols) do
    redis.call('DEL', ARGV[1] .. symbol)
end
return #symbols)";

// KEYS: list, note. ARGV: element, note.
constexpr std::string_view push_and_note_body =
    R"(may('SET', KEYS[2], '')
local length = redis.pcall('RPUSH', KEYS[1], ARGV[1])
if type(length) ~= 'table' then
    redis.call('SET', KEYS[2], ARGV[2])
end
return length)";

// Of processes. KEYS: data, active ones, components. ARGV: id, component, JSON, lifetime, and so on.

// ARGV[5]: time.
constexpr std::string_view register_process_body =
    R"(may('HSET', KEYS[2], '', '')
may('HSET', KEYS[3], '', '')
for i = 2, 3 do
    local there = redis.pcall('HGET', KEYS[i], ARGV[1])
    if type(there) == 'table' then
        return there
    end
end
local stored = redis.pcall('SETEX', KEYS[1], ARGV[4], ARGV[3])
if stored.err then
    return stored
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[5])
redis.call('HSET', KEYS[3], ARGV[2], ARGV[1])
return stored)";

// ARGV[5]: time, [6]: expected data, [7]: whether it stops.
constexpr std::string_view update_process_body =
    R"(local stops = ARGV[7] == 'stops'
may('HSET', KEYS[2], '', '')
if stops then
    may('HDEL', KEYS[2], '')
    may('HDEL', KEYS[3], '')
end
for i = 2, stops and 3 or 2 do
    local there = redis.pcall('HGET', KEYS[i], ARGV[1])
    if type(there) == 'table' then
        return there
    end
end
local stored = redis.pcall('GET', KEYS[1])
if type(stored) == 'table' then
    return stored
end
if stored ~= ARGV[6] then
    return {0, stored}
end
stored = redis.pcall('SETEX', KEYS[1], ARGV[4], ARGV[3])
if stored.err then
    return stored
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[5])
if stops then
    redis.call('HDEL', KEYS[2], ARGV[1])
    if redis.call('HGET', KEYS[3], ARGV[2]) == ARGV[1] then
        redis.call('HDEL', KEYS[3], ARGV[2])
    end
end
return {1})";

// ARGV[3]: empty keeps the data. ARGV[5]: time on the list, [6]: 'text' or 'absent', [7]: expected data.
constexpr std::string_view clear_process_body =
    R"(may('HDEL', KEYS[2], '')
may('HDEL', KEYS[3], '')
local component = redis.pcall('HGET', KEYS[3], ARGV[2])
if type(component) == 'table' then
    return component
end
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[5] then
    return 0
end
if ARGV[3] ~= '' then
    if redis.call('GET', KEYS[1]) ~= ARGV[7] then
        return 0
    end
    redis.call('SETEX', KEYS[1], ARGV[4], ARGV[3])
elseif ARGV[6] == 'absent' and redis.call('EXISTS', KEYS[1]) == 1 then
    return 0
end
redis.call('HDEL', KEYS[2], ARGV[1])
if component == ARGV[1] then
    redis.call('HDEL', KEYS[3], ARGV[2])
end
return 1)";

std::string with_rights(std::string_view body)
{
    return std::string(rights).append(body);
}

command of_process(const script& whole, const process_place& at, std::string_view json,
                   std::chrono::seconds lifetime)
{
    return whole.call(3, at.data, at.active, process_components_hash, at.id, at.component, json,
                      lifetime.count());
}

command change_process(const process_place& at, std::string_view expected, std::string_view json,
                       std::string_view time, std::chrono::seconds lifetime, std::string_view how)
{
    static const script whole(with_rights(update_process_body));
    return std::move(of_process(whole, at, json, lifetime).push(time).push(expected).push(how));
}

} // namespace

command store_tick(std::string_view hash, std::string_view symbol, std::string_view json,
                   std::string_view time_key, std::string_view time, std::string_view channel)
{
    static const script whole(with_rights(store_tick_body));
    return whole.call(2, hash, time_key, symbol, json, time, channel);
}

command delete_tick(std::string_view hash, std::string_view symbol, std::string_view time_key)
{
    static const script whole(with_rights(delete_tick_body));
    return whole.call(2, hash, time_key, symbol);
}

command delete_ticks(std::string_view hash, std::string_view time_prefix)
{
    static const script whole(with_rights(delete_ticks_body));
    return whole.call(1, hash, time_prefix);
}

command push_and_note(std::string_view list, std::string_view element, std::string_view note_key,
                      std::string_view note)
{
    static const script whole(with_rights(push_and_note_body));
    return whole.call(2, list, note_key, element, note);
}

command register_process(const process_place& at, std::string_view json, std::string_view time,
                         std::chrono::seconds lifetime)
{
    static const script whole(with_rights(register_process_body));
    return std::move(of_process(whole, at, json, lifetime).push(time));
}

command update_process(const process_place& at, std::string_view expected, std::string_view json,
                       std::string_view time, std::chrono::seconds lifetime)
{
    return change_process(at, expected, json, time, lifetime, "goes on");
}

command stop_process(const process_place& at, std::string_view expected, std::string_view json,
                     std::string_view time, std::chrono::seconds lifetime)
{
    return change_process(at, expected, json, time, lifetime, "stops");
}

command clear_process(const process_place& at, std::string_view active_since,
                      const std::optional<std::string>& expected, std::string_view json,
                      std::chrono::seconds lifetime)
{
    static const script whole(with_rights(clear_process_body));
    auto made = of_process(whole, at, json, lifetime);
    made.push(active_since).push(expected ? "text" : "absent");
    return std::move(made.push(expected ? std::string_view(*expected) : std::string_view()));
}

} // namespace fullon_cache::detail
