// How many descriptors this process may have, and has. Included by impl files only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <system_error>

#include <sys/resource.h>

namespace fullon_cache_api::detail {

inline std::size_t descriptor_limit() noexcept
{
    rlimit now{};
    if (::getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur == RLIM_INFINITY)
        return std::numeric_limits<std::size_t>::max() / 2;
    return static_cast<std::size_t>(now.rlim_cur);
}

inline std::size_t open_descriptors()
{
    std::size_t count = 0;
    std::error_code unknown;
    for (std::filesystem::directory_iterator one("/proc/self/fd", unknown), end; !unknown && one != end;
         one.increment(unknown))
        ++count;
    return count;
}

} // namespace fullon_cache_api::detail
