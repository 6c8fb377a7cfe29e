// How many files this process may have open.
#pragma once

#include <sys/resource.h>

#include <cstddef>

namespace scale {

/// Raises the limit as far as this process may. \returns the limit, in files.
inline std::size_t raise_open_files(std::size_t wanted)
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : static_cast<rlim_t>(wanted);
        ::setrlimit(RLIMIT_NOFILE, &limit);
        if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
            return 0;
    }
    return static_cast<std::size_t>(limit.rlim_cur);
}

} // namespace scale
