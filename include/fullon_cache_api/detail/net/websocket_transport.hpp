// The transport: WebSocket frames over a plain or TLS connection. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/net/frame_codec.hpp>
#include <fullon_cache_api/detail/net/frame_writer.hpp>
#include <fullon_cache_api/detail/net/net_stream.hpp>
#include <fullon_cache_api/detail/net/peer_watch.hpp>
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
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// One writer: a write() sends its messages in as few system calls as there can be, control frames between two frames of it
/// or, where there is none, at once. Large messages go in fragments, so that a control frame has its turn.
class websocket_transport final : public transport {
public:
    enum class side : std::uint8_t { server, client };

    /// `connection` is connected, and its TLS agreed on. `received`: what has come behind the handshake. `first` is sent
    /// before any frame: a server's answer to the handshake.
    websocket_transport(net_stream connection, side role, const transport_limits& limits,
                        std::string_view received = {}, std::string first = {});
    ~websocket_transport() override;

    boost::asio::awaitable<incoming> read() override;
    boost::asio::awaitable<boost::system::error_code> write(std::vector<frame> messages,
                                                            std::chrono::milliseconds stall_timeout) override;
    std::optional<boost::system::error_code> write_now(std::vector<frame>& messages) override;
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
    void send_ping();
    void send_control();
    void send_rest(std::shared_ptr<const std::string> bytes, std::size_t sent);

    net_stream stream_;
    frame_reader reader_;
    fullon_coro::notifier changed_; // of what close() and write() wait for
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);

    bool reading_ = false; // the socket is being read
    bool read_now_ = true; // since the last message
    bool closing_ = false; // close() waits for the peer's close frame
    bool peer_closed_ = false;
    bool gone_ = false;

    bool sending_ = false; // somebody writes to the socket
    bool begun_ = false; // by write_now(), which has left a rest
    frame_writer out_;
    std::unique_ptr<boost::asio::steady_timer> end_timer_; // once the end has begun
    peer_watch watch_;
    bool watched_ = false;
};

} // namespace fullon_cache_api::detail
