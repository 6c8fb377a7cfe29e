// Tests of operation_scope.hpp: what an operation logs, and that it owns what it logs.
#include "log_fixture.hpp"

#include <fullon_log/operation_scope.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <exception>
#include <stdexcept>
#include <type_traits>
#include <utility>

using namespace fullon_log;
using namespace log_tests;
using namespace std::chrono_literals;

static_assert(!std::is_copy_constructible_v<operation_scope> &&
              !std::is_move_constructible_v<operation_scope>);
static_assert(!std::is_copy_assignable_v<operation_scope> && !std::is_move_assignable_v<operation_scope>);
static_assert(std::is_nothrow_destructible_v<operation_scope>);
static_assert(std::is_nothrow_constructible_v<operation_scope, logger, const char*>);

namespace {

// A start that makes an operation quick or slow, however busy the machine is.
std::chrono::steady_clock::time_point soon()
{
    return std::chrono::steady_clock::now() + 1h;
}
std::chrono::steady_clock::time_point long_ago()
{
    return std::chrono::steady_clock::now() - 250ms;
}

// The number behind `latency_ms=`, and the line with N in its place.
double take_latency(std::string& line)
{
    constexpr std::string_view key = " latency_ms=";
    const auto at = line.find(key);
    if (at == std::string::npos)
        return 0;
    const auto from = at + key.size();
    const auto to = std::min(line.find(' ', from), line.size());
    const auto number = std::stod(line.substr(from, to - from));
    line.replace(from, to - from, "N");
    return number;
}

// What `run` logs as component "t" from `severity` on.
template <class Function>
std::vector<std::string> lines_from(level severity, Function run)
{
    auto settings = file_only({});
    settings.level = severity;
    auto lines = lines_of(logged(settings, [&] { run(get_component_logger("t")); }));
    for (auto& line : lines)
        take_latency(line);
    return lines;
}

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("an operation logs its start and its end with its fields", "[fullon_log]")
{
    CHECK(lines_from(level::debug,
                     [](logger log) {
                         const operation_scope scope(log, "get_ticker", {{"symbol", "BTC/USDT"}, {"n", 7}},
                                                     soon());
                     }) ==
          strings{"DEBUG    t: operation started operation=get_ticker symbol=BTC/USDT n=7",
                  "DEBUG    t: operation ended operation=get_ticker symbol=BTC/USDT n=7 latency_ms=N "
                  "status=ok"});
    CHECK(
        lines_from(level::debug, [](logger log) { const operation_scope scope(log, "ping", {}, soon()); }) ==
        strings{"DEBUG    t: operation started operation=ping",
                "DEBUG    t: operation ended operation=ping latency_ms=N status=ok"});
}

TEST_CASE("hit and miss are both normal ends", "[fullon_log]")
{
    for (const bool found : {true, false})
        CHECK(lines_from(level::debug,
                         [&](logger log) {
                             operation_scope scope(log, "get", {}, soon());
                             scope.hit(!found);
                             scope.hit(found);
                         })
                  .back() == "DEBUG    t: operation ended operation=get latency_ms=N cache_hit=" +
                                 std::string(found ? "true" : "false") + " status=ok");
}

TEST_CASE("a slow operation is a warning, also where DEBUG is off", "[fullon_log]")
{
    CHECK(lines_from(level::info,
                     [](logger log) {
                         operation_scope scope(log, "get", {{"symbol", "X"}}, long_ago());
                         scope.hit(true);
                     }) ==
          strings{"WARNING  t: slow operation operation=get symbol=X latency_ms=N cache_hit=true status=ok"});
    CHECK(lines_from(level::debug,
                     [](logger log) { const operation_scope scope(log, "get", {}, long_ago()); }) ==
          strings{"DEBUG    t: operation started operation=get",
                  "WARNING  t: slow operation operation=get latency_ms=N status=ok"});
}

TEST_CASE("the latency is in milliseconds since the start", "[fullon_log]")
{
    const auto before = std::chrono::steady_clock::now();
    auto line = logged(file_only({}), [&] {
        const operation_scope scope(get_component_logger("t"), "get", {}, before - 250ms);
    });
    const auto longest = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before);
    const auto latency = take_latency(line);
    CHECK(latency >= 250);
    CHECK(latency <= 250 + longest.count());
    static_assert(operation_scope::slow_operation == 100ms);
}

TEST_CASE("a failure is an error with its reason, however long it took", "[fullon_log]")
{
    for (const auto begun : {soon(), long_ago()})
        CHECK(lines_from(level::info,
                         [&](logger log) {
                             operation_scope scope(log, "get", {{"symbol", "X"}}, begun);
                             scope.failed("WRONGTYPE: not a hash\n" +
                                          std::string(40, 'x')); // destroyed at once
                         }) ==
              strings{"ERROR    t: operation failed operation=get symbol=X latency_ms=N status=failed "
                      "error=\"WRONGTYPE: not a hash\\n" +
                      std::string(40, 'x') + "\""});
    CHECK(lines_from(level::info, [](logger log) {
              operation_scope scope(log, "get");
              scope.failed("");
          }) == strings{"ERROR    t: operation failed operation=get latency_ms=N status=failed"});
}

