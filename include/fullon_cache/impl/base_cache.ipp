// Bodies of base_cache.hpp.
#pragma once

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>

#include <fullon_orm/codec.hpp>

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

} // namespace

asio::awaitable<void> base_cache::set(std::string key, std::string value,
                                      std::optional<seconds> lifetime) const
{
    detail::require_text(key, "key");
    detail::require(!lifetime || *lifetime >= seconds(1), "lifetime", at_least_a_second);
    detail::operation op(*this, "set", {{"key", key}});
    if (lifetime)
        co_await op.execute(command("SETEX", full(key), lifetime->count(), value));
    else
        co_await op.execute(command("SET", full(key), value));
}

asio::awaitable<void> base_cache::set_json(std::string key, boost::json::value value,
                                           std::optional<seconds> lifetime) const
{
    std::string text;
    fullon_orm::write_json(text, value, fullon_orm::json_style::redis);
    return set(std::move(key), std::move(text), lifetime);
}

asio::awaitable<std::int64_t> base_cache::remove_all(std::vector<std::string> keys) const
{
    for (const auto& key : keys)
        detail::require_text(key, "keys");
    detail::operation op(*this, "remove_all");
    pipeline removals; // not one command: a cluster would split its keys
    for (const auto& key : keys)
        removals.add("DEL", full(key));
    std::int64_t count = 0;
    if (!removals.empty())
        for (const auto& one : co_await op.execute(std::move(removals)))
            count += one.as_integer();
    co_return count;
}

asio::awaitable<bool> base_cache::remove(std::string key) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "remove", {{"key", key}});
    const auto answer = co_await op.execute(command("DEL", full(key)));
    co_return answer.as_integer() != 0;
}

asio::awaitable<std::int64_t> base_cache::delete_pattern(std::string pattern) const
{
    auto keys = co_await get_keys(std::move(pattern));
    co_return co_await remove_all(std::move(keys));
}

asio::awaitable<bool> base_cache::expire(std::string key, seconds lifetime) const
{
    detail::require_text(key, "key");
    detail::require(lifetime >= seconds(1), "lifetime", at_least_a_second);
    detail::operation op(*this, "expire", {{"key", key}});
    const auto answer = co_await op.execute(command("EXPIRE", full(key), lifetime.count()));
    co_return answer.as_integer() != 0;
}

asio::awaitable<std::int64_t> base_cache::hset(std::string key, std::string field, std::string value) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "hset", {{"key", key}, {"field", field}});
    const auto answer = co_await op.execute(command("HSET", full(key), field, value));
    co_return answer.as_integer();
}

asio::awaitable<std::int64_t> base_cache::hset(std::string key,
                                               std::map<std::string, std::string> fields) const
{
    detail::require_text(key, "key");
    require_any(fields.empty(), "fields");
    detail::operation op(*this, "hset", {{"key", key}});
    command write("HSET", full(key));
    for (const auto& [field, value] : fields)
        write.push(field).push(value);
    const auto answer = co_await op.execute(std::move(write));
    co_return answer.as_integer();
}

asio::awaitable<std::int64_t> base_cache::hdel_all(std::string key, std::vector<std::string> fields) const
{
    detail::require_text(key, "key");
    require_any(fields.empty(), "fields");
    detail::operation op(*this, "hdel", {{"key", key}});
    const auto answer = co_await op.execute(with_all(command("HDEL", full(key)), fields));
    co_return answer.as_integer();
}

asio::awaitable<bool> base_cache::hdel(std::string key, std::string field) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "hdel", {{"key", key}, {"field", field}});
    const auto answer = co_await op.execute(command("HDEL", full(key), field));
    co_return answer.as_integer() != 0;
}

asio::awaitable<std::int64_t> base_cache::lpush(std::string key, std::vector<std::string> values) const
{
    detail::require_text(key, "key");
    require_any(values.empty(), "values");
    detail::operation op(*this, "lpush", {{"key", key}});
    const auto answer = co_await op.execute(with_all(command("LPUSH", full(key)), values));
    co_return answer.as_integer();
}

