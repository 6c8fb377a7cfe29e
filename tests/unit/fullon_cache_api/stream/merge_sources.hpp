// Sources for tests of merges, and a next() that runs on its own.
#pragma once

#include <fullon_cache_api/merge.hpp>

#include "support/gate.hpp"
#include "support/run_coro.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace merge_sources {

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::system_error;
using fullon_coro::async_generator;
using support::gate;
using support::run;

/// All ready.
inline async_generator<int> numbers(int from, int to)
{
    for (int i = from; i < to; ++i)
        co_yield i;
}

inline async_generator<int> endless()
{
    for (int i = 0;; ++i)
        co_yield i;
}

/// Each after some turns of the event loop.
inline async_generator<int> slow_numbers(int from, int to, int turns = 1)
{
    for (int i = from; i < to; ++i) {
        co_await support::run_ready(turns);
        co_yield i;
    }
}

/// Counts its destruction.
class witness {
public:
    explicit witness(int* gone) : gone_(gone) {}
    witness(witness&& other) noexcept : gone_(std::exchange(other.gone_, nullptr)) {}
    witness& operator=(witness&&) = delete;
    ~witness()
    {
        if (gone_)
            ++*gone_;
    }

private:
    int* gone_;
};

/// 0, 1, 2 ..., each when the door was opened once more.
inline async_generator<int> through(gate* door, int* gone = nullptr)
{
    const witness local(gone);
    for (int i = 0;; ++i) {
        co_await door->async_wait();
        co_yield i;
    }
}

template <class T>
struct outcome {
    bool done = false;
    std::optional<T> item;
    error_code error;
    std::exception_ptr failure;
};

/// A next() that runs on its own.
template <class Items>
std::shared_ptr<outcome<typename Items::value_type>>
start_next(asio::any_io_executor executor, Items& items,
           asio::cancellation_slot slot = asio::cancellation_slot())
{
    using value = typename Items::value_type;
    auto result = std::make_shared<outcome<value>>();
    auto finish = [result](const std::exception_ptr& failure, std::optional<value> item) {
        result->done = true;
        result->item = std::move(item);
        result->failure = failure;
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (const system_error& error) {
            result->error = error.code();
        } catch (...) { // the failure says it
        }
    };
    asio::co_spawn(executor, items.next(), asio::bind_cancellation_slot(slot, finish));
    return result;
}

} // namespace merge_sources
