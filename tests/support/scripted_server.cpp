// Bodies of scripted_server.hpp, over Beast.
#include "support/scripted_server.hpp"

#include "support/async_test.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <stdexcept>
#include <utility>

namespace support {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;

namespace {

// Ends a wait with an error instead of hanging.
auto bounded()
{
    return asio::cancel_after(std::chrono::seconds(10) * patience, asio::as_tuple(asio::use_awaitable));
}

void require(const boost::system::error_code& failure, const char* what)
{
    if (failure)
        throw std::runtime_error(std::string("scripted_server: ") + what + ": " + failure.message());
}

} // namespace

struct scripted_session::state {
    explicit state(tcp::socket socket) : stream(std::move(socket)) {}
    websocket::stream<tcp::socket> stream;
    boost::beast::flat_buffer buffer;
};

asio::awaitable<void> scripted_session::send(std::string text)
{
    const auto self = state_;
    self->stream.text(true);
    const auto [failure, size] = co_await self->stream.async_write(asio::buffer(text), bounded());
    require(failure, "send");
}

asio::awaitable<void> scripted_session::send_binary(std::string bytes)
{
    const auto self = state_;
    self->stream.binary(true);
    const auto [failure, size] = co_await self->stream.async_write(asio::buffer(bytes), bounded());
    require(failure, "send");
}

asio::awaitable<void> scripted_session::send_frames(std::string bytes)
{
    const auto self = state_;
    const auto [failure, size] =
        co_await asio::async_write(self->stream.next_layer(), asio::buffer(bytes), bounded());
    require(failure, "send");
}

asio::awaitable<boost::json::object> scripted_session::read()
{
    const auto self = state_;
    self->buffer.clear();
    const auto [failure, size] = co_await self->stream.async_read(self->buffer, bounded());
    require(failure, "read");
    co_return boost::json::parse(boost::beast::buffers_to_string(self->buffer.data())).as_object();
}

asio::awaitable<boost::json::object> scripted_session::read_request(std::string operation)
{
    for (;;) {
        auto message = co_await read();
        if (message.at("operation").as_string() == operation)
            co_return message;
    }
}

asio::awaitable<void> scripted_session::answer(boost::json::object request, std::string result)
{
    auto text = R"({"request_id":)" + boost::json::serialize(request.at("request_id")) +
                R"(,"success":true,"result":)" + result + "}";
    return send(std::move(text));
}

asio::awaitable<void> scripted_session::refuse(boost::json::object request, std::string code,
                                               std::string text)
{
    boost::json::object message{
        {"request_id", request.at("request_id")}, {"success", false}, {"error_code", code}, {"error", text}};
    return send(boost::json::serialize(message));
}

asio::awaitable<void> scripted_session::acknowledge(boost::json::object request, std::string key,
                                                    std::string topics, std::string epoch)
{
    return answer(std::move(request), R"({"stream_key":")" + key + R"(","topics":)" + topics +
                                          R"(,"epoch":")" + epoch + R"(","delivery":"exact"})");
}

asio::awaitable<std::optional<std::uint16_t>> scripted_session::read_close()
{
    const auto self = state_;
    for (;;) {
        self->buffer.clear();
        const auto [failure, size] = co_await self->stream.async_read(self->buffer, bounded());
        if (failure == websocket::error::closed)
            co_return self->stream.reason().code;
        if (failure == asio::error::operation_aborted)
            require(failure, "the connection did not end");
        if (failure)
            co_return std::nullopt;
    }
}

asio::awaitable<void> scripted_session::close(std::uint16_t code)
{
    const auto self = state_;
    (void)co_await self->stream.async_close(static_cast<websocket::close_code>(code), bounded());
}

void scripted_session::vanish()
{
    boost::system::error_code ignored;
    state_->stream.next_layer().close(ignored);
}

struct scripted_server::state {
    explicit state(const asio::any_io_executor& executor) : acceptor(executor) {}
    tcp::acceptor acceptor;
    tcp::endpoint endpoint{asio::ip::make_address("127.0.0.1"), 0};
};

scripted_server::scripted_server(asio::any_io_executor executor) : state_(std::make_unique<state>(executor))
{
    start();
}

scripted_server::~scripted_server() = default;

void scripted_server::start()
{
    auto& acceptor = state_->acceptor;
    acceptor.open(state_->endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(state_->endpoint);
    acceptor.listen();
    state_->endpoint = acceptor.local_endpoint();
}

void scripted_server::stop()
{
    state_->acceptor.close();
}

std::uint16_t scripted_server::port() const
{
    return state_->endpoint.port();
}

asio::awaitable<scripted_session> scripted_server::accept_tcp()
{
    auto [failure, socket] = co_await state_->acceptor.async_accept(bounded());
    require(failure, "accept");
    co_return scripted_session(std::make_shared<scripted_session::state>(std::move(socket)));
}

asio::awaitable<scripted_session> scripted_server::accept()
{
    auto [failure, socket] = co_await state_->acceptor.async_accept(bounded());
    require(failure, "accept");
    auto made = std::make_shared<scripted_session::state>(std::move(socket));
    const auto [refused] = co_await made->stream.async_accept(bounded());
    require(refused, "upgrade");
    co_return scripted_session(std::move(made));
}

} // namespace support
