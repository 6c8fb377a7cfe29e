// Cancelling an operation at every turn of the event loop in turn.
#pragma once

#include "support/async_test.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

namespace support {

/// How an operation has ended.
struct cancelled_end {
    bool in_time = false; ///< before it was cancelled
    bool aborted = false;
};

/// Runs the operation on `context`, and cancels it (terminal) after so many turns of the event loop, unless it has ended
/// by then. \throws what it threw, other than operation_aborted; std::runtime_error when it does not end
inline cancelled_end cancel_after_turns(boost::asio::io_context& context, std::size_t turns,
                                        boost::asio::awaitable<void> operation)
{
    struct outcome {
        boost::asio::cancellation_signal signal;
        std::exception_ptr failure;
        bool done = false;
    };
    const auto end = std::make_shared<outcome>();
    context.restart();
    boost::asio::co_spawn(
        context, std::move(operation),
        boost::asio::bind_cancellation_slot(end->signal.slot(), [end](std::exception_ptr failure) {
            end->failure = std::move(failure);
            end->done = true;
        }));
    const auto turn = [&] {
        if (context.run_one_for(std::chrono::seconds(10) * patience) == 0)
            throw std::runtime_error("the operation does not end");
    };
    for (std::size_t k = 0; k < turns && !end->done; ++k)
        turn();
    cancelled_end result;
    result.in_time = end->done;
    end->signal.emit(boost::asio::cancellation_type::terminal);
    while (!end->done)
        turn();
    if (end->failure) {
        try {
            std::rethrow_exception(end->failure);
        } catch (const boost::system::system_error& error) {
            if (error.code() != boost::asio::error::operation_aborted)
                throw;
            result.aborted = true;
        }
    }
    return result;
}

} // namespace support
