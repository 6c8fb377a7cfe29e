// Bodies of cache_base.hpp and detail/operation.hpp.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/redis/command_facts.hpp>
#include <fullon_cache/detail/redis/take_script.hpp>
#include <fullon_cache/hash_page.hpp>
#include <fullon_log/failure_text.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_map>

namespace fullon_cache {

namespace asio = boost::asio;

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct cache_base::calls {
    static asio::awaitable<void> ping(cache_base self)
    {
        detail::operation op(self, "ping");
        try {
            co_await op.execute(command("PING"));
        } catch (const cache_error& failure) {
            op.once_per_outage();
            if (failure.code() !=
                errc::read_only) // a Redis that cannot save refuses PING, and serves readers
                throw;
        }
    }
};

asio::awaitable<void> cache_base::ping() const
{
    return calls::ping(*this);
}

std::chrono::milliseconds cache_base::timeout() const noexcept
{
    return link_->settings().socket_timeout;
}

namespace detail {
namespace {

constexpr long long keys_per_step = 1000;

} // namespace

operation::operation(const cache_base& cache, std::string_view name,
                     std::initializer_list<fullon_log::field> fields)
    : link_(cache.link_), log_(cache.log_),
      deadline_(std::chrono::steady_clock::now() + link_->settings().socket_timeout),
      scope_(log_, name, fields)
{
    scope_.limit(link_->operation_lines());
}

asio::awaitable<reply> operation::execute(command one)
{
    try {
        co_return only_one(
            co_await link_->execute(pipeline().add(std::move(one)))); // one frame less than by the link
    } catch (...) {
        note(std::current_exception());
        throw;
    }
}

asio::awaitable<std::vector<reply>> operation::execute(pipeline commands)
{
    try {
        auto replies = co_await link_->execute(std::move(commands));
        for (const auto& one : replies)
            one.checked();
        co_return replies;
    } catch (...) {
        note(std::current_exception());
        throw;
    }
}

asio::awaitable<std::vector<reply>> operation::execute_any_type(pipeline commands)
{
    auto replies = co_await execute_each(std::move(commands));
    for (const auto& one : replies)
        if (one.is_error() && !is_of_other_type(one))
            fail(classify_redis_error(one.text), one.text);
    co_return replies;
}

asio::awaitable<std::vector<reply>> operation::execute_each(pipeline commands)
{
    try {
        co_return co_await link_->execute(std::move(commands));
    } catch (...) {
        note(std::current_exception());
        throw;
    }
}

asio::awaitable<std::vector<reply>> operation::execute_atomically(pipeline commands)
{
    try {
        co_await link_->require_transactions();
    } catch (...) {
        note(std::current_exception());
        throw;
    }
    pipeline whole;
    whole.add("MULTI");
    for (const auto& one : commands.commands())
        whole.add(one);
    whole.add("EXEC");
    auto replies = co_await execute_each(std::move(whole));
    // Who may not say MULTI has its commands executed one by one.
    const auto refusal =
        std::find_if(replies.begin(), replies.end(), [](const reply& one) { return one.is_error(); });
    if (refusal == replies.begin() &&
        !std::all_of(replies.begin(), replies.end(), std::mem_fn(&reply::is_error)))
        fail(errc::unknown_outcome, refusal->text);
    if (refusal != replies.end())
        fail(classify_redis_error(refusal->text), refusal->text);
    auto results = std::move(replies.back()).as_items();
    if (results.size() != commands.size())
        fail(errc::protocol, "EXEC answered with another number of results");
    for (const auto& one : results)
        if (one.is_error())
            fail(classify_redis_error(one.text), one.text);
    co_return results;
}

asio::awaitable<reply> operation::read_until(command one, std::string key, std::chrono::milliseconds wait)
{
    scope_.waits();
    try {
        co_return co_await link_->read_until(std::move(one), std::move(key), wait);
    } catch (...) {
        note(std::current_exception());
        throw;
    }
}

asio::awaitable<merged> operation::merge(std::string key, std::string field,
                                         std::shared_ptr<merge_change> what)
{
    merge_queue::sender send = [redis = link_](command one) { return redis->execute(std::move(one)); };
    try {
        const auto result = co_await link_->merges().run(std::move(send), std::move(key), std::move(field),
                                                         std::move(what), deadline_);
        scope_.hit(result.found);
        co_return result;
    } catch (...) {
        note(std::current_exception());
        throw;
    }
}

asio::awaitable<taken> operation::take(std::string list, bool all, std::chrono::milliseconds wait)
{
    if (wait > std::chrono::milliseconds::zero())
        scope_.waits();
    try {
        co_return co_await link_->take(std::move(list), all, wait);
    } catch (...) {
        note(std::current_exception());
        throw;
    }
}

asio::awaitable<std::optional<std::string>> operation::pop_front(std::string list,
                                                                 std::chrono::milliseconds wait)
{
    auto found = co_await take(std::move(list), false, wait);
    std::optional<std::string> first;
    if (!found.elements().empty())
        first = std::move(found.keep().front());
    co_return first;
}

asio::awaitable<std::vector<std::pair<std::string, std::string>>> operation::read_hash(std::string key)
{
    std::vector<std::pair<std::string, std::string>> result;
    // HSCAN may return a field twice while the hash is being resized: the later one counts.
    std::unordered_map<std::string, std::size_t> places;
    std::string cursor = "0";
    do {
        auto page = read_hash_page(co_await execute(scan_hash(key, cursor)));
        const bool whole = result.empty() && page.cursor == "0";
        for (auto& [field, value] : page.fields) {
            const auto [place, fresh] =
                whole ? std::pair(places.end(), true) : places.try_emplace(field, result.size());
            if (fresh)
                result.emplace_back(std::move(field), std::move(value));
            else
                result[place->second].second = std::move(value);
        }
        cursor = std::move(page.cursor);
    } while (cursor != "0");
    co_return result;
}

asio::awaitable<std::vector<std::string>> operation::scan(std::string pattern, std::string type)
{
    std::set<std::string> names; // SCAN may return a key twice
    std::string cursor = "0";
    do {
        auto page = read_scan_page(co_await execute(scan_keys(pattern, cursor, keys_per_step, type)));
        for (auto& key : page.keys)
            if (!is_of_what_is_taken(key))
                names.insert(std::move(key));
        cursor = std::move(page.cursor);
    } while (cursor != "0");
    co_return std::vector<std::string>(names.begin(), names.end());
}

void operation::fail(errc code, std::string text)
{
    cache_error failure(code, std::move(text));
    scope_.failed(fullon_log::failure_text(failure));
    throw failure;
}

void operation::report(std::string_view key, const reading& found) const
{
    log_unreadable(link_->unreadable(), log_, key, found);
}

void operation::once_per_outage()
{
    if (link_->state() != link_state::up)
        scope_.limit(link_->outage_lines());
}

void operation::require_time_left()
{
    if (std::chrono::steady_clock::now() > deadline_)
        fail(errc::timeout, "others kept changing the value");
}

void operation::note(const std::exception_ptr& failure) noexcept
{
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted)
            scope_.cancelled();
        else
            scope_.failed(fullon_log::failure_text(error));
    } catch (...) {
        scope_.failed(fullon_log::failure_text(failure));
    }
}

} // namespace detail
} // namespace fullon_cache
