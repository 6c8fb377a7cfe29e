// Bodies of websocket_peer.hpp.
#include "support/websocket_peer.hpp"

#include "support/async_test.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>

#include <array>
#include <stdexcept>
#include <utility>

#include <fcntl.h>

namespace support {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto patience_limit = std::chrono::seconds(10) * patience;
constexpr std::array<unsigned char, 4> mask{0x37, 0xfa, 0x21, 0x3d};

void append_bytes(std::string& out, std::uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; --i)
        out.push_back(static_cast<char>(value >> (8 * i)));
}

bool valid_utf8(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const int more = lead < 0x80                   ? 0
                         : lead >= 0xC2 && lead < 0xE0 ? 1
                         : lead >= 0xE0 && lead < 0xF0 ? 2
                         : lead >= 0xF0 && lead < 0xF5 ? 3
                                                       : -1;
        if (more < 0 || text.size() - i <= static_cast<std::size_t>(more))
            return false;
        std::uint32_t code = more == 0 ? lead : lead & (0x3FU >> more);
        for (int n = 1; n <= more; ++n) {
            const auto next = static_cast<unsigned char>(text[i + static_cast<std::size_t>(n)]);
            if ((next & 0xC0U) != 0x80)
                return false;
            code = code << 6U | (next & 0x3FU);
        }
        if ((more == 2 && code < 0x800) || (more == 3 && (code < 0x10000 || code > 0x10FFFF)) ||
            (code >= 0xD800 && code < 0xE000))
            return false;
        i += static_cast<std::size_t>(more) + 1;
    }
    return true;
}

} // namespace

std::string make_frame_head(std::uint64_t size, int length_bits, frame_head head)
{
    std::string out;
    out.push_back(static_cast<char>((head.final ? 0x80U : 0U) | (head.reserved & 7U) << 4U |
                                    static_cast<unsigned>(head.code)));
    const unsigned masked = head.masked ? 0x80 : 0;
    if (length_bits == 7)
        out.push_back(static_cast<char>(masked | size));
    else {
        out.push_back(static_cast<char>(masked | (length_bits == 16 ? 126U : 127U)));
        append_bytes(out, size, length_bits / 8);
    }
    if (head.masked)
        out.append(reinterpret_cast<const char*>(mask.data()), mask.size());
    return out;
}

std::string make_frame(std::string_view payload, frame_head head)
{
    std::string out = make_frame_head(payload.size(),
                                      payload.size() < 126     ? 7
                                      : payload.size() < 65536 ? 16
                                                               : 64,
                                      head);
    for (std::size_t i = 0; i < payload.size(); ++i)
        out.push_back(head.masked ? static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % 4])
                                  : payload[i]);
    return out;
}

std::string close_payload(std::uint16_t code, std::string_view reason)
{
    std::string out;
    append_bytes(out, code, 2);
    return out.append(reason);
}

std::string upgrade_request(std::string_view path, std::string_view extra)
{
    return "GET " + std::string(path) +
           " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           std::string(extra) + "\r\n";
}

std::string request_text(std::string_view id, std::string_view operation, std::string_view params)
{
    std::string text = "{";
    if (!id.empty())
        text.append("\"request_id\":").append(id).append(",");
    text.append("\"operation\":\"").append(operation).append("\"");
    if (!params.empty())
        text.append(",\"params\":").append(params);
    return text + "}";
}

struct websocket_peer::state {
    explicit state(asio::any_io_executor executor) : socket(std::move(executor)) {}

    // Adds what arrives to `in`. \returns false at the end of the connection.
    asio::awaitable<bool> more(std::string waiting_for,
                               std::chrono::steady_clock::duration limit = patience_limit)
    {
        const std::size_t size = in.size();
        in.resize(size + 16384);
        const auto [failure, count] =
            co_await socket.async_read_some(asio::buffer(in.data() + size, in.size() - size),
                                            asio::cancel_after(limit, asio::as_tuple(asio::use_awaitable)));
        in.resize(size + count);
        if (failure == asio::error::operation_aborted)
            throw std::runtime_error("not in time: " + waiting_for);
        co_return count != 0;
    }