TEST_CASE("an operation that waits is never slow", "[fullon_log]")
{
    const auto lines = lines_from(level::debug, [](const logger& log) {
        operation_scope scope(log, "pop", {}, long_ago());
        scope.waits();
    });
    REQUIRE(lines.size() == 2);
    CHECK(lines[1] == "DEBUG    t: operation ended operation=pop latency_ms=N status=ok");
}

TEST_CASE("a cancelled operation is no error and not slow", "[fullon_log]")
{
    const auto cancel = [](logger log) {
        operation_scope scope(log, "get", {}, long_ago());
        scope.cancelled();
    };
    CHECK(lines_from(level::debug, cancel).back() ==
          "DEBUG    t: operation cancelled operation=get latency_ms=N status=cancelled");
    CHECK(lines_from(level::info, cancel).empty());
}

TEST_CASE("of failed and cancelled the last one counts", "[fullon_log]")
{
    CHECK(lines_from(level::debug, [](logger log) {
              operation_scope scope(log, "get");
              scope.failed("timeout");
              scope.cancelled();
          }).back() == "DEBUG    t: operation cancelled operation=get latency_ms=N status=cancelled");
    CHECK(lines_from(level::debug, [](logger log) {
              operation_scope scope(log, "get");
              scope.cancelled();
              scope.failed("first");
              scope.failed("second");
          }).back() == "ERROR    t: operation failed operation=get latency_ms=N status=failed error=second");
}

TEST_CASE("an exception that nobody noted is a failure", "[fullon_log]")
{
    const auto thrown_through = [](auto note) {
        return lines_from(level::debug,
                          [&](logger log) {
                              try {
                                  operation_scope scope(log, "get", {{"symbol", "X"}}, soon());
                                  note(scope);
                                  throw std::runtime_error("not shown: it may hold anything");
                              } catch (const std::runtime_error&) {
                              }
                          })
            .back();
    };
    CHECK(thrown_through([](operation_scope&) {}) ==
          "ERROR    t: operation failed operation=get symbol=X latency_ms=N status=failed");
    CHECK(thrown_through([](operation_scope& scope) { scope.cancelled(); }) ==
          "DEBUG    t: operation cancelled operation=get symbol=X latency_ms=N status=cancelled");
    CHECK(thrown_through([](operation_scope& scope) { scope.failed("known"); }) ==
          "ERROR    t: operation failed operation=get symbol=X latency_ms=N status=failed error=known");
}

// A destructor that does an operation of its own while an exception passes.
TEST_CASE("an exception that was on its way before the operation is none of its business", "[fullon_log]")
{
    struct cleaner {
        logger log;
        ~cleaner() { const operation_scope scope(log, "clean", {}, soon()); }
    };
    CHECK(lines_from(level::debug, [](logger log) {
              try {
                  const cleaner now{log};
                  throw 1;
              } catch (int) {
              }
          }).back() == "DEBUG    t: operation ended operation=clean latency_ms=N status=ok");
}

// Some short enough for the scope's own room, some beyond it.
TEST_CASE("an operation owns its texts", "[fullon_log]")
{
    for (const std::size_t length : {0u, 3u, 40u, 96u, 97u, 200u}) {
        CAPTURE(length);
        const std::string expected(length, 'v');
        const auto shown = length ? expected : "\"\"";
        std::string operation = "get_ticker", key = "symbol", value = expected, other = "binance";
        CHECK(lines_from(level::warning,
                         [&](logger log) {
                             const operation_scope scope(log, operation, {{key, value}, {"exchange", other}},
                                                         long_ago());
                             for (auto* const text : {&operation, &key, &value, &other})
                                 text->assign(text->size(), '?');
                         }) == strings{"WARNING  t: slow operation operation=get_ticker symbol=" + shown +
                                       " exchange=binance latency_ms=N status=ok"});
    }
}

TEST_CASE("every kind of value is kept, and secrets are not shown", "[fullon_log]")
{
    CHECK(lines_from(level::warning,
                     [](logger log) {
                         const operation_scope scope(log, "login",
                                                     {{"token", "hunter2"},
                                                      {"price", 0.5},
                                                      {"limit", std::optional<int>()},
                                                      {"all", true},
                                                      {"side", 'b'},
                                                      {"bytes", std::size_t{7}}},
                                                     long_ago());
                     }) ==
          strings{"WARNING  t: slow operation operation=login token=*** price=0.5 limit=null all=true "
                  "side=b bytes=7 latency_ms=N status=ok"});
}

