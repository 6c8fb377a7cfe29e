// A small blocking Redis client for fixtures, independent of the library under test.
#pragma once

#include "support/redis_server.hpp"

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace support {

/// One RESP2 reply.
struct redis_reply {
    enum class kind { nil, status, error, integer, string, array };

    kind type = kind::nil;
    std::string text; ///< status, error, string; an integer's digits
    std::vector<redis_reply> elements;

    bool is_nil() const noexcept { return type == kind::nil; }
    bool is_error() const noexcept { return type == kind::error; }
    std::int64_t integer() const;
    std::vector<std::string> texts() const; ///< of an array's elements
    std::string to_string() const;          ///< as one line: `[a, (nil), 3]`
    bool operator==(const redis_reply&) const = default;
};

/// A command's words; numbers become their shortest text.
class redis_words {
public:
    template <typename... Words>
    explicit redis_words(const Words&... words)
    {
        (add(words), ...);
    }

    const std::vector<std::string>& list() const noexcept { return list_; }

private:
    template <typename Word>
    void add(const Word& word)
    {
        if constexpr (std::convertible_to<const Word&, std::string_view>) {
            list_.emplace_back(std::string_view(word));
        } else if constexpr (std::is_arithmetic_v<Word>) {
            char digits[64];
            const auto end = std::to_chars(digits, digits + sizeof digits, word).ptr;
            list_.emplace_back(digits, end);
        } else {
            for (const auto& one : word) // a range of words
                add(one);
        }
    }

    std::vector<std::string> list_;
};

/// `redis_cli cli(server); cli("HSET", "key", "field", 1.5);`
/// Blocks; every wait ends after `timeout` with std::runtime_error. One thread.
class redis_cli {
public:
    static constexpr std::chrono::milliseconds default_timeout{5000};

    explicit redis_cli(std::uint16_t port, std::chrono::milliseconds timeout = default_timeout);
    explicit redis_cli(const redis_server& server, std::chrono::milliseconds timeout = default_timeout)
        : redis_cli(server.port(), timeout)
    {}
    redis_cli(const redis_cli&) = delete;
    redis_cli& operator=(const redis_cli&) = delete;
    ~redis_cli();

    /// \throws std::runtime_error if the reply is an error
    template <typename... Words>
    redis_reply operator()(const Words&... words)
    {
        auto reply = execute(redis_words(words...).list());
        if (reply.is_error())
            throw_error(reply);
        return reply;
    }

    /// An error reply is returned.
    redis_reply execute(const std::vector<std::string>& words);

    /// Any number of commands in one go; one reply each, errors among them.
    std::vector<redis_reply> pipeline(const std::vector<std::vector<std::string>>& commands);

    /// The next thing Redis sends by itself: a message, a line of MONITOR.
    redis_reply receive();

private:
    void write_and_read(std::string_view out, std::size_t replies, std::vector<redis_reply>& into);
    [[noreturn]] static void throw_error(const redis_reply& reply);

    int socket_ = -1;
    std::chrono::milliseconds timeout_;
    std::string in_; // read, not parsed yet
};

/// Every command that the server executes, seen by MONITOR from construction on.
class monitor_session {
public:
    struct seen {
        int database = 0;
        std::string client; // address:port, or "lua"
        std::vector<std::string> words;
    };

    explicit monitor_session(const redis_server& server);

    /// What was executed since the last call, everything that was answered before this one included.
    std::vector<seen> collect();

    /// The same, as `SET key value` lines.
    std::vector<std::string> collect_lines();

private:
    redis_cli monitor_;
    redis_cli marker_; // Redis executes one command after the other: what precedes the mark has been seen
    int marks_ = 0;
};

} // namespace support
