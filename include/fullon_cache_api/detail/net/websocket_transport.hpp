// The transport: WebSocket frames over a plain or TLS connection. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/net/frame_codec.hpp>
#include <fullon_cache_api/detail/net/net_stream.hpp>
#include <fullon_cache_api/detail/net/transport.hpp>
#include <fullon_cache_api/detail/net/transport_limits.hpp>

#include <fullon_coro/notifier.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// One writer: a write() sends its messages in as few system calls as there can be, control frames between two frames of it
/// or, where there is none, at once. Large messages go in fragments, so that a control frame has its turn.
class websocket_transport final : public transport {
public:
    using clock = std::chrono::steady_clock;
    enum class side : std::uint8_t { server, client };

    /// `connection` is connected, and its TLS agreed on. `received`: what has come behind the handshake. `first` is sent
    /// before any frame: a server's answer to the handshake.
    websocket_transport(net_stream connection, side role, const transport_limits& limits,
                        std::string_view received = {}, std::string first = {});
    ~websocket_transport() override;

    boost::asio::awaitable<incoming> read() override;
    boost::asio::awaitable<boost::system::error_code> write(std::vector<frame> messages,
                                                            std::chrono::milliseconds stall_timeout) override;
    boost::asio::awaitable<void> close(close_code code, std::string reason,
                                       std::chrono::milliseconds timeout) override;
    void cut() noexcept override;

private:
    // Reading
    boost::asio::awaitable<incoming> end_of_reading(frame_event last);
    boost::asio::awaitable<boost::system::error_code> fill();
    boost::asio::awaitable<void> tear_down();
    void cut_after(std::chrono::milliseconds timeout);

    // Writing
    void gather();
    void append_frame(std::string& to, opcode what, bool final, std::string_view payload);
    void consume_parts(std::size_t bytes);
    mask_key next_mask();
    void queue_pong(std::string_view payload);
    void queue_close(std::uint16_t code, std::string_view reason);
    std::string take_control();
    void send_control();
    void send_rest(std::shared_ptr<const std::string> bytes, std::size_t sent);

    // The peer's life
    void watch_for_stall(std::chrono::milliseconds timeout);
    void arm(std::chrono::milliseconds timeout);
    void watch_life();
    void look_again();
    void look();

    net_stream stream_;
    side role_;
    frame_reader reader_;
    fullon_coro::notifier changed_; // of what close() and write() wait for
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
    std::chrono::milliseconds silence_timeout_;

    bool reading_ = false; // the socket is being read
    bool closing_ = false; // close() waits for the peer's close frame
    bool peer_closed_ = false;
    bool gone_ = false;

    bool sending_ = false; // somebody writes to the socket
    bool writing_ = false; // write() is under way
    std::string first_; // before all frames
    std::string pongs_;
    std::string ping_;
    std::string close_frame_;
    bool close_queued_ = false; // nothing is sent behind it
    std::vector<frame> messages_; // of this write()
    std::size_t next_message_ = 0;
    std::size_t next_byte_ = 0; // of that message
    std::string joined_; // heads, and payloads that are small or masked
    std::vector<boost::asio::const_buffer> parts_; // of it, and payloads where they are
    std::size_t next_part_ = 0;
    std::string masks_; // random bytes not used yet

    boost::asio::steady_timer stall_timer_;
    boost::asio::steady_timer life_timer_;
    boost::asio::steady_timer end_timer_;
    clock::time_point progress_{}; // of a write
    clock::time_point heard_{}; // of the peer
    std::uint64_t taken_ = 0; // by the peer, when last looked
    std::uint64_t received_ = 0;
    std::uint64_t window_end_ = 0;
    std::uint64_t bytes_in_ = 0; // where the kernel does not tell
    std::uint64_t bytes_out_ = 0;
    bool kernel_tells_ = false; // what the peer takes
    bool life_begun_ = false;
    bool pinged_ = false;
    bool silent_ = false;
    bool watching_ = false;
    bool stalled_ = false;
};

} // namespace fullon_cache_api::detail
