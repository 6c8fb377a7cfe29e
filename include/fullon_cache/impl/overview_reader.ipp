// Bodies of overview_reader.hpp.
#pragma once

#include <fullon_cache/detail/info_text.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/detail/ticker_keys.hpp>
#include <fullon_cache/detail/trade_keys.hpp>
#include <fullon_cache/overview_reader.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

namespace fullon_cache {

namespace asio = boost::asio;

namespace detail {

// Not in an anonymous namespace: they stand in the frames of coroutines.
struct kind_of_keys {
    std::string_view name;
    std::string_view begins; // its keys
    std::string_view type;   // of them; a string is one entry
};

inline constexpr std::array<kind_of_keys, 8> spread_kinds{
    {{"tickers", ticker_hash_prefix, "hash"},
     {"ticker_times", "ticker_time:", "string"},
     {"orders", orders_hash_prefix, "hash"},
     {"trades", trades_prefix, "list"},
     {"trade_status", trade_status_prefix, "string"},
     {"bars", bars_prefix, "list"},
     {"processes", process_data_prefix, "string"},
     {"active_processes", process_active_prefix, "hash"}}};

struct single_key {
    std::string_view name;
    std::string_view key;
};

inline constexpr std::array<single_key, 6> single_hashes{{{"positions", positions_hash},
                                                          {"balances", balances_hash},
                                                          {"bots", bots_hash},
                                                          {"blocks", blocks_hash},
                                                          {"opening_positions", opening_hash},
                                                          {"components", process_components_hash}}};

} // namespace detail

namespace {

constexpr std::size_t keys_per_count = 500;

// The answer to HLEN or LLEN. A key of another type is none of the kind.
std::int64_t entries_in(const reply& answer)
{
    const bool other = answer.is_error() && classify_redis_error(answer.text) == errc::wrong_type;
    return other ? 0 : answer.as_integer();
}

// How many entries the keys have, together.
asio::awaitable<std::int64_t> entries_of(detail::operation* op, std::vector<std::string> keys,
                                         std::string_view type)
{
    const std::string_view question = type == "hash" ? "HLEN" : "LLEN";
    std::int64_t total = 0;
    for (std::size_t begin = 0; begin < keys.size(); begin += keys_per_count) {
        const auto end = std::min(keys.size(), begin + keys_per_count);
        pipeline counts;
        for (auto i = begin; i < end; ++i)
            counts.add(question, keys[i]);
        const auto replies = co_await op->redis().execute(std::move(counts));
        for (const auto& one : replies)
            total += entries_in(one);
    }
    co_return total;
}

std::optional<std::int64_t> number_in(const std::map<std::string, std::string>& lines,
                                      const std::string& name)
{
    const auto found = lines.find(name);
    std::int64_t value = 0;
    if (found == lines.end())
        return std::nullopt;
    const auto* const end = found->second.data() + found->second.size();
    const auto read = std::from_chars(found->second.data(), end, value);
    return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
}

} // namespace

server_facts facts_of(const std::string& info_text)
{
    const auto lines = detail::parse_info(info_text);
    server_facts facts;
    if (const auto version = lines.find("redis_version"); version != lines.end())
        facts.redis_version = version->second;
    facts.uptime_seconds = number_in(lines, "uptime_in_seconds");
    facts.connected_clients = number_in(lines, "connected_clients");
    facts.used_memory = number_in(lines, "used_memory");
    facts.max_memory = number_in(lines, "maxmemory");
    const auto hits = number_in(lines, "keyspace_hits");
    const auto misses = number_in(lines, "keyspace_misses");
    if (hits && misses && *hits + *misses > 0)
        facts.hit_rate = static_cast<double>(*hits) / static_cast<double>(*hits + *misses);
    return facts;
}

asio::awaitable<std::map<std::string, key_count>> overview_reader::count_keys() const
{
    detail::operation op(*this, "count_keys");
    std::map<std::string, key_count> result;
    pipeline singles;
    for (const auto& one : detail::single_hashes)
        singles.add("HLEN", one.key);
    const auto lengths = co_await op.redis().execute(std::move(singles));
    for (std::size_t i = 0; i < detail::single_hashes.size(); ++i) {
        auto& count = result[std::string(detail::single_hashes[i].name)];
        count.entries = entries_in(lengths.at(i));
        count.keys = count.entries != 0 ? 1 : 0;
    }
    for (const auto& one : detail::spread_kinds) {
        auto keys = co_await op.scan(detail::make_key(one.begins, "*"), std::string(one.type));
        auto& count = result[std::string(one.name)];
        count.keys = count.entries = static_cast<std::int64_t>(keys.size());
        if (one.type != "string")
            count.entries = co_await entries_of(&op, std::move(keys), one.type);
    }
    co_return result;
}

asio::awaitable<server_facts> overview_reader::get_server_facts() const
{
    detail::operation op(*this, "get_server_facts");
    pipeline question;
    question.add("INFO");
    auto replies = co_await op.redis().execute(std::move(question)); // errors in their place
    auto& answer = replies.at(0);
    if (answer.is_error() && classify_redis_error(answer.text) == errc::permission_denied)
        co_return server_facts();
    const auto text = std::move(answer).as_text();
    co_return facts_of(text.value_or(""));
}

} // namespace fullon_cache
