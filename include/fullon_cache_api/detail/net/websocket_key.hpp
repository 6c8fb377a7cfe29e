// The keys of the WebSocket handshake (RFC 6455, 4.2.2). Sans-io. Included by impl files only.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/rand.h>

namespace fullon_cache_api::detail {

inline std::string base64(std::span<const unsigned char> bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4, '\0');
    // It writes a zero behind the text, where a std::string has one.
    ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                      static_cast<int>(bytes.size()));
    return text;
}

/// `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key`.
inline std::string accept_value(std::string_view key)
{
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    ::EVP_Digest(text.data(), text.size(), digest.data(), &size, ::EVP_sha1(), nullptr);
    return base64(std::span(digest).first(size));
}

/// 16 random bytes in base64.
inline std::string random_key()
{
    std::array<unsigned char, 16> bytes{};
    ::RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
    return base64(bytes);
}

} // namespace fullon_cache_api::detail
