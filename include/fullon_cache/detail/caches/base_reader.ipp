// Bodies of base_reader.hpp.
#pragma once

#include <fullon_cache/base_reader.hpp>
#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/redis/info_text.hpp>
#include <fullon_cache/detail/redis/subscription.hpp>
#include <fullon_cache/detail/redis/take_script.hpp>
#include <fullon_cache/hash_page.hpp>

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

fullon_coro::async_generator<std::string> scan_all(std::shared_ptr<redis_link> redis, std::string pattern,
                                                   std::int64_t count, std::size_t prefix)
{
    std::string cursor = "0";
    do {
        auto page = read_scan_page(co_await redis->execute(scan_keys(pattern, cursor, count)));
        for (auto& key : page.keys) {
            if (detail::is_of_what_is_taken(key))
                continue;
            key.erase(0, prefix);
            co_yield std::move(key);
        }
        cursor = std::move(page.cursor);
    } while (cursor != "0");
}

fullon_coro::async_generator<published> follow(std::shared_ptr<redis_link> redis,
                                               std::vector<std::string> channels, std::size_t capacity)
{
    detail::subscription messages(std::move(redis), std::move(channels), capacity);
    co_await messages.open();
    for (;;) {
        auto message = co_await messages.next();
        co_yield std::move(message);
    }
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct base_reader::calls {
    static asio::awaitable<bool> test(base_reader self)
    {
        bool answered = false;
        try {
            co_await self.ping();
            answered = true;
        } catch (const cache_error&) { // that is the answer
        }
        co_return answered;
    }

    static asio::awaitable<std::optional<std::string>> get(base_reader self, std::string key)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "get", {{"key", key}});
        auto value = (co_await op.execute(command("GET", self.full(key)))).as_text();
        op.hit(value.has_value());
        co_return value;
    }

    static asio::awaitable<std::optional<boost::json::value>> get_json(base_reader self, std::string key)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "get_json", {{"key", key}});
        const auto text = (co_await op.execute(command("GET", self.full(key)))).as_text();
        op.hit(text.has_value());
        if (!text)
            co_return std::nullopt;
        auto value = fullon_orm::parse_value(*text);
        if (!value)
            op.fail(errc::serialization, key + ": not JSON");
        co_return std::move(*value);
    }

    static asio::awaitable<std::int64_t> count_existing(base_reader self, std::vector<std::string> keys)
    {
        for (const auto& key : keys)
            detail::require_text(key, "keys");
        detail::operation op(self, "count_existing");
        pipeline questions; // not one command: a cluster would split its keys
        for (const auto& key : keys)
            questions.add("EXISTS", self.full(key));
        std::int64_t count = 0;
        if (!questions.empty())
            for (const auto& one : co_await op.execute(std::move(questions)))
                count += one.as_integer();
        co_return count;
    }

    static asio::awaitable<bool> exists(base_reader self, std::string key)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "exists", {{"key", key}});
        const auto answer = co_await op.execute(command("EXISTS", self.full(key)));
        co_return answer.as_integer() != 0;
    }

    static asio::awaitable<std::optional<std::string>> hget(base_reader self, std::string key,
                                                            std::string field)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "hget", {{"key", key}, {"field", field}});
        auto value = (co_await op.execute(command("HGET", self.full(key), field))).as_text();
        op.hit(value.has_value());
        co_return value;
    }

    static asio::awaitable<std::map<std::string, std::string>> hgetall(base_reader self, std::string key)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "hgetall", {{"key", key}});
        auto fields = co_await op.read_hash(self.full(key));
        op.hit(!fields.empty());
        co_return std::map<std::string, std::string>(std::make_move_iterator(fields.begin()),
                                                     std::make_move_iterator(fields.end()));
    }

    static asio::awaitable<std::vector<std::string>> lrange(base_reader self, std::string key,
                                                            std::int64_t start, std::int64_t stop)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "lrange", {{"key", key}, {"start", start}, {"stop", stop}});
        auto items = (co_await op.execute(command("LRANGE", self.full(key), start, stop))).as_items();
        std::vector<std::string> values;
        values.reserve(items.size());
        for (auto& one : items)
            values.push_back(std::move(one.text));
        co_return values;
    }

    static asio::awaitable<std::int64_t> llen(base_reader self, std::string key)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "llen", {{"key", key}});
        const auto answer = co_await op.execute(command("LLEN", self.full(key)));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::int64_t> scard(base_reader self, std::string key)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "scard", {{"key", key}});
        const auto answer = co_await op.execute(command("SCARD", self.full(key)));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::vector<stream_entry>> xread(base_reader self, std::string stream,
                                                            std::string after,
                                                            std::optional<std::int64_t> count,
                                                            std::chrono::milliseconds block)
    {
        detail::require_text(stream, "stream");
        detail::require_text(after, "after");
        detail::require(!count || *count > 0, "count", "be above zero");
        detail::operation op(self, "xread", {{"key", stream}, {"after", after}});
        const bool waits = block > std::chrono::milliseconds::zero();
        if (waits && after == "$") { // of now, not of each time that Redis is asked
            const auto last =
                (co_await op.execute(command("XREVRANGE", self.full(stream), "+", "-", "COUNT", 1)))
                    .as_items();
            after = last.empty() || last.front().items.empty() ? "0" : last.front().items.front().text;
        }
        command read("XREAD");
        if (count)
            read.push("COUNT").push(*count);
        read.push("STREAMS").push(self.full(stream)).push(after);
        reply answer;
        if (waits)
            answer = co_await op.read_until(std::move(read), self.full(stream), block);
        else
            answer = co_await op.execute(std::move(read));
        auto streams = std::move(answer).as_items(); // a map of one: name, entries
        std::vector<stream_entry> entries;
        if (streams.size() == 2)
            entries = read_entries(std::move(streams[1]));
        op.hit(!entries.empty());
        co_return entries;
    }

    static asio::awaitable<std::int64_t> xlen(base_reader self, std::string stream)
    {
        detail::require_text(stream, "stream");
        detail::operation op(self, "xlen", {{"key", stream}});
        const auto answer = co_await op.execute(command("XLEN", self.full(stream)));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::vector<std::string>> get_keys(base_reader self, std::string pattern)
    {
        detail::require_text(pattern, "pattern");
        detail::operation op(self, "get_keys", {{"pattern", pattern}});
        const auto prefix = self.full("");
        auto keys = co_await op.scan(escape_pattern(prefix) + pattern);
        for (auto& key : keys)
            key.erase(0, prefix.size());
        co_return keys;
    }

    static asio::awaitable<std::map<std::string, std::string>> info(base_reader self)
    {
        detail::operation op(self, "info");
        const auto text = (co_await op.execute(command("INFO"))).as_text();
        co_return detail::parse_info(text.value_or(""));
    }
};

