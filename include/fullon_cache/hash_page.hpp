// Walking big hashes and the key space in steps, so that Redis serves others in between: commands and
// replies. Does no I/O.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/reply.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache {

/// One step over a hash.
///
/// \code
/// std::string cursor = "0"; // link: a shared_ptr<redis_link>
/// do {
///     auto page = read_hash_page(co_await link->execute(scan_hash("tickers:kraken", cursor)));
///     use(page.fields);
///     cursor = std::move(page.cursor);
/// } while (cursor != "0");
/// \endcode
struct hash_page {
    std::string cursor; ///< for the next step; `0` after the last one
    std::vector<std::pair<std::string, std::string>> fields; ///< fields with their values
};
/// HSCAN with steps of about 500 fields; Redis answers with a small hash as a whole. A field that exists
/// during the whole walk comes at least once, maybe more often.
/// \param cursor `0` begins
command scan_hash(std::string_view key, std::string_view cursor);
/// \throws cache_error for an error reply; `errc::protocol` for what is no answer to HSCAN
hash_page read_hash_page(reply answer);

/// One step over the key space.
struct scan_page {
    std::string cursor; ///< for the next step; `0` after the last one
    std::vector<std::string> keys;
};
/// SCAN. A key that exists during the whole walk comes at least once, maybe more often.
/// \param count how many keys Redis looks at in this step
/// \param type  only keys of this Redis type (`hash`, `list`, `string`); empty: of all types
command scan_keys(std::string_view pattern, std::string_view cursor, long long count = 1000,
                  std::string_view type = {});
/// \throws cache_error for an error reply; `errc::protocol` for what is no answer to SCAN
scan_page read_scan_page(reply answer);

/// The pattern that matches this text and nothing else: `*`, `?`, `[`, `]` and `\` get a `\` in front.
std::string escape_pattern(std::string_view text);

} // namespace fullon_cache
