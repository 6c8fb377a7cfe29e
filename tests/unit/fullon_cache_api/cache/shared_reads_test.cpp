// Equal questions at once: how often is read, and for whom.
#include <fullon_cache_api/detail/cache/shared_reads.hpp>

#include "support/async_test.hpp"
#include "support/background.hpp"

#include <fullon_cache/error.hpp>
#include <fullon_coro/notifier.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::cache_error;
using fullon_cache::errc;
using fullon_cache_api::detail::shared_reads;
using support::background;

/// What is read: each reading lasts until it is let go, and finds the number of those before it, and itself.
struct source {
    explicit source(asio::any_io_executor on)
        : executor(on), changed(on), reads(std::make_shared<shared_reads>(on))
    {}

    asio::awaitable<int> read()
    {
        const int mine = ++begun;
        while (allowed < mine)
            co_await changed.wait();
        if (fails)
            throw cache_error(errc::unavailable);
        co_return mine;
    }

    std::unique_ptr<background<int>> ask(std::string question = "q", std::chrono::milliseconds patience = 1h)
    {
        auto own = read();
        return std::make_unique<background<int>>(
            executor, shared_reads::read(reads, std::move(question), patience, std::move(own)));
    }

    std::vector<std::unique_ptr<background<int>>> ask(int times)
    {
        std::vector<std::unique_ptr<background<int>>> all;
        for (int i = 0; i < times; ++i)
            all.push_back(ask());
        return all;
    }

    void let_go(int readings)
    {
        allowed = readings;
        changed.notify_all();
    }

    asio::any_io_executor executor;
    fullon_coro::notifier changed;
    std::shared_ptr<shared_reads> reads;
    int begun = 0;
    int allowed = 0;
    bool fails = false;
};

constexpr int all_of_them = 1000;

} // namespace

TEST_CASE("one question is one reading", "[shared_reads]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        source from(executor);
        from.let_go(all_of_them);
        for (int i = 1; i <= 3; ++i) {
            const auto asked = from.ask();
            CHECK(co_await asked->result() == i);
        }
    });
}

TEST_CASE("who asks while another reads gets what is read after it asked, with all who did so",
          "[shared_reads]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        source from(executor);
        const auto first = from.ask();
        const auto second = from.ask(50);
        CHECK(from.begun == 1);
        from.let_go(1);
        CHECK(co_await first->result() == 1);
        co_await support::eventually("the second reading", [&] { return from.begun == 2; });
        const auto third = from.ask(50);
        from.let_go(all_of_them);
        for (const auto& one : second)
            CHECK(co_await one->result() == 2);
        for (const auto& one : third)
            CHECK(co_await one->result() == 3);
        CHECK(from.begun == 3);
    });
}

TEST_CASE("questions that differ do not wait for each other", "[shared_reads]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        source from(executor);
        std::vector<std::unique_ptr<background<int>>> asked;
        for (int i = 0; i < 200; ++i)
            asked.push_back(from.ask("q" + std::to_string(i)));
        CHECK(from.begun == 200);
        from.let_go(all_of_them);
        for (int i = 0; i < 200; ++i)
            CHECK(co_await asked[static_cast<std::size_t>(i)]->result() == i + 1);
    });
}

TEST_CASE("a reader that is cancelled, at any place in the row, costs the others nothing", "[shared_reads]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        for (std::size_t gone = 0; gone < 4; ++gone) {
            source from(executor);
            auto asked = from.ask(4);
            asked[gone]->cancel();
            CHECK(co_await asked[gone]->aborted());
            from.let_go(all_of_them);
            for (std::size_t i = 0; i < asked.size(); ++i)
                if (i != gone) {
                    INFO(i << " after " << gone << " was cancelled");
                    CHECK(co_await asked[i]->result() > 0);
                }
            CHECK(from.begun <= 3);
        }
    });
}

TEST_CASE("a reading that fails fails for all that it was for, and for nobody else", "[shared_reads]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        source from(executor);
        const auto first = from.ask();
        const auto second = from.ask(3);
        from.fails = true;
        from.let_go(1);
        CHECK(co_await first->error() == errc::unavailable);
        co_await support::eventually("the second reading", [&] { return from.begun == 2; });
        const auto third = from.ask(3);
        from.let_go(2);
        for (const auto& one : second)
            CHECK(co_await one->error() == errc::unavailable);
        from.fails = false;
        from.let_go(all_of_them);
        for (const auto& one : third)
            CHECK(co_await one->result() == 3);
    });
}

TEST_CASE("who has waited long enough reads by itself", "[shared_reads]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        source from(executor);
        const auto first = from.ask();
        const auto impatient = from.ask("q", 1ms);
        co_await support::eventually("a reading of its own", [&] { return from.begun == 2; });
        from.let_go(all_of_them);
        CHECK(co_await impatient->result() == 2);
        CHECK(co_await first->result() == 1);
    });
}
