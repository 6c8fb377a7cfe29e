// The real server program as a child process on a free port.
#pragma once

#include "../support/child_process.hpp"

#include "support/temp_dir.hpp" // tests/support

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace demo {

class server_process {
public:
    /// Completes when clients can connect. The server sees none of our settings for it, and no `.env`.
    server_process(const std::string& redis_host, std::uint16_t redis_port)
        : server_({program().string(), "--host", "127.0.0.1", "--port", "0", "--env-file", "/dev/null"},
                  log(), environment(redis_host, redis_port))
    {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!find_url()) {
            if (!server_.running() || std::chrono::steady_clock::now() > deadline)
                throw std::runtime_error("fullon-cache-server did not say that it is listening:\n" +
                                         output());
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

    const std::string& url() const noexcept { return url_; }

    /// What it printed and logged (warnings and errors only).
    std::string output() const { return examples::text_of(log()); }

    /// SIGTERM. \returns its exit code: 0 when it drained; empty when a signal had to end it.
    std::optional<int> stop() { return server_.stop(); }

private:
    static std::filesystem::path program()
    {
        auto path = std::filesystem::read_symlink("/proc/self/exe").replace_filename("fullon-cache-server");
        if (!std::filesystem::exists(path))
            throw std::runtime_error("there is no " + path.string() +
                                     ": build the target fullon-cache-server");
        return path;
    }

    static std::vector<std::string> environment(const std::string& redis_host, std::uint16_t redis_port)
    {
        std::vector<std::string> variables{"REDIS_HOST=" + redis_host,
                                           "REDIS_PORT=" + std::to_string(redis_port), "LOG_LEVEL=WARNING"};
        for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"})
            if (const char* value = std::getenv(name))
                variables.push_back(std::string(name) + "=" + value);
        return variables;
    }

    std::filesystem::path log() const { return directory_.path() / "server.log"; }

    bool find_url()
    {
        constexpr std::string_view words = "listening on ";
        const std::string text = output();
        const auto begin = text.find(words);
        const auto end = begin == std::string::npos ? begin : text.find('\n', begin);
        if (end == std::string::npos)
            return false;
        url_ = text.substr(begin + words.size(), end - begin - words.size());
        return true;
    }

    support::temp_dir directory_; // outlives the server, which writes into it
    examples::child_process server_;
    std::string url_;
};

} // namespace demo
