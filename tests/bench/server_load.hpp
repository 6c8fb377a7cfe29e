// Loads a server with requests or with updates from Redis, and measures what each costs it.
#pragma once

#include "bench/load_connection.hpp" // tests/
#include "bench/process_usage.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <sys/epoll.h>
#include <unistd.h>

namespace bench {

using load_clock = std::chrono::system_clock; // what writers put into a tick

inline double now_seconds()
{
    return std::chrono::duration<double>(load_clock::now().time_since_epoch()).count();
}

/// What a server is known by.
struct target_server {
    std::uint16_t port = 0;
    pid_t pid = -1;
};

struct load_result {
    double per_second = 0;
    double cpu_micros = 0; ///< of the server, for each reply or delivery
    double p50 = 0; ///< microseconds
    double p99 = 0;
};

/// Collects between two moments.
class measurement {
public:
    explicit measurement(pid_t server) : server_(server) {}

    void begin()
    {
        latencies_.clear();
        count_ = 0;
        began_ = now_seconds();
        cpu_ = cpu_seconds(server_);
        running_ = true;
    }

    void count(double latency)
    {
        ++count_;
        if (running_ && latencies_.size() < most_latencies)
            latencies_.push_back(static_cast<float>(latency * 1e6));
    }

    bool running() const noexcept { return running_; }
    double began() const noexcept { return began_; }

    load_result end()
    {
        const double seconds = now_seconds() - began_;
        const double cpu = cpu_seconds(server_) - cpu_;
        if (count_ == 0)
            throw std::runtime_error("a server answered nothing");
        std::sort(latencies_.begin(), latencies_.end());
        const auto part = [&](double which) {
            return static_cast<double>(
                latencies_[static_cast<std::size_t>(static_cast<double>(latencies_.size() - 1) * which)]);
        };
        return {static_cast<double>(count_) / seconds, cpu / static_cast<double>(count_) * 1e6, part(0.5),
                part(0.99)};
    }

private:
    static constexpr std::size_t most_latencies = 4'000'000;

    pid_t server_;
    bool running_ = false;
    double began_ = 0;
    double cpu_ = 0;
    std::size_t count_ = 0;
    std::vector<float> latencies_;
};

/// Connections that one thread waits for.
class crowd {
public:
    crowd(std::uint16_t port, int size) : epoll_(::epoll_create1(EPOLL_CLOEXEC))
    {
        for (int i = 0; i < size; ++i) {
            auto& one = *all_.emplace_back(std::make_unique<load_connection>(port));
            epoll_event what{};
            what.events = EPOLLIN;
            what.data.u32 = static_cast<std::uint32_t>(i);
            if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, one.descriptor(), &what) != 0)
                throw std::system_error(errno, std::generic_category(), "epoll_ctl");
        }
    }
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;
    ~crowd() { ::close(epoll_); }

    std::size_t size() const noexcept { return all_.size(); }
    load_connection& operator[](std::size_t index) { return *all_[index]; }

    /// Calls `ready(index)` for connections that have something to read.
    template <class Function>
    void wait(std::chrono::milliseconds most, Function&& ready)
    {
        std::array<epoll_event, 1024> events;
        const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                       static_cast<int>(most.count()));
        for (int i = 0; i < count; ++i)
            ready(static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u32));
    }

private:
    int epoll_;
    std::vector<std::unique_ptr<load_connection>> all_;
};

/// The number behind a word; below 0 where there is none.
inline double number_behind(std::string_view text, std::string_view word)
{
    const auto at = text.find(word);
    double number = -1;
    if (at != std::string_view::npos)
        std::from_chars(text.data() + at + word.size(), text.data() + text.size(), number);
    return number;
}

/// `depth` requests are always under way on each connection. `request(id)` makes one; its reply has `"request_id":id`, and
/// must not say `"success":false`.
inline load_result load_with_requests(const target_server& server, int connections, int depth,
                                      const std::function<std::string(int)>& request,
                                      std::chrono::duration<double> time)
{
    crowd all(server.port, connections);
    std::vector<std::string> frames;
    std::string first;
    for (int id = 0; id < depth; ++id)
        first += frames.emplace_back(client_frame(request(id)));
    std::vector<double> sent(all.size() * frames.size(), now_seconds());
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].send(first);

    constexpr double warm_up = 0.3;
    measurement measured(server.pid);
    const double begun = now_seconds();
    std::string again;
    for (;;) {
        const double turn = now_seconds();
        if (!measured.running() && turn - begun > warm_up)
            measured.begin();
        if (measured.running() && turn - measured.began() > time.count())
            return measured.end();
        all.wait(std::chrono::milliseconds(100), [&](std::size_t index) {
            again.clear();
            all[index].flush();
            all[index].receive([&](std::string_view reply) {
                const auto id = static_cast<std::size_t>(number_behind(reply, "\"request_id\":"));
                if (id >= frames.size() || reply.find("\"success\":false") != std::string_view::npos)
                    throw std::runtime_error("not the reply that was expected: " + std::string(reply));
                auto& begin = sent[index * frames.size() + id];
                const double now = now_seconds();
                measured.count(now - begin);
                begin = now;
                again += frames[id];
            });
            if (!again.empty())
                all[index].send(again);
        });
    }
}

/// Writes to Redis in bursts at a fixed rate, whatever comes of it, and counts what arrives at clients.
struct update_load {
    int clients = 0;
    std::string subscription; ///< sent by each client
    std::string time_word; ///< stands before the time of a tick in what arrives
    std::function<void()> write_burst; ///< at once, without waiting for Redis
    double bursts_per_second = 0;
};

inline load_result load_with_updates(const target_server& server, const update_load& load,
                                     std::chrono::duration<double> time)
{
    crowd all(server.port, load.clients);
    const auto frame = client_frame(load.subscription);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].send(frame);

    constexpr double settling = 1; // until all have what they asked for
    measurement measured(server.pid);
    const double begun = now_seconds();
    double next = begun + settling / 2;
    for (;;) {
        const double turn = now_seconds();
        if (!measured.running() && turn - begun > settling)
            measured.begin();
        if (measured.running() && turn - measured.began() > time.count())
            return measured.end();
        if (turn >= next) {
            load.write_burst();
            next += 1 / load.bursts_per_second;
        }
        const auto rest = std::chrono::milliseconds(next - now_seconds() > 0.002 ? 1 : 0);
        all.wait(rest, [&](std::size_t index) {
            all[index].flush();
            all[index].receive([&](std::string_view message) {
                if (const double written = number_behind(message, load.time_word); written > begun)
                    measured.count(now_seconds() - written);
            });
        });
    }
}

} // namespace bench
