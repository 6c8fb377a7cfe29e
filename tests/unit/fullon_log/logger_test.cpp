// Tests of logger.hpp: handles, levels, threads, and what happens without a writer.
#include "log_fixture.hpp"

#include <fullon_log/logger.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <coroutine>
#include <exception>
#include <map>
#include <thread>
#include <type_traits>

using namespace fullon_log;
using namespace log_tests;

static_assert(std::is_trivially_copyable_v<logger> && sizeof(logger) == sizeof(void*));
static_assert(noexcept(std::declval<const logger&>().info("text", {{"key", 1}})));

TEST_CASE("the same name gives the same component", "[fullon_log]")
{
    const auto log = get_component_logger("fullon.test.same");
    CHECK(log == get_component_logger(std::string("fullon.test.same")));
    CHECK(log != get_component_logger("fullon.test.other"));
    CHECK(log.name() == "fullon.test.same");
}

TEST_CASE("loggers of one name taken by several threads at once are one component", "[fullon_log]")
{
    std::vector<std::optional<logger>> taken(8);
    {
        std::vector<std::jthread> threads;
        threads.reserve(taken.size());
        for (auto& each : taken)
            threads.emplace_back([&each] { each = get_component_logger("fullon.test.race"); });
    }
    for (const auto& each : taken)
        CHECK(each == taken.front());
}

TEST_CASE("without a writer only WARNING and above go to stderr, at once", "[fullon_log]")
{
    shutdown();
    const auto log = get_component_logger("fullon.test.early");
    CHECK_FALSE(log.enabled(level::debug));
    CHECK_FALSE(log.enabled(level::info));
    CHECK(log.enabled(level::warning));
    const auto text = stderr_of([&] {
        log.debug("one");
        log.info("two");
        log.warning("three", {{"number", 3}});
        log.error("four\nfive");
        log.critical("six");
    });
    const auto lines = lines_of(text);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].ends_with("| WARNING  | fullon.test.early          | three number=3"));
    CHECK(lines[1].ends_with("| ERROR    | fullon.test.early          | four\\nfive"));
    CHECK(lines[2].ends_with("| CRITICAL | fullon.test.early          | six"));
}

TEST_CASE("configure moves the threshold of loggers taken before and after it", "[fullon_log]")
{
    const auto before = get_component_logger("fullon.test.before");
    const temp_dir folder;
    auto settings = file_only(folder / "x.log");
    settings.level = level::error;
    const session now(settings);
    const auto after = get_component_logger("fullon.test.after");
    for (const auto& log : {before, after}) {
        CHECK_FALSE(log.enabled(level::warning));
        CHECK(log.enabled(level::error));
        CHECK(log.enabled(level::critical));
        CHECK_FALSE(log.enabled(level::off));
    }
    settings.level = level::off;
    configure(settings);
    CHECK_FALSE(before.enabled(level::critical));
    CHECK_FALSE(before.enabled(level::off));
    settings.level = level::debug;
    configure(settings);
    CHECK(before.enabled(level::debug));
    CHECK_FALSE(before.enabled(level::off));
    shutdown();
    CHECK_FALSE(before.enabled(level::info));
    CHECK(before.enabled(level::warning));
}

TEST_CASE("each method logs at its level and suppressed levels write nothing", "[fullon_log]")
{
    const auto log = get_component_logger("t");
    const auto all = [&] {
        log.debug("a");
        log.info("b");
        log.warning("c");
        log.error("d");
        log.critical("e");
        log.log(level::info, "f", {{"x", 1}});
        log.log(level::off, "never");
    };
    config settings;
    settings.format = format::minimal;
    settings.level = level::debug;
    CHECK(logged(settings, all) ==
          "DEBUG    t: a\nINFO     t: b\nWARNING  t: c\nERROR    t: d\nCRITICAL t: e\n"
          "INFO     t: f x=1\n");
    settings.level = level::warning;
    CHECK(logged(settings, all) == "WARNING  t: c\nERROR    t: d\nCRITICAL t: e\n");
    settings.level = level::off;
    CHECK(logged(settings, all).empty());
}

