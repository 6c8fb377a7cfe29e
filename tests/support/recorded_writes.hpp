// The Redis commands of the Python services, as recorded in tests/data/recorded_redis_writes.md.
#pragma once

#include <string>
#include <vector>

namespace support {

/// One call of a Python method, and what it sent.
struct recorded_call {
    std::string title; ///< such as `BotCache.is_blocked`
    std::vector<std::vector<std::string>> commands; ///< words each
};

/// All of them, in the order in which they were recorded. \throws std::runtime_error when the file cannot be read.
std::vector<recorded_call> recorded_calls();

/// Commands of tests/data/seed.jsonl: values as services have really stored them, broken ones among them.
std::vector<std::vector<std::string>> seed_commands();

} // namespace support
