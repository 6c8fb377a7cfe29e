// Bodies of compare_and_set.hpp.
#pragma once

#include <fullon_cache/detail/lists/compare_and_set.hpp>
#include <fullon_cache/detail/redis/script.hpp>
#include <fullon_cache/error.hpp>

#include <utility>

namespace fullon_cache::detail {
namespace {

// ARGV: field, what to compare ("text", "absent", "any"), the expected text, the value, what to do about lifetimes
// ("" nothing, "0" none at all, else seconds of the field). Texts are compared as they are: Lua's cjson would round
// numbers.
constexpr std::string_view set_field_script =
    R"(local stored = redis.call('HGET', KEYS[1], ARGV[1])
if (ARGV[2] == 'text' and stored ~= ARGV[3]) or (ARGV[2] == 'absent' and stored) then
    return {0, stored}
end
if ARGV[5] ~= '' and redis.acl_check_cmd and not redis.acl_check_cmd('PERSIST', KEYS[1]) then
    return {err = 'NOPERM this user has no permissions to run all of it: PERSIST'}
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
if ARGV[5] == '' then
    return {1}
end
redis.pcall('PERSIST', KEYS[1])
if ARGV[5] ~= '0' then
    local limited = redis.pcall('HEXPIRE', KEYS[1], ARGV[5], 'FIELDS', 1, ARGV[1])
    if limited.err then
        return {2}
    end
end
return {1})";

constexpr std::string_view delete_field_script =
    R"(if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
    return redis.call('HDEL', KEYS[1], ARGV[1])
end
return 0)";

command make_set_field(std::string_view key, std::string_view field, std::string_view compare,
                       std::string_view expected, std::string_view value, std::string_view lifetime)
{
    static const script set{std::string(set_field_script)};
    return set.call(1, key, field, compare, expected, value, lifetime);
}

command make_set_field(std::string_view key, std::string_view field,
                       const std::optional<std::string>& expected, std::string_view value,
                       std::string_view lifetime)
{
    return make_set_field(key, field, expected ? "text" : "absent", expected ? *expected : std::string_view(),
                          value, lifetime);
}

} // namespace

command set_field_if(std::string_view key, std::string_view field, const std::optional<std::string>& expected,
                     std::string_view value)
{
    return make_set_field(key, field, expected, value, "");
}

command set_field_if(std::string_view key, std::string_view field, const std::optional<std::string>& expected,
                     std::string_view value, std::chrono::seconds lifetime)
{
    return make_set_field(key, field, expected, value, std::to_string(lifetime.count()));
}

command set_field(std::string_view key, std::string_view field, std::string_view value,
                  std::chrono::seconds lifetime)
{
    return make_set_field(key, field, "any", "", value, std::to_string(lifetime.count()));
}

set_result read_set_result(reply answer)
{
    auto parts = std::move(answer).as_items();
    if (parts.empty())
        throw cache_error(errc::protocol, "a script answered with another shape");
    const auto outcome = parts[0].as_integer();
    set_result result{.written = outcome != 0, .lifetime_kept = outcome != 2, .stored = {}};
    if (!result.written && parts.size() > 1)
        result.stored = std::move(parts[1]).as_text();
    return result;
}

command delete_field_if(std::string_view key, std::string_view field, std::string_view expected)
{
    static const script remove{std::string(delete_field_script)};
    return remove.call(1, key, field, expected);
}

} // namespace fullon_cache::detail
