// What the kernel knows of the other end of a connection. Included by impl files only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

namespace fullon_cache_api::detail {

/// Bytes that the peer has acknowledged and sent, and up to where it takes more: that grows as it reads.
struct tcp_progress {
    std::uint64_t acknowledged = 0;
    std::uint64_t received = 0;
    std::uint64_t window_end = 0;
    bool owes = false; ///< something of ours is not acknowledged yet
};

/// Nothing where the system does not tell.
inline std::optional<tcp_progress> progress_of(boost::asio::ip::tcp::socket& socket)
{
#ifdef __linux__
    // The layout of the kernel's struct tcp_info, whose newer members the C library does not declare.
    constexpr std::size_t acknowledged = 120, received = 128, window = 228;
    std::array<unsigned char, 256> info{};
    socklen_t size = info.size();
    if (!socket.is_open() ||
        ::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, info.data(), &size) != 0 ||
        size < received + sizeof(std::uint64_t))
        return std::nullopt;
    tcp_progress result;
    std::memcpy(&result.acknowledged, info.data() + acknowledged, sizeof result.acknowledged);
    std::memcpy(&result.received, info.data() + received, sizeof result.received);
    std::uint32_t open = 0;
    if (size >= window + sizeof open)
        std::memcpy(&open, info.data() + window, sizeof open);
    result.window_end = result.acknowledged + open;
    int queued = 0;
    result.owes = ::ioctl(socket.native_handle(), SIOCOUTQ, &queued) == 0 && queued != 0;
    return result;
#else
    (void)socket;
    return std::nullopt;
#endif
}

/// Bounds what the kernel takes of us before it is sent: what waits there cannot be replaced by anything newer.
inline void bound_unsent(boost::asio::ip::tcp::socket& socket, int bytes)
{
#ifdef TCP_NOTSENT_LOWAT
    boost::system::error_code ignored; // a socket that refuses is still a socket
    socket.set_option(boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>(bytes),
                      ignored);
#else
    (void)socket;
    (void)bytes;
#endif
}

} // namespace fullon_cache_api::detail
