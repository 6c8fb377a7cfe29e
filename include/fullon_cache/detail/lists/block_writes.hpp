// Blocks of symbols, with who holds them since when and for how long: scripts over two hashes, and what they note; sans-io.
#pragma once

#include <fullon_cache/command.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache::detail {

// `block_exchange` is what Python services read and write. Beside it, with the same fields, a hash of our own whose name
// no pattern of theirs matches: `{since} {until} {bot}`, in milliseconds of Redis' clock, `until` 0 for a block without a
// lease. A note counts only while its bot holds the block: a Python service may have blocked since.

/// What is noted of a block.
struct block_note {
    std::int64_t since = 0; ///< epoch milliseconds
    std::int64_t until = 0; ///< 0: no lease
    std::string bot_id{};
};

/// Empty for what is no note.
std::optional<block_note> read_block_note(std::string_view text);

// A lease of zero is none; ten years are the longest.

/// Whoever holds it.
command set_block(std::string_view place, std::string_view bot_id);
/// Where nobody else holds it; answers whether it is this bot's now.
command try_block(std::string_view place, std::string_view bot_id, std::chrono::milliseconds lease);
/// Where `former` holds it and its lease is over; answers whether it is this bot's now.
command take_over_block(std::string_view place, std::string_view former, std::string_view bot_id,
                        std::chrono::milliseconds lease);
/// Where this bot holds it; answers whether it did.
command release_block(std::string_view place, std::string_view bot_id);
/// Whoever holds it; answers whether anybody did.
command remove_block(std::string_view place);

} // namespace fullon_cache::detail