TEST_CASE("fields take temporaries, optionals and every width of number", "[fullon_log]")
{
    const auto log = get_component_logger("t");
    const std::string exchange = "binance";
    const auto text = logged(file_only({}), [&] {
        log.info("Ticker retrieved", {{"exchange", exchange},
                                      {"latency_ms", 1.5},
                                      {"symbol", std::string("BTC") + "/USDT"},
                                      {"price", std::optional<double>()},
                                      {"bytes", exchange.size()},
                                      {"cache_hit", true}});
    });
    CHECK(text ==
          "INFO     t: Ticker retrieved exchange=binance latency_ms=1.5 symbol=BTC/USDT price=null bytes=7 "
          "cache_hit=true\n");
}

namespace {

struct plain_task {
    struct promise_type {
        plain_task get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

plain_task log_in_coroutine(logger log, std::string name)
{
    log.info("before", {{"name", name}, {"n", 1}});
    co_await std::suspend_never();
    log.info("after", {{"name", name + "!"}, {"n", 2}});
}

} // namespace

// g++ 12 has trouble with initializer lists in coroutines; a plain statement must work.
TEST_CASE("fields work inside a coroutine", "[fullon_log]")
{
    const auto text =
        logged(file_only({}), [] { log_in_coroutine(get_component_logger("t"), "a longer name than fits"); });
    CHECK(text == "INFO     t: before name=\"a longer name than fits\" n=1\n"
                  "INFO     t: after name=\"a longer name than fits!\" n=2\n");
}

namespace {

// Logs from four threads; each line holds its thread and number.
void log_from_threads(int lines_each, auto meanwhile)
{
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([=] {
            const auto log = get_component_logger("fullon.test.thread" + std::to_string(thread));
            for (int i = 0; i < lines_each; ++i)
                log.info("line", {{"thread", thread}, {"i", i}});
        });
    meanwhile();
}

// Every line whole, and each thread's lines all there and in order.
void check_lines_of_threads(const std::string& text, int lines_each)
{
    std::map<std::string, int> next;
    for (const auto& line : lines_of(text)) {
        const auto thread = line.substr(line.find("thread="), 8);
        const auto at = line.find(" i=");
        REQUIRE(at != std::string::npos);
        REQUIRE(line.substr(at + 3) == std::to_string(next[thread]++));
    }
    CHECK(next.size() == 4);
    for (const auto& [thread, count] : next)
        CHECK(count == lines_each);
}

} // namespace

TEST_CASE("lines of several threads are all written, whole and in each thread's order", "[fullon_log]")
{
    constexpr int lines_each = 1000;
    const auto before = dropped_lines();
    const auto text = logged(file_only({}), [&] { log_from_threads(lines_each, [] {}); });
    check_lines_of_threads(text, lines_each);
    CHECK(dropped_lines() == before);
}

TEST_CASE("configuring again while others log loses no line and keeps their order", "[fullon_log]")
{
    constexpr int lines_each = 1000;
    const temp_dir folder;
    auto settings = file_only(folder / "x.log");
    settings.queue_lines = 10'000;
    const session now(settings);
    log_from_threads(lines_each, [&] {
        for (int i = 0; i < 20; ++i)
            configure(settings);
    });
    shutdown();
    check_lines_of_threads(content_of(folder / "x.log"), lines_each);
}

TEST_CASE("starting and ending the writer while others log and ask is safe", "[fullon_log]")
{
    const temp_dir folder;
    const auto text = stderr_of([&] {
        std::atomic<bool> done = false;
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&] {
                const auto log = get_component_logger("fullon.test.flips");
                while (!done)
                    log.info("line", {{"number", 1}});
            });
        for (int i = 0; i < 50; ++i) {
            configure(file_only(folder / "x.log"));
            static_cast<void>(dropped_lines());
            shutdown();
        }
        done = true;
    });
    CHECK(text.empty()); // INFO never goes to stderr by itself
    lines_of(content_of(folder / "x.log"));
}
