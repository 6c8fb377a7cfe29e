// A Redis command and a pipeline of them, as plain text: what connection::execute() sends.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache {

namespace detail {
class script;
}

/// One Redis command: a name and its arguments, as text. Words are any bytes, and are copied.
///
/// \code
/// using fullon_cache::command;
/// const auto value = (co_await redis.execute(command("HGET", "settings", "log_level"))).as_text();
/// command read("HMGET", "settings"); // redis: a started fullon_cache::connection
/// for (const auto& name : names)
///     read.push(name);
/// const auto values = (co_await redis.execute(std::move(read))).as_items();
/// \endcode
///
/// Not an aggregate, and without an initializer_list constructor, so that g++ 12 compiles it correctly inside
/// a `co_await` expression.
class command {
public:
    /// \param words texts or integers, as push() takes them.
    template <class... Words>
    explicit command(std::string_view name, Words&&... words)
    {
        words_.reserve(1 + sizeof...(words));
        words_.emplace_back(name);
        (push(std::forward<Words>(words)), ...);
    }

    /// Appends one argument: a text, or an integer as decimal digits. Floating-point numbers do not compile;
    /// their text is the caller's choice.
    command& push(std::string word)
    {
        words_.push_back(std::move(word));
        return *this;
    }
    command& push(std::string_view word) { return push(std::string(word)); }
    command& push(const char* word) { return push(std::string(word)); }
    template <std::integral Integer>
    command& push(Integer value)
    {
        char text[24];
        const auto end = std::to_chars(text, text + sizeof text, value).ptr;
        return push(std::string(text, end));
    }

    /// The name, then the arguments.
    const std::vector<std::string>& words() const noexcept { return words_; }

private:
    friend class detail::script;

    std::vector<std::string> words_;
    const detail::script* script_ = nullptr; // that the words name by its digest
};

/// Commands that are sent in one write and answered in order, with one reply each.
///
/// A pipeline is not atomic: commands of others may be executed in between. Where nobody may see half of it,
/// use base_cache::execute_atomically(), or add MULTI in front and EXEC at the end. Redis then answers QUEUED
/// to each command, and EXEC with an array of all results.
///
/// \code
/// fullon_cache::pipeline reads;
/// reads.add("LLEN", "trades:kraken:BTCUSDT").add("LLEN", "trades:kraken:ETHUSDT");
/// for (const auto& reply : co_await redis.execute(std::move(reads)))
///     use(reply.as_integer()); // throws for an error reply
/// \endcode
class pipeline {
public:
    /// Appends a command, made of its name and arguments as command is.
    template <class... Words>
    pipeline& add(std::string_view name, Words&&... words)
    {
        commands_.emplace_back(name, std::forward<Words>(words)...);
        return *this;
    }
    pipeline& add(command one)
    {
        commands_.push_back(std::move(one));
        return *this;
    }

    bool empty() const noexcept { return commands_.empty(); }
    std::size_t size() const noexcept { return commands_.size(); }
    const std::vector<command>& commands() const noexcept { return commands_; }

private:
    std::vector<command> commands_;
};

} // namespace fullon_cache
