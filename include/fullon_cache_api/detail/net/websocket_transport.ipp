// Bodies of websocket_transport.hpp.
#pragma once

#include <fullon_cache_api/detail/net/tcp_progress.hpp>
#include <fullon_cache_api/detail/net/websocket_transport.hpp>
#include <fullon_cache_api/error.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <span>
#include <utility>

#include <openssl/rand.h>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;

namespace {

constexpr std::size_t fragment_size = 64 * 1024; // of a large message
constexpr std::size_t gathered_bytes = 64 * 1024; // for one system call
constexpr std::size_t gathered_parts = 48;
constexpr std::size_t copied_size = 1024; // a payload up to that is copied beside its head
constexpr std::size_t kept_capacity = 4 * 1024; // of what is empty
constexpr std::size_t most_pongs = 4 * 1024; // bytes; the oldest are left out
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
    : stream_(std::move(connection)), role_(role), reader_(limits_for(role, limits)),
      changed_(stream_.get_executor()), silence_timeout_(limits.silence_timeout), first_(std::move(first)),
      stall_timer_(stream_.get_executor()), life_timer_(stream_.get_executor()),
      end_timer_(stream_.get_executor())
{
    boost::system::error_code ignored; // a socket that refuses is still a socket
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    bound_unsent(stream_.socket(), most_unsent);
    kernel_tells_ = progress_of(stream_.socket()).has_value();
    while (!received.empty()) {
        const auto room = reader_.room();
        const auto piece = received.substr(0, room.size());
        std::copy(piece.begin(), piece.end(), room.begin());
        reader_.commit(piece.size());
        received.remove_prefix(piece.size());
    }
    send_control();
}

websocket_transport::~websocket_transport() = default;

asio::awaitable<incoming> websocket_transport::read()
{
    if (!std::exchange(life_begun_, true))
        watch_life();
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
            co_return result;
        case frame_event::kind::too_large:
            result.type = incoming::kind::too_large;
            result.text = std::move(event.text);
            result.size = event.size;
            co_return result;
        case frame_event::kind::binary: result.type = incoming::kind::binary; co_return result;
        case frame_event::kind::ping:
            queue_pong(event.text);
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
        reader_.commit(bytes);
        bytes_in_ += bytes;
    }
    if (peer_closed_)
        result.type = incoming::kind::closed;
    else if (silent_)
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
        queue_close(last.code, {});
    } else {
        result.error = make_error_code(error::protocol);
        queue_close(last.code, {});
    }
    send_control();
    changed_.notify_all();
    if (!closing_) { // else close() does this
        cut_after(end_timeout);
        co_await tear_down();
        end_timer_.cancel();
    }
    co_return result;
}

asio::awaitable<boost::system::error_code> websocket_transport::write(std::vector<frame> messages,
                                                                      std::chrono::milliseconds stall_timeout)
{
    watch_for_stall(stall_timeout);
    writing_ = true;
    while (sending_ && !gone_) // a control frame is on its way
        co_await changed_.wait();
    boost::system::error_code failure;
    if (gone_ || close_queued_)
        failure = asio::error::broken_pipe;
    else {
        sending_ = true;
        messages_ = std::move(messages);
        next_message_ = next_byte_ = 0;
    }
    while (!failure && next_message_ < messages_.size() && !close_queued_) {
        gather();
        while (next_part_ < parts_.size() && !failure) {
            const auto rest = std::span<const asio::const_buffer>(parts_).subspan(next_part_);
            const auto [ec, bytes] =
                co_await stream_.async_write_some(rest, asio::as_tuple(asio::use_awaitable));
            failure = ec;
            consume_parts(bytes);
        }
    }
    if (!failure && next_message_ < messages_.size())
        failure = asio::error::broken_pipe; // closed meanwhile
    messages_.clear();
    parts_.clear();
    if (joined_.capacity() > kept_capacity)
        joined_ = {};
    writing_ = sending_ = false;
    gone_ = gone_ || (failure && !close_queued_);
    changed_.notify_all();
    send_control();
    co_return stalled_ ? asio::error::timed_out : failure;
}

asio::awaitable<void> websocket_transport::close(close_code code, std::string reason,
                                                 std::chrono::milliseconds timeout)
{
    closing_ = true;
    cut_after(timeout);
    queue_close(static_cast<std::uint16_t>(code), reason);
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
    end_timer_.cancel();
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
    bytes_in_ += bytes;
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
    end_timer_.expires_after(timeout);
    end_timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& ec) {
        if (!ec && !alive.expired())
            cut();
    });
}

// As many frames of the messages as go into one system call, what waits of control frames before them.
void websocket_transport::gather()
{
    joined_ = take_control();
    parts_.clear();
    next_part_ = 0;
    const bool masks = role_ == side::client;
    const auto piece_of = [this](std::size_t message, std::size_t from) -> std::string_view {
        return std::string_view(*messages_[message]).substr(from, fragment_size);
    };
    const auto copies = [&](std::string_view piece) { return masks || piece.size() <= copied_size; };
    // First how much is copied: parts of `joined_` are pointed to, so it must not grow afterwards.
    constexpr std::size_t longest_head = 14;
    std::size_t copied = joined_.size(), all = 0, parts = 0, frames = 0;
    for (auto message = next_message_, from = next_byte_;
         message < messages_.size() && all < gathered_bytes && parts < gathered_parts; ++frames) {
        const auto piece = piece_of(message, from);
        copied += longest_head + (copies(piece) ? piece.size() : 0);
        parts += copies(piece) ? 0 : 2;
        all += piece.size();
        from += piece.size();
        if (from >= messages_[message]->size()) {
            ++message;
            from = 0;
        }
    }
    joined_.reserve(copied);
    std::size_t begun = 0; // of `joined_`: from there on it is in no part yet
    const auto end_part = [&] {
        if (joined_.size() > begun)
            parts_.emplace_back(joined_.data() + begun, joined_.size() - begun);
        begun = joined_.size();
    };
    for (; frames != 0; --frames) {
        const auto piece = piece_of(next_message_, next_byte_);
        const bool first = next_byte_ == 0;
        next_byte_ += piece.size();
        const bool last = next_byte_ >= messages_[next_message_]->size();
        const auto what = first ? opcode::text : opcode::continuation;
        if (copies(piece))
            append_frame(joined_, what, last, piece);
        else {
            joined_.append(frame_head(what, last, piece.size()).bytes());
            end_part();
            parts_.emplace_back(piece.data(), piece.size());
        }
        if (last) {
            ++next_message_;
            next_byte_ = 0;
        }
    }
    end_part();
}

