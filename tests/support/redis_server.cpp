// Bodies of redis_server.hpp.
#include "support/redis_server.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace support {

namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds patience{10};

[[noreturn]] void throw_errno(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

int remaining_ms(steady_clock::time_point deadline)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

void close_descriptor(int& descriptor)
{
    if (descriptor >= 0)
        ::close(descriptor);
    descriptor = -1;
}

} // namespace

redis_server::redis_server(std::vector<std::string> arguments) : arguments_(std::move(arguments))
{
    try {
        for (int attempt = 0; attempt < 20; ++attempt) {
            reserve_port();
            if (launch() == outcome::ready)
                return;
        }
        fail("found no free port");
    } catch (...) {
        signal_and_reap(SIGKILL);
        close_descriptor(reservation_);
        throw;
    }
}

redis_server::~redis_server()
{
    signal_and_reap(SIGKILL);
    close_descriptor(reservation_);
}

// Bound without SO_REUSEADDR, so that the port is really free, which then is set: redis-server sets it too, and two
// such sockets may share a port as long as only one listens.
void redis_server::reserve_port()
{
    close_descriptor(reservation_);
    reservation_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int on = 1;
    if (reservation_ < 0 || ::bind(reservation_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::getsockname(reservation_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        ::setsockopt(reservation_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        throw_errno("cannot reserve a port");
    port_ = ntohs(address.sin_port);
}

redis_server::outcome redis_server::launch()
{
    std::vector<std::string> command{"redis-server",
                                     "--port",
                                     std::to_string(port_),
                                     "--bind",
                                     host(),
                                     "--dir",
                                     directory().string(),
                                     "--save",
                                     "",
                                     "--appendonly",
                                     "no",
                                     "--daemonize",
                                     "no"};
    for (const auto& one : arguments_)
        command.push_back(one == "{port}" ? std::to_string(port_) : one);
    std::vector<char*> argv;
    for (auto& word : command)
        argv.push_back(word.data());
    argv.push_back(nullptr);

    std::array<int, 2> pipe_ends{};
    if (::pipe2(pipe_ends.data(), O_CLOEXEC) != 0)
        throw_errno("pipe2");
    // Nobody reads it once the server is ready: what does not fit then is lost, the server must not block on it.
    ::fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK);
    log_.clear();
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0)
        throw_errno("fork");
    if (child == 0) { // only async-signal-safe calls: other threads of the parent may have held locks
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(127);
        const int null = ::open("/dev/null", O_RDONLY);
        ::dup2(null, STDIN_FILENO);
        ::dup2(pipe_ends[1], STDOUT_FILENO);
        ::dup2(pipe_ends[1], STDERR_FILENO);
        ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); // or it would keep the test's sockets open
        ::execvp(argv[0], argv.data());
        constexpr char text[] = "cannot execute redis-server: is it installed?\n";
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, sizeof text - 1);
        ::_exit(127);
    }
    ::close(pipe_ends[1]);
    output_ = pipe_ends[0];
    pid_ = child;
    return wait_until_ready();
}

redis_server::outcome redis_server::wait_until_ready()
{
    const auto deadline = steady_clock::now() + patience;
    while (log_.find("eady to accept connections") == std::string::npos) {
        if (read_output(remaining_ms(deadline)))
            continue;
        const bool timed_out = remaining_ms(deadline) == 0;
        signal_and_reap(SIGKILL);
        if (!timed_out && log_.find("Address already in use") != std::string::npos)
            return outcome::port_taken;
        fail(timed_out ? "was not ready in time" : "did not start");
    }
    return outcome::ready;
}

// False: nothing came in time, or it has ended.
bool redis_server::read_output(int timeout_ms)
{
    pollfd readable{output_, POLLIN, 0};
    if (::poll(&readable, 1, timeout_ms) <= 0)
        return false;
    std::array<char, 4096> chunk{};
    const auto size = ::read(output_, chunk.data(), chunk.size());
    if (size <= 0)
        return false;
    log_.append(chunk.data(), static_cast<std::size_t>(size));
    return true;
}

// The end of its output is the end of the process: a wait with a deadline, which waitpid does not offer.
void redis_server::signal_and_reap(int signal)
{
    if (pid_ <= 0)
        return;
    ::kill(pid_, signal);
    if (signal != SIGKILL) {
        const auto deadline = steady_clock::now() + patience;
        while (read_output(remaining_ms(deadline))) {
        }
        if (remaining_ms(deadline) == 0)
            ::kill(pid_, SIGKILL);
    }
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    while (output_ >= 0 && read_output(0)) {
    }
    close_descriptor(output_);
}

void redis_server::fail(const std::string& what)
{
    throw std::runtime_error("redis-server " + what + ":\n" + log_);
}

void redis_server::kill()
{
    signal_and_reap(SIGKILL);
}

void redis_server::stop()
{
    if (running())
        resume(); // a stopped process does not see SIGTERM
    signal_and_reap(SIGTERM);
}

void redis_server::start()
{
    if (!running() && launch() != outcome::ready)
        fail("lost its port");
}

void redis_server::pause()
{
    if (!running())
        fail("does not run");
    ::kill(pid_, SIGSTOP);
    // kill() returns before the process has stopped.
    int status = 0;
    while (::waitpid(pid_, &status, WUNTRACED) < 0 && errno == EINTR) {
    }
    if (!WIFSTOPPED(status)) {
        pid_ = -1;
        fail("died");
    }
}

void redis_server::resume()
{
    if (!running())
        fail("does not run");
    ::kill(pid_, SIGCONT);
}

} // namespace support
