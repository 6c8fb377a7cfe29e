// What an entry of the catalogue is made of. One struct per operation describes it once; dispatch, parameter
// checks and their texts, list_operations and the client's methods all come from it.
//
//   struct get_ticker {
//       static constexpr std::string_view name = "get_ticker";
//       static constexpr std::string_view doc  = "...";          one line
//       static constexpr std::string_view rest = "/tickers/...";  further ones behind a blank; "" where REST has none
//       static constexpr operation_kind kind   = operation_kind::query;
//       struct params { std::string exchange, symbol; };          described; std::optional and std::vector
//                                                                 members may be left out by the caller
//       using result = ticker;                                    described
//       static asio::awaitable<answer<result>> run(operation_context, params);
//   };
//
// What changes from answer to answer (latencies, ages) a query takes out of its result for the entity tag:
// `static void undate(result&)`. `rest_defaults` are numbers that parameters have over HTTP alone.
// `dated_by_answer` is there where the result's `timestamp` is the time of the answer.
// `about_service` is there where the operation does not look for anything in the cache: it neither hits nor misses.
// A params struct whose texts must be of a list has `values_of(member)`; `rest_without` names the parameter that REST does
// not need, as its path says the same. Where REST answers more than the result: `rest_result`, and what makes it of one,
// `static rest_result for_rest(result, double now)`.
// `narrowed_by` may name the parameter that makes a too large reply smaller. A stream has `item`, `message_type` and `open` in place of `run`.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_cache_api {

enum class operation_kind : std::uint8_t { query, stream };

/// Between which a whole number must be, both included. A params struct with such members has a static constexpr
/// `std::optional<whole_range> range_of(std::string_view member)`; one with other numbers gives a `number_range`.
struct whole_range {
    std::int64_t least;
    std::int64_t most;
};

/// The same for any number.
struct number_range {
    double least;
    double most;
};

/// What a text must be one of. A params struct with such members has a static constexpr
/// `text_choices values_of(std::string_view member)`; empty: any text.
using text_choices = std::span<const std::string_view>;

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

/// What operations run against (server side): detail/operation_context.hpp.
struct operation_context;

} // namespace fullon_cache_api
