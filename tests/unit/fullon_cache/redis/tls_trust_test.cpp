// Whom TLS clients believe: read once, again when the file is another, and once more when it could not be read.
#include "support/certificates.hpp"

#include <fullon_cache/tls_trust.hpp>

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <memory>
#include <string>

#include <openssl/ssl.h>

using fullon_cache::text_of_file;
using fullon_cache::tls_trust;
using support::certificates;

namespace {

int size_of(X509_STORE* store)
{
    return sk_X509_OBJECT_num(::X509_STORE_get0_objects(store));
}

std::string failure_of(tls_trust& trust)
{
    try {
        trust.store();
    } catch (const boost::system::system_error& failure) {
        return failure.what();
    }
    return {};
}

} // namespace

TEST_CASE("the certificates that are believed are read once, and again when their file is another")
{
    const certificates files, others;
    const auto one = text_of_file(files.ca_file());
    tls_trust trust(files.write("trust.crt", one));
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> user(::SSL_CTX_new(::TLS_client_method()),
                                                            &::SSL_CTX_free);
    auto* const first = trust.store();
    ::SSL_CTX_set1_cert_store(user.get(), first);
    CHECK(size_of(first) == 1);
    CHECK(trust.store() == first);
    files.write("trust.crt", one + text_of_file(others.ca_file()));
    auto* const second = trust.store();
    CHECK(second != first);
    CHECK(size_of(second) == 2);
    CHECK(size_of(::SSL_CTX_get_cert_store(user.get())) == 1); // it has what it was given
    CHECK(trust.store() == second);
    std::filesystem::rename(files.ca_file(), trust.ca_file());
    CHECK(size_of(trust.store()) == 1);
}

TEST_CASE("a file of believed certificates that cannot be used is an error each time, until it can be")
{
    const certificates files;
    tls_trust trust(files.file("trust.crt"));
    for (int i = 0; i < 2; ++i)
        CHECK(failure_of(trust).find("trust.crt: No such file or directory") != std::string::npos);
    files.write("trust.crt", "nothing\n");
    for (int i = 0; i < 2; ++i)
        CHECK(failure_of(trust).find("trust.crt holds no certificates in PEM form") != std::string::npos);
    files.write("trust.crt", text_of_file(files.ca_file()));
    CHECK(failure_of(trust).empty());
    std::filesystem::remove(trust.ca_file()); // what was in it is not believed any more
    CHECK(failure_of(trust).find("No such file or directory") != std::string::npos);
}

TEST_CASE("the certificates that the system believes are read once")
{
    tls_trust trust("");
    auto* const first = trust.store();
    REQUIRE(first);
    CHECK(trust.store() == first);
}
