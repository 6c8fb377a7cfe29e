// Reading big hashes and the key space step by step: commands and replies, sans-io.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/reply.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache {

/// One step over a hash; cursor "0" begins, and ends.
struct hash_page {
    std::string cursor;
    std::vector<std::pair<std::string, std::string>> fields;
};
command scan_hash(std::string_view key, std::string_view cursor);
hash_page read_hash_page(reply answer); ///< \throws cache_error

/// One step over all keys.
struct scan_page {
    std::string cursor;
    std::vector<std::string> keys;
};
/// `type`: only keys of this type (`hash`, `string`), where one is given.
command scan_keys(std::string_view pattern, std::string_view cursor, long long count = 1000,
                  std::string_view type = {});
scan_page read_scan_page(reply answer); ///< \throws cache_error

/// A text in which the signs of patterns (`* ? [ ] \`) mean themselves.
std::string escape_pattern(std::string_view text);

} // namespace fullon_cache
