// A raw client over TLS: it sends what it is told, and sees the server's certificate.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace support {

/// Serial executor. Every wait ends after 10 s (more under sanitizers) with std::runtime_error.
class tls_peer {
public:
    /// Believes what `ca_file` signed.
    tls_peer(boost::asio::any_io_executor executor, std::string ca_file);
    tls_peer(tls_peer&&) noexcept;
    ~tls_peer();

    /// Before connect(): TLS 1.2 with these cipher suites alone, as OpenSSL names them.
    void offer_only(const std::string& suites);

    /// TCP, then the handshake. \throws system_error when it fails.
    boost::asio::awaitable<void> connect(std::uint16_t port);

    /// Serial number of the server's certificate, in hexadecimal digits.
    std::string serial() const;
    /// As OpenSSL names it: "TLSv1.3".
    std::string protocol() const;

    boost::asio::awaitable<void> send(std::string bytes);
    /// Reads until what has come ends so, or the connection ends. \returns all of it.
    boost::asio::awaitable<std::string> read_until(std::string ending);
    /// Reads to the end. \returns whether the server said that it is the end, instead of only hanging up.
    boost::asio::awaitable<bool> ended_in_order();

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace support
