// Which route a path is, and what stands for its variables. Sans-io.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::protocol {

/// Where a path led.
struct route_hit {
    std::size_t route = 0; ///< number of the pattern, in the order of add()
    std::vector<std::pair<std::string, std::string>> variables{}; ///< name and value
};

/// Patterns such as `/bots/{exchange}/{symbol}/blocked`. A variable stands for one segment that is not empty, `{symbol}`
/// for one or two (`BTC/USDT`). Of several patterns that fit, the one with the most fixed segments counts; of equal ones
/// that whose fixed segments stand further left.
class route_table {
public:
    /// \returns its number.
    std::size_t add(std::string_view pattern);

    std::optional<route_hit> find(const std::vector<std::string>& segments) const;

private:
    struct part {
        std::string text;
        bool variable = false;
    };
    using pattern = std::vector<part>;
    using fixed_ones = std::vector<bool>; // of the segments of a path

    struct attempt;
    static void match(attempt& now, std::size_t part, std::size_t segment);

    std::vector<pattern> patterns_;
};

/// A symbol as it may have been meant: as written, then with the first "-" as "/".
std::vector<std::string> symbol_spellings(std::string symbol);

/// `A-B` of `A/B`, and `A/B` of `A-B`; empty where there is neither sign. Of several the first one counts.
std::optional<std::string> other_spelling(std::string symbol);

} // namespace fullon_cache_api::protocol
