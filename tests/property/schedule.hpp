// A schedule of what happens to a whole system: plain data, made from a seed. Sans-io.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace property {

enum class step_kind : std::uint8_t {
    write,   ///< `amount` random writes that follow from `which`
    rewrite, ///< what stands in Redis once more
    remove,  ///< one thing, or all of a kind
    take,    ///< another service takes trades, or shortens a list of bars
    expire,  ///< a key, `amount` ms from now
    flush,   ///< everything is removed
    pause,   ///< nothing for `amount` ms
    drain,   ///< all writes so far are done

    hang_redis,    ///< SIGSTOP for `amount` ms
    save_redis,    ///< what stands there now survives the next end
    restart_redis, ///< killed; back after `amount` ms, with what was saved last or empty
    kill_links,    ///< CLIENT KILL of some connections to Redis

    open_client,
    close_client, ///< in order, or without a word
    cut_client,   ///< its TCP connection
    slow_client,  ///< from here on each item costs it `amount` ms
    stop_client,  ///< it takes nothing any more, until resume_client
    resume_client,
    stall_clients, ///< their event loop does nothing for `amount` ms
    stall_server,
    stall_auditor, ///< it reads nothing from its socket for `amount` ms
    flood,         ///< the same, while more is written than the kernel takes

    restart_server, ///< stopped in order, or without a word; back after `amount` ms

    // What is met in the field.
    set_clock,       ///< of the ticks that are written from here on
    write_silently,  ///< `amount` tickers that are published to nobody
    write_elsewhere, ///< `amount` random writes in another database of the same Redis
    invent,          ///< `amount` publications that nothing stands behind
    refill,          ///< a list is deleted and filled again, in pieces of `amount`
    retype,          ///< a key becomes a string; or all are mended
    set_rights,      ///< of the server's Redis user: keys or channels are taken, or all are given
    swap_databases,  ///< SWAPDB
    leave_early,     ///< clients ask for much and reset their connections `amount` ms later
    compare, ///< whoever is not told that it is behind comes to what Redis holds in the promised time
};
inline constexpr std::size_t step_kinds = 33;

struct step {
    step_kind what = step_kind::pause;
    std::uint32_t which = 0;
    std::uint32_t amount = 0;

    bool operator==(const step&) const = default;
};
using schedule = std::vector<step>;

/// The same for the same seed and length, on every machine.
schedule make_schedule(std::uint64_t seed, std::size_t length);

std::string_view to_text(step_kind what);
std::string to_text(const step& one);

/// Places in a schedule, growing: `0-3,7`.
using places = std::vector<std::size_t>;
places all_places(std::size_t count);
std::string to_text(const places& some);
/// \throws std::invalid_argument
places parse_places(std::string_view text);
/// \throws std::out_of_range
schedule pick(const schedule& from, const places& some);

} // namespace property
