// Bodies of base_cache.hpp.
#pragma once

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/storable.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_orm/clock.hpp>

#include <fullon_orm/codec.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using std::chrono::seconds;

namespace {

constexpr const char* at_least_a_second = "be at least one second";

template <class Words>
command with_all(command words, const Words& more)
{
    for (const auto& one : more)
        words.push(one);
    return words;
}

void require_any(bool empty, const char* name)
{
    detail::require(!empty, name, "not be empty");
}

seconds bounded(seconds lifetime)
{
    return std::min(lifetime, fullon_orm::longest_lifetime);
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct base_cache::calls {
    static asio::awaitable<void> set_json(base_cache self, std::string key, boost::json::value value,
                                          std::optional<seconds> lifetime)
    {
        detail::require_storable(value, "value");
        std::string text;
        fullon_orm::write_json(text, value, fullon_orm::json_style::redis);
        co_await set(std::move(self), std::move(key), std::move(text), lifetime);
    }

    static asio::awaitable<void> set(base_cache self, std::string key, std::string value,
                                     std::optional<seconds> lifetime)
    {
        detail::require_text(key, "key");
        detail::require(!lifetime || *lifetime >= seconds(1), "lifetime", at_least_a_second);
        detail::operation op(self, "set", {{"key", key}});
        if (lifetime)
            co_await op.execute(command("SETEX", self.full(key), bounded(*lifetime).count(), value));
        else
            co_await op.execute(command("SET", self.full(key), value));
    }

    static asio::awaitable<std::int64_t> remove_all(base_cache self, std::vector<std::string> keys)
    {
        for (const auto& key : keys)
            detail::require_text(key, "keys");
        detail::operation op(self, "remove_all");
        pipeline removals; // not one command: a cluster would split its keys
        for (const auto& key : keys)
            removals.add("DEL", self.full(key));
        std::int64_t count = 0;
        if (!removals.empty())
            for (const auto& one : co_await op.execute(std::move(removals)))
                count += one.as_integer();
        co_return count;
    }

    static asio::awaitable<bool> remove(base_cache self, std::string key)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "remove", {{"key", key}});
        const auto answer = co_await op.execute(command("DEL", self.full(key)));
        co_return answer.as_integer() != 0;
    }

    static asio::awaitable<std::int64_t> delete_pattern(base_cache self, std::string pattern)
    {
        auto keys = co_await self.get_keys(std::move(pattern));
        co_return co_await self.remove_all(std::move(keys));
    }

    static asio::awaitable<bool> expire(base_cache self, std::string key, seconds lifetime)
    {
        detail::require_text(key, "key");
        detail::require(lifetime >= seconds(1), "lifetime", at_least_a_second);
        detail::operation op(self, "expire", {{"key", key}});
        const auto answer = co_await op.execute(command("EXPIRE", self.full(key), bounded(lifetime).count()));
        co_return answer.as_integer() != 0;
    }