void websocket_transport::append_frame(std::string& to, opcode what, bool final, std::string_view payload)
{
    if (role_ == side::server) {
        to.append(frame_head(what, final, payload.size()).bytes()).append(payload);
        return;
    }
    const auto key = next_mask();
    to.append(frame_head(what, final, payload.size(), &key).bytes());
    const auto begin = to.size();
    to.append(payload);
    apply_mask(std::span(to).subspan(begin), key);
}

void websocket_transport::consume_parts(std::size_t bytes)
{
    bytes_out_ += bytes;
    if (!kernel_tells_)
        progress_ = clock::now();
    while (next_part_ < parts_.size() && bytes >= parts_[next_part_].size())
        bytes -= parts_[next_part_++].size();
    if (bytes != 0)
        parts_[next_part_] += bytes;
}

// Unpredictable for whoever chooses what is sent (RFC 6455, 10.3).
mask_key websocket_transport::next_mask()
{
    constexpr std::size_t pool = 256;
    mask_key key;
    if (masks_.size() < key.size()) {
        masks_.resize(pool);
        if (::RAND_bytes(reinterpret_cast<unsigned char*>(masks_.data()), static_cast<int>(pool)) != 1)
            throw boost::system::system_error(make_error_code(boost::system::errc::io_error),
                                              "no random numbers");
    }
    std::copy_n(masks_.end() - static_cast<std::ptrdiff_t>(key.size()), key.size(), key.begin());
    masks_.resize(masks_.size() - key.size());
    return key;
}

void websocket_transport::queue_pong(std::string_view payload)
{
    if (close_queued_)
        return;
    if (pongs_.size() > most_pongs)
        pongs_.clear();
    append_frame(pongs_, opcode::pong, true, payload);
}

void websocket_transport::queue_close(std::uint16_t code, std::string_view reason)
{
    if (std::exchange(close_queued_, true))
        return;
    constexpr std::size_t longest_reason = 123;
    std::string payload;
    if (code != static_cast<std::uint16_t>(close_code::no_status)) {
        payload.push_back(static_cast<char>(code >> 8));
        payload.push_back(static_cast<char>(code & 0xff));
        payload.append(reason.substr(0, longest_reason));
    }
    append_frame(close_frame_, opcode::close, true, payload);
}

std::string websocket_transport::take_control()
{
    auto bytes = std::exchange(first_, {});
    bytes.append(std::exchange(pongs_, {})).append(std::exchange(ping_, {}));
    bytes.append(std::exchange(close_frame_, {}));
    return bytes;
}

// What waits of control frames, unless somebody is sending, who does it then.
void websocket_transport::send_control()
{
    if (sending_ || gone_)
        return;
    auto bytes = take_control();
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

// One timer for any number of writes: it looks now and then whether the peer takes anything.
void websocket_transport::watch_for_stall(std::chrono::milliseconds timeout)
{
    progress_ = clock::now();
    if (!std::exchange(watching_, true))
        arm(timeout);
}

void websocket_transport::arm(std::chrono::milliseconds timeout)
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
            // What the peer takes counts, not what its kernel or ours does: a slow one is no dead one.
            if (const auto known = progress_of(stream_.socket())) {
                const auto taken = known->acknowledged + known->window_end;
                if (std::exchange(taken_, taken) != taken)
                    progress_ = clock::now();
            }
            if (clock::now() < progress_ + timeout)
                arm(timeout);
            else {
                stalled_ = true;
                cut();
            }
        });
}

// A peer is alive that sends anything, a pong for one, or that makes room by reading while a ping may wait behind data.
void websocket_transport::watch_life()
{
    heard_ = clock::now();
    look_again();
}

void websocket_transport::look_again()
{
    life_timer_.expires_after(std::max(silence_timeout_ / 4, std::chrono::milliseconds(1)));
    life_timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& ec) {
        if (!ec && !alive.expired())
            look();
    });
}

void websocket_transport::look()
{
    if (gone_ || !stream_.socket().is_open())
        return;
    const auto known =
        progress_of(stream_.socket()).value_or(tcp_progress{bytes_out_, bytes_in_, bytes_out_, sending_});
    const auto now = clock::now();
    const bool received = std::exchange(received_, known.received) != known.received;
    const bool took = std::exchange(window_end_, known.window_end) != known.window_end;
    // Where nothing waits for it, what it takes says nothing: it may be its kernel that does.
    if (received || (took && (writing_ || known.owes)))
        heard_ = now;
    if (received)
        pinged_ = false;
    if (now - heard_ >= silence_timeout_) {
        silent_ = true;
        cut();
        return;
    }
    if (!received && !std::exchange(pinged_, true) && !close_queued_) {
        ping_.clear();
        append_frame(ping_, opcode::ping, true, {});
        send_control();
    }
    look_again();
}

} // namespace fullon_cache_api::detail
