// The transport over Beast's WebSocket. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/net/net_stream.hpp>
#include <fullon_cache_api/detail/net/tcp_progress.hpp>
#include <fullon_cache_api/detail/net/transport.hpp>
#include <fullon_cache_api/detail/net/transport_limits.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_prefix.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
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
        : stream_(std::move(connection)), stall_timer_(stream_.get_executor()),
          life_timer_(stream_.get_executor()), max_message_size_(limits.max_message_size),
          silence_timeout_(limits.silence_timeout)
    {
        namespace websocket = boost::beast::websocket;
        auto& socket = stream_.next_layer().socket();
        stream_.read_message_max(std::max(limits.max_message_size, limits.most_discarded));
        websocket::stream_base::timeout timeouts{};
        timeouts.handshake_timeout = std::chrono::seconds(10);
        // Beast counts what its reads bring: none is under way while much waits for a slow reader, who is not dead.
        watches_life_ = progress_of(socket).has_value();
        timeouts.idle_timeout = watches_life_ ? websocket::stream_base::none() : silence_timeout_;
        timeouts.keep_alive_pings = !watches_life_; // after half of it
        stream_.set_option(timeouts);
        // No control callback: with one, a read that finds the peer's close frame behind others and a close that has just
        // gone out wait for each other, and not even cut() ends that (Boost 1.88).
        boost::system::error_code ignored; // a socket that refuses is still a socket
        socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
        bound_unsent(socket, most_unsent);
    }

    stream_type& stream() noexcept { return stream_; }

    boost::asio::awaitable<incoming> read() override
    {
        if (watches_life_ && !std::exchange(life_begun_, true))
            watch_life();
        buffer_.consume(buffer_.size());
        incoming result;
        do {
            const auto [ec, size] = co_await stream_.async_read_some(
                buffer_, read_size, boost::asio::as_tuple(boost::asio::use_awaitable));
            result.error = ec;
            result.size += size;
            if (ec || !stream_.got_text())
                break;
            if (result.size > max_message_size_) {
                if (result.type != incoming::kind::too_large)
                    result.text = boost::beast::buffers_to_string(
                        boost::beast::buffers_prefix(kept_size, buffer_.data()));
                result.type = incoming::kind::too_large;
                buffer_.consume(buffer_.size());
            }
        } while (!stream_.is_message_done());
        if (result.error == boost::beast::websocket::error::closed) {
            result.type = incoming::kind::closed;
            result.close = stream_.reason().code;
        } else if (result.error) {
            result.type = incoming::kind::failed;
            if (silent_)
                result.error = boost::beast::error::timeout;
        } else if (!stream_.got_text())
            result.type = incoming::kind::binary;
        else if (result.type != incoming::kind::too_large) {
            result.type = incoming::kind::message;
            result.text = boost::beast::buffers_to_string(buffer_.data());
        }
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
            // In pieces: a ping or pong has its turn between them.
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
                if (!watches_life_) // else what the peer acknowledges counts
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
    static constexpr std::size_t read_size = 64 * 1024;
    static constexpr std::size_t kept_size = 4 * 1024; // of a message that is too large
    static constexpr int most_unsent =
        32 * 1024; // in the kernel, where nothing can be replaced by what is newer
    static constexpr std::size_t large_buffer = 256 * 1024;

    // One timer for any number of writes: it looks now and then whether the peer takes anything.
    void watch_for_stall(std::chrono::milliseconds timeout)
    {
        progress_ = clock::now();
        if (!std::exchange(watching_, true))
            arm(timeout);
    }

    void arm(std::chrono::milliseconds timeout)
    {
        stall_timer_.expires_after(std::max(timeout / 4, std::chrono::milliseconds(1)));
        stall_timer_.async_wait(
            [this, alive = std::weak_ptr(alive_), timeout](const boost::system::error_code& ec) {
                if (ec || alive.expired())
                    return;
                if (!writing_) {
                    watching_ = false;
                    return;
                }
                const auto known = progress_of(stream_.next_layer().socket());
                const auto taken = known ? known->acknowledged + known->window_end : 0;
                if (std::exchange(taken_, taken) != taken)
                    progress_ = clock::now();
                if (clock::now() < progress_ + timeout)
                    arm(timeout);
                else {
                    stalled_ = true;
                    cut();
                }
            });
    }

    // A peer is alive that sends anything, a pong for one, or that makes room by reading while a ping may wait behind data.
    void watch_life()
    {
        heard_ = clock::now();
        look_again();
    }

    void look_again()
    {
        life_timer_.expires_after(std::max(silence_timeout_ / 4, std::chrono::milliseconds(1)));
        life_timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& ec) {
            if (!ec && !alive.expired())
                look();
        });
    }

    void look()
    {
        const auto known = progress_of(stream_.next_layer().socket());
        if (!known) // it is closed
            return;
        const auto now = clock::now();
        const bool received = std::exchange(received_, known->received) != known->received;
        const bool took = std::exchange(window_end_, known->window_end) != known->window_end;
        // Where nothing waits for it, what it takes says nothing: it may be its kernel that does.
        if (received || (took && (writing_ || known->owes)))
            heard_ = now;
        if (received)
            pinged_ = false;
        if (now - heard_ >= silence_timeout_) {
            silent_ = true;
            cut();
            return;
        }
        if (!received && !std::exchange(pinged_, true)) {
            if (!std::exchange(pinging_, true))
                stream_.async_ping({},
                                   [this, alive = std::weak_ptr(alive_)](const boost::system::error_code&) {
                                       if (!alive.expired())
                                           pinging_ = false;
                                   });
        }
        look_again();
    }

    stream_type stream_;
    boost::beast::flat_buffer buffer_;
    boost::asio::steady_timer stall_timer_;
    boost::asio::steady_timer life_timer_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
    std::size_t max_message_size_;
    std::chrono::milliseconds silence_timeout_;
    clock::time_point progress_{}; // of a write
    clock::time_point heard_{}; // of the peer
    std::uint64_t taken_ = 0; // up to where, when a write was looked at last
    std::uint64_t received_ = 0; // by the kernel, when last looked
    std::uint64_t window_end_ = 0;
    bool watches_life_ = false; // by what the kernel knows; else Beast does
    bool life_begun_ = false;
    bool pinged_ = false;
    bool pinging_ = false;
    bool silent_ = false;
    bool writing_ = false;
    bool watching_ = false;
    bool stalled_ = false;
};

} // namespace fullon_cache_api::detail
