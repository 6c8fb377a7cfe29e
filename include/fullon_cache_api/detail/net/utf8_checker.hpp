// Whether a text that comes in pieces is UTF-8. Sans-io.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace fullon_cache_api::detail {

class utf8_checker {
public:
    /// The next piece. \returns false as soon as the text cannot be UTF-8 any more.
    bool feed(std::string_view piece) noexcept
    {
        constexpr std::uint64_t high_bits = 0x8080808080808080;
        for (std::size_t i = 0; i < piece.size();) {
            std::uint64_t eight = 0;
            if (missing_ == 0 && i + sizeof eight <= piece.size()) {
                std::memcpy(&eight, piece.data() + i, sizeof eight);
                if ((eight & high_bits) == 0) {
                    i += sizeof eight;
                    continue;
                }
            }
            if (!step(static_cast<unsigned char>(piece[i++])))
                return false;
        }
        return true;
    }

    /// Whether it may end here.
    bool complete() const noexcept { return missing_ == 0; }

    void reset() noexcept { missing_ = 0; }

private:
    bool step(unsigned char byte) noexcept
    {
        if (missing_ != 0) {
            if (byte < least_ || byte > most_)
                return false;
            least_ = 0x80;
            most_ = 0xBF;
            --missing_;
            return true;
        }
        if (byte < 0x80)
            return true;
        least_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80; // no overlong forms
        most_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;  // no surrogates, nothing beyond U+10FFFF
        if (byte >= 0xC2 && byte <= 0xDF)
            missing_ = 1;
        else if (byte >= 0xE0 && byte <= 0xEF)
            missing_ = 2;
        else if (byte >= 0xF0 && byte <= 0xF4)
            missing_ = 3;
        else
            return false;
        return true;
    }

    unsigned missing_ = 0; // bytes of the character that has begun
    unsigned char least_ = 0x80; // that the next of them may be
    unsigned char most_ = 0xBF;
};

} // namespace fullon_cache_api::detail
