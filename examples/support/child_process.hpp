// A program that runs beside this one and never outlives it.
#pragma once

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace examples {

/// Its output goes to a file: read that to learn what it said.
class child_process {
public:
    /// `command[0]` is a path, or a name looked up in PATH. `variables` ("NAME=value") are its environment; without
    /// them it has ours. \throws std::system_error naming the program when it cannot be started.
    child_process(const std::vector<std::string>& command, const std::filesystem::path& output,
                  std::optional<std::vector<std::string>> variables = std::nullopt)
    {
        // Everything is ready before the fork: between it and exec nothing may allocate.
        auto arguments = pointers(command);
        std::vector<char*> environment;
        if (variables)
            environment = pointers(*variables);
        const std::string file = output.string();
        int report[2];
        if (pipe2(report, O_CLOEXEC) != 0)
            throw std::system_error(errno, std::system_category(), "pipe2");
        const pid_t parent = getpid();
        pid_ = fork();
        if (pid_ == 0) {
            become(arguments.data(), variables ? environment.data() : environ, file.c_str(), parent);
            const int error = errno;
            [[maybe_unused]] const auto told = write(report[1], &error, sizeof error);
            _exit(127);
        }
        const int fork_error = errno;
        close(report[1]);
        int error = pid_ < 0 ? fork_error : 0;
        if (pid_ > 0 && read(report[0], &error, sizeof error) > 0)
            wait_for_end();
        close(report[0]);
        if (error != 0)
            throw std::system_error(error, std::system_category(), "cannot start " + command.front());
    }
    child_process(child_process&& other) noexcept
        : pid_(std::exchange(other.pid_, -1)), status_(other.status_)
    {}
    child_process& operator=(child_process&&) = delete;
    ~child_process()
    {
        send(SIGKILL);
        wait_for_end();
    }

    pid_t pid() const noexcept { return pid_; }

    void send(int signal) noexcept
    {
        if (running())
            kill(pid_, signal);
    }

    bool running() noexcept
    {
        if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) == pid_)
            pid_ = -1;
        return pid_ > 0;
    }

    /// SIGTERM, and SIGKILL if that was not enough. \returns its exit code; empty when a signal ended it.
    std::optional<int> stop(std::chrono::milliseconds patience = std::chrono::seconds(10))
    {
        send(SIGTERM);
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (running() && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        send(SIGKILL);
        wait_for_end();
        return WIFEXITED(status_) ? std::optional(WEXITSTATUS(status_)) : std::nullopt;
    }

private:
    static std::vector<char*> pointers(const std::vector<std::string>& texts)
    {
        std::vector<char*> result;
        for (const auto& text : texts)
            result.push_back(const_cast<char*>(text.c_str()));
        result.push_back(nullptr);
        return result;
    }

    // In the child. Comes back only if it failed, with errno.
    static void become(char** arguments, char** environment, const char* output, pid_t parent)
    {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) // it died before that was in force
            _exit(127);
        const int out = open(output, O_WRONLY | O_CREAT | O_APPEND, 0600);
        const int in = open("/dev/null", O_RDONLY);
        if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
            return;
        execvpe(arguments[0], arguments, environment);
    }

    void wait_for_end() noexcept
    {
        if (pid_ > 0)
            while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
            }
        pid_ = -1;
    }

    pid_t pid_ = -1;
    int status_ = 0;
};

/// Everything in a file; empty when there is none.
inline std::string text_of(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace examples
