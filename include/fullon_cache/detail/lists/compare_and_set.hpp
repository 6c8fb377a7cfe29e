// Writing only over what was read: scripts that Redis runs as one step, and their answers; sans-io.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/reply.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache::detail {

/// What such a script did.
struct set_result {
    bool written = false;
    bool lifetime_kept = true; ///< false: this Redis has no lifetimes of single fields (before 7.4)
    std::optional<std::string> stored; ///< what is there instead, when it was not written
};

/// HSET of a field that still holds `expected` (empty: that is still absent).
command set_field_if(std::string_view key, std::string_view field, const std::optional<std::string>& expected,
                     std::string_view value);

/// What is done to lifetimes in the same step: the one of the whole hash is taken off, and the field given its own
/// (none for zero).
command set_field_if(std::string_view key, std::string_view field, const std::optional<std::string>& expected,
                     std::string_view value, std::chrono::seconds lifetime);

/// The same whatever is stored.
command set_field(std::string_view key, std::string_view field, std::string_view value,
                  std::chrono::seconds lifetime);

set_result read_set_result(reply answer); ///< \throws cache_error

/// HDEL of a field that still holds `expected`; answers how many that were.
command delete_field_if(std::string_view key, std::string_view field, std::string_view expected);

} // namespace fullon_cache::detail
