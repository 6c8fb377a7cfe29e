// Finding what is new in a list that has been read before, while others append to it and take from its front.
// Does no I/O.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <unordered_map>

namespace fullon_cache {

/// How many elements at the beginning of `after` are known from `before`. The rest is new.
///
/// For a list that only grows at its end and only loses elements at its front. The last known element is the
/// last one of `before`; if it fits in several places, the last of these counts, so that nothing is taken for
/// new twice. What stood in front of `before` is not known and may be anything: `after` may reach further
/// back.
///
/// \code
/// const std::string before = "abcdef";
/// const std::string after = "efgh";                            // a to d were taken, g and h appended
/// const auto known = overlap(before, after, after.size());     // 2: "gh" is new
/// \endcode
///
/// \param limit at most so many elements may be known, as when the list is known to have grown.
/// \returns 0 if `before` is empty, or nothing fits: then everything may be new.
/// \par Complexity up to `limit` times the size of `before` comparisons; linear if elements are mostly
///                 different.
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

/// The same for a list that was put back to an earlier state in between (a Redis that was restored) and may
/// have grown since. `before` is then what was read, one after the other, and need not be a piece of any one
/// state of the list. Known is everything in `after` up to the newest element of `before` that `after` has.
///
/// Compares every pair if nothing is common: for short lists.
template <class Before, class After, class Equal>
std::size_t overlap_with_earlier(const Before& before, const After& after, std::size_t limit, Equal equal)
{
    for (auto newest = before.rbegin(); newest != before.rend(); ++newest)
        for (std::size_t known = std::min<std::size_t>(limit, after.size()); known > 0; --known)
            if (equal(after[known - 1], *newest))
                return known;
    return 0;
}

/// The same in linear time, by std::hash and equality of the elements.
template <class Before, class After>
std::size_t overlap_with_earlier(const Before& before, const After& after, std::size_t limit)
{
    const auto size = std::min<std::size_t>(limit, after.size());
    std::unordered_map<typename After::value_type, std::size_t> last; // place of each, counted from 1
    last.reserve(size);
    for (std::size_t i = 0; i < size; ++i)
        last[after[i]] = i + 1;
    for (auto newest = before.rbegin(); newest != before.rend(); ++newest)
        if (const auto found = last.find(*newest); found != last.end())
            return found->second;
    return 0;
}

} // namespace fullon_cache
