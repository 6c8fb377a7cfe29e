// From a schedule that fails to a small one that still does. Sans-io.
#pragma once

#include "property/schedule.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace property {

/// Leaves out steps, half of them at first, single ones in the end, as long as what is left fails and `may_go_on()`.
/// `fails` decides about some places of the schedule. \returns the smallest that was seen to fail, at worst `all`.
inline places shrink(places all, const std::function<bool(const places&)>& fails,
                     const std::function<bool()>& may_go_on)
{
    auto left = std::move(all);
    for (auto chunk = std::max<std::size_t>(left.size() / 2, 1);;) {
        bool smaller = false;
        // From the end: what comes after the cause goes first.
        for (auto end = left.size(); end > 0 && may_go_on();) {
            const auto begin = end - std::min(chunk, end);
            places fewer(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(begin));
            fewer.insert(fewer.end(), left.begin() + static_cast<std::ptrdiff_t>(end), left.end());
            if (fails(fewer)) {
                left = std::move(fewer);
                smaller = true;
            }
            end = begin;
        }
        if (!may_go_on() || left.empty() || (chunk == 1 && !smaller))
            return left;
        if (chunk > 1)
            chunk = std::min(std::max<std::size_t>(chunk / 2, 1), std::max<std::size_t>(left.size() / 2, 1));
    }
}

} // namespace property
