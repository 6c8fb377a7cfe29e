// The ends of lists, read in pieces while others push and take.
#include "support/background.hpp"
#include "support/caches.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/list_tail.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using fullon_cache::base_cache;
using fullon_cache::list_request;
using fullon_cache::list_tail;
using world = support::cache_world<base_cache>;

void push(world& w, const std::string& key, int from, int to)
{
    std::vector<std::string> words{"RPUSH", key};
    for (int i = from; i <= to; ++i)
        words.push_back(std::to_string(i));
    w.cli.execute(words);
}

asio::awaitable<list_tail> read(world& w, std::string key, std::size_t count)
{
    std::vector<list_request> wanted;
    wanted.push_back({std::move(key), count});
    auto tails = co_await read_list_tails(w.connection.shared_link(), std::move(wanted));
    co_return std::move(tails.at(0));
}

} // namespace

TEST_CASE("the end of a list, and whether it is all of it")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> {
        push(w, "l", 1, 5);
        auto tail = co_await read(w, "l", 3);
        CHECK(tail.elements == std::vector<std::string>{"3", "4", "5"});
        CHECK(tail.length == 5);
        CHECK_FALSE(tail.whole);
        tail = co_await read(w, "l", 5);
        CHECK(tail.elements.size() == 5);
        CHECK(tail.whole);
        tail = co_await read(w, "none", 5);
        CHECK(tail.elements.empty());
        CHECK(tail.length == 0);
        CHECK(tail.whole);
        CHECK(tail.problem.empty());
    });
}

TEST_CASE("a long list is read in pieces that fit together")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> {
        push(w, "l", 1, 4321);
        auto tail = co_await read(w, "l", 10000);
        REQUIRE(tail.elements.size() == 4321);
        CHECK(tail.whole);
        for (int i = 1; i <= 4321; ++i)
            REQUIRE(tail.elements[static_cast<std::size_t>(i - 1)] == std::to_string(i));
        tail = co_await read(w, "l", 2500);
        CHECK(tail.elements.size() >= 2500);
        CHECK(tail.elements.size() < 4000);
        CHECK(tail.elements.back() == "4321");
        CHECK_FALSE(tail.whole);
        tail = co_await read(w, "l", 4321);
        CHECK(tail.elements.size() == 4321);
    });
}

TEST_CASE("several lists at once; a key that is no list is a problem of its own")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> {
        push(w, "a", 1, 2);
        w.cli("SET", "text", "x");
        push(w, "b", 1, 1500);
        std::vector<list_request> wanted;
        for (const char* key : {"a", "text", "b"})
            wanted.push_back({key, 2000});
        const auto tails = co_await read_list_tails(w.connection.shared_link(), std::move(wanted));
        REQUIRE(tails.size() == 3);
        CHECK(tails[0].elements.size() == 2);
        CHECK(tails[1].problem.starts_with("WRONGTYPE"));
        CHECK(tails[1].elements.empty());
        CHECK(tails[2].elements.size() == 1500);
    });
}

TEST_CASE("while others push and take, what is read stood there in one piece")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> {
        push(w, "l", 1, 6000);
        int next = 6001;
        bool over = false;
        auto disturb = [&]() -> asio::awaitable<void> {
            while (!over) {
                for (int i = 0; i < 7; ++i) {
                    std::vector<std::string> one(1, std::to_string(next++));
                    co_await w.cache.rpush("l", std::move(one));
                }
                for (int i = 0; i < 5; ++i)
                    co_await w.cache.lpop("l");
            }
        };
        support::background<void> writer(w.connection.get_executor(), disturb());
        for (int round = 0; round < 60; ++round) {
            const auto tail = co_await read(w, "l", 10000);
            REQUIRE_FALSE(tail.elements.empty());
            for (std::size_t i = 1; i < tail.elements.size(); ++i)
                REQUIRE(std::stoi(tail.elements[i]) == std::stoi(tail.elements[i - 1]) + 1);
        }
        over = true;
        co_await writer.result();
        const auto length = static_cast<std::size_t>(w.cli("LLEN", "l").integer());
        const auto tail = co_await read(w, "l", 1'000'000);
        CHECK(tail.elements.size() == length);
        CHECK(tail.whole);
    });
}
