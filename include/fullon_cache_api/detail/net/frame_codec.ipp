// Bodies of frame_codec.hpp.
#pragma once

#include <fullon_cache_api/detail/net/frame_codec.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

constexpr std::size_t longest_control = 125;

template <class Number>
void put_big_endian(char* to, Number value) noexcept
{
    for (std::size_t i = sizeof value; i-- != 0; value = static_cast<Number>(value >> 8))
        to[i] = static_cast<char>(value & 0xff);
}

std::uint64_t big_endian(const char* from, std::size_t bytes) noexcept
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        value = value << 8 | static_cast<unsigned char>(from[i]);
    return value;
}

// Which codes a close frame may have (RFC 6455, 7.4, and the registry of IANA).
bool is_sendable(std::uint16_t code) noexcept
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

} // namespace

void apply_mask(std::span<char> bytes, const mask_key& key, std::uint64_t offset) noexcept
{
    std::array<unsigned char, 8> turned{};
    for (std::size_t i = 0; i < turned.size(); ++i)
        turned[i] = key[(offset + i) % key.size()];
    std::uint64_t eight_of_key = 0;
    std::memcpy(&eight_of_key, turned.data(), sizeof eight_of_key);
    std::size_t i = 0;
    for (; i + sizeof eight_of_key <= bytes.size(); i += sizeof eight_of_key) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, bytes.data() + i, sizeof eight);
        eight ^= eight_of_key;
        std::memcpy(bytes.data() + i, &eight, sizeof eight);
    }
    for (; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ turned[i % turned.size()]);
}

frame_head::frame_head(opcode what, bool final, std::uint64_t payload, const mask_key* mask) noexcept
{
    constexpr unsigned char final_bit = 0x80, mask_bit = 0x80, in_16_bits = 126, in_64_bits = 127;
    const auto masked = static_cast<unsigned char>(mask ? mask_bit : 0);
    bytes_[0] = static_cast<char>((final ? final_bit : 0) | static_cast<unsigned char>(what));
    if (payload <= longest_control) {
        bytes_[1] = static_cast<char>(masked | static_cast<unsigned char>(payload));
        size_ = 2;
    } else if (payload <= std::numeric_limits<std::uint16_t>::max()) {
        bytes_[1] = static_cast<char>(masked | in_16_bits);
        put_big_endian(bytes_.data() + 2, static_cast<std::uint16_t>(payload));
        size_ = 4;
    } else {
        bytes_[1] = static_cast<char>(masked | in_64_bits);
        put_big_endian(bytes_.data() + 2, payload);
        size_ = 10;
    }
    if (mask) {
        std::memcpy(bytes_.data() + size_, mask->data(), mask->size());
        size_ += mask->size();
    }
}

frame_reader::frame_reader(const frame_limits& limits) : limits_(limits) {}

std::span<char> frame_reader::room()
{
    constexpr std::size_t least = 256; // a control frame, and a head behind it
    if (begin_ == end_)
        begin_ = end_ = 0;
    if (end_ == 0 ? capacity_ != wanted_ : capacity_ - end_ < least)
        resize(std::max(wanted_, end_ - begin_ + least));
    return {buffer_.get() + end_, capacity_ - end_};
}

void frame_reader::resize(std::size_t capacity)
{
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    std::copy(buffer_.get() + begin_, buffer_.get() + end_, larger.get());
    buffer_ = std::move(larger);
    capacity_ = capacity;
    end_ -= std::exchange(begin_, 0);
}

void frame_reader::commit(std::size_t bytes) noexcept
{
    constexpr std::size_t step = 4;
    if (bytes == capacity_ - end_)
        wanted_ = std::min(wanted_ * step, largest);
    else if (bytes < capacity_ / (2 * step))
        wanted_ = std::max(wanted_ / step, smallest);
    end_ += bytes;
}

