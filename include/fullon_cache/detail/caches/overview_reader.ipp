// Bodies of overview_reader.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/redis/info_text.hpp>
#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/overview_reader.hpp>

#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace fullon_cache {

namespace asio = boost::asio;

namespace detail {

// Not in an anonymous namespace: they stand in the frames of coroutines.
struct kind_of_keys {
    std::string_view name;
    std::string_view begins; // its keys
    std::string_view length; // command that counts the entries of one; none for strings
};

inline constexpr std::array<kind_of_keys, 8> spread_kinds{
    {{"tickers", ticker_hash_prefix, "HLEN"},
     {"ticker_times", "ticker_time:", ""},
     {"orders", orders_hash_prefix, "HLEN"},
     {"trades", trades_prefix, "LLEN"},
     {"trade_status", trade_status_prefix, ""},
     {"bars", bars_prefix, "LLEN"},
     {"processes", process_data_prefix, ""},
     {"active_processes", process_active_prefix, "HLEN"}}};

using keys_by_kind = std::array<std::set<std::string>, spread_kinds.size()>; // SCAN may return a key twice

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

// What every key of these kinds begins with, as a pattern of first letters: SCAN takes one pattern only.
std::string first_letters()
{
    std::set<char> letters;
    for (const auto& one : detail::spread_kinds)
        letters.insert(one.begins.front());
    return "[" + std::string(letters.begin(), letters.end()) + "]*";
}

void sort_in(detail::keys_by_kind& into, std::vector<std::string> keys)
{
    for (auto& key : keys)
        for (std::size_t i = 0; i < into.size(); ++i)
            if (key.starts_with(detail::spread_kinds[i].begins)) {
                into[i].insert(std::move(key));
                break;
            }
}

// One walk for all kinds: each would cost Redis as much.
asio::awaitable<detail::keys_by_kind> find_keys(detail::operation* op)
{
    const auto pattern = first_letters();
    detail::keys_by_kind found;
    std::string cursor = "0";
    do {
        auto page = read_scan_page(co_await op->execute(scan_keys(pattern, cursor)));
        sort_in(found, std::move(page.keys));
        cursor = std::move(page.cursor);
    } while (cursor != "0");
    co_return found;
}

// How many keys and entries there are of one kind. What is of another type, or has gone, is none of the kind; strings are
// not asked, and counted by their names.
asio::awaitable<key_count> count_kind(detail::operation* op, std::set<std::string> keys,
                                      std::string_view question)
{
    key_count count;
    if (question.empty())
        count.keys = count.entries = static_cast<std::int64_t>(keys.size());
    for (auto key = keys.begin(); !question.empty() && key != keys.end();) {
        pipeline lengths;
        for (std::size_t i = 0; i < keys_per_count && key != keys.end(); ++i, ++key)
            lengths.add(question, *key);
        const auto replies = co_await op->redis().execute(std::move(lengths)); // errors in their place
        for (const auto& one : replies) {
            const auto entries = entries_in(one);
            count.keys += entries != 0 ? 1 : 0;
            count.entries += entries;
        }
    }
    co_return count;
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

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct overview_reader::calls {
    static asio::awaitable<std::map<std::string, key_count>> count_keys(overview_reader self)
    {
        detail::operation op(self, "count_keys");
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
        auto keys = co_await find_keys(&op);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const auto& kind = detail::spread_kinds[i];
            const auto count = co_await count_kind(&op, std::move(keys[i]), kind.length);
            result[std::string(kind.name)] = count;
        }
        co_return result;
    }

    static asio::awaitable<server_facts> get_server_facts(overview_reader self)
    {
        detail::operation op(self, "get_server_facts");
        pipeline question;
        question.add("INFO");
        auto replies = co_await op.redis().execute(std::move(question)); // errors in their place
        auto& answer = replies.at(0);
        if (answer.is_error() && classify_redis_error(answer.text) == errc::permission_denied)
            co_return server_facts();
        const auto text = std::move(answer).as_text();
        co_return facts_of(text.value_or(""));
    }
};

asio::awaitable<std::map<std::string, key_count>> overview_reader::count_keys() const
{
    return calls::count_keys(*this);
}

asio::awaitable<server_facts> overview_reader::get_server_facts() const
{
    return calls::get_server_facts(*this);
}

} // namespace fullon_cache
