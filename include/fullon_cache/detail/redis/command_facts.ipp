// Bodies of command_facts.hpp.
#pragma once

#include <fullon_cache/detail/redis/command_facts.hpp>
#include <fullon_cache/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace fullon_cache::detail {

namespace {

enum class effect : std::uint8_t {
    reads,
    writes,
    transaction, ///< MULTI and EXEC: what is between them counts
    refused, ///< on a shared connection, whatever its arguments are
};

enum class answer : std::uint8_t {
    text, ///< or null
    integer,
    number, ///< or null
    list, ///< of any kind, or null
    any,
};

struct command_facts {
    std::string_view name;
    effect what = effect::writes;
    answer with = answer::any;
};

// In the order of names. A command that is not here writes, and is answered with anything.
constexpr std::array known{
    command_facts{"AUTH", effect::refused},
    command_facts{"BLMOVE", effect::refused},
    command_facts{"BLMPOP", effect::refused},
    command_facts{"BLPOP", effect::refused},
    command_facts{"BRPOP", effect::refused},
    command_facts{"BRPOPLPUSH", effect::refused},
    command_facts{"BZMPOP", effect::refused},
    command_facts{"BZPOPMAX", effect::refused},
    command_facts{"BZPOPMIN", effect::refused},
    command_facts{"DBSIZE", effect::reads, answer::integer},
    command_facts{"DEL", effect::writes, answer::integer},
    command_facts{"DISCARD", effect::refused},
    command_facts{"ECHO", effect::reads, answer::text},
    command_facts{"EXEC", effect::transaction, answer::list},
    command_facts{"EXISTS", effect::reads, answer::integer},
    command_facts{"EXPIRE", effect::writes, answer::integer},
    command_facts{"GET", effect::reads, answer::text},
    command_facts{"HDEL", effect::writes, answer::integer},
    command_facts{"HELLO", effect::refused},
    command_facts{"HEXISTS", effect::reads, answer::integer},
    command_facts{"HGET", effect::reads, answer::text},
    command_facts{"HGETALL", effect::reads, answer::list},
    command_facts{"HKEYS", effect::reads, answer::list},
    command_facts{"HLEN", effect::reads, answer::integer},
    command_facts{"HMGET", effect::reads, answer::list},
    command_facts{"HSCAN", effect::reads, answer::list},
    command_facts{"HSET", effect::writes, answer::integer},
    command_facts{"HVALS", effect::reads, answer::list},
    command_facts{"INFO", effect::reads, answer::text},
    command_facts{"KEYS", effect::reads, answer::list},
    command_facts{"LINDEX", effect::reads, answer::text},
    command_facts{"LLEN", effect::reads, answer::integer},
    command_facts{"LPUSH", effect::writes, answer::integer},
    command_facts{"LRANGE", effect::reads, answer::list},
    command_facts{"LTRIM", effect::writes, answer::text},
    command_facts{"MGET", effect::reads, answer::list},
    command_facts{"MONITOR", effect::refused},
    command_facts{"MULTI", effect::transaction, answer::text},
    command_facts{"PING", effect::reads, answer::text},
    command_facts{"PSUBSCRIBE", effect::refused},
    command_facts{"PSYNC", effect::refused},
    command_facts{"PTTL", effect::reads, answer::integer},
    command_facts{"PUBLISH", effect::writes, answer::integer},
    command_facts{"PUNSUBSCRIBE", effect::refused},
    command_facts{"QUIT", effect::refused},
    command_facts{"REPLCONF", effect::refused},
    command_facts{"RESET", effect::refused},
    command_facts{"ROLE", effect::reads, answer::list},
    command_facts{"RPUSH", effect::writes, answer::integer},
    command_facts{"SCAN", effect::reads, answer::list},
    command_facts{"SCARD", effect::reads, answer::integer},
    command_facts{"SELECT", effect::refused},
    command_facts{"SET", effect::writes, answer::text},
    command_facts{"SETEX", effect::writes, answer::text},
    command_facts{"SISMEMBER", effect::reads, answer::integer},
    command_facts{"SMEMBERS", effect::reads, answer::list},
    command_facts{"SSUBSCRIBE", effect::refused},
    command_facts{"STRLEN", effect::reads, answer::integer},
    command_facts{"SUBSCRIBE", effect::refused},
    command_facts{"SUNSUBSCRIBE", effect::refused},
    command_facts{"SYNC", effect::refused},
    command_facts{"TIME", effect::reads, answer::list},
    command_facts{"TTL", effect::reads, answer::integer},
    command_facts{"TYPE", effect::reads, answer::text},
    command_facts{"UNSUBSCRIBE", effect::refused},
    command_facts{"UNWATCH", effect::refused},
    command_facts{"WAIT", effect::refused},
    command_facts{"WAITAOF", effect::refused},
    command_facts{"WATCH", effect::refused},
    command_facts{"XADD", effect::writes, answer::text},
    command_facts{"XDEL", effect::writes, answer::integer},
    command_facts{"XLEN", effect::reads, answer::integer},
    command_facts{"XRANGE", effect::reads, answer::list},
    command_facts{"XREAD", effect::reads, answer::list},
    command_facts{"XREVRANGE", effect::reads, answer::list},
    command_facts{"XTRIM", effect::writes, answer::integer},
    command_facts{"ZCARD", effect::reads, answer::integer},
    command_facts{"ZRANGE", effect::reads, answer::list},
    command_facts{"ZSCORE", effect::reads, answer::number},
};

constexpr bool by_name(const command_facts& a, const command_facts& b)
{
    return a.name < b.name;
}

static_assert(std::is_sorted(known.begin(), known.end(), by_name));

std::string in_capitals(std::string_view word)
{
    std::string all(word);
    for (auto& c : all)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return all;
}

const command_facts& facts_of(const command& one)
{
    static constexpr command_facts other;
    const auto name = in_capitals(one.words().front());
    const auto at = std::lower_bound(known.begin(), known.end(), command_facts{name}, by_name);
    return at != known.end() && at->name == name ? *at : other;
}

// Those whose arguments decide.
bool refused_by_arguments(const command& one)
{
    const auto& words = one.words();
    if (words.size() < 2)
        return false;
    const auto name = in_capitals(words.front());
    const bool reads_streams = name == "XREAD" || name == "XREADGROUP";
    if (name != "CLIENT" && name != "SCRIPT" && !reads_streams) // what follows may be long
        return false;
    const auto second = in_capitals(words[1]);
    if (name == "CLIENT")
        return second == "REPLY" || second == "TRACKING" || second == "CACHING" || second == "NO-EVICT" ||
               second == "NO-TOUCH";
    if (name == "SCRIPT")
        return second == "DEBUG";
    // Keys and ids may be called BLOCK too, behind STREAMS.
    if (reads_streams)
        for (const auto& word : words) {
            const auto option = in_capitals(word);
            if (option == "STREAMS")
                break;
            if (option == "BLOCK")
                return true;
        }
    return false;
}

bool can_answer(answer expected, const reply& given)
{
    using kind = reply::kind;
    switch (expected) {
    case answer::text: return given.type == kind::text || given.type == kind::null;
    case answer::integer: return given.type == kind::integer;
    case answer::number: return given.type != kind::array && given.type != kind::map;
    case answer::list:
        return given.type == kind::array || given.type == kind::map || given.type == kind::null;
    case answer::any: break;
    }
    return true;
}

bool is_replicas_refusal(const reply& given)
{
    return given.is_error() && given.text.find("READONLY") != std::string::npos &&
           classify_redis_error(given.text) == errc::read_only;
}

} // namespace

