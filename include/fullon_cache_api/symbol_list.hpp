// What a stream follows: symbols or a bot that are named, or all there are. Sans-io.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api {

/// `all_symbols`: those of the whole exchange, future ones included.
struct all_symbols_t {
    explicit all_symbols_t() = default;
};
inline constexpr all_symbols_t all_symbols{};

/// `all_bots`: every bot, future ones included.
struct all_bots_t {
    explicit all_bots_t() = default;
};
inline constexpr all_bots_t all_bots{};

/// Symbols, written `{"BTC/USDT", "ETH/USDT"}`, or `all_symbols`. A list that is empty is refused as invalid_params: it does
/// not mean all.
///
/// Not an aggregate and without an initializer_list: g++ 12 cannot compile a temporary of these inside a
/// `co_await` expression. Any number of texts, or a `std::vector<std::string>`.
class symbol_list {
public:
    symbol_list(all_symbols_t) noexcept {} // NOLINT(google-explicit-constructor)

    // Texts only, so that {first, last} is never taken for a pair of iterators.
    template <class... Text>
        requires(sizeof...(Text) > 0 && (std::convertible_to<const Text&, std::string_view> && ...))
    symbol_list(const Text&... symbols) // NOLINT(google-explicit-constructor)
    {
        names_.emplace().reserve(sizeof...(Text));
        (names_->emplace_back(std::string_view(symbols)), ...);
    }

    symbol_list(std::vector<std::string> symbols) // NOLINT(google-explicit-constructor)
        : names_(std::move(symbols))
    {}

    /// Empty for all of them.
    const std::optional<std::vector<std::string>>& names() const& noexcept { return names_; }
    std::optional<std::vector<std::string>> names() && noexcept { return std::move(names_); }

private:
    std::optional<std::vector<std::string>> names_;
};

/// One that is named, or all. An empty name is refused as invalid_params: it does not mean all.
template <class All>
class one_or_all {
public:
    one_or_all(All) noexcept {} // NOLINT(google-explicit-constructor)
    one_or_all(std::string name) : name_(std::move(name)) {} // NOLINT(google-explicit-constructor)
    one_or_all(std::string_view name) : name_(name) {} // NOLINT(google-explicit-constructor)
    one_or_all(const char* name) : name_(name) {} // NOLINT(google-explicit-constructor)

    /// Empty for all of them.
    const std::optional<std::string>& name() const& noexcept { return name_; }
    std::optional<std::string> name() && noexcept { return std::move(name_); }

private:
    std::optional<std::string> name_;
};

using symbol_or_all = one_or_all<all_symbols_t>;
using bot_or_all = one_or_all<all_bots_t>;

} // namespace fullon_cache_api
