// A real redis-server as a child process, for one test.
#pragma once

#include "support/temp_dir.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace support {

/// Empty, without persistence, on a free port of 127.0.0.1, in a private directory. Ends with this object, or with the
/// test process (more precisely with the thread that started it).
///
/// The port is kept reserved by a bound socket that never listens, so no other process is given it while the server
/// is down, and `start()` finds it free.
/// Every function that waits throws std::runtime_error after 10 s, with what redis-server wrote.
class redis_server {
public:
    /// Started and ready for commands. `arguments` follow the usual ones: {"--requirepass", "x"}; the word "{port}" in
    /// them stands for its port.
    explicit redis_server(std::vector<std::string> arguments = {});
    redis_server(const redis_server&) = delete;
    redis_server& operator=(const redis_server&) = delete;
    ~redis_server();

    static std::string host() { return "127.0.0.1"; }
    std::uint16_t port() const noexcept { return port_; }
    pid_t pid() const noexcept { return pid_; } ///< -1 while it does not run
    bool running() const noexcept { return pid_ > 0; }
    const std::filesystem::path& directory() const noexcept { return directory_.path(); }

    void kill(); ///< SIGKILL; gone when this returns
    void stop(); ///< SIGTERM: connections are closed in order
    void start(); ///< again, on the same port, empty
    void pause(); ///< SIGSTOP: connections stay, nothing is answered
    void resume(); ///< SIGCONT

private:
    enum class outcome { ready, port_taken };

    void reserve_port();
    outcome launch();
    outcome wait_until_ready();
    void signal_and_reap(int signal);
    [[noreturn]] void fail(const std::string& what);
    bool read_output(int timeout_ms);

    temp_dir directory_;
    std::vector<std::string> arguments_;
    std::uint16_t port_ = 0;
    int reservation_ = -1;
    int output_ = -1; // what it writes to stdout and stderr
    std::string log_;
    pid_t pid_ = -1;
};

} // namespace support
