// Requests with a list that is too long for one message. Sans-io.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

struct split_result {
    std::vector<std::string> parts; ///< JSON objects, each with a part of the list; empty: it cannot be done
    std::string problem; ///< why not: sizes and limits
};

/// Takes apart the longest list of `params` (a JSON object), so that no part is longer than `most` bytes. Parameters that
/// are short enough stay as they are. `most_names`: more entries than that are refused.
split_result split_params(std::string_view params, std::size_t most, std::optional<std::uint64_t> most_names);

} // namespace fullon_cache_api::detail