    // A whole frame out of `in`, if there is one.
    std::optional<received_frame> take_frame()
    {
        const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(in[i]); };
        if (in.size() < used + 2)
            return std::nullopt;
        if ((byte(used) & 0x70U) != 0 || (byte(used + 1) & 0x80U) != 0)
            throw std::runtime_error("the server sent a masked frame or a reserved bit");
        std::size_t begin = used + 2;
        std::uint64_t size = byte(used + 1) & 0x7FU;
        if (size >= 126) {
            const std::size_t bytes = size == 126 ? 2 : 8;
            if (in.size() < begin + bytes)
                return std::nullopt;
            size = 0;
            for (std::size_t i = 0; i < bytes; ++i)
                size = size << 8U | byte(begin + i);
            begin += bytes;
        }
        if (in.size() - begin < size)
            return std::nullopt;
        received_frame frame;
        frame.code = static_cast<opcode>(byte(used) & 0x0FU);
        frame.final = (byte(used) & 0x80U) != 0;
        frame.payload = in.substr(begin, size);
        used = begin + size;
        if (used == in.size() || used > 1024 * 1024) {
            in.erase(0, used);
            used = 0;
        }
        return frame;
    }

    tcp::socket socket;
    std::string in;
    std::size_t used = 0; // of `in`
    std::uint64_t next_id = 1;
};

websocket_peer::websocket_peer(asio::any_io_executor executor)
    : state_(std::make_unique<state>(std::move(executor)))
{}
websocket_peer::websocket_peer(websocket_peer&&) noexcept = default;
websocket_peer& websocket_peer::operator=(websocket_peer&&) noexcept = default;
websocket_peer::~websocket_peer() = default;

asio::awaitable<void> websocket_peer::connect(std::uint16_t port, int receive_buffer)
{
    const tcp::endpoint server(asio::ip::address_v4::loopback(), port);
    state_->socket.open(tcp::v4());
    // A Redis that a test starts later must not hold this connection open after we have closed it.
    ::fcntl(state_->socket.native_handle(), F_SETFD, FD_CLOEXEC);
    if (receive_buffer != 0)
        state_->socket.set_option(tcp::socket::receive_buffer_size(receive_buffer));
    co_await state_->socket.async_connect(server, asio::cancel_after(patience_limit, asio::use_awaitable));
    state_->socket.set_option(tcp::no_delay(true));
}

asio::awaitable<http_answer> websocket_peer::ask_http(std::string request)
{
    co_await try_send_raw(std::move(request));
    auto& in = state_->in;
    http_answer answer;
    std::size_t end = std::string::npos;
    while (end == std::string::npos) {
        const bool open = co_await state_->more("the answer to an HTTP request");
        end = in.find("\r\n\r\n");
        if (!open && end == std::string::npos)
            co_return answer;
    }
    answer.head = in.substr(0, end + 4);
    in.erase(0, end + 4);
    answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(answer.head.find(' ') + 1, 3)));
    if (answer.status == 101)
        co_return answer;
    bool open = true;
    while (open)
        open = co_await state_->more("the end of a connection that was refused");
    answer.body = std::exchange(in, {});
    co_return answer;
}

asio::awaitable<void> websocket_peer::open(std::uint16_t port, std::string path, int receive_buffer)
{
    co_await connect(port, receive_buffer);
    const auto answer = co_await ask_http(upgrade_request(path));
    if (answer.status != 101)
        throw std::runtime_error("no upgrade: " + answer.head + answer.body);
    if (answer.head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == std::string::npos)
        throw std::runtime_error("a wrong Sec-WebSocket-Accept: " + answer.head);
}

asio::awaitable<bool> websocket_peer::try_send_raw(std::string bytes)
{
    const auto [failure, sent] =
        co_await asio::async_write(state_->socket, asio::buffer(bytes),
                                   asio::cancel_after(patience_limit, asio::as_tuple(asio::use_awaitable)));
    if (failure == asio::error::operation_aborted)
        throw std::runtime_error("the server took only " + std::to_string(sent) + " of " +
                                 std::to_string(bytes.size()) + " bytes in time");
    co_return !failure;
}

asio::awaitable<void> websocket_peer::send_raw(std::string bytes)
{
    const bool taken = co_await try_send_raw(std::move(bytes));
    if (!taken)
        throw std::runtime_error("the server has ended the connection");
}

asio::awaitable<void> websocket_peer::send_text(std::string text)
{
    co_await send_raw(make_frame(text));
}

asio::awaitable<received_frame> websocket_peer::read_frame()
{
    auto frame = state_->take_frame();
    while (!frame) {
        const bool open = co_await state_->more("a frame");
        if (!open)
            throw std::runtime_error("the connection ended where a frame was awaited");
        frame = state_->take_frame();
    }
    co_return std::move(*frame);
}

