// The certificate issuers that a TLS client trusts: read once, and again when the file changes. Included by
// impl files only.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <sys/stat.h>

namespace fullon_cache {

/// The contents of a file. Blocks while it reads.
/// \throws system_error with the error of the system, and the path
inline std::string text_of_file(const std::string& path)
{
    std::string text;
    errno = 0;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
    char chunk[16384];
    for (std::size_t size = 1; file && size > 0;) {
        size = std::fread(chunk, 1, sizeof chunk, file.get());
        text.append(chunk, size);
    }
    if (!file || std::ferror(file.get()))
        throw boost::system::system_error(errno, boost::system::system_category(), path);
    return text;
}

/// The issuers of one PEM file, or those of the system (OpenSSL's default file and folder, or `SSL_CERT_FILE`
/// and `SSL_CERT_DIR`).
///
/// Share one object among all connections of an owner: parsing the system's issuers takes tens of
/// milliseconds.
///
/// \code
/// tls_trust trust(""); // the system's
/// SSL_CTX_set1_cert_store(context.native_handle(), trust.store());
/// \endcode
///
/// \par Concurrency one serial executor; no call suspends.
class tls_trust {
public:
    /// Reads nothing yet. \param ca_file any number of certificates in PEM form; empty: those of the system
    explicit tls_trust(std::string ca_file) : ca_file_(std::move(ca_file)) {}

    const std::string& ca_file() const noexcept { return ca_file_; }

    /// The store of issuers. Reads the file at the first call, and again when the file has been replaced or
    /// changed.
    ///
    /// After a failure nothing is trusted, not even what was read before; the next call tries again.
    /// \returns a store that is valid until the next call; a context that it is given to keeps it
    ///          (SSL_CTX_set1_cert_store).
    /// \throws system_error with the reason, naming the file
    X509_STORE* store()
    {
        auto found = marks(); // before it is read: what changes meanwhile is read again
        if (!store_ || found != marks_) {
            store_.reset(); // an issuer that was removed must not stay trusted because the file is unreadable
            store_ = read();
            marks_ = std::move(found);
        }
        return store_.get();
    }

private:
    // What tells a file from the one that was there before. The change time (ctime) is set by writes too, and
    // no program can set it back.
    std::vector<std::int64_t> marks() const
    {
        std::vector<std::int64_t> made;
        const auto add = [&made](const char* path) {
            struct ::stat its{};
            if (::stat(path, &its) != 0)
                its = {};
            for (const auto one :
                 {static_cast<std::int64_t>(its.st_dev), static_cast<std::int64_t>(its.st_ino),
                  static_cast<std::int64_t>(its.st_size), static_cast<std::int64_t>(its.st_ctim.tv_sec),
                  static_cast<std::int64_t>(its.st_ctim.tv_nsec)})
                made.push_back(one);
        };
        if (!ca_file_.empty()) {
            add(ca_file_.c_str());
            return made;
        }
        const char* const file = std::getenv(::X509_get_default_cert_file_env());
        add(file ? file : ::X509_get_default_cert_file());
        const char* const folder = std::getenv(::X509_get_default_cert_dir_env());
        add(folder ? folder : ::X509_get_default_cert_dir());
        return made;
    }

    std::shared_ptr<X509_STORE> read() const
    {
        boost::asio::ssl::context reader(boost::asio::ssl::context::tls_client);
        X509_STORE* const its = ::SSL_CTX_get_cert_store(reader.native_handle());
        if (ca_file_.empty())
            reader.set_default_verify_paths();
        else {
            const auto text = text_of_file(ca_file_);
            boost::system::error_code ec;
            if (reader.add_certificate_authority(boost::asio::buffer(text), ec) ||
                sk_X509_OBJECT_num(::X509_STORE_get0_objects(its)) == 0)
                throw boost::system::system_error(make_error_code(boost::system::errc::invalid_argument),
                                                  ca_file_ + " holds no certificates in PEM form" +
                                                      (ec ? " (" + ec.message() + ")" : ""));
        }
        ::X509_STORE_up_ref(its);
        return std::shared_ptr<X509_STORE>(its, &::X509_STORE_free);
    }

    std::string ca_file_;
    std::shared_ptr<X509_STORE> store_;
    std::vector<std::int64_t> marks_; // when it was read
};

} // namespace fullon_cache
