// A raw WebSocket peer: TCP with a hand-made upgrade and hand-made frames, so that it can send what no good client
// would. It shares nothing with the code under test.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace support {

enum class opcode : unsigned char { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// The first byte of a frame, part by part; and whether what follows is masked, as a client's must be.
struct frame_head {
    opcode code = opcode::text;
    bool final = true;
    bool masked = true;
    unsigned char reserved = 0; ///< RSV1 to RSV3 as a number from 0 to 7
};

std::string make_frame(std::string_view payload, frame_head head = {});

/// A head that announces `size` bytes in a form of its own choice (7, 16 or 64 bits), and nothing behind it but the mask.
std::string make_frame_head(std::uint64_t size, int length_bits, frame_head head = {});

/// Payload of a close frame.
std::string close_payload(std::uint16_t code, std::string_view reason = {});

/// `GET {path}` with what RFC 6455 wants; `extra` are more header lines, each with its CRLF.
std::string upgrade_request(std::string_view path = "/", std::string_view extra = {});

/// `{"request_id":id,"operation":...,"params":...}` from JSON texts; an empty one leaves the member out.
std::string request_text(std::string_view id, std::string_view operation, std::string_view params = {});

struct received_frame {
    opcode code = opcode::text;
    bool final = true;
    std::string payload;
};

struct http_answer {
    unsigned status = 0; ///< 0: the connection ended without one
    std::string head;
    std::string body;
};

/// Serial executor; one reader and one writer at a time. Every wait ends after 10 s (more under sanitizers) with
/// std::runtime_error, which names what was waited for. Frames of the server are checked: unmasked, no reserved bits,
/// text in valid UTF-8.
class websocket_peer {
public:
    explicit websocket_peer(boost::asio::any_io_executor executor);
    websocket_peer(websocket_peer&&) noexcept;
    websocket_peer& operator=(websocket_peer&&) noexcept;
    ~websocket_peer();

    /// TCP only. `receive_buffer`: bytes that the kernel takes in for us, 0 = its own choice.
    boost::asio::awaitable<void> connect(std::uint16_t port, int receive_buffer = 0);
    /// Sends `request` and reads the answer.
    boost::asio::awaitable<http_answer> ask_http(std::string request);
    /// Both. \throws when the answer is not 101.
    boost::asio::awaitable<void> open(std::uint16_t port, std::string path = "/", int receive_buffer = 0);

    /// 0 where it is not connected.
    std::uint16_t local_port() const;

    boost::asio::awaitable<void> send_raw(std::string bytes);
    /// The same; a connection that is gone is no failure. \returns whether it took them; if not, nothing more may be sent
    /// (Asio would wait for a socket that can be written to).
    boost::asio::awaitable<bool> try_send_raw(std::string bytes);
    boost::asio::awaitable<void> send_text(std::string text);

    boost::asio::awaitable<received_frame> read_frame();
    /// The next message; answers pings, skips pongs. \throws when the server closes.
    boost::asio::awaitable<std::string> read_text();
    boost::asio::awaitable<boost::json::object> read_json();
    /// Skips messages until one satisfies: its member `name` is the text `value`.
    boost::asio::awaitable<boost::json::object> read_until(std::string name, std::string value);
    /// Sends a request with an id of its own and waits for its response, skipping everything else.
    boost::asio::awaitable<boost::json::object> ask(std::string operation, std::string params = {});

    /// Reads to the end of the connection. \returns the code of the close frame that preceded it; 1005 for one
    /// without a code; nothing when there was none. Answers the close frame, as the RFC wants.
    boost::asio::awaitable<std::optional<std::uint16_t>> read_close();
    /// Reads what comes until the connection ends. \returns the number of bytes.
    boost::asio::awaitable<std::size_t> read_to_end();
    /// What has arrived and what arrives within `time`, message by message: for what must NOT come.
    boost::asio::awaitable<std::size_t> messages_within(std::chrono::milliseconds time);

    /// At once: the server sees a reset.
    void vanish();
    /// In order, without a close frame.
    void hang_up();

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace support