TEST_CASE("of more than six fields the first six are kept and the others counted", "[fullon_log]")
{
    static_assert(operation_scope::most_fields == 6);
    const auto lines = lines_from(level::debug, [](logger log) {
        operation_scope scope(log, "get",
                              {{"a", 1},
                               {"b", 2},
                               {"c", 3},
                               {"d", 4},
                               {"e", 5},
                               {"f", 6},
                               {"g", std::string(200, 'x')},
                               {"h", 8}},
                              soon());
        scope.hit(false);
        scope.failed("why");
    });
    CHECK(lines ==
          strings{"DEBUG    t: operation started operation=get a=1 b=2 c=3 d=4 e=5 f=6 fields_left_out=2",
                  "ERROR    t: operation failed operation=get a=1 b=2 c=3 d=4 e=5 f=6 latency_ms=N "
                  "cache_hit=false status=failed error=why fields_left_out=2"});
}

TEST_CASE("where its level is off an operation writes nothing", "[fullon_log]")
{
    CHECK(lines_from(level::info, [](logger log) {
              operation_scope scope(log, "get", {{"symbol", "X"}}, soon());
              scope.hit(true);
          }).empty());
    CHECK(lines_from(level::error, [](logger log) {
              const operation_scope scope(log, "get", {}, long_ago());
          }).empty());
    CHECK(lines_from(level::critical, [](logger log) {
              operation_scope scope(log, "get");
              scope.failed("why");
          }).empty());
}

TEST_CASE("without a writer only slow and failed operations go to stderr", "[fullon_log]")
{
    shutdown();
    const auto lines = lines_of(stderr_of([] {
        const auto log = get_component_logger("t");
        {
            const operation_scope quick(log, "quick", {}, soon());
        }
        {
            const operation_scope slow(log, "slow", {}, long_ago());
        }
        {
            operation_scope broken(log, "broken");
            broken.failed("why");
        }
    }));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find("| slow operation operation=slow latency_ms=") != std::string::npos);
    CHECK(lines[1].find("| operation failed operation=broken latency_ms=") != std::string::npos);
}

namespace {

// A coroutine that waits until it is resumed.
struct waiting_task {
    struct promise_type {
        waiting_task get_return_object()
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {} // the frame ends, as that of an asio::awaitable does
    };
    std::coroutine_handle<promise_type> handle;
};

waiting_task get_in_coroutine(logger log, std::string symbol, bool fails)
{
    const auto begun = soon();
    operation_scope scope(log, "get_ticker", {{"symbol", symbol}, {"exchange", "a longer name than fits"}},
                          begun);
    const auto moved = std::move(symbol);
    co_await std::suspend_always();
    if (fails)
        throw std::runtime_error(moved);
    scope.hit(true);
}

} // namespace

TEST_CASE("an operation may wait in a coroutine and end there, or by an exception", "[fullon_log]")
{
    const std::string symbol(30, 's');
    for (const bool fails : {false, true}) {
        const auto lines = lines_from(level::debug, [&](logger log) {
            const auto task = get_in_coroutine(log, symbol, fails);
            task.handle.resume();
        });
        const auto fields =
            " operation=get_ticker symbol=" + symbol + " exchange=\"a longer name than fits\"";
        CHECK(lines == strings{"DEBUG    t: operation started" + fields,
                               fails ? "ERROR    t: operation failed" + fields + " latency_ms=N status=failed"
                                     : "DEBUG    t: operation ended" + fields +
                                           " latency_ms=N cache_hit=true status=ok"});
    }
}

TEST_CASE("lines of failed and slow operations can be limited", "[fullon_log]")
{
    line_budget budget(2, 1h);
    const auto operation = [&budget](logger log, std::chrono::steady_clock::time_point begun, bool fails) {
        operation_scope scope(log, "get", {}, begun);
        scope.limit(budget);
        if (fails)
            scope.failed("gone");
    };
    CHECK(lines_from(level::info,
                     [&](logger log) {
                         for (int i = 0; i < 100; ++i)
                             operation(log, soon(), false); // what is logged at DEBUG takes no room
                         operation(log, soon(), true);
                         operation(log, long_ago(), false);
                         for (int i = 0; i < 100; ++i)
                             operation(log, soon(), true);
                     }) ==
          strings{"ERROR    t: operation failed operation=get latency_ms=N status=failed error=gone",
                  "WARNING  t: slow operation operation=get latency_ms=N status=ok"});
    CHECK(lines_from(level::debug, [&](logger log) { operation(log, soon(), true); }).back() ==
          "DEBUG    t: operation failed operation=get latency_ms=N status=failed error=gone");
}

TEST_CASE("long texts of an operation are cut", "[fullon_log]")
{
    const std::string symbol(8200, 'x');
    CHECK(lines_from(
              level::debug,
              [&](logger log) { operation_scope scope(log, "get", {{"symbol", symbol}, {"n", 1}}, soon()); })
              .front() == "DEBUG    t: operation started operation=get symbol=\"" + std::string(200, 'x') +
                              "...(+8000 bytes)\" n=1");
}
