// TLS contexts for clients that verify their peer: its certificate must come from a trusted issuer and be
// valid for the host that was asked for. Included by impl files only.
#pragma once

#include <fullon_cache/tls_trust.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/verify_context.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
#include <new>
#include <string>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace fullon_cache {

/// The reason of the first error in OpenSSL's error queue of this thread, as text. Clears the queue.
inline std::string openssl_reason()
{
    const char* reason = ::ERR_reason_error_string(::ERR_peek_error());
    std::string text = reason ? reason : "no reason given";
    ::ERR_clear_error();
    return text;
}

/// How far the handshakes of a context came. OpenSSL's callbacks fill it while they run, on the executor of
/// the stream.
struct tls_progress {
    bool begun = false; ///< a handshake has started
    bool agreed = false; ///< a handshake has completed
    std::string refusal; ///< why the peer's certificate was refused; empty if it was not
};

/// A context for clients or servers: TLS 1.2 or newer, and of the suites of 1.2 only those with forward
/// secrecy and authenticated encryption (no static RSA, no SHA-1), without compression, renegotiation and a
/// session cache. It has no trusted issuers yet.
inline boost::asio::ssl::context bare_tls_context(boost::asio::ssl::context::method method)
{
    boost::asio::ssl::context made(method);
    ::SSL_CTX_set_min_proto_version(made.native_handle(), TLS1_2_VERSION);
    if (::SSL_CTX_set_cipher_list(made.native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        throw std::bad_alloc(); // the names are OpenSSL's own
    ::SSL_CTX_set_options(made.native_handle(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    // Without this each connection would stay in a table of the context: tickets do without one.
    ::SSL_CTX_set_session_cache_mode(made.native_handle(), SSL_SESS_CACHE_OFF);
    return made;
}

/// What a context sets on each of its streams as the handshake begins: callers that hand the context to a
/// library cannot reach the stream itself.
struct tls_errand {
    std::string server_name; // sent with the first message (SNI); empty for an address
    std::shared_ptr<tls_progress> progress;
};

/// Attaches an errand to a context, which owns it from then on.
inline void run_errand(SSL_CTX* context, tls_errand errand)
{
    static const int index = ::SSL_CTX_get_ex_new_index(
        0, nullptr, nullptr, nullptr,
        [](void*, void* held, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<tls_errand*>(held); });
    auto held = std::make_unique<tls_errand>(std::move(errand));
    if (::SSL_CTX_set_ex_data(context, index, held.get()) != 1)
        throw std::bad_alloc();
    [[maybe_unused]] const auto* const kept = held.release(); // by the context
    ::SSL_CTX_set_info_callback(context, [](const SSL* ssl, int what, int) {
        const auto* its =
            static_cast<const tls_errand*>(::SSL_CTX_get_ex_data(::SSL_get_SSL_CTX(ssl), index));
        if (!its)
            return;
        if (what & SSL_CB_HANDSHAKE_DONE)
            its->progress->agreed = true;
        if (!(what & SSL_CB_HANDSHAKE_START))
            return;
        its->progress->begun = true;
        if (!its->server_name.empty()) // the macro for it has a cast that warns
            ::SSL_ctrl(const_cast<SSL*>(ssl), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                       const_cast<char*>(its->server_name.c_str()));
    });
}

/// A context for connections to one host.
///
/// The peer's certificate must be issued by `trust` and name the host in its subjectAltName; the common name
/// does not count. If `trust` is of a file, that file may also hold the peer's own certificate instead of its
/// issuer's. The host name is sent in the handshake (SNI), an address is not.
///
/// \code
/// tls_trust trust("/etc/ssl/redis-ca.pem");
/// const auto progress = std::make_shared<tls_progress>();
/// auto context = tls_client_context("redis.internal", trust, progress);
/// boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream(executor, context);
/// \endcode
///
/// \param host     a name, or an address without brackets
/// \param trust    used during the call only
/// \param progress shared with the callbacks of the context's streams
/// \throws system_error naming the file if it cannot be read, or the host if no certificate can be valid for
///         it
inline boost::asio::ssl::context tls_client_context(std::string host, tls_trust& trust,
                                                    std::shared_ptr<tls_progress> progress)
{
    namespace ssl = boost::asio::ssl;
    auto made = bare_tls_context(ssl::context::tls_client);
    X509_VERIFY_PARAM* const param = ::SSL_CTX_get0_param(made.native_handle());
    ::SSL_CTX_set1_cert_store(made.native_handle(), trust.store());
    if (!trust.ca_file().empty())
        ::X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    // What a certificate is for stands in its subjectAltName; the subject's common name is for people.
    ::X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    boost::system::error_code no_address;
    boost::asio::ip::make_address(host, no_address);
    if (host.ends_with('.'))
        host.pop_back();
    const bool named = !host.empty() && (no_address ? ::X509_VERIFY_PARAM_set1_host(param, host.c_str(), 0)
                                                    : ::X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()));
    if (!named) // or no name would be checked
        throw boost::system::system_error(make_error_code(boost::system::errc::invalid_argument),
                                          "\"" + host + "\" is no host that a certificate can be for");
    run_errand(made.native_handle(), {no_address ? host : std::string(), progress});
    made.set_verify_mode(ssl::verify_peer);
    made.set_verify_callback([progress](bool fine, ssl::verify_context& at) {
        if (!fine)
            progress->refusal =
                ::X509_verify_cert_error_string(::X509_STORE_CTX_get_error(at.native_handle()));
        return fine;
    });
    return made;
}

/// Whether an error of Asio's SSL category has this reason. \param reason one of OpenSSL's SSL_R_*
inline bool is_tls_reason(const boost::system::error_code& ec, int reason)
{
    return ec.category() == boost::asio::error::get_ssl_category() &&
           ERR_GET_REASON(static_cast<unsigned long>(static_cast<unsigned>(ec.value()))) == reason;
}

/// Why a client's handshake failed, as text for people; the error's own message is not part of it.
inline std::string tls_problem(const boost::system::error_code& ec, const tls_progress& progress)
{
    if (!progress.refusal.empty())
        return "TLS: the certificate is refused: " + progress.refusal;
    return is_tls_reason(ec, SSL_R_WRONG_VERSION_NUMBER)
               ? "TLS: the other side does not speak it on this port"
               : "TLS handshake";
}

} // namespace fullon_cache
