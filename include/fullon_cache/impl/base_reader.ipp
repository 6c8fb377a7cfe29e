// Bodies of base_reader.hpp.
#pragma once

#include <fullon_cache/base_reader.hpp>
#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/hash_page.hpp>
#include <fullon_cache/detail/info_text.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/detail/pop.hpp>
#include <fullon_cache/detail/subscription.hpp>

#include <fullon_orm/codec.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;

namespace {

// [[id, [field, value, ...]], ...]
std::vector<stream_entry> read_entries(reply answer)
{
    std::vector<stream_entry> entries;
    for (auto& one : std::move(answer).as_items()) {
        auto parts = std::move(one).as_items();
        if (parts.size() != 2)
            throw cache_error(errc::protocol, "XREAD answered with another shape");
        stream_entry entry{.id = std::move(parts[0].text), .fields = {}};
        auto words = std::move(parts[1]).as_items();
        for (std::size_t i = 0; i + 1 < words.size(); i += 2)
            entry.fields.emplace_back(std::move(words[i].text), std::move(words[i + 1].text));
        entries.push_back(std::move(entry));
    }
    return entries;
}

async_generator<std::string> scan_all(std::shared_ptr<detail::link> redis, std::string pattern,
                                      std::int64_t count, std::size_t prefix)
{
    std::string cursor = "0";
    do {
        auto page =
            detail::read_scan_page(co_await redis->execute(detail::scan_keys(pattern, cursor, count)));
        for (auto& key : page.keys) {
            key.erase(0, prefix);
            co_yield std::move(key);
        }
        cursor = std::move(page.cursor);
    } while (cursor != "0");
}

async_generator<published> follow(std::shared_ptr<detail::link> redis, std::vector<std::string> channels,
                                  std::size_t capacity)
{
    detail::subscription messages(std::move(redis), std::move(channels), capacity);
    co_await messages.open();
    for (;;) {
        auto message = co_await messages.next();
        co_yield std::move(message);
    }
}

} // namespace

asio::awaitable<bool> base_reader::test() const
{
    bool answered = false;
    try {
        co_await ping();
        answered = true;
    } catch (const cache_error&) { // that is the answer
    }
    co_return answered;
}

asio::awaitable<std::optional<std::string>> base_reader::get(std::string key) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "get", {{"key", key}});
    auto value = (co_await op.execute(command("GET", full(key)))).as_text();
    op.hit(value.has_value());
    co_return value;
}

asio::awaitable<std::optional<boost::json::value>> base_reader::get_json(std::string key) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "get_json", {{"key", key}});
    const auto text = (co_await op.execute(command("GET", full(key)))).as_text();
    op.hit(text.has_value());
    if (!text)
        co_return std::nullopt;
    auto value = fullon_orm::parse_value(*text);
    if (!value)
        op.fail(errc::serialization, key + ": not JSON");
    co_return std::move(*value);
}

asio::awaitable<std::int64_t> base_reader::count_existing(std::vector<std::string> keys) const
{
    for (const auto& key : keys)
        detail::require_text(key, "keys");
    detail::operation op(*this, "count_existing");
    pipeline questions; // not one command: a cluster would split its keys
    for (const auto& key : keys)
        questions.add("EXISTS", full(key));
    std::int64_t count = 0;
    if (!questions.empty())
        for (const auto& one : co_await op.execute(std::move(questions)))
            count += one.as_integer();
    co_return count;
}

asio::awaitable<bool> base_reader::exists(std::string key) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "exists", {{"key", key}});
    const auto answer = co_await op.execute(command("EXISTS", full(key)));
    co_return answer.as_integer() != 0;
}

asio::awaitable<std::optional<std::string>> base_reader::hget(std::string key, std::string field) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "hget", {{"key", key}, {"field", field}});
    auto value = (co_await op.execute(command("HGET", full(key), field))).as_text();
    op.hit(value.has_value());
    co_return value;
}

asio::awaitable<std::map<std::string, std::string>> base_reader::hgetall(std::string key) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "hgetall", {{"key", key}});
    auto fields = co_await op.read_hash(full(key));
    op.hit(!fields.empty());
    co_return std::map<std::string, std::string>(std::make_move_iterator(fields.begin()),
                                                 std::make_move_iterator(fields.end()));
}

