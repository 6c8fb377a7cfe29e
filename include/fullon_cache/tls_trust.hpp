// Whose certificates a TLS client believes: read once, and again when the file is another. Included by impl files only.
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

/// \throws system_error with the reason that the system gives, and the path
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

/// The issuers of `ca_file` (PEM, any number of certificates), or of the system where it is empty. One for all
/// connections of an owner: to parse the system's takes tens of milliseconds. Used on one serial executor.
class tls_trust {
public:
    explicit tls_trust(std::string ca_file) : ca_file_(std::move(ca_file)) {}

    const std::string& ca_file() const noexcept { return ca_file_; }

    /// Reads where nothing was read yet, or what was is not there any more. What is returned lives until the next call;
    /// a context that it is given to keeps it (SSL_CTX_set1_cert_store).
    /// \throws system_error with the reason, naming the file; the next call tries again
    X509_STORE* store()
    {
        auto found = marks(); // before it is read: what changes meanwhile is read again
        if (!store_ || found != marks_) {
            store_.reset(); // who was taken out of the file is not believed because it cannot be read
            store_ = read();
            marks_ = std::move(found);
        }
        return store_.get();
    }

private:
    // Of each file by what it differs from the one that was there before. The change time is that of its contents, too, and
    // cannot be set back.
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
