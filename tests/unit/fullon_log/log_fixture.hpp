// What the log tests share: a folder of their own, captured stderr, changed variables, a child process.
#pragma once

#include <fullon_log/configure.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace log_tests {

namespace fs = std::filesystem;

class temp_dir {
public:
    temp_dir()
    {
        std::string name = (fs::temp_directory_path() / "fullon_log_XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~temp_dir()
    {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    temp_dir(const temp_dir&) = delete;
    temp_dir& operator=(const temp_dir&) = delete;

    const fs::path& path() const { return path_; }
    fs::path operator/(std::string_view name) const { return path_ / name; }

private:
    fs::path path_;
};

inline std::string content_of(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const fs::path& path, std::string_view content)
{
    std::ofstream(path, std::ios::binary) << content;
}

inline std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        REQUIRE(end != std::string_view::npos); // a line without its end is torn
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

// Sends this process's stderr to a descriptor for a while.
class redirected_stderr {
public:
    explicit redirected_stderr(int target) : saved_(::dup(STDERR_FILENO)) { ::dup2(target, STDERR_FILENO); }
    ~redirected_stderr()
    {
        ::dup2(saved_, STDERR_FILENO);
        ::close(saved_);
    }
    redirected_stderr(const redirected_stderr&) = delete;
    redirected_stderr& operator=(const redirected_stderr&) = delete;

private:
    int saved_;
};

// What `run` writes to stderr.
template <class Function>
std::string stderr_of(Function run)
{
    const temp_dir folder;
    const auto path = folder / "stderr";
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    REQUIRE(file >= 0);
    {
        const redirected_stderr here(file);
        run();
    }
    ::close(file);
    return content_of(path);
}

// What `run` writes to stderr where that is a terminal; everything must have been written when it returns.
template <class Function>
std::string terminal_of(Function run)
{
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(terminal >= 0);
    REQUIRE(::grantpt(terminal) == 0);
    REQUIRE(::unlockpt(terminal) == 0);
    const int screen = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
    REQUIRE(screen >= 0);
    {
        const redirected_stderr here(screen);
        run();
    }
    char text[512];
    const auto size = ::read(terminal, text, sizeof text);
    ::close(screen);
    ::close(terminal);
    return {text, size > 0 ? static_cast<std::size_t>(size) : 0};
}

// Configures for the length of a test.
class session {
public:
    explicit session(fullon_log::config settings) { fullon_log::configure(std::move(settings)); }
    ~session() { fullon_log::shutdown(); }
    session(const session&) = delete;
    session& operator=(const session&) = delete;
};

inline fullon_log::config file_only(fs::path file, fullon_log::format look = fullon_log::format::minimal)
{
    fullon_log::config settings;
    settings.console = false;
    settings.format = look;
    settings.file = std::move(file);
    return settings;
}

// What `run` logs, as a file gets it.
template <class Function>
std::string logged(fullon_log::config settings, Function run)
{
    const temp_dir folder;
    settings.console = false;
    settings.file = folder / "test.log";
    {
        const session now(settings);
        run();
    }
    return content_of(folder / "test.log");
}

// Sets (or unsets) a variable of this process for a while.
class variable {
public:
    variable(const char* name, std::optional<std::string> value) : name_(name)
    {
        if (const char* before = std::getenv(name))
            before_ = before;
        set(value);
    }
    ~variable() { set(before_); }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;

private:
    void set(const std::optional<std::string>& value) const
    {
        if (value)
            ::setenv(name_, value->c_str(), 1);
        else
            ::unsetenv(name_);
    }

    const char* name_;
    std::optional<std::string> before_;
};

class current_folder {
public:
    explicit current_folder(const fs::path& folder) : before_(fs::current_path())
    {
        fs::current_path(folder);
    }
    ~current_folder() { fs::current_path(before_); }
    current_folder(const current_folder&) = delete;
    current_folder& operator=(const current_folder&) = delete;

private:
    fs::path before_;
};

// The exit status of a child, or -1 if it was not done within 30 s (it is killed then).
inline int wait_for(pid_t child)
{
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
    REQUIRE(handle >= 0);
    pollfd ended{handle, POLLIN, 0};
    const bool in_time = ::poll(&ended, 1, 30'000) == 1;
    ::close(handle);
    if (!in_time)
        ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    return in_time && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Runs one (hidden) test case of this executable as a process of its own; FULLON_LOG_TEST_FILE tells it where to log.
inline int run_test_case_in_child(const char* tag, const fs::path& file)
{
    const variable where("FULLON_LOG_TEST_FILE", file.string());
    std::string program = "/proc/self/exe";
    std::string test = tag;
    char* arguments[] = {program.data(), test.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    REQUIRE(::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    return wait_for(child);
}

} // namespace log_tests