    static asio::awaitable<std::int64_t> hset(base_cache self, std::string key, std::string field,
                                              std::string value)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "hset", {{"key", key}, {"field", field}});
        const auto answer = co_await op.execute(command("HSET", self.full(key), field, value));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::int64_t> hset(base_cache self, std::string key,
                                              std::map<std::string, std::string> fields)
    {
        detail::require_text(key, "key");
        require_any(fields.empty(), "fields");
        detail::operation op(self, "hset", {{"key", key}});
        command write("HSET", self.full(key));
        for (const auto& [field, value] : fields)
            write.push(field).push(value);
        const auto answer = co_await op.execute(std::move(write));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::int64_t> hdel_all(base_cache self, std::string key,
                                                  std::vector<std::string> fields)
    {
        detail::require_text(key, "key");
        require_any(fields.empty(), "fields");
        detail::operation op(self, "hdel", {{"key", key}});
        const auto answer = co_await op.execute(with_all(command("HDEL", self.full(key)), fields));
        co_return answer.as_integer();
    }

    static asio::awaitable<bool> hdel(base_cache self, std::string key, std::string field)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "hdel", {{"key", key}, {"field", field}});
        const auto answer = co_await op.execute(command("HDEL", self.full(key), field));
        co_return answer.as_integer() != 0;
    }

    static asio::awaitable<std::int64_t> lpush(base_cache self, std::string key,
                                               std::vector<std::string> values)
    {
        detail::require_text(key, "key");
        require_any(values.empty(), "values");
        detail::operation op(self, "lpush", {{"key", key}});
        const auto answer = co_await op.execute(with_all(command("LPUSH", self.full(key)), values));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::int64_t> rpush(base_cache self, std::string key,
                                               std::vector<std::string> values)
    {
        detail::require_text(key, "key");
        require_any(values.empty(), "values");
        detail::operation op(self, "rpush", {{"key", key}});
        const auto answer = co_await op.execute(with_all(command("RPUSH", self.full(key)), values));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::optional<std::string>> blpop(base_cache self, std::string key,
                                                             std::chrono::milliseconds timeout)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "pop", {{"key", key}});
        auto popped = co_await op.pop_front(self.full(key), timeout);
        op.hit(popped.has_value());
        co_return popped;
    }

    static asio::awaitable<void> ltrim(base_cache self, std::string key, std::int64_t start,
                                       std::int64_t stop)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "ltrim", {{"key", key}, {"start", start}, {"stop", stop}});
        co_await op.execute(command("LTRIM", self.full(key), start, stop));
    }

    static asio::awaitable<std::int64_t> publish(base_cache self, std::string channel, std::string message)
    {
        detail::require_text(channel, "channel");
        detail::operation op(self, "publish", {{"channel", channel}});
        const auto answer = co_await op.execute(command("PUBLISH", channel, message));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::string> xadd(base_cache self, std::string stream,
                                             std::vector<std::pair<std::string, std::string>> fields,
                                             std::optional<std::int64_t> max_length, bool approximate)
    {
        detail::require_text(stream, "stream");
        require_any(fields.empty(), "fields");
        detail::require(!max_length || *max_length >= 0, "max_length", "not be below zero");
        detail::operation op(self, "xadd", {{"key", stream}});
        command write("XADD", self.full(stream));
        if (max_length) {
            write.push("MAXLEN");
            if (approximate)
                write.push("~");
            write.push(*max_length);
        }
        write.push("*");
        for (const auto& [name, value] : fields)
            write.push(name).push(value);
        co_return (co_await op.execute(std::move(write))).as_text().value_or("");
    }

    static asio::awaitable<std::int64_t> xdel(base_cache self, std::string stream,
                                              std::vector<std::string> ids)
    {
        detail::require_text(stream, "stream");
        require_any(ids.empty(), "ids");
        detail::operation op(self, "xdel", {{"key", stream}});
        const auto answer = co_await op.execute(with_all(command("XDEL", self.full(stream)), ids));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::int64_t> xtrim(base_cache self, std::string stream, std::int64_t max_length,
                                               bool approximate)
    {
        detail::require_text(stream, "stream");
        detail::require(max_length >= 0, "max_length", "not be below zero");
        detail::operation op(self, "xtrim", {{"key", stream}});
        command trim("XTRIM", self.full(stream), "MAXLEN");
        if (approximate)
            trim.push("~");
        const auto answer = co_await op.execute(std::move(trim.push(max_length)));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::vector<reply>> execute(base_cache self, pipeline commands)
    {
        const auto link = self.redis();
        std::vector<reply> replies;
        if (!commands.empty())
            replies = co_await link->execute(std::move(commands));
        co_return replies;
    }

    static asio::awaitable<std::vector<reply>> execute_atomically(base_cache self, pipeline commands)
    {
        detail::operation op(self, "execute_atomically");
        std::vector<reply> replies;
        if (!commands.empty())
            replies = co_await op.execute_atomically(std::move(commands));
        co_return replies;
    }

    static asio::awaitable<void> flush(base_cache self)
    {
        detail::operation op(self, "flush");
        co_await op.execute(command("FLUSHDB"));
    }

    static asio::awaitable<void> push_global_error(base_cache self, std::string message,
                                                   std::string component)
    {
        detail::require_text(message, "message");
        detail::operation op(self, "push_global_error", {{"component", component}});
        co_await op.execute(command("RPUSH", global_errors_list, message + ":" + component));
    }

    static asio::awaitable<std::optional<std::string>> pop_global_error(base_cache self,
                                                                        std::chrono::milliseconds timeout)
    {
        detail::operation op(self, "pop_global_error");
        auto popped = co_await op.pop_front(std::string(global_errors_list), timeout);
        op.hit(popped.has_value());
        co_return popped;
    }
};

asio::awaitable<void> base_cache::set(std::string key, std::string value,
                                      std::optional<seconds> lifetime) const
{
    return calls::set(*this, std::move(key), std::move(value), lifetime);
}

asio::awaitable<void> base_cache::set_json(std::string key, boost::json::value value,
                                           std::optional<seconds> lifetime) const
{
    return calls::set_json(*this, std::move(key), std::move(value), lifetime);
}

asio::awaitable<std::int64_t> base_cache::remove_all(std::vector<std::string> keys) const
{
    return calls::remove_all(*this, std::move(keys));
}

asio::awaitable<bool> base_cache::remove(std::string key) const
{
    return calls::remove(*this, std::move(key));
}

asio::awaitable<std::int64_t> base_cache::delete_pattern(std::string pattern) const
{
    return calls::delete_pattern(*this, std::move(pattern));
}

asio::awaitable<bool> base_cache::expire(std::string key, seconds lifetime) const
{
    return calls::expire(*this, std::move(key), lifetime);
}

asio::awaitable<std::int64_t> base_cache::hset(std::string key, std::string field, std::string value) const
{
    return calls::hset(*this, std::move(key), std::move(field), std::move(value));
}

asio::awaitable<std::int64_t> base_cache::hset(std::string key,
                                               std::map<std::string, std::string> fields) const
{
    return calls::hset(*this, std::move(key), std::move(fields));
}

asio::awaitable<std::int64_t> base_cache::hdel_all(std::string key, std::vector<std::string> fields) const
{
    return calls::hdel_all(*this, std::move(key), std::move(fields));
}

asio::awaitable<bool> base_cache::hdel(std::string key, std::string field) const
{
    return calls::hdel(*this, std::move(key), std::move(field));
}

asio::awaitable<std::int64_t> base_cache::lpush(std::string key, std::vector<std::string> values) const
{
    return calls::lpush(*this, std::move(key), std::move(values));
}

asio::awaitable<std::int64_t> base_cache::rpush(std::string key, std::vector<std::string> values) const
{
    return calls::rpush(*this, std::move(key), std::move(values));
}

asio::awaitable<std::optional<std::string>> base_cache::lpop(std::string key) const
{
    return blpop(std::move(key), std::chrono::milliseconds::zero());
}

asio::awaitable<std::optional<std::string>> base_cache::blpop(std::string key,
                                                              std::chrono::milliseconds timeout) const
{
    return calls::blpop(*this, std::move(key), timeout);
}

asio::awaitable<void> base_cache::ltrim(std::string key, std::int64_t start, std::int64_t stop) const
{
    return calls::ltrim(*this, std::move(key), start, stop);
}

asio::awaitable<std::int64_t> base_cache::publish(std::string channel, std::string message) const
{
    return calls::publish(*this, std::move(channel), std::move(message));
}

asio::awaitable<std::string> base_cache::xadd(std::string stream,
                                              std::vector<std::pair<std::string, std::string>> fields,
                                              std::optional<std::int64_t> max_length, bool approximate) const
{
    return calls::xadd(*this, std::move(stream), std::move(fields), max_length, approximate);
}

asio::awaitable<std::int64_t> base_cache::xdel(std::string stream, std::vector<std::string> ids) const
{
    return calls::xdel(*this, std::move(stream), std::move(ids));
}

asio::awaitable<std::int64_t> base_cache::xtrim(std::string stream, std::int64_t max_length,
                                                bool approximate) const
{
    return calls::xtrim(*this, std::move(stream), max_length, approximate);
}

asio::awaitable<std::vector<reply>> base_cache::execute(pipeline commands) const
{
    return calls::execute(*this, std::move(commands));
}

asio::awaitable<std::vector<reply>> base_cache::execute_atomically(pipeline commands) const
{
    return calls::execute_atomically(*this, std::move(commands));
}

asio::awaitable<void> base_cache::flush() const
{
    return calls::flush(*this);
}

asio::awaitable<void> base_cache::push_global_error(std::string message, std::string component) const
{
    return calls::push_global_error(*this, std::move(message), std::move(component));
}

asio::awaitable<std::optional<std::string>>
base_cache::pop_global_error(std::chrono::milliseconds timeout) const
{
    return calls::pop_global_error(*this, timeout);
}

} // namespace fullon_cache
