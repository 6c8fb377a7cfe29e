// What the bodies of operations share. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/error.hpp>

#include <fullon_cache/error.hpp>
#include <fullon_cache/listing.hpp>
#include <fullon_coro/deadline.hpp>

#include <fullon_orm/id.hpp>
#include <fullon_orm/iso_time.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace fullon_cache_api::operations {

inline double epoch_now()
{
    using seconds = std::chrono::duration<double>;
    return std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// `anything`: false for a result that says that there is nothing.
template <class Result>
answer<Result> found_in_redis(Result result, bool anything = true)
{
    answer<Result> found(std::move(result));
    found.from_redis = true;
    found.anything = anything;
    return found;
}

/// For operations of several round trips: all of them within the time that one may take.
template <class Result>
boost::asio::awaitable<Result> within_time_of(const operation_context& context,
                                              boost::asio::awaitable<Result> steps)
{
    return fullon_coro::with_deadline(context.ticks.timeout(), std::move(steps));
}

/// One of many keys: one of another type is an entry that cannot be read. Asked for alone it is an error.
template <class Entry>
boost::asio::awaitable<fullon_cache::listing<Entry>>
listing_of(boost::asio::awaitable<fullon_cache::listing<Entry>> reading, bool alone)
{
    try {
        co_return co_await std::move(reading);
    } catch (const fullon_cache::cache_error& failure) {
        if (alone || failure.code() != fullon_cache::errc::wrong_type)
            throw;
    }
    fullon_cache::listing<Entry> broken;
    broken.unreadable = 1;
    co_return broken;
}

/// Ids are keys and fields in Redis: text.
inline std::string id_text(const fullon_orm::stored_id& id)
{
    const auto* number = std::get_if<std::int64_t>(&id);
    return number ? std::to_string(*number) : std::get<std::string>(id);
}

/// A time as ISO 8601; empty where it is not known, or there is no such text: outside the years 1 to 9999, as what is in
/// milliseconds is.
inline std::optional<std::string> iso_of(std::optional<double> time)
{
    auto text = time ? fullon_orm::format_iso(*time) : std::string();
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

[[noreturn]] inline void refuse(const std::string& problem)
{
    throw boost::system::system_error(error::invalid_params, problem);
}

/// `user_id` and `exchange` both name the account; one of them must be given.
inline std::string account_of(const std::optional<fullon_orm::stored_id>& user_id,
                              const std::optional<fullon_orm::stored_id>& exchange)
{
    if (user_id && exchange)
        refuse("exchange: must not be given beside user_id, both name the account");
    if (!user_id && !exchange)
        refuse("user_id: required (or exchange, both name the account), must be an id: an integer or a "
               "non-empty string");
    return id_text(user_id ? *user_id : *exchange);
}

} // namespace fullon_cache_api::operations
