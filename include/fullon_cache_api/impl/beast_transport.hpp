// The transport over Beast's WebSocket. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/connect_websocket.hpp>
#include <fullon_cache_api/detail/transport.hpp>
#include <fullon_cache_api/impl/net_stream.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

class beast_transport final : public transport {
public:
    using clock = std::chrono::steady_clock;
    using stream_type = boost::beast::websocket::stream<net_stream>;

    /// `connection` is connected, and its TLS agreed on; the caller does the handshake on stream().
    beast_transport(net_stream connection, const transport_limits& limits)
        : stream_(std::move(connection)), stall_timer_(stream_.get_executor())
    {
        namespace websocket = boost::beast::websocket;
        stream_.read_message_max(limits.max_message_size);
        websocket::stream_base::timeout timeouts{};
        timeouts.handshake_timeout = std::chrono::seconds(10);
        timeouts.idle_timeout = limits.silence_timeout; // pings go out after half of it
        timeouts.keep_alive_pings = true;
        stream_.set_option(timeouts);
        // No control callback: with one, a read that finds the peer's close frame behind others and a close that has just
        // gone out wait for each other, and not even cut() ends that (Boost 1.88).
        boost::system::error_code ignored; // a socket that refuses is still a socket
        stream_.next_layer().socket().set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    }

    stream_type& stream() noexcept { return stream_; }

    boost::asio::awaitable<incoming> read() override
    {
        buffer_.consume(buffer_.size());
        const auto [ec, size] =
            co_await stream_.async_read(buffer_, boost::asio::as_tuple(boost::asio::use_awaitable));
        incoming result;
        result.error = ec;
        if (ec == boost::beast::websocket::error::closed) {
            result.type = incoming::kind::closed;
            result.close = stream_.reason().code;
        } else if (!ec && stream_.got_text()) {
            result.type = incoming::kind::message;
            result.text = boost::beast::buffers_to_string(buffer_.data());
        } else if (!ec)
            result.type = incoming::kind::binary;
        if (buffer_.capacity() > large_buffer)
            buffer_ = {};
        co_return result;
    }

    boost::asio::awaitable<boost::system::error_code> write(std::vector<frame> messages,
                                                            std::chrono::milliseconds stall_timeout) override
    {
        watch_for_stall(stall_timeout);
        writing_ = true;
        boost::system::error_code failure;
        stream_.text(true);
        for (auto message = messages.begin(); message != messages.end() && !failure; ++message) {
            // In pieces, so that a slow peer that does take a big message is seen to make progress.
            const std::string& text = **message;
            std::size_t sent = 0;
            do {
                const std::size_t piece = std::min(text.size() - sent, piece_size);
                const bool last = sent + piece == text.size();
                const auto [ec, size] =
                    co_await stream_.async_write_some(last, boost::asio::buffer(text.data() + sent, piece),
                                                      boost::asio::as_tuple(boost::asio::use_awaitable));
                sent += piece;
                failure = ec;
                progress_ = clock::now();
            } while (!failure && sent < text.size());
        }
        writing_ = false;
        co_return stalled_ ? boost::asio::error::timed_out : failure;
    }

    boost::asio::awaitable<void> close(close_code code, std::string reason,
                                       std::chrono::milliseconds timeout) override
    {
        namespace websocket = boost::beast::websocket;
        const websocket::close_reason why(static_cast<websocket::close_code>(code), reason.substr(0, 120));
        // By a timer that cuts: a close that waits behind a pending read does not heed a cancellation.
        stall_timer_.expires_after(timeout);
        stall_timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& ec) {
            if (!ec && !alive.expired())
                cut();
        });
        co_await stream_.async_close(why, boost::asio::as_tuple(boost::asio::use_awaitable));
        stall_timer_.cancel();
        cut();
    }

    void cut() noexcept override
    {
        boost::system::error_code ignored;
        stream_.next_layer().socket().close(ignored);
    }

private:
    static constexpr std::size_t piece_size = 64 * 1024;
    static constexpr std::size_t large_buffer = 256 * 1024;

    // One timer for any number of writes: it looks when it fires whether the last piece went out in time.
    void watch_for_stall(std::chrono::milliseconds timeout)
    {
        progress_ = clock::now();
        if (std::exchange(watching_, true))
            return;
        arm(timeout, progress_ + timeout);
    }

    void arm(std::chrono::milliseconds timeout, clock::time_point when)
    {
        stall_timer_.expires_at(when);
        stall_timer_.async_wait(
            [this, alive = std::weak_ptr(alive_), timeout](const boost::system::error_code& ec) {
                if (ec || alive.expired())
                    return;
                if (!writing_)
                    watching_ = false;
                else if (clock::now() < progress_ + timeout)
                    arm(timeout, progress_ + timeout);
                else {
                    stalled_ = true;
                    cut();
                }
            });
    }

    stream_type stream_;
    boost::beast::flat_buffer buffer_;
    boost::asio::steady_timer stall_timer_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
    clock::time_point progress_{};
    bool writing_ = false;
    bool watching_ = false;
    bool stalled_ = false;
};

} // namespace fullon_cache_api::detail