asio::awaitable<std::int64_t> base_cache::rpush(std::string key, std::vector<std::string> values) const
{
    detail::require_text(key, "key");
    require_any(values.empty(), "values");
    detail::operation op(*this, "rpush", {{"key", key}});
    const auto answer = co_await op.execute(with_all(command("RPUSH", full(key)), values));
    co_return answer.as_integer();
}

asio::awaitable<std::optional<std::string>> base_cache::lpop(std::string key) const
{
    return blpop(std::move(key), std::chrono::milliseconds::zero());
}

asio::awaitable<std::optional<std::string>> base_cache::blpop(std::string key,
                                                              std::chrono::milliseconds timeout) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "pop", {{"key", key}});
    auto popped = co_await op.pop_front(full(key), timeout);
    op.hit(popped.has_value());
    co_return popped;
}

asio::awaitable<void> base_cache::ltrim(std::string key, std::int64_t start, std::int64_t stop) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "ltrim", {{"key", key}, {"start", start}, {"stop", stop}});
    co_await op.execute(command("LTRIM", full(key), start, stop));
}

asio::awaitable<std::int64_t> base_cache::publish(std::string channel, std::string message) const
{
    detail::require_text(channel, "channel");
    detail::operation op(*this, "publish", {{"channel", channel}});
    const auto answer = co_await op.execute(command("PUBLISH", channel, message));
    co_return answer.as_integer();
}

asio::awaitable<std::string> base_cache::xadd(std::string stream,
                                              std::vector<std::pair<std::string, std::string>> fields,
                                              std::optional<std::int64_t> max_length, bool approximate) const
{
    detail::require_text(stream, "stream");
    require_any(fields.empty(), "fields");
    detail::require(!max_length || *max_length >= 0, "max_length", "not be below zero");
    detail::operation op(*this, "xadd", {{"key", stream}});
    command write("XADD", full(stream));
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

asio::awaitable<std::int64_t> base_cache::xdel(std::string stream, std::vector<std::string> ids) const
{
    detail::require_text(stream, "stream");
    require_any(ids.empty(), "ids");
    detail::operation op(*this, "xdel", {{"key", stream}});
    const auto answer = co_await op.execute(with_all(command("XDEL", full(stream)), ids));
    co_return answer.as_integer();
}

asio::awaitable<std::int64_t> base_cache::xtrim(std::string stream, std::int64_t max_length,
                                                bool approximate) const
{
    detail::require_text(stream, "stream");
    detail::require(max_length >= 0, "max_length", "not be below zero");
    detail::operation op(*this, "xtrim", {{"key", stream}});
    command trim("XTRIM", full(stream), "MAXLEN");
    if (approximate)
        trim.push("~");
    const auto answer = co_await op.execute(std::move(trim.push(max_length)));
    co_return answer.as_integer();
}

asio::awaitable<std::vector<reply>> base_cache::execute(pipeline commands) const
{
    const auto link = redis();
    std::vector<reply> replies;
    if (!commands.empty())
        replies = co_await link->execute(std::move(commands));
    co_return replies;
}

asio::awaitable<std::vector<reply>> base_cache::execute_atomically(pipeline commands) const
{
    detail::operation op(*this, "execute_atomically");
    std::vector<reply> replies;
    if (!commands.empty())
        replies = co_await op.execute_atomically(std::move(commands));
    co_return replies;
}

asio::awaitable<void> base_cache::flush() const
{
    detail::operation op(*this, "flush");
    co_await op.execute(command("FLUSHDB"));
}

asio::awaitable<void> base_cache::push_global_error(std::string message, std::string component) const
{
    detail::require_text(message, "message");
    detail::operation op(*this, "push_global_error", {{"component", component}});
    co_await op.execute(command("RPUSH", detail::global_errors_list, message + ":" + component));
}

asio::awaitable<std::optional<std::string>>
base_cache::pop_global_error(std::chrono::milliseconds timeout) const
{
    detail::operation op(*this, "pop_global_error");
    auto popped = co_await op.pop_front(std::string(detail::global_errors_list), timeout);
    op.hit(popped.has_value());
    co_return popped;
}

} // namespace fullon_cache
