// What logging costs its caller: a suppressed line and scope, a written line of each format, and spdlog alone.
// "each" is the caller's CPU time per line (of written_scope: per scope); the writer has a thread of its own.
#include <fullon_log/configure.hpp>
#include <fullon_log/logger.hpp>
#include <fullon_log/operation_scope.hpp>

#include <benchmark/benchmark.h>
#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using fullon_log::format;

const fullon_log::logger log_of_bench = fullon_log::get_component_logger("fullon.cache.tick");

// Fits the queue, so that no line of a burst is dropped.
constexpr int burst = 4096;
constexpr int bursts = 16;
constexpr std::size_t queue_lines = 8192;

struct values {
    std::string exchange = "binance";
    std::string symbol = "BTC/USDT";
    double price = 64'123.5;
};

void log_line(fullon_log::level severity, const values& from)
{
    log_of_bench.log(severity, "Ticker retrieved",
                     {{"exchange", from.exchange}, {"symbol", from.symbol}, {"price", from.price}});
}

class temp_file {
public:
    temp_file() : folder_(fs::temp_directory_path() / ("bench_log." + std::to_string(::getpid())))
    {
        fs::create_directory(folder_);
    }
    ~temp_file()
    {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    temp_file(const temp_file&) = delete;
    temp_file& operator=(const temp_file&) = delete;

    fs::path path() const { return folder_ / "bench.log"; }

private:
    fs::path folder_;
};

fullon_log::config settings_of(format look, const fs::path& file, fullon_log::level from)
{
    fullon_log::config settings;
    settings.level = from;
    settings.format = look;
    settings.console = false;
    settings.file = file;
    settings.rotation_bytes = 0;
    settings.queue_lines = queue_lines;
    return settings;
}

// Per line, and how many were lost.
void count(benchmark::State& state, int lines, std::uint64_t dropped)
{
    state.counters["each"] = benchmark::Counter(lines, benchmark::Counter::kIsIterationInvariantRate |
                                                           benchmark::Counter::kInvert);
    state.counters["dropped"] = static_cast<double>(dropped);
}

void clock_reading(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(std::chrono::steady_clock::now());
}

void suppressed_line(benchmark::State& state)
{
    values from;
    for (auto _ : state) {
        benchmark::DoNotOptimize(from);
        log_line(fullon_log::level::debug, from);
    }
}

void suppressed_scope(benchmark::State& state)
{
    values from;
    for (auto _ : state) {
        benchmark::DoNotOptimize(from);
        fullon_log::operation_scope scope(log_of_bench, "get_ticker",
                                          {{"exchange", from.exchange}, {"symbol", from.symbol}});
        scope.hit(true);
    }
}

template <class Line>
void write_bursts(benchmark::State& state, format look, int lines_each, Line line)
{
    const temp_file file;
    const auto settings = settings_of(look, file.path(), fullon_log::level::debug);
    fullon_log::configure(settings);
    const auto before = fullon_log::dropped_lines();
    for (auto _ : state) {
        for (int i = 0; i < burst; i += lines_each)
            line();
        state.PauseTiming();
        fullon_log::configure(settings); // waits until all is written
        state.ResumeTiming();
    }
    fullon_log::shutdown();
    count(state, burst / lines_each, fullon_log::dropped_lines() - before);
}

void written_line(benchmark::State& state, format look)
{
    values from;
    write_bursts(state, look, 1, [&] {
        benchmark::DoNotOptimize(from);
        log_line(fullon_log::level::info, from);
    });
}

// Two lines: its start and its end.
void written_scope(benchmark::State& state, format look)
{
    values from;
    write_bursts(state, look, 2, [&] {
        benchmark::DoNotOptimize(from);
        fullon_log::operation_scope scope(log_of_bench, "get_ticker",
                                          {{"exchange", from.exchange}, {"symbol", from.symbol}});
        scope.hit(true);
    });
}

// Without a pause: more than the writer can take, so the oldest lines go.
void flood_of_lines(benchmark::State& state, format look)
{
    const temp_file file;
    fullon_log::configure(settings_of(look, file.path(), fullon_log::level::info));
    const auto before = fullon_log::dropped_lines();
    values from;
    for (auto _ : state) {
        benchmark::DoNotOptimize(from);
        log_line(fullon_log::level::info, from);
    }
    const auto dropped = fullon_log::dropped_lines() - before;
    fullon_log::shutdown();
    count(state, 1, dropped);
}

// spdlog as one would use it for the same line: same queue, same policy, its own format and file.
class spdlog_session {
public:
    spdlog_session()
        : pool_(std::make_shared<spdlog::details::thread_pool>(queue_lines, 1)),
          logger_(std::make_shared<spdlog::async_logger>(
              "fullon.cache.tick",
              std::make_shared<spdlog::sinks::basic_file_sink_mt>(file_.path().string(), true), pool_,
              spdlog::async_overflow_policy::overrun_oldest))
    {}

    void line(const values& from)
    {
        logger_->info("Ticker retrieved exchange={} symbol={} price={}", from.exchange, from.symbol,
                      from.price);
    }
    void wait() const
    {
        while (pool_->queue_size() > 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::size_t dropped() const { return pool_->overrun_counter(); }

private:
    temp_file file_;
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::shared_ptr<spdlog::async_logger> logger_;
};

void spdlog_line(benchmark::State& state)
{
    spdlog_session baseline;
    values from;
    for (auto _ : state) {
        for (int i = 0; i < burst; ++i) {
            benchmark::DoNotOptimize(from);
            baseline.line(from);
        }
        state.PauseTiming();
        baseline.wait();
        state.ResumeTiming();
    }
    count(state, burst, baseline.dropped());
}

void spdlog_flood(benchmark::State& state)
{
    spdlog_session baseline;
    values from;
    for (auto _ : state) {
        benchmark::DoNotOptimize(from);
        baseline.line(from);
    }
    count(state, 1, baseline.dropped());
}

constexpr int flood = burst * bursts;

BENCHMARK(clock_reading);
BENCHMARK(suppressed_line);
BENCHMARK(suppressed_scope);
BENCHMARK_CAPTURE(written_line, beautiful, format::beautiful)->Iterations(bursts);
BENCHMARK_CAPTURE(written_line, minimal, format::minimal)->Iterations(bursts);
BENCHMARK_CAPTURE(written_line, development, format::development)->Iterations(bursts);
BENCHMARK_CAPTURE(written_line, detailed, format::detailed)->Iterations(bursts);
BENCHMARK_CAPTURE(written_line, trading, format::trading)->Iterations(bursts);
BENCHMARK_CAPTURE(written_line, json, format::json)->Iterations(bursts);
BENCHMARK(spdlog_line)->Iterations(bursts);
BENCHMARK_CAPTURE(written_scope, json, format::json)->Iterations(bursts);
BENCHMARK_CAPTURE(flood_of_lines, json, format::json)->Iterations(flood);
BENCHMARK(spdlog_flood)->Iterations(flood);

} // namespace

BENCHMARK_MAIN();
