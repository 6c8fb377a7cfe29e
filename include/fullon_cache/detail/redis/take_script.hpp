// How elements are taken out of a list so that none is lost: the script, its names and its answers. Sans-io.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/reply.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache::detail {

/// In one step, what is taken moves from the list into a private list of the taker, `{register}:{token}`, and is noted in
/// the register of its list: a sorted set, in the order in which things were taken, of `{until}:{token}`. The taker hands
/// it out, and then settles the token: its private list is deleted, or goes back.
///
/// What goes back, and what was not settled until its time, stands at the front of the list again. So that it stands
/// there in the old order, it waits in the register (with 0 as its time) as long as somebody holds what was taken after
/// it; who takes meanwhile is given that first. All of this is done by whoever runs the script next.
///
/// What was kept, and was taken while nobody else held anything of this list, nobody waits for: two plain commands settle it.
///
/// Every step begins with a command that Redis takes when it is out of memory, and Redis then takes those behind it too.

/// `fullon_cache:taken:{list}`: in the list's slot of a cluster, and matched by no pattern of the services.
std::string taken_register(std::string_view list);
bool is_of_what_is_taken(std::string_view key);
std::string private_list(std::string_view list, std::string_view token);

struct settlement {
    std::string token;
    std::string
        back; ///< places of what goes back, counted from 0: `0 3 4`; `*` = everything, empty = nothing
    std::string name{}; ///< of its entry in the register; empty where others held something when it was taken
};

struct take_step {
    std::vector<settlement> settled;
    std::string token; ///< empty: nothing is taken
    std::size_t most = 0; ///< elements; 0 = all
};

command take_command(std::string_view list, const take_step& step, std::chrono::milliseconds lease);

/// Whether everything that `step` settles may be settled without the script.
bool settles_plainly(const take_step& step);
void settle_plainly(pipeline& to, std::string_view list, const take_step& step);

struct take_result {
    std::vector<std::string> elements; ///< none where all were to be taken: they stand in the private list
    std::chrono::milliseconds next{
        -1}; ///< until the first of what others hold is put back; below 0: there is none
    bool waiting = false; ///< something that goes back waits for what was taken after it
    std::string name; ///< of the entry in the register; empty where others hold something
};

take_result read_take_result(reply answer); ///< \throws cache_error

} // namespace fullon_cache::detail
