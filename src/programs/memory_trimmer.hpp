// Gives memory that was freed back to the system. For the program alone: a host has an allocator and ideas of its own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>

#ifdef __GLIBC__
#include <malloc.h>
#include <unistd.h>
#endif

namespace fullon_cache_api::program {

/// glibc keeps what lies below something that is in use: after a burst of large replies that may be all of it, for ever.
/// Looks now and then whether much more of what is resident is not in use than there was after the last trim.
class memory_trimmer {
public:
    explicit memory_trimmer(const boost::asio::any_io_executor& executor) : timer_(executor) { arm(); }
    memory_trimmer(const memory_trimmer&) = delete;
    memory_trimmer& operator=(const memory_trimmer&) = delete;

private:
    static constexpr std::chrono::seconds interval{2};
    static constexpr std::size_t worth_it = 16 * 1024 * 1024;

    void arm()
    {
        timer_.expires_after(interval);
        timer_.async_wait([this](const boost::system::error_code& ec) {
            if (ec)
                return;
            look();
            arm();
        });
    }

    void look()
    {
#ifdef __GLIBC__
        const auto now = unused();
        least_ = std::min(least_, now);
        if (now - least_ < worth_it)
            return;
        ::malloc_trim(0);
        least_ = unused();
#endif
    }

#ifdef __GLIBC__
    // Resident, but not in use.
    static std::size_t unused()
    {
        std::ifstream in("/proc/self/statm");
        std::size_t all = 0;
        std::size_t resident = 0;
        in >> all >> resident;
        resident *= static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        const auto heap = ::mallinfo2();
        const std::size_t used = heap.uordblks + heap.hblkhd;
        return resident > used ? resident - used : 0;
    }
#endif

    boost::asio::steady_timer timer_;
    std::size_t least_ = 0;
};

} // namespace fullon_cache_api::program
