// What services write down of what they do, and the names that all of them use.
#pragma once

#include <fullon_cache/config.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace services {

inline const std::string work_list = "work";
inline const std::string order_queue = "fills";
inline const std::string exchange = "kraken";
inline const std::string traded = "BTC/USDT";
inline const std::string account = "7";

/// What elements begin with: the list they are pushed to.
inline const std::array<std::string, 3> lists{"work", "fills", "trades"};

// The first word of a line. Of a push: `begun`, then what came of it; behind them the element.
inline const std::string begun = "begun";
inline const std::string done = "done";
inline const std::string not_done = "not";
inline const std::string unknown = "unknown";
inline const std::string got = "got"; ///< element
// Of a merge: symbol and number.
inline const std::string merge_begun = "merge";
inline const std::string merged = "merged";
inline const std::string not_merged = "unmerged";
inline const std::string perhaps_merged = "perhaps";
inline const std::string held = "held"; ///< a block: name, from, until

inline fullon_cache::config settings_for(int port)
{
    fullon_cache::config made;
    made.host = "127.0.0.1";
    made.port = static_cast<std::uint16_t>(port);
    made.socket_timeout = std::chrono::milliseconds(800);
    made.ping_interval = std::chrono::milliseconds(200);
    made.ping_timeout = std::chrono::milliseconds(1000);
    made.take_lease = std::chrono::seconds(8);
    return made;
}

inline std::string text_of(std::chrono::steady_clock::time_point when)
{
    return std::to_string(std::chrono::nanoseconds(when.time_since_epoch()).count());
}

/// Each line is with the kernel when write() returns, whatever becomes of the process.
class diary {
public:
    explicit diary(const char* file) : file_(::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600))
    {
        if (file_ < 0)
            throw std::runtime_error(std::string("cannot write ") + file);
    }
    diary(const diary&) = delete;
    diary& operator=(const diary&) = delete;
    ~diary() { ::close(file_); }

    void write(std::string line)
    {
        line += '\n';
        if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
            throw std::runtime_error("a line was not written");
    }

private:
    int file_;
};

} // namespace services
