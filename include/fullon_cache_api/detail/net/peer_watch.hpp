// Whether the peer of a connection is alive, and takes what is sent to it. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/net/net_stream.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace fullon_cache_api::detail {

/// What the peer's system acknowledges and makes room for counts, where ours tells that: a peer that is slow is not dead, and
/// what only our system has taken is not taken.
class peer_watch {
public:
    struct actions {
        std::function<void()> ping; ///< asks for a sign of life
        std::function<void()> cut; ///< the peer is dead, or takes nothing
    };

    /// The connection must outlive it.
    peer_watch(net_stream& connection, std::chrono::milliseconds silence_timeout, actions what);

    /// From now on a silent peer is asked for a sign of life, and is dead after `silence_timeout`. Once.
    void start();

    /// Until the end, a peer that takes nothing for so long is cut.
    void begin_write(std::chrono::milliseconds stall_timeout);
    void end_write() noexcept { writing_ = false; }

    void on_sent(std::size_t bytes) noexcept;
    void on_received(std::size_t bytes) noexcept { bytes_in_ += bytes; }

    bool silent() const noexcept { return silent_; }
    bool stalled() const noexcept { return stalled_; }

private:
    using clock = std::chrono::steady_clock;

    void arm_stall(std::chrono::milliseconds timeout);
    void look_again();
    void look();

    net_stream& connection_;
    actions what_;
    std::chrono::milliseconds silence_timeout_;
    boost::asio::steady_timer stall_timer_;
    boost::asio::steady_timer life_timer_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
    clock::time_point progress_{}; // of a write
    clock::time_point heard_{}; // of the peer
    std::uint64_t taken_ = 0; // by the peer, when last looked
    std::uint64_t received_ = 0;
    std::uint64_t window_end_ = 0;
    std::uint64_t bytes_in_ = 0; // where the system does not tell
    std::uint64_t bytes_out_ = 0;
    bool system_tells_;
    bool pinged_ = false;
    bool silent_ = false;
    bool writing_ = false;
    bool watching_ = false; // the stall timer runs
    bool stalled_ = false;
};

} // namespace fullon_cache_api::detail