asio::awaitable<std::vector<std::string>> base_reader::lrange(std::string key, std::int64_t start,
                                                              std::int64_t stop) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "lrange", {{"key", key}, {"start", start}, {"stop", stop}});
    auto items = (co_await op.execute(command("LRANGE", full(key), start, stop))).as_items();
    std::vector<std::string> values;
    values.reserve(items.size());
    for (auto& one : items)
        values.push_back(std::move(one.text));
    co_return values;
}

asio::awaitable<std::int64_t> base_reader::llen(std::string key) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "llen", {{"key", key}});
    const auto answer = co_await op.execute(command("LLEN", full(key)));
    co_return answer.as_integer();
}

asio::awaitable<std::int64_t> base_reader::scard(std::string key) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "scard", {{"key", key}});
    const auto answer = co_await op.execute(command("SCARD", full(key)));
    co_return answer.as_integer();
}

asio::awaitable<std::vector<stream_entry>> base_reader::xread(std::string stream, std::string after,
                                                              std::optional<std::int64_t> count,
                                                              std::chrono::milliseconds block) const
{
    detail::require_text(stream, "stream");
    detail::require_text(after, "after");
    detail::require(!count || *count > 0, "count", "be above zero");
    detail::operation op(*this, "xread", {{"key", stream}, {"after", after}});
    command read("XREAD");
    if (count)
        read.push("COUNT").push(*count);
    const bool waits = block > std::chrono::milliseconds::zero();
    block = std::min(block, detail::longest_wait);
    if (waits)
        read.push("BLOCK").push(block.count());
    read.push("STREAMS").push(full(stream)).push(after);
    reply answer;
    if (waits)
        answer = co_await op.execute_blocking(std::move(read), block);
    else
        answer = co_await op.execute(std::move(read));
    auto streams = std::move(answer).as_items(); // a map of one: name, entries
    std::vector<stream_entry> entries;
    if (streams.size() == 2)
        entries = read_entries(std::move(streams[1]));
    op.hit(!entries.empty());
    co_return entries;
}

asio::awaitable<std::int64_t> base_reader::xlen(std::string stream) const
{
    detail::require_text(stream, "stream");
    detail::operation op(*this, "xlen", {{"key", stream}});
    const auto answer = co_await op.execute(command("XLEN", full(stream)));
    co_return answer.as_integer();
}

async_generator<std::string> base_reader::scan_keys(std::string pattern, std::int64_t count) const
{
    detail::require_text(pattern, "pattern");
    detail::require(count > 0, "count", "be above zero");
    const auto prefix = full("");
    return scan_all(redis(), detail::escape_pattern(prefix) + pattern, count, prefix.size());
}

asio::awaitable<std::vector<std::string>> base_reader::get_keys(std::string pattern) const
{
    detail::require_text(pattern, "pattern");
    detail::operation op(*this, "get_keys", {{"pattern", pattern}});
    const auto prefix = full("");
    auto keys = co_await op.scan(detail::escape_pattern(prefix) + pattern);
    for (auto& key : keys)
        key.erase(0, prefix.size());
    co_return keys;
}

async_generator<published> base_reader::subscribe_all(std::vector<std::string> channels,
                                                      std::size_t capacity) const
{
    detail::require(!channels.empty(), "channels", "not be empty");
    for (const auto& one : channels)
        detail::require_text(one, "channels");
    detail::require(capacity > 0, "capacity", "be above zero");
    return follow(redis(), std::move(channels), capacity);
}

async_generator<published> base_reader::subscribe(std::string channel, std::size_t capacity) const
{
    detail::require_text(channel, "channel");
    return subscribe_all(std::vector<std::string>(1, std::move(channel)), capacity);
}

asio::awaitable<std::map<std::string, std::string>> base_reader::info() const
{
    detail::operation op(*this, "info");
    const auto text = (co_await op.execute(command("INFO"))).as_text();
    co_return detail::parse_info(text.value_or(""));
}

} // namespace fullon_cache
