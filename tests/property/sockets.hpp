// The sockets of this process, seen from outside of who owns them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace property {

/// Descriptors of the TCP connections of 127.0.0.1 that a listener on `port` has accepted, but for that of `spared`, a
/// peer's port. To be called on the thread that the listener lives on, and good until it goes on.
inline std::vector<int> accepted_sockets(std::uint16_t port, std::uint16_t spared)
{
    std::vector<int> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int descriptor = std::stoi(entry.path().filename().string());
        sockaddr_in here{};
        sockaddr_in there{};
        socklen_t size = sizeof here;
        if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&here), &size) != 0 ||
            here.sin_family != AF_INET)
            continue;
        size = sizeof there;
        if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&there), &size) != 0)
            continue;
        if (ntohs(here.sin_port) == port && ntohs(there.sin_port) != spared)
            found.push_back(descriptor);
    }
    return found;
}

inline std::size_t open_descriptors()
{
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

} // namespace property
