// Certificates made on the fly, as PEM files in a private directory.
#pragma once

#include "support/temp_dir.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace support {

struct certificate_wish {
    std::string name = "server"; ///< of its files: name.crt and name.key
    std::vector<std::string> hosts{"localhost", "127.0.0.1", "::1"}; ///< names and addresses
    std::string subject{};      ///< its common name; empty: `name`
    bool rsa = false;           ///< the kind of its key; else an elliptic curve
    int days_from = -1;         ///< it is good from then ...
    int days_to = 30;           ///< ... to then, counted from now
    std::string passphrase{};   ///< of the key
    bool self_signed = false;   ///< else by the authority
    bool intermediate = false;  ///< by an authority below it, whose certificate then follows in the file
};

/// An authority of its own, which nobody knows who is not told of ca_file().
class certificates {
public:
    certificates();
    ~certificates();
    certificates(const certificates&) = delete;
    certificates& operator=(const certificates&) = delete;

    /// Makes both files, or makes them anew. \returns the serial number of the certificate, in hexadecimal digits.
    std::string make(const certificate_wish& wish = {});

    std::string ca_file() const { return file("ca.crt"); }
    std::string cert_file(std::string_view name = "server") const { return file(std::string(name) + ".crt"); }
    std::string key_file(std::string_view name = "server") const { return file(std::string(name) + ".key"); }
    std::string file(std::string_view name) const { return (directory_.path() / name).string(); }

    /// Puts text into a file of the directory. \returns its path.
    std::string write(std::string_view name, std::string_view text) const;

private:
    struct identity;

    temp_dir directory_;
    std::unique_ptr<identity> authority_;
    std::unique_ptr<identity> intermediate_;
};

} // namespace support
