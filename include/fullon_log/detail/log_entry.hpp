// What a logger points at: its name and the threshold that configure() moves.
#pragma once

#include <fullon_log/level.hpp>

#include <atomic>
#include <string>

namespace fullon_log::detail {

// Lives in the registry until the process ends, so a logger may be used at any time, static destruction included.
struct log_entry {
    std::string name;
    std::atomic<level> threshold;
};

} // namespace fullon_log::detail