bool only_reads(const pipeline& commands)
{
    return std::all_of(commands.commands().begin(), commands.commands().end(), [](const command& one) {
        const auto what = facts_of(one).what;
        return what == effect::reads || what == effect::transaction;
    });
}

std::string why_not_shared(const pipeline& commands)
{
    constexpr std::string_view others = ": not for a connection that others use too";
    bool in_transaction = false;
    for (const auto& one : commands.commands()) {
        const auto& facts = facts_of(one);
        if (facts.what == effect::refused || refused_by_arguments(one))
            return std::string(one.words().front()).append(others);
        if (facts.what != effect::transaction)
            continue;
        if (in_transaction == (facts.name == "MULTI"))
            return one.words().front() + ": MULTI and EXEC are for one pipeline, in turn";
        in_transaction = !in_transaction;
    }
    return in_transaction ? "MULTI: EXEC is missing in this pipeline" : std::string();
}

replies_are judge(const pipeline& commands, const std::vector<reply>& replies)
{
    bool queued = false; // commands are, until EXEC
    for (std::size_t i = 0; i < replies.size() && i < commands.size(); ++i) {
        const auto& given = replies[i];
        const auto& facts = facts_of(commands.commands()[i]);
        if (given.is_error()) {
            if (is_replicas_refusal(given))
                return replies_are::of_a_replica;
            queued = queued && facts.name != "EXEC"; // of a transaction that is refused, too
            continue;
        }
        if (queued && facts.name != "EXEC") {
            if (given.type != reply::kind::text || given.text != "QUEUED")
                return replies_are::foreign;
            continue;
        }
        if (!can_answer(facts.with, given))
            return replies_are::foreign;
        if (facts.what == effect::transaction)
            queued = facts.name == "MULTI";
        if (facts.name == "EXEC" && std::any_of(given.items.begin(), given.items.end(), is_replicas_refusal))
            return replies_are::of_a_replica;
    }
    return replies_are::sound;
}

bool is_of_other_type(const reply& answer)
{
    return answer.is_error() && classify_redis_error(answer.text) == errc::wrong_type;
}

reply only_one(std::vector<reply> replies)
{
    if (replies.size() != 1)
        throw cache_error(errc::protocol, "expected one reply");
    return std::move(replies.front()).checked();
}

} // namespace fullon_cache::detail
