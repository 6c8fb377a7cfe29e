// A private, real Redis: a redis-server of its own on a free port, empty, gone with its owner.
#pragma once

#include "child_process.hpp"
#include "temporary_directory.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace examples {

/// Nothing is written to disk but its log, in a temporary folder. No other Redis is touched, and no environment
/// variable read. Blocks while it starts and stops.
class redis_process {
public:
    static constexpr const char* host = "127.0.0.1";

    /// Completes when it answers. `options` are more arguments of redis-server.
    /// \throws std::runtime_error saying what is missing or what redis-server wrote.
    explicit redis_process(std::vector<std::string> options = {}) : options_(std::move(options))
    {
        // Somebody else may take the free port before redis-server does: then another one.
        for (int attempt = 0; attempt < 5 && !server_; ++attempt) {
            port_ = free_port();
            try_start();
        }
        if (!server_)
            throw std::runtime_error("redis-server did not start:\n" + text_of(log()));
    }

    std::uint16_t port() const noexcept { return port_; }
    pid_t pid() const noexcept { return server_ ? server_->pid() : -1; }
    bool running() noexcept { return server_ && server_->running(); }
    std::filesystem::path log() const { return directory_.path() / "redis.log"; }

    /// Ends it with `signal`; nothing listens on the port when this returns.
    void stop(int signal = SIGTERM)
    {
        if (!server_)
            return;
        server_->send(signal);
        server_->stop();
        server_.reset();
    }

    /// Starts it again, empty, on the same port.
    void start()
    {
        if (!server_ && !try_start())
            throw std::runtime_error("redis-server did not start again:\n" + text_of(log()));
    }

    /// SIGSTOP and SIGCONT: a Redis that is connected but does not answer.
    void freeze() { server_->send(SIGSTOP); }
    void thaw() { server_->send(SIGCONT); }

private:
    bool try_start()
    {
        std::vector<std::string> command{
            "redis-server", "--port", std::to_string(port_),     "--bind", host, "--save", "", "--appendonly",
            "no",           "--dir",  directory_.path().string()};
        command.insert(command.end(), options_.begin(), options_.end());
        try {
            server_.emplace(command, log());
        } catch (const std::system_error& failure) {
            if (failure.code() == std::errc::no_such_file_or_directory)
                throw std::runtime_error(
                    "redis-server is not installed (or not in PATH); on Debian and Ubuntu: "
                    "apt-get install redis-server, or run cmake/setup.sh");
            throw;
        }
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        const std::string own = "\r\nprocess_id:" + std::to_string(server_->pid()) + "\r\n";
        while (server_->running() && std::chrono::steady_clock::now() < deadline) {
            if (ask("INFO server\r\n").find(own) != std::string::npos)
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        server_.reset();
        return false;
    }

    // One command on a connection of its own; what came back, perhaps nothing.
    std::string ask(const std::string& command) const
    {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval patience{2, 0};
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const sockaddr_in where = loopback(port_);
        std::string answer;
        if (connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0 &&
            send(socket, command.data(), command.size(), MSG_NOSIGNAL) > 0) {
            std::array<char, 8192> buffer;
            const auto size = recv(socket, buffer.data(), buffer.size(), 0);
            answer.assign(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        }
        close(socket);
        return answer;
    }

    static sockaddr_in loopback(std::uint16_t port)
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    static std::uint16_t free_port()
    {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        const bool bound = bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                           getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
        close(socket);
        if (!bound)
            throw std::runtime_error("no free port on 127.0.0.1");
        return ntohs(address.sin_port);
    }

    std::vector<std::string> options_;
    temporary_directory directory_; // outlives the server, which runs in it
    std::uint16_t port_ = 0;
    std::optional<child_process> server_;
};

} // namespace examples
