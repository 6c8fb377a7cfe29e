// Bodies of websocket_transport.hpp.
#pragma once

#include <fullon_cache_api/detail/net/tcp_progress.hpp>
#include <fullon_cache_api/detail/net/websocket_transport.hpp>
#include <fullon_cache_api/error.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;

namespace {

constexpr int most_unsent = 32 * 1024; // in the kernel, where nothing can be replaced by what is newer
constexpr std::chrono::milliseconds end_timeout{2000}; // for the peer to hang up

frame_limits limits_for(websocket_transport::side role, const transport_limits& limits)
{
    return {.masked = role == websocket_transport::side::server,
            .max_message = limits.max_message_size,
            .most_discarded = limits.most_discarded};
}

} // namespace

websocket_transport::websocket_transport(net_stream connection, side role, const transport_limits& limits,
                                         std::string_view received, std::string first)
    : stream_(std::move(connection)), reader_(limits_for(role, limits)), changed_(stream_.get_executor()),
      out_(role == side::client),
      watch_(stream_, limits.silence_timeout, {[this] { send_ping(); }, [this] { cut(); }})
{
    boost::system::error_code ignored; // a socket that refuses is still a socket
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    stream_.socket().non_blocking(true, ignored); // for write_now()
    bound_unsent(stream_.socket(), most_unsent);
    while (!received.empty()) {
        const auto room = reader_.room();
        const auto piece = received.substr(0, room.size());
        std::copy(piece.begin(), piece.end(), room.begin());
        reader_.commit(piece.size());
        received.remove_prefix(piece.size());
    }
    out_.queue_first(std::move(first));
    send_control();
}

websocket_transport::~websocket_transport() = default;

asio::awaitable<incoming> websocket_transport::read()
{
    if (!std::exchange(watched_, true))
        watch_.start();
    incoming result;
    for (;;) {
        while (reading_ && !gone_) // close() does
            co_await changed_.wait();
        if (gone_ || peer_closed_)
            break;
        auto event = reader_.next();
        switch (event.type) {
        case frame_event::kind::message:
            result.type = incoming::kind::message;
            result.text = std::move(event.text);
            result.size = event.size;
            result.read_now = std::exchange(read_now_, false);
            co_return result;
        case frame_event::kind::too_large:
            result.type = incoming::kind::too_large;
            result.text = std::move(event.text);
            result.size = event.size;
            co_return result;
        case frame_event::kind::binary: result.type = incoming::kind::binary; co_return result;
        case frame_event::kind::ping:
            out_.queue_pong(event.text);
            send_control();
            continue;
        case frame_event::kind::pong: continue;
        case frame_event::kind::close:
        case frame_event::kind::broken: {
            auto ending = end_of_reading(std::move(event));
            co_return co_await std::move(ending);
        }
        case frame_event::kind::incomplete: break;
        }
        reading_ = true;
        const auto [ec, bytes] = co_await stream_.async_read_some(asio::buffer(reader_.room()),
                                                                  asio::as_tuple(asio::use_awaitable));
        reading_ = false;
        if (closing_)
            changed_.notify_all();
        if (ec) {
            result.error = ec;
            break;
        }
        read_now_ = true;
        reader_.commit(bytes);
        watch_.on_received(bytes);
    }
    if (peer_closed_)
        result.type = incoming::kind::closed;
    else if (watch_.silent())
        result.error = asio::error::timed_out;
    else if (!result.error)
        result.error = asio::error::operation_aborted;
    gone_ = true;
    changed_.notify_all();
    co_return result;
}

// The close frame is answered, or the reason is told; then the peer has some time to hang up.
asio::awaitable<incoming> websocket_transport::end_of_reading(frame_event last)
{
    incoming result;
    peer_closed_ = true;
    if (last.type == frame_event::kind::close) {
        result.type = incoming::kind::closed;
        result.close = last.code;
    } else
        result.error = make_error_code(error::protocol);
    out_.queue_close(last.code, {});
    send_control();
    changed_.notify_all();
    if (!closing_) { // else close() does this
        cut_after(end_timeout);
        co_await tear_down();
        end_timer_->cancel();
    }
    co_return result;
}

asio::awaitable<boost::system::error_code> websocket_transport::write(std::vector<frame> messages,
                                                                      std::chrono::milliseconds stall_timeout)
{
    watch_.begin_write(stall_timeout);
    const bool goes_on = std::exchange(begun_, false);
    while (!goes_on && sending_ && !gone_) // a control frame is on its way
        co_await changed_.wait();
    boost::system::error_code failure;
    if (gone_ || (!goes_on && out_.close_queued()))
        failure = asio::error::broken_pipe;
    else if (!goes_on) {
        sending_ = true;
        out_.begin(messages);
    }
    while (!failure && (!out_.parts().empty() || (out_.unfinished() && !out_.close_queued()))) {
        if (out_.parts().empty())
            out_.gather();
        const auto [ec, bytes] =
            co_await stream_.async_write_some(out_.parts(), asio::as_tuple(asio::use_awaitable));
        failure = ec;
        out_.consume(bytes);
        watch_.on_sent(bytes);
    }
    if (!failure && out_.unfinished())
        failure = asio::error::broken_pipe; // closed meanwhile
    out_.end();
    watch_.end_write();
    sending_ = false;
    gone_ = gone_ || (failure && !out_.close_queued());
    changed_.notify_all();
    send_control();
    co_return watch_.stalled() ? asio::error::timed_out : failure;
}

