// The server program as a child process, its outputs apart, in a private directory.
#pragma once

#include "support/async_test.hpp"
#include "support/redis_server.hpp"
#include "support/temp_dir.hpp"

#include "../../examples/support/child_process.hpp"

#include <boost/asio/awaitable.hpp>

#include <csignal>
#include <cstdint>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

extern char** environ;

namespace support {

/// Its environment is `variables` alone (and what sanitizers need): the one of this machine must not matter.
class server_process {
public:
    /// `before`: a command of the shell that starts it, such as `ulimit -n 64`.
    explicit server_process(std::vector<std::string> variables,
                            std::vector<std::string> arguments = {"--port", "0"},
                            const std::string& before = "true")
        : child_(command(std::move(arguments), before), directory_.path() / "out",
                 with_basics(std::move(variables)))
    {}

    static std::vector<std::string> variables_for(const redis_server& redis)
    {
        return {"REDIS_HOST=" + redis_server::host(), "REDIS_PORT=" + std::to_string(redis.port()),
                "WEBSOCKET_HOST=127.0.0.1"};
    }

    std::string out() const { return examples::text_of(directory_.path() / "out"); }
    std::string err() const { return examples::text_of(directory_.path() / "err"); }
    std::string output() const { return out() + err(); }
    const std::filesystem::path& directory() const { return directory_.path(); }
    bool running() { return child_.running(); }
    pid_t pid() const noexcept { return child_.pid(); }
    void send(int signal) { child_.send(signal); }

    /// Waits for the lines that say so. \returns the port, of the WebSocket.
    boost::asio::awaitable<std::uint16_t> listening()
    {
        co_await eventually("the server listens", [this] {
            if (!child_.running())
                throw std::runtime_error("the server has ended: " + output());
            return out().ends_with('\n');
        });
        const std::string said = out();
        const auto line = said.substr(0, said.find('\n'));
        co_return static_cast<std::uint16_t>(std::stoul(line.substr(line.rfind(':') + 1)));
    }

    /// Waits for its end. \returns the exit code; nothing when a signal ended it.
    boost::asio::awaitable<std::optional<int>> end()
    {
        co_await eventually("the server ends", [this] { return !child_.running(); });
        co_return child_.stop();
    }

    std::size_t resident_bytes() const
    {
        std::ifstream in("/proc/" + std::to_string(child_.pid()) + "/statm");
        std::size_t all = 0;
        std::size_t resident = 0;
        in >> all >> resident;
        return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    }

private:
    // A shell takes stderr apart and is then replaced by the server, which keeps its process id.
    std::vector<std::string> command(std::vector<std::string> arguments, const std::string& before) const
    {
        std::vector<std::string> words{"/bin/sh", "-c",
                                       R"(cd "$0" && exec 2>err && )" + before + R"( && exec "$@")",
                                       directory_.path().string(), FULLON_BIN_DIR "/fullon-cache-server"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        return words;
    }

    static std::vector<std::string> with_basics(std::vector<std::string> variables)
    {
        for (char** one = environ; *one; ++one)
            for (const std::string_view wanted : {"PATH=", "ASAN_", "UBSAN_", "TSAN_", "LSAN_", "GCOV_"})
                if (std::string_view(*one).starts_with(wanted))
                    variables.emplace_back(*one);
        return variables;
    }

    temp_dir directory_;
    examples::child_process child_;
};

} // namespace support
