// What is known of a command by its name: whether it only reads, what it can be answered with, and whether a connection
// that others use too may carry it. Sans-io.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/reply.hpp>

#include <string>
#include <vector>

namespace fullon_cache::detail {

/// Whether nothing is different whether Redis has executed them or not. A command that is not known may write.
bool only_reads(const pipeline& commands);

/// Why a shared connection does not carry these, in words that name the command; empty = it does. Refused is what changes
/// the connection (SUBSCRIBE, SELECT, MONITOR, CLIENT REPLY, ...), what has all others wait (BLPOP, WAIT, XREAD BLOCK, ...),
/// WATCH, and a MULTI without its EXEC in the same pipeline.
std::string why_not_shared(const pipeline& commands);

/// How replies look to who has sent `commands`.
enum class replies_are {
    sound,
    foreign, ///< one cannot be the answer to its command: this connection mixes up requests
    of_a_replica, ///< it takes no writes (READONLY)
};

replies_are judge(const pipeline& commands, const std::vector<reply>& replies);

/// Whether the key holds another type than the command is for.
bool is_of_other_type(const reply& answer);

/// The answer to a pipeline of one command. \throws cache_error what an error reply says; protocol
reply only_one(std::vector<reply> replies);

} // namespace fullon_cache::detail
