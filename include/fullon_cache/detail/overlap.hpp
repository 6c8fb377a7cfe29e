// Where a list that was read before goes on in a newer reading of it. Sans-io.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>

namespace fullon_cache::detail {

/// How many elements at the beginning of `after` were there in `before`, where a list only grows at its end and only
/// loses elements at its beginning: the most that can be (at most `limit`), so that nothing is taken for new twice.
/// What stands in front of `before` is not known and may be anything.
template <class Before, class After, class Equal = std::equal_to<>>
std::size_t overlap(const Before& before, const After& after, std::size_t limit, Equal equal = {})
{
    if (before.empty())
        return 0;
    for (std::size_t known = std::min<std::size_t>(limit, after.size()); known > 0; --known) {
        const auto common = static_cast<std::ptrdiff_t>(std::min<std::size_t>(known, before.size()));
        const auto end = std::next(after.begin(), static_cast<std::ptrdiff_t>(known));
        if (equal(*std::prev(end), before.back()) &&
            std::equal(std::prev(end, common), end, std::prev(before.end(), common), equal))
            return known;
    }
    return 0;
}

/// How many elements at the beginning of `after` stand somewhere in `before`, one behind the other: what is left of a
/// list that was put back to an earlier state.
template <class Before, class After, class Equal = std::equal_to<>>
std::size_t longest_run(const Before& before, const After& after, Equal equal = {})
{
    std::size_t longest = 0;
    for (auto start = before.begin(); start != before.end(); ++start) {
        const auto differs = std::mismatch(start, before.end(), after.begin(), after.end(), equal).second;
        longest = std::max(longest, static_cast<std::size_t>(std::distance(after.begin(), differs)));
    }
    return longest;
}

} // namespace fullon_cache::detail