asio::awaitable<bool> base_reader::test() const
{
    return calls::test(*this);
}

asio::awaitable<std::optional<std::string>> base_reader::get(std::string key) const
{
    return calls::get(*this, std::move(key));
}

asio::awaitable<std::optional<boost::json::value>> base_reader::get_json(std::string key) const
{
    return calls::get_json(*this, std::move(key));
}

asio::awaitable<std::int64_t> base_reader::count_existing(std::vector<std::string> keys) const
{
    return calls::count_existing(*this, std::move(keys));
}

asio::awaitable<bool> base_reader::exists(std::string key) const
{
    return calls::exists(*this, std::move(key));
}

asio::awaitable<std::optional<std::string>> base_reader::hget(std::string key, std::string field) const
{
    return calls::hget(*this, std::move(key), std::move(field));
}

asio::awaitable<std::map<std::string, std::string>> base_reader::hgetall(std::string key) const
{
    return calls::hgetall(*this, std::move(key));
}

asio::awaitable<std::vector<std::string>> base_reader::lrange(std::string key, std::int64_t start,
                                                              std::int64_t stop) const
{
    return calls::lrange(*this, std::move(key), start, stop);
}

asio::awaitable<std::int64_t> base_reader::llen(std::string key) const
{
    return calls::llen(*this, std::move(key));
}

asio::awaitable<std::int64_t> base_reader::scard(std::string key) const
{
    return calls::scard(*this, std::move(key));
}

asio::awaitable<std::vector<stream_entry>> base_reader::xread(std::string stream, std::string after,
                                                              std::optional<std::int64_t> count,
                                                              std::chrono::milliseconds block) const
{
    return calls::xread(*this, std::move(stream), std::move(after), count, block);
}

asio::awaitable<std::int64_t> base_reader::xlen(std::string stream) const
{
    return calls::xlen(*this, std::move(stream));
}

fullon_coro::async_generator<std::string> base_reader::scan_keys(std::string pattern,
                                                                 std::int64_t count) const
{
    detail::require_text(pattern, "pattern");
    detail::require(count > 0, "count", "be above zero");
    const auto prefix = full("");
    return scan_all(redis(), escape_pattern(prefix) + pattern, count, prefix.size());
}

asio::awaitable<std::vector<std::string>> base_reader::get_keys(std::string pattern) const
{
    return calls::get_keys(*this, std::move(pattern));
}

fullon_coro::async_generator<published> base_reader::subscribe_all(std::vector<std::string> channels,
                                                                   std::size_t capacity) const
{
    detail::require(!channels.empty(), "channels", "not be empty");
    for (const auto& one : channels)
        detail::require_text(one, "channels");
    detail::require(capacity > 0, "capacity", "be above zero");
    return follow(redis(), std::move(channels), capacity);
}

fullon_coro::async_generator<published> base_reader::subscribe(std::string channel,
                                                               std::size_t capacity) const
{
    detail::require_text(channel, "channel");
    return subscribe_all(std::vector<std::string>(1, std::move(channel)), capacity);
}

asio::awaitable<std::map<std::string, std::string>> base_reader::info() const
{
    return calls::info(*this);
}

} // namespace fullon_cache
