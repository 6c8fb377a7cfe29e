// Where a list that was read before goes on in a newer reading of it. Sans-io.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <unordered_map>

namespace fullon_cache {

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

/// The same for a list that was put back to an earlier state in between, and may have grown since: then `before` is no
/// piece of a list, but what was read of it, in turn. What stands in `after` up to the newest that was read is known.
/// For short lists: looks at every pair, where nothing is common.
template <class Before, class After, class Equal>
std::size_t overlap_with_earlier(const Before& before, const After& after, std::size_t limit, Equal equal)
{
    for (auto newest = before.rbegin(); newest != before.rend(); ++newest)
        for (std::size_t known = std::min<std::size_t>(limit, after.size()); known > 0; --known)
            if (equal(after[known - 1], *newest))
                return known;
    return 0;
}

/// The same by the elements' hash and equality, in linear time.
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
