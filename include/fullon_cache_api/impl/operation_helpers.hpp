// What the bodies of operations share. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/operation_context.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/operations/operation.hpp>

#include <fullon_cache/detail/deadline.hpp>

#include <fullon_orm/id.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace fullon_cache_api::operations {

inline double epoch_now()
{
    using seconds = std::chrono::duration<double>;
    return std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

template <class Result>
answer<Result> found_in_redis(Result result)
{
    answer<Result> found(std::move(result));
    found.from_redis = true;
    return found;
}

/// For operations of several round trips: all of them within the time that one may take.
template <class Result>
boost::asio::awaitable<Result> within_time_of(const operation_context& context,
                                              boost::asio::awaitable<Result> steps)
{
    return fullon_cache::detail::with_deadline(context.ticks.timeout(), std::move(steps));
}

/// Ids are keys and fields in Redis: text.
inline std::string id_text(const fullon_orm::stored_id& id)
{
    const auto* number = std::get_if<std::int64_t>(&id);
    return number ? std::to_string(*number) : std::get<std::string>(id);
}

[[noreturn]] inline void refuse(const char* problem)
{
    throw boost::system::system_error(error::invalid_params, problem);
}

} // namespace fullon_cache_api::operations
