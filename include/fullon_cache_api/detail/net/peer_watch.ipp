// Bodies of peer_watch.hpp.
#pragma once

#include <fullon_cache_api/detail/net/peer_watch.hpp>
#include <fullon_cache_api/detail/net/tcp_progress.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

peer_watch::peer_watch(net_stream& connection, std::chrono::milliseconds silence_timeout, actions what)
    : connection_(connection), what_(std::move(what)), silence_timeout_(silence_timeout),
      stall_timer_(connection.get_executor()), life_timer_(connection.get_executor()),
      system_tells_(progress_of(connection.socket()).has_value())
{}

void peer_watch::on_sent(std::size_t bytes) noexcept
{
    bytes_out_ += bytes;
    if (!system_tells_)
        progress_ = clock::now();
}

// One timer for any number of writes: it looks now and then whether the peer takes anything.
void peer_watch::begin_write(std::chrono::milliseconds stall_timeout)
{
    writing_ = true;
    progress_ = clock::now();
    if (!std::exchange(watching_, true))
        arm_stall(stall_timeout);
}

void peer_watch::arm_stall(std::chrono::milliseconds timeout)
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
            if (const auto known = progress_of(connection_.socket())) {
                const auto taken = known->acknowledged + known->window_end;
                if (std::exchange(taken_, taken) != taken)
                    progress_ = clock::now();
            }
            if (clock::now() < progress_ + timeout)
                arm_stall(timeout);
            else {
                stalled_ = true;
                what_.cut();
            }
        });
}

void peer_watch::start()
{
    heard_ = clock::now();
    look_again();
}

void peer_watch::look_again()
{
    life_timer_.expires_after(std::max(silence_timeout_ / 4, std::chrono::milliseconds(1)));
    life_timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& ec) {
        if (!ec && !alive.expired())
            look();
    });
}

// A peer is alive that sends anything, a pong for one, or that makes room by reading while a ping may wait behind data.
void peer_watch::look()
{
    if (!connection_.socket().is_open())
        return;
    const auto known =
        progress_of(connection_.socket()).value_or(tcp_progress{bytes_out_, bytes_in_, bytes_out_, writing_});
    const auto now = clock::now();
    const bool received = std::exchange(received_, known.received) != known.received;
    const bool took = std::exchange(window_end_, known.window_end) != known.window_end;
    // Where nothing waits for it, what it takes says nothing: it may be its system that does.
    if (received || (took && (writing_ || known.owes)))
        heard_ = now;
    if (received)
        pinged_ = false;
    if (now - heard_ >= silence_timeout_) {
        silent_ = true;
        what_.cut();
        return;
    }
    if (!received && !std::exchange(pinged_, true))
        what_.ping();
    look_again();
}

} // namespace fullon_cache_api::detail
