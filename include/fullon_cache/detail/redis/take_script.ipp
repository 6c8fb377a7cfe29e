// Bodies of take_script.hpp.
#pragma once

#include <fullon_cache/detail/redis/script.hpp>
#include <fullon_cache/detail/redis/take_script.hpp>
#include <fullon_cache/error.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache::detail {
namespace {

// ARGV: how long the taker may hold it (ms), its token or '', how many (0: all, which it reads by itself); then a token
// and what goes back of it, in turn. An entry is {name, until, private list, place}; the time in a name has 13 digits.
constexpr std::string_view take_script =
    R"(local list, register, mine, most = KEYS[1], KEYS[2], ARGV[2], tonumber(ARGV[3])
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local entries, dirty = {}, false
local stored = call('ZRANGE', register, 0, -1, 'WITHSCORES')
for i = 1, #stored, 2 do
    local name = stored[i]
    entries[#entries + 1] = {name, tonumber(string.sub(name, 1, 13)), register .. string.sub(name, 14), stored[i + 1]}
end

for a = 4, #ARGV, 2 do
    local source, back = register .. ':' .. ARGV[a], ARGV[a + 1]
    for i, one in ipairs(entries) do
        if one[3] == source and one[2] > 0 then
            if back == '' then
                call('ZREM', register, one[1])
                call('DEL', source)
                dirty = true
                table.remove(entries, i)
                break
            end
            call('ZREM', register, '')
            if back ~= '*' then
                local all = call('LRANGE', source, 0, -1)
                for place in string.gmatch(back, '%d+') do
                    if all[place + 1] then call('RPUSH', source, all[place + 1]) end
                end
                call('LTRIM', source, #all, -1)
            end
            local name = '0000000000000:' .. ARGV[a]
            call('ZADD', register, one[4], name)
            call('ZREM', register, one[1])
            one[1], one[2] = name, 0
            break
        end
    end
end

while #entries > 0 and entries[#entries][2] <= now do
    local kind = call('TYPE', list).ok
    if kind ~= 'list' and kind ~= 'none' then break end
    local one = table.remove(entries)
    if kind == 'list' then
        for _ = 1, call('LLEN', one[3]) do call('RPOPLPUSH', one[3], list) end
    elseif call('EXISTS', one[3]) == 1 then
        call('RENAME', one[3], list)
    end
    call('ZREM', register, one[1])
end

local next, waiting, taken, name = -1, 0, {}, ''
if mine ~= '' then
    name = (now + ARGV[1]) .. ':' .. mine
    local target = register .. ':' .. mine
    local place = #entries > 0 and entries[#entries][4] + 1 or 1
    local found = false
    -- Whatever may be refused is done before anything moves. The first of it Redis does out of memory too, and then the rest.
    local function note(at)
        if not dirty then
            call('ZREM', register, '')
            call('DEL', target)
        end
        call('ZADD', register, at, name)
    end
    for i, one in ipairs(entries) do
        if one[2] <= now then
            found = call('EXISTS', one[3]) == 1
            if found then
                note(one[4])
                call('RENAME', one[3], target)
            end
            call('ZREM', register, one[1])
            table.remove(entries, i)
            break
        end
    end
    if found then
        taken = most > 0 and call('LRANGE', target, 0, -1) or {}
    elseif most == 0 then
        if call('LLEN', list) > 0 then
            note(place)
            call('RENAME', list, target)
        end
    else
        taken = call('LRANGE', list, 0, most - 1)
        if #taken > 0 then
            note(place)
            call('RPUSH', target, unpack(taken))
            local gone = most == 1 and redis.pcall('LPOP', list) or redis.pcall('LTRIM', list, #taken, -1)
            if type(gone) == 'table' and gone.err then
                call('DEL', target)
                call('ZREM', register, name)
                return gone
            end
        end
    end
end

for _, one in ipairs(entries) do
    if one[2] <= now then
        waiting = 1
    elseif next < 0 or one[2] - now < next then
        next = one[2] - now
    end
end
return {next, waiting, taken, #entries == 0 and name or ''})";

constexpr std::string_view taken_prefix = "fullon_cache:taken:";

} // namespace

bool is_of_what_is_taken(std::string_view key)
{
    return key.starts_with(taken_prefix);
}

std::string taken_register(std::string_view list)
{
    // What a cluster hashes: what stands in the first braces, where something does.
    auto tag = list;
    if (const auto open = list.find('{'); open != list.npos)
        if (const auto close = list.find('}', open); close != list.npos && close > open + 1)
            tag = list.substr(open + 1, close - open - 1);
    std::string name(taken_prefix);
    name.append("{").append(tag).append("}");
    if (tag.size() != list.size())
        name.append(":").append(list);
    return name;
}

std::string private_list(std::string_view list, std::string_view token)
{
    return taken_register(list).append(":").append(token);
}

command take_command(std::string_view list, const take_step& step, std::chrono::milliseconds lease)
{
    static const script take{std::string(take_script)};
    auto made = take.call(2, list, taken_register(list), lease.count(), step.token, step.most);
    for (const auto& one : step.settled)
        made.push(one.token).push(one.back);
    return made;
}

bool settles_plainly(const take_step& step)
{
    return !step.settled.empty() &&
           std::all_of(step.settled.begin(), step.settled.end(),
                       [](const auto& one) { return one.back.empty() && !one.name.empty(); });
}

// In this order: an entry without a list is harmless, a list without an entry would stay for ever.
void settle_plainly(pipeline& to, std::string_view list, const take_step& step)
{
    for (const auto& one : step.settled)
        to.add("DEL", private_list(list, one.token)).add("ZREM", taken_register(list), one.name);
}

take_result read_take_result(reply answer)
{
    auto parts = std::move(answer).as_items();
    if (parts.size() != 4)
        throw cache_error(errc::protocol, "a script answered with another shape");
    take_result result;
    result.next = std::chrono::milliseconds(parts[0].as_integer());
    result.waiting = parts[1].as_integer() != 0;
    for (auto& one : std::move(parts[2]).as_items())
        result.elements.push_back(std::move(one.text));
    result.name = std::move(parts[3].text);
    return result;
}

} // namespace fullon_cache::detail
