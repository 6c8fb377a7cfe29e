// Keeps sockets to this process: Asio opens and accepts them without SOCK_CLOEXEC.
#pragma once

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#endif

namespace fullon_coro {

/// A program that this process starts does not inherit the socket: it would keep a port taken and a connection
/// open after this process has closed them. Where that cannot be set, nothing happens.
///
/// \param socket an open socket or acceptor of Asio
template <typename Socket>
void close_on_exec(Socket& socket) noexcept
{
#ifdef FD_CLOEXEC
    if (socket.is_open())
        (void)::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
#else
    (void)socket;
#endif
}

} // namespace fullon_coro
