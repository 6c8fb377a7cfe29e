// TLS over one socket, with its handlers' types erased: what is behind it is compiled once, in one file. Included by
// impl files only.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace fullon_cache {
class tls_trust;
}

namespace fullon_cache_api::detail {

/// Certificate and key of a server, or what a client asks of one. Shared by connections, never changed.
struct tls_context;

/// What is to be known of a server's certificate.
struct certificate_facts {
    std::string expires; ///< ISO 8601
    bool expired = false;
    bool names_hosts = false; ///< has a subjectAltName, without which clients believe it for no host
};

/// \throws configuration_error that names the variable, the file and the reason
std::shared_ptr<tls_context> make_server_tls(const std::string& cert_file, const std::string& key_file);

const certificate_facts& facts_of(const tls_context& context);

/// Whom a client believes, for all its connections: those of `ca_file`, or of the system where it is empty. Reads nothing yet.
std::shared_ptr<fullon_cache::tls_trust> make_client_trust(const std::string& ca_file);

/// For one connection. \throws system_error that names the file and the reason
std::shared_ptr<tls_context> make_client_tls(const std::string& host, fullon_cache::tls_trust& trust);

/// At most one read and one write at a time. What is under way keeps it alive.
class tls_session : public std::enable_shared_from_this<tls_session> {
public:
    using tcp = boost::asio::ip::tcp;
    using handler = boost::asio::any_completion_handler<void(boost::system::error_code)>;
    using transfer_handler =
        boost::asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;

    tls_session(tcp::socket socket, std::shared_ptr<tls_context> context);
    ~tls_session();

    tcp::socket& socket() noexcept;

    void handshake(bool as_server, handler done);
    void read_some(boost::asio::mutable_buffer into, transfer_handler done);
    void write_some(boost::asio::const_buffer from, transfer_handler done);

    /// Says that nothing more comes, and waits for the other side to say so, too. One that only hangs up is no failure.
    void shut_down(handler done);

    /// Why the handshake failed.
    std::string problem(const boost::system::error_code& ec) const;

    /// Whether it failed because the other side began with an HTTP request in the clear.
    bool speaks_http(const boost::system::error_code& ec) const;

    /// Several small buffers as one, so that they become one record: the data is copied.
    template <class Buffers>
    boost::asio::const_buffer gather(const Buffers& from)
    {
        namespace asio = boost::asio;
        auto one = asio::buffer_sequence_begin(from);
        const auto end = asio::buffer_sequence_end(from);
        while (one != end && asio::const_buffer(*one).size() == 0)
            ++one;
        if (one == end)
            return {};
        const asio::const_buffer first = *one;
        const auto size = std::min(asio::buffer_size(from), record_size);
        if (first.size() >= size)
            return first;
        gathered_.resize(size);
        asio::buffer_copy(asio::buffer(gathered_), from);
        return asio::buffer(gathered_);
    }

private:
    static constexpr std::size_t record_size = 16384;

    struct layers;
    std::unique_ptr<layers> layers_;
    std::vector<char> gathered_;
};

} // namespace fullon_cache_api::detail
