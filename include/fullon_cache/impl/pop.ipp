// Bodies of detail/pop.hpp.
#pragma once

#include <fullon_cache/detail/pop.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace fullon_cache::detail {

namespace asio = boost::asio;

namespace {

// BLPOP answers with the key and the element, LPOP with the element, both with nothing.
std::optional<std::string> popped_element(const reply& answer)
{
    if (answer.items.size() == 2)
        return answer.items[1].text;
    return answer.type == reply::kind::text ? std::optional(answer.text) : std::nullopt;
}

} // namespace

asio::awaitable<std::optional<std::string>> pop_front(std::shared_ptr<link> redis, std::string key,
                                                      std::chrono::milliseconds timeout)
{
    const bool waits = timeout > std::chrono::milliseconds::zero();
    timeout = std::clamp(timeout, std::chrono::milliseconds::zero(), longest_wait);
    command pop = waits ? command("BLPOP", key, seconds_text(timeout)) : command("LPOP", key);
    link::undo put_back = [key](const reply& popped) {
        pipeline commands;
        if (const auto element = popped_element(popped))
            commands.add("LPUSH", key, *element);
        return commands;
    };
    const auto popped = co_await redis->execute_blocking(std::move(pop), timeout, std::move(put_back));
    co_return popped_element(popped);
}

std::string seconds_text(std::chrono::milliseconds time)
{
    char text[32];
    const auto count = time.count();
    if (count % 1000 == 0)
        return std::to_string(count / 1000);
    const auto [end, failure] =
        std::to_chars(text, text + sizeof text, static_cast<double>(count) / 1000, std::chars_format::fixed);
    return std::string(text, end);
}

} // namespace fullon_cache::detail
