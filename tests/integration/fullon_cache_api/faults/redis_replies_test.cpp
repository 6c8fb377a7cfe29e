// Redis' answers end in the middle, at every place; Redis denies one right after the other.
#include "crowd.hpp"
#include "fault_world.hpp"
#include "state.hpp"
#include "surface.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace faults;

// Runs `body(world, all, truth)` with streams open over every surface, and closes them whatever happens.
template <class Body>
void test(Body body, std::chrono::seconds limit)
{
    support::run(
        [&](asio::any_io_executor executor) -> asio::awaitable<void> {
            fault_world world(executor);
            faults::seed(world.redis);
            support::redis_cli cli(world.redis);
            write_state(cli, 1);
            co_await world.start();
            crowd all(world);
            std::exception_ptr failure;
            try {
                co_await all.open();
                const auto truth = co_await all.ask_all();
                co_await body(world, all, truth);
            } catch (...) {
                failure = std::current_exception();
            }
            co_await all.close();
            if (failure)
                std::rethrow_exception(failure);
            co_await world.stop();
        },
        limit);
}

asio::awaitable<void> until_shown(crowd& all, long n)
{
    try {
        co_await support::eventually("the streams show what Redis has", [&] { return all.mended(n); });
    } catch (const std::exception&) {
        FAIL_CHECK("not mended: " << all.lacks(n));
    }
}

} // namespace

TEST_CASE("Redis' answers are cut after any number of bytes", "[faults]")
{
    test(
        [](fault_world& world, crowd& all, const answers& truth) -> asio::awaitable<void> {
            const auto before = world.proxy.passed(tcp_proxy::way::down);
            auto found = co_await all.ask_all();
            const auto whole = world.proxy.passed(tcp_proxy::way::down) - before;
            long n = 1;
            // The first bytes one by one, then steps that fall on every part of an answer.
            const auto step = 1 + whole / (patience == 1 ? 31 : 11);
            for (std::size_t bytes = 1; bytes < whole + whole / 4; bytes += bytes < 6 ? 1 : step) {
                INFO("cut after " << bytes << " of " << whole);
                world.proxy.cut_after(tcp_proxy::way::down, bytes,
                                      bytes % 2 == 0 ? tcp_proxy::ending::close : tcp_proxy::ending::reset);
                found = co_await all.ask_all();
                check_answers(all, found, {"CACHE_UNAVAILABLE", "TIMEOUT"}, &truth);
                world.proxy.heal();
                co_await support::eventually("the server has its Redis",
                                             [&] { return world.server->redis_up(); });
                found = co_await all.ask_all();
                check_answers(all, found, {}, &truth);
                support::redis_cli cli(world.redis);
                write_state(cli, n += 2);
                co_await until_shown(all, n);
                for (const auto& one : all.watchers)
                    CHECK(one->violations().empty());
            }
            CHECK(world.proxy.accepted() > 20); // two connections each time: it was cut indeed
        },
        120s);
}

TEST_CASE("the Redis user lacks one right after the other", "[faults]")
{
    test(
        [](fault_world& world, crowd& all, const answers& truth) -> asio::awaitable<void> {
            support::redis_cli cli(world.redis);
            std::vector<std::pair<std::string, std::string>> changes; // to deny, to grant again
            for (const auto& word : support::smallest_user())
                if (word.starts_with("+"))
                    changes.emplace_back("-" + word.substr(1), word);
                else if (word.starts_with("%R~"))
                    changes.emplace_back(word, "");
            long n = 1;
            for (const auto& [deny, grant] : changes) {
                INFO("denied: " << deny);
                if (grant.empty()) { // a key: all others stay
                    cli("ACL", "SETUSER", "api", "resetkeys");
                    for (const auto& [other, right] : changes)
                        if (right.empty() && other != deny)
                            cli("ACL", "SETUSER", "api", other);
                } else
                    cli("ACL", "SETUSER", "api", deny);
                const auto anyhow = co_await all.ask_all(); // on the link that there is
                check_answers(all, anyhow, {"CACHE_UNAVAILABLE", "TIMEOUT"}, &truth);
                if (!grant.empty()) { // and on one that is set up without it
                    world.proxy.cut();
                    const auto anew = co_await all.ask_all();
                    check_answers(all, anew, {"CACHE_UNAVAILABLE", "TIMEOUT"}, &truth);
                }
                write_state(cli,
                            n += 2); // what cannot be read now must be found later, without another write
                co_await support::pause(20ms);
                if (grant.empty())
                    cli("ACL", "SETUSER", "api", deny);
                else
                    cli("ACL", "SETUSER", "api", grant);
                co_await until_shown(all, n);
                const auto found = co_await all.ask_all();
                check_answers(all, found, {}, &truth);
            }
            for (const auto& one : all.watchers)
                CHECK(one->violations().empty());
        },
        120s);
}