// Takes the head of a frame off what is held. \returns false where it is not there yet, or `problem_` is set.
bool frame_reader::read_head()
{
    const auto bytes = held();
    if (bytes.size() < 2)
        return false;
    const auto first = static_cast<unsigned char>(bytes[0]), second = static_cast<unsigned char>(bytes[1]);
    const auto short_size = static_cast<std::size_t>(second & 0x7f);
    const std::size_t more = short_size == 126 ? 2 : short_size == 127 ? 8 : 0;
    const bool masked = (second & 0x80) != 0;
    const auto refuse = [this](close_code why) {
        problem_ = why;
        return false;
    };
    const auto code = static_cast<unsigned>(first & 0x0f);
    const bool is_control = code >= 8;
    frame_.final = (first & 0x80) != 0;
    frame_.code = static_cast<opcode>(code);
    if ((first & 0x70) != 0 || masked != limits_.masked || code > 10 || (code > 2 && code < 8))
        return refuse(close_code::protocol_error);
    if (is_control && (!frame_.final || more != 0))
        return refuse(close_code::protocol_error);
    if (!is_control && in_message_ != (frame_.code == opcode::continuation))
        return refuse(close_code::protocol_error);
    const std::size_t whole = 2 + more + (masked ? frame_.key.size() : 0);
    if (bytes.size() < whole)
        return false;
    frame_.size = more == 0 ? short_size : big_endian(bytes.data() + 2, more);
    const std::uint64_t least = more == 2 ? 126 : more == 8 ? std::uint64_t(1) << 16 : 0;
    if (frame_.size < least || (frame_.size >> 63) != 0)
        return refuse(close_code::protocol_error);
    if (masked)
        std::memcpy(frame_.key.data(), bytes.data() + 2 + more, frame_.key.size());
    if (!is_control && frame_.code != opcode::binary && !binary_ &&
        frame_.size > std::max(limits_.max_message, limits_.most_discarded) - size_)
        return refuse(close_code::too_big);
    begin_ += whole;
    return true;
}

frame_event frame_reader::next()
{
    for (;;) {
        if (over_) {
            begin_ = end_;
            return {};
        }
        if (!in_frame_) {
            if (!read_head())
                return problem_ != close_code() ? refused(problem_) : frame_event();
            in_frame_ = true;
            taken_ = 0;
            if (frame_.code == opcode::binary) {
                in_message_ = binary_ = true;
                return {.type = frame_event::kind::binary};
            }
            if (frame_.code < opcode::close) {
                in_message_ = true;
                size_ += binary_ ? 0 : frame_.size;
            }
        }
        if (frame_.code >= opcode::close) {
            if (held().size() < frame_.size)
                return {};
            in_frame_ = false;
            return control();
        }
        auto found = data();
        if (found.type != frame_event::kind::incomplete || in_frame_)
            return found;
    }
}

frame_event frame_reader::refused(close_code why)
{
    over_ = true;
    return {.type = frame_event::kind::broken, .code = static_cast<std::uint16_t>(why)};
}

frame_event frame_reader::control()
{
    const auto bytes = held().first(frame_.size);
    if (limits_.masked)
        apply_mask(bytes, frame_.key);
    std::string payload(bytes.data(), bytes.size());
    begin_ += bytes.size();
    if (frame_.code == opcode::close)
        return close_event(std::move(payload));
    return {.type = frame_.code == opcode::ping ? frame_event::kind::ping : frame_event::kind::pong,
            .text = std::move(payload)};
}

frame_event frame_reader::close_event(std::string payload)
{
    constexpr std::size_t code_size = 2;
    frame_event event{.type = frame_event::kind::close,
                      .code = static_cast<std::uint16_t>(close_code::no_status)};
    if (payload.size() == 1)
        return refused(close_code::protocol_error);
    if (payload.size() >= code_size) {
        event.code = static_cast<std::uint16_t>(big_endian(payload.data(), code_size));
        if (!is_sendable(event.code))
            return refused(close_code::protocol_error);
        event.text = payload.substr(code_size);
        utf8_checker reason;
        if (!reason.feed(event.text) || !reason.complete())
            return refused(close_code::bad_payload);
    }
    over_ = true;
    return event;
}

// \returns whether it may be UTF-8
bool frame_reader::keep(std::span<char> bytes)
{
    if (limits_.masked)
        apply_mask(bytes, frame_.key, taken_);
    const std::string_view piece(bytes.data(), bytes.size());
    const auto most = size_ > limits_.max_message ? kept_of_too_large : limits_.max_message;
    if (message_.size() > most)
        message_.resize(most);
    message_.append(piece.substr(0, most - message_.size()));
    return text_.feed(piece);
}

// What is there of a data frame.
frame_event frame_reader::data()
{
    const auto bytes =
        held().first(static_cast<std::size_t>(std::min<std::uint64_t>(held().size(), frame_.size - taken_)));
    if (!binary_ && !keep(bytes))
        return refused(close_code::bad_payload);
    taken_ += bytes.size();
    begin_ += bytes.size();
    if (taken_ < frame_.size)
        return {};
    in_frame_ = false;
    if (!frame_.final)
        return {};
    if (!text_.complete())
        return refused(close_code::bad_payload);
    in_message_ = false;
    if (std::exchange(binary_, false))
        return {};
    frame_event event{.type = size_ > limits_.max_message ? frame_event::kind::too_large
                                                          : frame_event::kind::message,
                      .text = std::exchange(message_, {}),
                      .size = static_cast<std::size_t>(std::exchange(size_, 0))};
    return event;
}

} // namespace fullon_cache_api::detail
