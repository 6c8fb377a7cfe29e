// A coroutine that runs beside a test's own, and what Redis says about its clients.
#pragma once

#include "support/async_test.hpp"
#include "support/redis_cli.hpp"

#include <fullon_cache/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>

#include <charconv>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace support {

/// Started at construction, up to its first wait. May be destroyed before it has ended: it goes on.
template <class T>
class background {
public:
    background(boost::asio::any_io_executor executor, boost::asio::awaitable<T> work)
        : state_(std::make_shared<state>())
    {
        boost::asio::co_spawn(executor, run(state_, std::move(work)),
                              boost::asio::bind_cancellation_slot(
                                  state_->signal.slot(), [kept = state_](std::exception_ptr failure) {
                                      kept->failure = std::move(failure);
                                      kept->done = true;
                                  }));
    }

    bool done() const { return state_->done; }
    void cancel() { state_->signal.emit(boost::asio::cancellation_type::terminal); }

    /// Waits for its end. \returns what it returned. \throws what it threw.
    boost::asio::awaitable<T> result() const { return result_of(state_); }

    /// Waits for its end. \returns the error, nothing when it succeeded.
    boost::asio::awaitable<std::optional<fullon_cache::errc>> error() const { return error_of(state_); }

    /// Waits for its end. \returns whether it was cancelled.
    boost::asio::awaitable<bool> aborted() const { return aborted_of(state_); }

private:
    struct state {
        boost::asio::cancellation_signal signal;
        std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
        std::exception_ptr failure;
        bool done = false;
    };
    using pointer = std::shared_ptr<state>;

    static boost::asio::awaitable<void> run(pointer into, boost::asio::awaitable<T> work)
    {
        if constexpr (std::is_void_v<T>)
            co_await std::move(work);
        else
            into->value.emplace(co_await std::move(work));
    }
    static boost::asio::awaitable<void> ended(pointer of)
    {
        auto is_done = [&] { return of->done; };
        co_await eventually("the end of what runs in the background", is_done);
    }
    static boost::asio::awaitable<T> result_of(pointer of)
    {
        co_await ended(of);
        if (of->failure)
            std::rethrow_exception(of->failure);
        if constexpr (!std::is_void_v<T>)
            co_return std::move(*of->value);
    }
    static boost::asio::awaitable<std::optional<fullon_cache::errc>> error_of(pointer of)
    {
        co_await ended(of);
        std::optional<fullon_cache::errc> code;
        try {
            if (of->failure)
                std::rethrow_exception(of->failure);
        } catch (const fullon_cache::cache_error& error) {
            code = static_cast<fullon_cache::errc>(error.code().value());
        }
        co_return code;
    }
    static boost::asio::awaitable<bool> aborted_of(pointer of)
    {
        co_await ended(of);
        bool aborted = false;
        try {
            if (of->failure)
                std::rethrow_exception(of->failure);
        } catch (const boost::system::system_error& error) {
            if (error.code() != boost::asio::error::operation_aborted)
                throw;
            aborted = true;
        }
        co_return aborted;
    }

    pointer state_;
};

/// A number of INFO, such as `connected_clients`.
inline std::int64_t info_number(redis_cli& cli, const std::string& name)
{
    const auto text = cli("INFO").text;
    const auto line = text.find("\n" + name + ":");
    std::int64_t value = -1;
    if (line != std::string::npos)
        std::from_chars(text.data() + line + name.size() + 2, text.data() + text.size(), value);
    return value;
}

/// Completes when exactly `count` keys are waited for: Redis tells when they change. A key whose wait was given up counts
/// until it changes.
inline boost::asio::awaitable<void> until_waiting(redis_cli& cli, std::int64_t count)
{
    auto reached = [&] { return info_number(cli, "tracking_total_keys") == count; };
    co_await eventually(std::to_string(count) + " keys that are waited for", reached);
}

} // namespace support
