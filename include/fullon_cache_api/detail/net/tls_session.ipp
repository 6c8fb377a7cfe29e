// Bodies of tls_session.hpp: the only file that compiles Asio's TLS stream.
#pragma once

#include <fullon_cache/tls_client.hpp>
#include <fullon_cache_api/detail/net/tls_session.hpp>
#include <fullon_log/configuration_error.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/consign.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <ctime>
#include <string_view>
#include <utility>

#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

namespace fullon_cache_api::detail {

struct tls_context {
    boost::asio::ssl::context context;
    certificate_facts facts;             // of a server
    std::shared_ptr<fullon_cache::tls_progress> progress; // of a client
};

struct tls_session::layers {
    layers(tcp::socket socket, std::shared_ptr<tls_context> by)
        : context(std::move(by)), stream(std::move(socket), context->context)
    {}
    std::shared_ptr<tls_context> context; // whose callbacks the stream uses
    boost::asio::ssl::stream<tcp::socket> stream;
};

namespace {

std::string readable(std::string_view variable, const std::string& path)
{
    try {
        return fullon_cache::text_of_file(path);
    } catch (const boost::system::system_error& failure) {
        throw fullon_log::configuration_error(variable, path,
                                              "a readable file (" + failure.code().message() + ")");
    }
}

certificate_facts read_facts(const X509* certificate)
{
    certificate_facts facts;
    std::tm when{};
    const ASN1_TIME* const end = ::X509_get0_notAfter(certificate);
    if (::ASN1_TIME_to_tm(end, &when) == 1) {
        char text[32];
        facts.expires.assign(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &when));
    }
    facts.names_hosts = ::X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) >= 0;
    facts.expired = ::X509_cmp_current_time(end) < 0;
    return facts;
}

} // namespace

std::shared_ptr<tls_context> make_server_tls(const std::string& cert_file, const std::string& key_file)
{
    using fullon_log::configuration_error;
    namespace ssl = boost::asio::ssl;
    const auto chain = readable("TLS_CERT_FILE", cert_file);
    const auto key = readable("TLS_KEY_FILE", key_file);
    auto context = fullon_cache::bare_tls_context(ssl::context::tls_server);
    SSL_CTX* const handle = context.native_handle();
    ::SSL_CTX_set_options(handle, SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Without it OpenSSL would ask at the terminal for the passphrase of a key that has one.
    ::SSL_CTX_set_default_passwd_cb(handle, [](char*, int, int, void*) { return -1; });
    boost::system::error_code ec;
    if (context.use_certificate_chain(boost::asio::buffer(chain), ec))
        throw configuration_error("TLS_CERT_FILE", cert_file,
                                  "a certificate in PEM form, followed by its issuers (" + ec.message() +
                                      ")");
    ::ERR_clear_error();
    // Reading a key that is another certificate's fails with that reason.
    if (context.use_private_key(boost::asio::buffer(key), ssl::context::pem, ec))
        throw configuration_error("TLS_KEY_FILE", key_file,
                                  "the private key of TLS_CERT_FILE in PEM form, without a passphrase (" +
                                      ec.message() + ")");
    if (::SSL_CTX_check_private_key(handle) != 1)
        throw configuration_error("TLS_KEY_FILE", key_file,
                                  "the private key of TLS_CERT_FILE (" + fullon_cache::openssl_reason() +
                                      ")");
    auto facts = read_facts(::SSL_CTX_get0_certificate(handle));
    return std::make_shared<tls_context>(tls_context{std::move(context), std::move(facts), nullptr});
}

const certificate_facts& facts_of(const tls_context& context)
{
    return context.facts;
}

std::shared_ptr<fullon_cache::tls_trust> make_client_trust(const std::string& ca_file)
{
    return std::make_shared<fullon_cache::tls_trust>(ca_file);
}

std::shared_ptr<tls_context> make_client_tls(const std::string& host, fullon_cache::tls_trust& trust)
{
    auto progress = std::make_shared<fullon_cache::tls_progress>();
    auto context = fullon_cache::tls_client_context(host, trust, progress);
    return std::make_shared<tls_context>(tls_context{std::move(context), {}, std::move(progress)});
}

tls_session::tls_session(tcp::socket socket, std::shared_ptr<tls_context> context)
    : layers_(std::make_unique<layers>(std::move(socket), std::move(context)))
{}

tls_session::~tls_session() = default;

tls_session::tcp::socket& tls_session::socket() noexcept
{
    return layers_->stream.next_layer();
}

// Asio's TLS operations use the stream when they end, also when that is long after it was closed: they own it.
void tls_session::handshake(bool as_server, handler done)
{
    using boost::asio::ssl::stream_base;
    layers_->stream.async_handshake(as_server ? stream_base::server : stream_base::client,
                                    boost::asio::consign(std::move(done), shared_from_this()));
}

void tls_session::read_some(boost::asio::mutable_buffer into, transfer_handler done)
{
    layers_->stream.async_read_some(into, boost::asio::consign(std::move(done), shared_from_this()));
}

void tls_session::write_some(boost::asio::const_buffer from, transfer_handler done)
{
    layers_->stream.async_write_some(from, boost::asio::consign(std::move(done), shared_from_this()));
}

void tls_session::shut_down(handler done)
{
    namespace asio = boost::asio;
    const auto slot = asio::get_associated_cancellation_slot(done);
    const auto executor = asio::get_associated_executor(done, socket().get_executor());
    auto ended = [self = shared_from_this(), done = std::move(done)](boost::system::error_code) mutable {
        std::move(done)(boost::system::error_code());
    };
    layers_->stream.async_shutdown(
        asio::bind_cancellation_slot(slot, asio::bind_executor(executor, std::move(ended))));
}

bool tls_session::speaks_http(const boost::system::error_code& ec) const
{
    return fullon_cache::is_tls_reason(ec, SSL_R_HTTP_REQUEST);
}

std::string tls_session::problem(const boost::system::error_code& ec) const
{
    const auto& progress = layers_->context->progress;
    return progress ? fullon_cache::tls_problem(ec, *progress) : "TLS handshake";
}

} // namespace fullon_cache_api::detail
