// A relay with nothing in it, on a thread of its own: hears of each publication, reads the field that it names, and
// passes the reply on. No server that shows only what it has read can be faster.
#pragma once

#include "bench/blocking_socket.hpp" // tests/

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <sys/socket.h>

namespace bench {

class bare_relay {
public:
    /// `heard` is subscribed; `read` takes commands; what is read goes to `client`. `prefix` begins the channels whose
    /// rest names a field of `hash`.
    bare_relay(blocking_socket heard, blocking_socket read, blocking_socket client, std::string prefix,
               std::string hash)
        : heard_(std::move(heard)), read_(std::move(read)), client_(std::move(client)),
          prefix_(std::move(prefix)), hash_(std::move(hash)), thread_([this] { run(); })
    {}
    bare_relay(const bare_relay&) = delete;
    bare_relay& operator=(const bare_relay&) = delete;
    ~bare_relay()
    {
        over_ = true;
        thread_.join();
    }

private:
    void run()
    try {
        std::string published;
        std::string replies;
        while (!over_) {
            const auto ready = blocking_socket::wait(heard_, read_, std::chrono::milliseconds(50));
            if (ready.first) {
                heard_.take(published);
                ask(published);
            }
            if (ready.second) {
                read_.take(replies);
                client_.send(replies);
                replies.clear();
            }
        }
    } catch (const std::exception&) { // whoever listens finds that nothing comes any more
    }

    // All publications that are there cost one write, as all replies do.
    void ask(std::string& published)
    {
        std::string commands;
        std::size_t done = 0;
        for (auto at = published.find(prefix_); at != std::string::npos; at = published.find(prefix_, at)) {
            const auto end = published.find('\r', at);
            if (end == std::string::npos)
                break;
            const auto field =
                std::string_view(published).substr(at + prefix_.size(), end - at - prefix_.size());
            commands.append("*3\r\n$4\r\nHGET\r\n$").append(std::to_string(hash_.size())).append("\r\n");
            commands.append(hash_).append("\r\n$").append(std::to_string(field.size())).append("\r\n");
            commands.append(field).append("\r\n");
            done = at = end;
        }
        published.erase(0, done);
        if (!commands.empty())
            read_.send(commands);
    }

    blocking_socket heard_;
    blocking_socket read_;
    blocking_socket client_;
    std::string prefix_;
    std::string hash_;
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

} // namespace bench
