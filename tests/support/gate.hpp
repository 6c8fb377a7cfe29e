// An asynchronous operation that completes when the test says so.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <utility>

namespace support {

/// One waiter at a time. Its handlers run on `executor`, each in a turn of its own.
class gate {
public:
    enum class when_cancelled { completes, ignores };

    explicit gate(boost::asio::any_io_executor executor, when_cancelled policy = when_cancelled::completes)
        : executor_(std::move(executor)), policy_(policy)
    {}

    template <typename Token = boost::asio::deferred_t>
    auto async_wait(Token&& token = Token())
    {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            [this](auto handler) {
                auto slot = boost::asio::get_associated_cancellation_slot(handler);
                handler_ = std::move(handler);
                if (slot.is_connected())
                    slot.assign([this](boost::asio::cancellation_type type) { cancel(type); });
            },
            token);
    }

    bool waited_for() const { return static_cast<bool>(handler_); }
    boost::asio::cancellation_type cancelled() const { return cancelled_; }

    void open(boost::system::error_code result = {})
    {
        if (waited_for())
            boost::asio::post(executor_, [handler = std::exchange(handler_, nullptr), result]() mutable {
                std::move(handler)(result);
            });
    }

private:
    void cancel(boost::asio::cancellation_type type)
    {
        cancelled_ = type;
        if (policy_ == when_cancelled::completes)
            open(boost::asio::error::operation_aborted);
    }

    boost::asio::any_io_executor executor_;
    when_cancelled policy_;
    boost::asio::any_completion_handler<void(boost::system::error_code)> handler_;
    boost::asio::cancellation_type cancelled_ = boost::asio::cancellation_type::none;
};

} // namespace support
