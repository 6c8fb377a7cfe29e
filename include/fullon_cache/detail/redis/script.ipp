// Bodies of script.hpp.
#pragma once

#include <fullon_cache/detail/redis/script.hpp>

#include <openssl/evp.h>

#include <array>
#include <string_view>
#include <utility>

namespace fullon_cache::detail {
namespace {

std::string hex_digest(std::string_view text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha1(), nullptr);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) {
        hex += digits[bytes[i] >> 4];
        hex += digits[bytes[i] & 15];
    }
    return hex;
}

} // namespace

script::script(std::string text) : text_(std::move(text)), digest_(hex_digest(text_)) {}

command script::whole(const command& one)
{
    command made("EVAL", one.script_->text_);
    const auto& words = one.words();
    for (std::size_t i = 2; i < words.size(); ++i)
        made.push(words[i]);
    return made;
}

bool is_unknown_script(const reply& answer)
{
    return answer.is_error() && (answer.text.starts_with("NOSCRIPT") || is_digest_forbidden(answer));
}

bool is_digest_forbidden(const reply& answer)
{
    if (!answer.is_error())
        return false;
    const bool renamed =
        answer.text.starts_with("ERR unknown command") && answer.text.find("EVALSHA") != std::string::npos;
    return renamed ||
           (answer.text.starts_with("NOPERM") && answer.text.find("'evalsha'") != std::string::npos);
}

} // namespace fullon_cache::detail
