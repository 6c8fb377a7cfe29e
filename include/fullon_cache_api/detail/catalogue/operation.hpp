// What an entry of the catalogue is made of. One struct per operation describes it once; dispatch, parameter
// checks and their texts, list_operations and the client's methods all come from it.
//
//   struct get_ticker {
//       static constexpr std::string_view name = "get_ticker";
//       static constexpr std::string_view doc  = "...";          one line
//       static constexpr std::string_view rest = "/tickers/...";  further ones behind a blank; "" where REST has none
//       static constexpr operation_kind kind   = operation_kind::query;
//       static constexpr bool unbounded = false;                  whether the result grows with what the cache holds
//       struct params { std::string exchange, symbol; };          described; std::optional and std::vector
//                                                                 members may be left out by the caller
//       using result = ticker;                                    described
//       static asio::awaitable<answer<result>> run(operation_context, params);
//   };
//
// What changes from answer to answer (latencies, ages) a query takes out of its result for the entity tag:
// `static void strip_times(result&)`. `rest_defaults` are numbers that parameters have over HTTP alone.
// `dated_by_answer` is there where the result's `timestamp` is the time of the answer.
// `place_of` is there where the result depends on its parameters and one key alone, and may be kept while that key does not
// change: never for what forbids a bot to act, as blocks do.
// `about_service` is there where the operation does not look for anything in the cache: it neither hits nor misses.
// A params struct whose texts must be of a list has `values_of(member)`; `rest_without` names the parameter that REST does
// not need, as its path says the same. Where REST answers more than the result: `rest_result`, and what makes it of one,
// `static rest_result for_rest(result, double now)`.
// `size_parameter` may name the parameter that makes a too large reply smaller. A stream has `item`, `message_type` and `open` in place of `run`.
#pragma once

#include <fullon_cache_api/detail/wire/param_bounds.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_cache_api {

enum class operation_kind : std::uint8_t { query, stream };

/// What a parameter is over HTTP where it is not given; elsewhere the operation's own default counts.
struct rest_default {
    std::string_view param;
    std::int64_t value;
};

/// What a query found: a result, or the words that say what is not there.
template <class Result>
struct answer {
    answer(Result found) : result(std::move(found)) {}
    static answer miss(std::string text)
    {
        answer nothing;
        nothing.miss_text = std::move(text);
        return nothing;
    }

    std::optional<Result> result;
    std::string miss_text;
    bool from_redis = false; ///< whether it was read from Redis or known here
    bool anything = true; ///< false: the result says that there is nothing, which is no error here

private:
    answer() = default;
};

/// The one key that a query reads, and the prefix by which changes of such keys are reported.
struct key_place {
    std::string key;
    std::string_view tracked;
};

/// What operations run against (server side): detail/operation_context.hpp.
struct operation_context;

} // namespace fullon_cache_api
