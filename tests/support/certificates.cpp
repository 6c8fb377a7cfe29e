// Bodies of certificates.hpp.
#include "support/certificates.hpp"

#include <cstddef>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <utility>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace support {

namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* what) const
    {
        Free(what);
    }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<&EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<&X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<&BIO_free_all>>;

template <class T>
T checked(T result)
{
    if (!result)
        throw std::runtime_error("OpenSSL cannot make a certificate");
    return result;
}

key_ptr new_key(bool rsa)
{
    if (rsa) {
        char kind[] = "RSA";
        return key_ptr(checked(EVP_PKEY_Q_keygen(nullptr, nullptr, kind, std::size_t{2048})));
    }
    char curve[] = "P-256"; // the macro for it casts const away, which clang reports
    return key_ptr(checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve)));
}

void set_name(X509_NAME* name, const std::string& text)
{
    checked(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0));
}

void add_extension(X509* to, X509* issuer, int nid, const std::string& value)
{
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    X509_EXTENSION* const made = checked(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    const int added = X509_add_ext(to, made, -1);
    X509_EXTENSION_free(made);
    checked(added);
}

std::string alternative_names(const std::vector<std::string>& hosts)
{
    std::string list;
    for (const auto& host : hosts) {
        const bool address =
            host.find_first_not_of("0123456789.") == std::string::npos || host.find(':') != std::string::npos;
        list += (list.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + host;
    }
    return list;
}

template <class Write>
std::string pem(Write write)
{
    const bio_ptr out(checked(BIO_new(BIO_s_mem())));
    checked(write(out.get()));
    std::string text(BIO_ctrl_pending(out.get()), '\0');
    checked(BIO_read(out.get(), text.data(), static_cast<int>(text.size())));
    return text;
}

std::string pem_of(X509* certificate)
{
    return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string pem_of(EVP_PKEY* key, std::string passphrase)
{
    char* const word = passphrase.empty() ? nullptr : passphrase.data();
    return pem([&](BIO* out) {
        return PEM_write_bio_PrivateKey(out, key, word ? EVP_aes_128_cbc() : nullptr, nullptr, 0, nullptr,
                                        word);
    });
}

std::string serial_of(X509* certificate)
{
    BIGNUM* const number = checked(ASN1_INTEGER_to_BN(X509_get_serialNumber(certificate), nullptr));
    char* const text = checked(BN_bn2hex(number));
    std::string made(text);
    OPENSSL_free(text);
    BN_free(number);
    return made;
}

} // namespace

struct certificates::identity {
    key_ptr key;
    certificate_ptr certificate{checked(X509_new())};

    // `issuer`: null = itself.
    identity(const std::string& subject, const identity* issuer, int days_from, int days_to, bool rsa = false)
        : key(new_key(rsa))
    {
        X509* const made = certificate.get();
        X509_set_version(made, 2);
        unsigned char serial[8];
        checked(RAND_bytes(serial, sizeof serial));
        serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40); // positive, of full length
        BIGNUM* const number = checked(BN_bin2bn(serial, sizeof serial, nullptr));
        BN_to_ASN1_INTEGER(number, X509_get_serialNumber(made));
        BN_free(number);
        X509_time_adj_ex(X509_getm_notBefore(made), days_from, 0, nullptr);
        X509_time_adj_ex(X509_getm_notAfter(made), days_to, 0, nullptr);
        X509_set_pubkey(made, key.get());
        set_name(X509_get_subject_name(made), subject);
        X509_set_issuer_name(made, X509_get_subject_name(issuer ? issuer->certificate.get() : made));
    }

    void be_authority(const identity* issuer)
    {
        X509* const by = issuer ? issuer->certificate.get() : certificate.get();
        add_extension(certificate.get(), by, NID_basic_constraints, "critical,CA:TRUE");
        add_extension(certificate.get(), by, NID_key_usage, "critical,keyCertSign,cRLSign");
        add_extension(certificate.get(), by, NID_subject_key_identifier, "hash");
    }

    void sign_by(const identity* issuer)
    {
        checked(X509_sign(certificate.get(), (issuer ? issuer->key : key).get(), EVP_sha256()));
    }
};

certificates::certificates()
{
    static int count = 0; // two authorities of one name would be taken for each other
    const auto name = "test authority " + std::to_string(++count);
    authority_ = std::make_unique<identity>(name, nullptr, -400, 400);
    authority_->be_authority(nullptr);
    authority_->sign_by(nullptr);
    intermediate_ = std::make_unique<identity>(name + " below", authority_.get(), -400, 400);
    intermediate_->be_authority(authority_.get());
    intermediate_->sign_by(authority_.get());
    write("ca.crt", pem_of(authority_->certificate.get()));
}

certificates::~certificates() = default;

std::string certificates::make(const certificate_wish& wish)
{
    const identity* issuer = wish.intermediate ? intermediate_.get() : authority_.get();
    if (wish.self_signed)
        issuer = nullptr;
    identity made(wish.subject.empty() ? wish.name : wish.subject, issuer, wish.days_from, wish.days_to,
                  wish.rsa);
    X509* const own = made.certificate.get();
    X509* const by = issuer ? issuer->certificate.get() : own;
    add_extension(own, by, NID_ext_key_usage, "serverAuth");
    if (!wish.hosts.empty())
        add_extension(own, by, NID_subject_alt_name, alternative_names(wish.hosts));
    made.sign_by(issuer);
    write(wish.name + ".crt",
          pem_of(own) + (wish.intermediate ? pem_of(intermediate_->certificate.get()) : std::string()));
    write(wish.name + ".key", pem_of(made.key.get(), wish.passphrase));
    return serial_of(own);
}

std::string certificates::write(std::string_view name, std::string_view text) const
{
    const auto path = file(name);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush())
        throw std::runtime_error("cannot write " + path);
    return path;
}

} // namespace support