// As much as one gather holds: what is large must not keep others waiting.
std::optional<boost::system::error_code> websocket_transport::write_now(std::vector<frame>& messages)
{
    if (stream_.secure() || sending_ || gone_ || out_.close_queued())
        return std::nullopt; // write() sees to it
    out_.begin(messages);
    out_.gather();
    boost::system::error_code failure;
    while (!failure && !out_.parts().empty()) {
        const auto parts = out_.parts();
        const auto bytes = parts.size() == 1 ? stream_.socket().write_some(parts.front(), failure)
                                             : stream_.socket().write_some(parts, failure);
        out_.consume(bytes);
        watch_.on_sent(bytes);
    }
    const bool full = failure == asio::error::would_block || failure == asio::error::try_again;
    if (full || (!failure && out_.unfinished())) {
        sending_ = begun_ = true;
        return std::nullopt;
    }
    if (failure) {
        gone_ = true;
        changed_.notify_all();
    }
    out_.end();
    return failure;
}

asio::awaitable<void> websocket_transport::close(close_code code, std::string reason,
                                                 std::chrono::milliseconds timeout)
{
    closing_ = true;
    cut_after(timeout);
    out_.queue_close(static_cast<std::uint16_t>(code), reason);
    send_control();
    while (!peer_closed_ && !gone_) {
        if (reading_) { // read() hands on what still comes
            co_await changed_.wait();
            continue;
        }
        const auto event = reader_.next();
        if (event.type == frame_event::kind::close || event.type == frame_event::kind::broken)
            peer_closed_ = true;
        else if (event.type == frame_event::kind::incomplete) {
            const auto failure = co_await fill();
            gone_ = gone_ || failure;
        }
    }
    if (!gone_)
        co_await tear_down();
    end_timer_->cancel();
    cut();
}

void websocket_transport::cut() noexcept
{
    gone_ = true;
    boost::system::error_code ignored;
    stream_.socket().close(ignored);
    changed_.notify_all();
}

asio::awaitable<boost::system::error_code> websocket_transport::fill()
{
    reading_ = true;
    const auto [ec, bytes] =
        co_await stream_.async_read_some(asio::buffer(reader_.room()), asio::as_tuple(asio::use_awaitable));
    reading_ = false;
    changed_.notify_all();
    reader_.commit(bytes);
    watch_.on_received(bytes);
    co_return ec;
}

// Until the peer has hung up, so that nothing on its way to it is lost. Whoever awaits this bounds it: see cut_after().
asio::awaitable<void> websocket_transport::tear_down()
{
    while (sending_ && !gone_)
        co_await changed_.wait();
    if (gone_)
        co_return;
    if (stream_.secure()) {
        co_await stream_.async_shut_down(asio::as_tuple(asio::use_awaitable));
        co_return;
    }
    boost::system::error_code failure;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, failure);
    while (!failure) {
        failure = co_await fill();
        (void)reader_.next(); // drops what it holds: it is at its end
    }
}

void websocket_transport::cut_after(std::chrono::milliseconds timeout)
{
    end_timer_ = std::make_unique<asio::steady_timer>(stream_.get_executor(), timeout);
    end_timer_->async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& ec) {
        if (!ec && !alive.expired())
            cut();
    });
}

void websocket_transport::send_ping()
{
    if (out_.close_queued())
        return;
    out_.queue_ping();
    send_control();
}

// What waits of control frames, unless somebody is sending, who does it then.
void websocket_transport::send_control()
{
    if (sending_ || gone_)
        return;
    auto bytes = out_.take_control();
    if (bytes.empty())
        return;
    sending_ = true;
    send_rest(std::make_shared<const std::string>(std::move(bytes)), 0);
}

void websocket_transport::send_rest(std::shared_ptr<const std::string> bytes, std::size_t sent)
{
    const auto rest = asio::buffer(*bytes) + sent;
    stream_.async_write_some(rest, [this, alive = std::weak_ptr(alive_), bytes = std::move(bytes),
                                    sent](const boost::system::error_code& ec, std::size_t size) {
        if (alive.expired())
            return;
        if (!ec && sent + size < bytes->size()) {
            send_rest(bytes, sent + size);
            return;
        }
        sending_ = false;
        gone_ = gone_ || ec;
        changed_.notify_all();
        send_control();
    });
}

} // namespace fullon_cache_api::detail
