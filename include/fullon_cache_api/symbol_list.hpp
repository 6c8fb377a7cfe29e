// The parameter type for a list of symbols. Sans-io.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api {

/// Symbols, written `{"BTC/USDT", "ETH/USDT"}`; none means all.
///
/// Not an aggregate and without an initializer_list: g++ 12 cannot compile a temporary of these inside a
/// `co_await` expression. Any number of texts, or a `std::vector<std::string>`.
class symbol_list {
public:
    symbol_list() = default;

    // Texts only, so that {first, last} is never taken for a pair of iterators.
    template <class... Text>
        requires(sizeof...(Text) > 0 && (std::convertible_to<const Text&, std::string_view> && ...))
    symbol_list(const Text&... symbols) // NOLINT(google-explicit-constructor)
    {
        names_.reserve(sizeof...(Text));
        (names_.emplace_back(std::string_view(symbols)), ...);
    }

    symbol_list(std::vector<std::string> symbols) // NOLINT(google-explicit-constructor)
        : names_(std::move(symbols))
    {}

    const std::vector<std::string>& names() const& noexcept { return names_; }
    std::vector<std::string> names() && noexcept { return std::move(names_); }

private:
    std::vector<std::string> names_;
};

} // namespace fullon_cache_api
