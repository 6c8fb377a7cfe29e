// A WebSocket server that does what a test says, message by message: for what a good server would not do.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace support {

/// One client of a scripted_server. One reader at a time. Waits are bounded: std::runtime_error after 10 s.
class scripted_session {
public:
    struct state;
    explicit scripted_session(std::shared_ptr<state> made) : state_(std::move(made)) {}

    boost::asio::awaitable<void> send(std::string text);
    boost::asio::awaitable<void> send_binary(std::string bytes);
    /// Frames as the test has made them, in one piece.
    boost::asio::awaitable<void> send_frames(std::string bytes);

    /// The next message, parsed.
    boost::asio::awaitable<boost::json::object> read();
    /// The next one of this operation; others are skipped.
    boost::asio::awaitable<boost::json::object> read_request(std::string operation);

    /// `result` is JSON text.
    boost::asio::awaitable<void> answer(boost::json::object request, std::string result);
    boost::asio::awaitable<void> refuse(boost::json::object request, std::string code, std::string text);
    /// Acknowledges a stream of these topics (JSON list).
    boost::asio::awaitable<void> acknowledge(boost::json::object request, std::string key, std::string topics,
                                             std::string epoch = "e1");

    /// Reads to the end. \returns the client's close code; nothing when it went without one.
    boost::asio::awaitable<std::optional<std::uint16_t>> read_close();
    boost::asio::awaitable<void> close(std::uint16_t code);

    /// At once.
    void vanish();

private:
    std::shared_ptr<state> state_;
};

/// Listens on 127.0.0.1 from construction on.
class scripted_server {
public:
    explicit scripted_server(boost::asio::any_io_executor executor);
    ~scripted_server();

    std::uint16_t port() const;
    std::string url() const { return "ws://127.0.0.1:" + std::to_string(port()); }

    /// The next client, upgraded.
    boost::asio::awaitable<scripted_session> accept();
    /// The next connection, without an upgrade.
    boost::asio::awaitable<scripted_session> accept_tcp();

    /// No connections until start(), which listens on the same port.
    void stop();
    void start();

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace support
