// What a process has used, from outside; and on which core it runs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <sched.h>
#include <unistd.h>

namespace bench {

/// CPU time of all its threads, to the nanosecond.
inline double cpu_seconds(pid_t pid)
{
    double nanoseconds = 0;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
        std::ifstream in(thread.path() / "schedstat");
        double running = 0;
        in >> running;
        nanoseconds += running;
    }
    return nanoseconds / 1e9;
}

inline double resident_kib(pid_t pid)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    in >> all >> resident;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
}

/// Keeps every thread that a process has now on one of the cores that this process may use: the first, or the second. Where
/// there are fewer, nothing changes.
inline void pin(pid_t pid, int which)
{
    static const cpu_set_t allowed = [] { // of this process, before it is pinned itself
        cpu_set_t found;
        CPU_ZERO(&found);
        ::sched_getaffinity(0, sizeof found, &found);
        return found;
    }();
    int core = -1;
    for (int found = 0; found <= which; ++found) {
        do
            ++core;
        while (core < CPU_SETSIZE && !CPU_ISSET(static_cast<std::size_t>(core), &allowed));
        if (core == CPU_SETSIZE)
            return;
    }
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(static_cast<std::size_t>(core), &only);
    for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task"))
        if (::sched_setaffinity(static_cast<pid_t>(std::stol(thread.path().filename())), sizeof only,
                                &only) != 0)
            throw std::runtime_error("cannot choose the core of process " + std::to_string(pid));
}

} // namespace bench
