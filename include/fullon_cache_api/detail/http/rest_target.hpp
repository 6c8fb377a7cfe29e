// The target of an HTTP request, taken apart. Sans-io.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::protocol {

/// Segments and query are decoded: what stands in them may contain "/" and "&".
struct rest_target {
    std::vector<std::string> segments;
    std::vector<std::pair<std::string, std::string>> query; ///< in their order
    std::string problem; ///< why it is malformed; then there is nothing else
};

/// Reads `/path?query`, also with `http://host` before it. One "/" at the end of the path does not count. Malformed are
/// broken percent-encoding, control characters, and what is no UTF-8.
rest_target parse_rest_target(std::string_view text);

} // namespace fullon_cache_api::protocol
