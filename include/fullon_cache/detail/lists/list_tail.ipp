// Bodies of list_tail.hpp.
#pragma once

#include <fullon_cache/error.hpp>
#include <fullon_cache/list_tail.hpp>
#include <fullon_cache/overlap.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;

namespace {

// Redis answers others between two commands, not within one.
constexpr std::size_t elements_per_step = 1000;

constexpr std::size_t commands_per_list = 4; // MULTI LLEN LRANGE EXEC

std::vector<std::string> texts_of(std::vector<reply> items)
{
    std::vector<std::string> texts;
    texts.reserve(items.size());
    for (auto& one : items)
        texts.push_back(std::move(one.text));
    return texts;
}

list_tail read_first(reply answer, std::size_t asked)
{
    list_tail tail;
    auto parts = std::move(answer).as_items();
    if (parts.size() != 2)
        throw cache_error(errc::protocol, "EXEC answered with another shape");
    for (const auto& part : parts)
        if (part.is_error()) {
            tail.problem = part.text;
            return tail;
        }
    tail.length = static_cast<std::uint64_t>(parts[0].as_integer());
    tail.elements = texts_of(std::move(parts[1]).as_items());
    tail.whole = tail.elements.size() < asked || tail.length == tail.elements.size();
    return tail;
}

// The piece before the first one that is known, which is read once more: by it, and what follows, the place is found
// again when the list has moved meanwhile.
asio::awaitable<void> read_further(std::shared_ptr<redis_link> redis, std::string key, std::size_t count,
                                   list_tail& tail)
{
    while (!tail.whole && !tail.elements.empty() && tail.elements.size() < count) {
        const auto known = static_cast<long long>(tail.elements.size());
        const auto step = static_cast<long long>(elements_per_step);
        auto piece = texts_of(
            (co_await redis->execute(command("LRANGE", key, -(known + step - 1), -known))).as_items());
        const auto common = overlap(piece, tail.elements, tail.elements.size());
        const bool first = piece.size() < elements_per_step;
        if (common == 0 || common >= piece.size()) {
            tail.whole = first; // else it has moved by more than a piece: this is what can be said of it
            break;
        }
        piece.resize(piece.size() - common);
        tail.elements.insert(tail.elements.begin(), std::make_move_iterator(piece.begin()),
                             std::make_move_iterator(piece.end()));
        tail.whole = first;
    }
}

} // namespace

asio::awaitable<std::vector<list_tail>> read_list_tails(std::shared_ptr<redis_link> redis,
                                                        std::vector<list_request> wanted)
{
    std::vector<list_tail> tails;
    if (wanted.empty())
        co_return tails;
    pipeline reads;
    for (const auto& one : wanted) {
        reads.add("MULTI");
        reads.add("LLEN", one.key);
        reads.add("LRANGE", one.key, -static_cast<long long>(std::min(one.count, elements_per_step)), -1);
        reads.add("EXEC");
    }
    auto answers = co_await redis->execute(std::move(reads));
    tails.reserve(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        // What Redis refuses to queue it says there: EXEC only tells that something was refused.
        for (std::size_t k = 0; k + 1 < commands_per_list; ++k)
            answers.at(i * commands_per_list + k).checked();
        auto& answer = answers.at(i * commands_per_list + commands_per_list - 1);
        tails.push_back(
            read_first(std::move(answer).checked(), std::min(wanted[i].count, elements_per_step)));
    }
    for (std::size_t i = 0; i < wanted.size(); ++i)
        co_await read_further(redis, wanted[i].key, wanted[i].count, tails[i]);
    co_return tails;
}

} // namespace fullon_cache
