// What a stream follows: named symbols, a named bot, or all of them. Sans-io.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api {

/// The type of `all_symbols`.
struct all_symbols_t {
    explicit all_symbols_t() = default;
};
/// For a stream: every symbol of the exchange, those that appear later included.
inline constexpr all_symbols_t all_symbols{};

/// The type of `all_bots`.
struct all_bots_t {
    explicit all_bots_t() = default;
};
/// For a stream: every bot, those that appear later included.
inline constexpr all_bots_t all_bots{};

/// The symbols that a stream follows: a list, or all of the exchange. Parameter of
/// cache_calls::stream_tickers().
///
/// \code
/// co_await cache.stream_tickers("binance", "BTC/USDT");
/// co_await cache.stream_tickers("binance", {"BTC/USDT", "ETH/USDT"});
/// co_await cache.stream_tickers("binance", std::vector<std::string>(wanted));
/// co_await cache.stream_tickers("binance", all_symbols);
/// \endcode
///
/// An empty list does not mean all: the call is refused with `error::invalid_params`. Texts are copied.
//
// Not an aggregate and without an initializer_list: g++ 12 cannot compile a temporary of these inside a
// `co_await` expression.
class symbol_list {
public:
    /// All symbols of the exchange.
    symbol_list(all_symbols_t) noexcept {} // NOLINT(google-explicit-constructor)

    /// These symbols, such as `BTC/USDT`.
    // Texts only, so that {first, last} is never taken for a pair of iterators.
    template <class... Text>
        requires(sizeof...(Text) > 0 && (std::convertible_to<const Text&, std::string_view> && ...))
    symbol_list(const Text&... symbols) // NOLINT(google-explicit-constructor)
    {
        names_.emplace().reserve(sizeof...(Text));
        (names_->emplace_back(std::string_view(symbols)), ...);
    }

    /// These symbols; an empty vector is refused by the call.
    symbol_list(std::vector<std::string> symbols) // NOLINT(google-explicit-constructor)
        : names_(std::move(symbols))
    {}

    /// The named symbols; empty for all of the exchange.
    const std::optional<std::vector<std::string>>& names() const& noexcept { return names_; }
    /// The same, moved out.
    std::optional<std::vector<std::string>> names() && noexcept { return std::move(names_); }

private:
    std::optional<std::vector<std::string>> names_;
};

/// One named thing, or all of its kind. An empty name does not mean all: the call is refused with
/// `error::invalid_params`. Text is copied.
///
/// \code
/// co_await cache.stream_trade_updates("binance", "BTC/USDT"); // symbol_or_all
/// co_await cache.stream_bot_status(all_bots);                 // bot_or_all
/// \endcode
/// \tparam All all_symbols_t or all_bots_t
template <class All>
class one_or_all {
public:
    /// All of them.
    one_or_all(All) noexcept {} // NOLINT(google-explicit-constructor)
    /// The one of that name: a symbol such as `BTC/USDT`, or the id of a bot.
    one_or_all(std::string name) : name_(std::move(name)) {} // NOLINT(google-explicit-constructor)
    one_or_all(std::string_view name) : name_(name) {} // NOLINT(google-explicit-constructor)
    one_or_all(const char* name) : name_(name) {} // NOLINT(google-explicit-constructor)

    /// The name; empty for all of them.
    const std::optional<std::string>& name() const& noexcept { return name_; }
    /// The same, moved out.
    std::optional<std::string> name() && noexcept { return std::move(name_); }

private:
    std::optional<std::string> name_;
};

/// One symbol, or all of the exchange: cache_calls::stream_trade_updates().
using symbol_or_all = one_or_all<all_symbols_t>;
/// One bot, or all of them: cache_calls::stream_bot_status().
using bot_or_all = one_or_all<all_bots_t>;

} // namespace fullon_cache_api
