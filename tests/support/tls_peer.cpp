// Bodies of tls_peer.hpp.
#include "support/tls_peer.hpp"
#include "support/async_test.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <openssl/bn.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace support {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto limit = std::chrono::seconds(10) * patience;

} // namespace

struct tls_peer::state {
    explicit state(const asio::any_io_executor& executor) : stream(executor, context) {}

    // \returns why it ended.
    asio::awaitable<boost::system::error_code> more()
    {
        const auto [ec, size] = co_await stream.async_read_some(
            asio::buffer(chunk), asio::cancel_after(limit, asio::as_tuple(asio::use_awaitable)));
        if (ec == asio::error::operation_aborted)
            throw std::runtime_error("no answer in time; so far: " + in);
        in.append(chunk.data(), size);
        co_return ec;
    }

    asio::ssl::context context{asio::ssl::context::tls_client};
    asio::ssl::stream<tcp::socket> stream;
    std::string in;
    std::array<char, 16 * 1024> chunk{};
};

tls_peer::tls_peer(asio::any_io_executor executor, std::string ca_file)
    : state_(std::make_unique<state>(executor))
{
    state_->context.load_verify_file(ca_file);
    state_->stream.set_verify_mode(asio::ssl::verify_peer);
}

tls_peer::tls_peer(tls_peer&&) noexcept = default;
tls_peer::~tls_peer() = default;

void tls_peer::offer_only(const std::string& suites)
{
    SSL* const ssl = state_->stream.native_handle();
    SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
    if (SSL_set_cipher_list(ssl, suites.c_str()) != 1)
        throw std::runtime_error("OpenSSL has none of " + suites);
}

asio::awaitable<void> tls_peer::connect(std::uint16_t port)
{
    const tcp::endpoint where(asio::ip::address_v4::loopback(), port);
    co_await state_->stream.next_layer().async_connect(where, asio::cancel_after(limit, asio::use_awaitable));
    const auto [ec] = co_await state_->stream.async_handshake(
        asio::ssl::stream_base::client, asio::cancel_after(limit, asio::as_tuple(asio::use_awaitable)));
    if (ec == asio::error::operation_aborted)
        throw std::runtime_error("no TLS handshake in time");
    if (ec)
        throw boost::system::system_error(ec, "TLS handshake");
}

std::string tls_peer::serial() const
{
    X509* const certificate = SSL_get1_peer_certificate(state_->stream.native_handle());
    if (!certificate)
        return {};
    BIGNUM* const number = ASN1_INTEGER_to_BN(X509_get_serialNumber(certificate), nullptr);
    char* const text = BN_bn2hex(number);
    std::string made(text);
    OPENSSL_free(text);
    BN_free(number);
    X509_free(certificate);
    return made;
}

std::string tls_peer::protocol() const
{
    return SSL_get_version(state_->stream.native_handle());
}

asio::awaitable<void> tls_peer::send(std::string bytes)
{
    co_await asio::async_write(state_->stream, asio::buffer(bytes),
                               asio::cancel_after(limit, asio::use_awaitable));
}

asio::awaitable<std::string> tls_peer::read_until(std::string ending)
{
    boost::system::error_code ec;
    while (!ec && !state_->in.ends_with(ending))
        ec = co_await state_->more();
    co_return std::exchange(state_->in, {});
}

asio::awaitable<bool> tls_peer::ended_in_order()
{
    boost::system::error_code ec;
    while (!ec)
        ec = co_await state_->more();
    co_return ec == asio::error::eof;
}

} // namespace support