asio::awaitable<std::string> websocket_peer::read_text()
{
    std::string text;
    for (;;) {
        auto frame = co_await read_frame();
        if (frame.code == opcode::ping) {
            frame_head head;
            head.code = opcode::pong;
            co_await send_raw(make_frame(frame.payload, head));
        } else if (frame.code == opcode::close) {
            const auto code = frame.payload.size() < 2 ? 1005U
                                                       : static_cast<unsigned char>(frame.payload[0]) * 256U +
                                                             static_cast<unsigned char>(frame.payload[1]);
            throw std::runtime_error("closed with " + std::to_string(code) + " where a message was awaited");
        } else if (frame.code == opcode::text || frame.code == opcode::continuation) {
            text += frame.payload;
            if (!frame.final)
                continue;
            if (!valid_utf8(text))
                throw std::runtime_error("the server sent text that is not UTF-8");
            co_return text;
        } else if (frame.code != opcode::pong)
            throw std::runtime_error("the server sent an opcode that it must not send");
    }
}

asio::awaitable<boost::json::object> websocket_peer::read_json()
{
    const std::string text = co_await read_text();
    boost::json::parse_options options;
    options.numbers = boost::json::number_precision::precise;
    boost::system::error_code failure;
    auto value = boost::json::parse(text, failure, {}, options);
    if (failure || !value.is_object())
        throw std::runtime_error("the server sent no JSON object: " + text.substr(0, 200));
    co_return std::move(value.as_object());
}

asio::awaitable<boost::json::object> websocket_peer::read_until(std::string name, std::string value)
{
    for (;;) {
        auto message = co_await read_json();
        const auto* found = message.if_contains(name);
        const bool wanted = found && found->is_string() && found->get_string() == value;
        if (wanted)
            co_return message;
    }
}

asio::awaitable<boost::json::object> websocket_peer::ask(std::string operation, std::string params)
{
    const std::string id = "ask-" + std::to_string(state_->next_id++);
    co_await send_text(request_text('"' + id + '"', operation, params));
    co_return co_await read_until("request_id", id);
}

asio::awaitable<std::optional<std::uint16_t>> websocket_peer::read_close()
{
    std::optional<std::uint16_t> code;
    for (;;) {
        auto frame = state_->take_frame();
        if (frame && frame->code == opcode::close && !code) {
            const auto& payload = frame->payload;
            code = payload.size() < 2
                       ? 1005
                       : static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8U |
                                                    static_cast<unsigned char>(payload[1]));
            frame_head head;
            head.code = opcode::close;
            co_await try_send_raw(make_frame(payload.substr(0, 2), head));
        }
        if (frame)
            continue;
        const bool open = co_await state_->more("the server's end of the connection");
        if (!open)
            break;
    }
    hang_up();
    co_return code;
}

asio::awaitable<std::size_t> websocket_peer::read_to_end()
{
    std::size_t bytes = std::exchange(state_->in, {}).size();
    bool open = true;
    while (open) {
        open = co_await state_->more("the end of the connection");
        bytes += std::exchange(state_->in, {}).size();
    }
    co_return bytes;
}

asio::awaitable<std::size_t> websocket_peer::messages_within(std::chrono::milliseconds time)
{
    const auto deadline = std::chrono::steady_clock::now() + time;
    std::size_t count = 0;
    for (;;) {
        while (state_->take_frame())
            ++count;
        const auto left = deadline - std::chrono::steady_clock::now();
        if (left <= std::chrono::steady_clock::duration::zero())
            co_return count;
        try {
            const bool open = co_await state_->more("", left);
            if (!open)
                co_return count;
        } catch (const std::runtime_error&) {
            // quiet to the end, as hoped
        }
    }
}

std::uint16_t websocket_peer::local_port() const
{
    boost::system::error_code failure;
    const auto endpoint = state_->socket.local_endpoint(failure);
    return failure ? std::uint16_t(0) : endpoint.port();
}

void websocket_peer::vanish()
{
    boost::system::error_code ignored;
    state_->socket.set_option(tcp::socket::linger(true, 0), ignored);
    state_->socket.close(ignored);
}

void websocket_peer::hang_up()
{
    boost::system::error_code ignored;
    state_->socket.close(ignored);
}

} // namespace support
