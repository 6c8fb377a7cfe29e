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

/// One Redis command. Not an aggregate and without an initializer_list constructor, so that it can be made
/// inside a `co_await` expression with g++ 12: `co_await redis.execute(command("HGET", key, field))`.
class command {
public:
    template <class... Words>
    explicit command(std::string_view name, Words&&... words)
    {
        words_.reserve(1 + sizeof...(words));
        words_.emplace_back(name);
        (push(std::forward<Words>(words)), ...);
    }

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

    const std::vector<std::string>& words() const noexcept { return words_; }

private:
    friend class detail::script;

    std::vector<std::string> words_;
    const detail::script* script_ = nullptr; // that the words name by its digest
};

/// Commands that travel together in one write and are answered in order. Not atomic by itself: where a
/// reader must not see half of it, add MULTI before and EXEC behind; Redis then answers QUEUED to each
/// command and all results as one array in the place of EXEC.
class pipeline {
public:
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
