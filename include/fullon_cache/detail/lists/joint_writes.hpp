// Several keys written as one step: scripts that do all of it or nothing; sans-io.
#pragma once

#include <fullon_cache/command.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache::detail {

// Each script first does what may be refused (a key of another type, no memory), and asks for the rights to the rest
// where Redis can say them (7.0): a refused step is not done in part.

/// HSET of a tick, SET of its time, PUBLISH.
command store_tick(std::string_view hash, std::string_view symbol, std::string_view json,
                   std::string_view time_key, std::string_view time, std::string_view channel);

/// HDEL of a tick, DEL of its time; answers whether there was one.
command delete_tick(std::string_view hash, std::string_view symbol, std::string_view time_key);

/// DEL of all ticks of an exchange, and of the times `{time_prefix}{symbol}`; answers how many there were.
command delete_ticks(std::string_view hash, std::string_view time_prefix);

/// RPUSH of an element, SET of a note; answers the length of the list.
command push_and_note(std::string_view list, std::string_view element, std::string_view note_key,
                      std::string_view note);

/// Where a process is stored.
struct process_place {
    std::string data; ///< string
    std::string active; ///< hash of its type
    std::string id; ///< field there
    std::string component; ///< field in `process:components`
};

/// SETEX of the data, HSET on the list of active ones, HSET of the component.
command register_process(const process_place& at, std::string_view json, std::string_view time,
                         std::chrono::seconds lifetime);

/// SETEX of data that are still `expected`, HSET on the list; answers as read_set_result() reads.
command update_process(const process_place& at, std::string_view expected, std::string_view json,
                       std::string_view time, std::chrono::seconds lifetime);

/// The same, and then off the list, and the component's entry if it is still this process's.
command stop_process(const process_place& at, std::string_view expected, std::string_view json,
                     std::string_view time, std::chrono::seconds lifetime);

/// What stop_process() does, if it is still on the list since then with these data (empty: none); answers whether it was
/// done. \param json  empty: the data stay as they are, whatever they are
command clear_process(const process_place& at, std::string_view active_since,
                      const std::optional<std::string>& expected, std::string_view json,
                      std::chrono::seconds lifetime);

} // namespace fullon_cache::detail
