// What an item of async_generator costs: ready ones (target: under 30 ns, no allocation) and ones that are waited for.
#include <fullon_coro/async_generator.hpp>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>

namespace asio = boost::asio;
using fullon_coro::async_generator;

namespace {
std::atomic<std::uint64_t> allocations; // of the whole program
}

void* operator new(std::size_t size)
{
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* const memory = std::malloc(size))
        return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept
{
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

namespace {

struct price_update { // about what a stream yields
    std::string exchange = "binance";
    std::string symbol = "BTC/USDT";
    double price = 0, volume = 0, time = 0;
    std::uint64_t update_id = 0, missed = 0;
};

async_generator<std::uint64_t> numbers()
{
    for (std::uint64_t i = 0;; ++i)
        co_yield i;
}

async_generator<price_update> updates()
{
    for (std::uint64_t i = 0;; ++i) {
        price_update update;
        update.update_id = i;
        co_yield std::move(update);
    }
}

async_generator<std::uint64_t> posted_numbers()
{
    for (std::uint64_t i = 0;; ++i) {
        co_await asio::post(co_await asio::this_coro::executor, asio::deferred);
        co_yield i;
    }
}

asio::awaitable<std::uint64_t> number(std::uint64_t i)
{
    co_return i;
}

// The yardstick: an asio::awaitable that is called for each item.
asio::awaitable<void> call_each(benchmark::State& state)
{
    std::uint64_t sum = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(sum += co_await number(sum));
}

template <typename T>
asio::awaitable<void> take_each(benchmark::State& state, async_generator<T> items)
{
    for (int i = 0; i < 100; ++i) // fill Asio's cache of frames
        benchmark::DoNotOptimize(co_await items.next());
    const auto before = allocations.load();
    for (auto _ : state)
        benchmark::DoNotOptimize(co_await items.next());
    const auto made = allocations.load() - before;
    state.counters["allocations"] =
        benchmark::Counter(static_cast<double>(made), benchmark::Counter::kAvgIterations);
    if (made > 0)
        state.SkipWithError("an item has allocated memory");
}

void run(asio::awaitable<void> body)
{
    asio::io_context context(1);
    asio::co_spawn(context, std::move(body), [](const std::exception_ptr& failure) {
        if (failure)
            std::rethrow_exception(failure);
    });
    context.run();
}

void awaitable_call(benchmark::State& state)
{
    run(call_each(state));
}
void ready_number(benchmark::State& state)
{
    run(take_each(state, numbers()));
}
void ready_update(benchmark::State& state)
{
    run(take_each(state, updates()));
}
void waited_number(benchmark::State& state)
{
    run(take_each(state, posted_numbers()));
}

BENCHMARK(awaitable_call);
BENCHMARK(ready_number);
BENCHMARK(ready_update);
BENCHMARK(waited_number);

} // namespace

BENCHMARK_MAIN();
