// Bodies of frame_writer.hpp.
#pragma once

#include <fullon_cache_api/detail/net/frame_writer.hpp>

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>

#include <openssl/rand.h>

namespace fullon_cache_api::detail {
namespace {

constexpr std::size_t fragment_size = 64 * 1024; // of a large message
constexpr std::size_t gathered_bytes = 64 * 1024; // for one system call
constexpr std::size_t gathered_parts = 48;
constexpr std::size_t copied_size = 1024; // a payload up to that is copied beside its head
constexpr std::size_t kept_capacity = 4 * 1024; // of what is empty
constexpr std::size_t kept_messages = 32;
constexpr std::size_t most_pongs = 4 * 1024; // bytes; the oldest are left out

} // namespace

void frame_writer::begin(std::vector<frame>& messages)
{
    messages_.clear();
    messages_.swap(messages);
    next_message_ = next_byte_ = 0;
}

void frame_writer::end() noexcept
{
    messages_.clear();
    if (messages_.capacity() > kept_messages)
        messages_ = std::vector<frame>();
    parts_.clear();
    next_message_ = next_part_ = 0;
    if (joined_.capacity() > kept_capacity)
        std::string().swap(joined_); // an assignment would keep the memory
}

void frame_writer::gather()
{
    joined_ = take_control();
    parts_.clear();
    next_part_ = 0;
    const auto piece_of = [this](std::size_t message, std::size_t from) -> std::string_view {
        return std::string_view(*messages_[message]).substr(from, fragment_size);
    };
    const auto copies = [this](std::string_view piece) { return masks_ || piece.size() <= copied_size; };
    // First how much is copied: parts of `joined_` are pointed to, so it must not grow afterwards.
    constexpr std::size_t longest_head = 14;
    std::size_t copied = joined_.size(), all = 0, parts = 0, frames = 0;
    for (auto message = next_message_, from = next_byte_;
         message < messages_.size() && all < gathered_bytes && parts < gathered_parts; ++frames) {
        const auto piece = piece_of(message, from);
        copied += longest_head + (copies(piece) ? piece.size() : 0);
        parts += copies(piece) ? 0 : 2;
        all += piece.size();
        from += piece.size();
        if (from >= messages_[message]->size()) {
            ++message;
            from = 0;
        }
    }
    joined_.reserve(copied);
    std::size_t begun = 0; // of `joined_`: from there on it is in no part yet
    const auto end_part = [&] {
        if (joined_.size() > begun)
            parts_.emplace_back(joined_.data() + begun, joined_.size() - begun);
        begun = joined_.size();
    };
    for (; frames != 0; --frames) {
        const auto piece = piece_of(next_message_, next_byte_);
        const bool first = next_byte_ == 0;
        next_byte_ += piece.size();
        const bool last = next_byte_ >= messages_[next_message_]->size();
        const auto what = first ? opcode::text : opcode::continuation;
        if (copies(piece))
            append_frame(joined_, what, last, piece);
        else {
            joined_.append(frame_head(what, last, piece.size()).bytes());
            end_part();
            parts_.emplace_back(piece.data(), piece.size());
        }
        if (last) {
            ++next_message_;
            next_byte_ = 0;
        }
    }
    end_part();
}

void frame_writer::append_frame(std::string& to, opcode what, bool final, std::string_view payload)
{
    if (!masks_) {
        to.append(frame_head(what, final, payload.size()).bytes()).append(payload);
        return;
    }
    const auto key = next_mask();
    to.append(frame_head(what, final, payload.size(), &key).bytes());
    const auto begin = to.size();
    to.append(payload);
    apply_mask(std::span(to).subspan(begin), key);
}

void frame_writer::consume(std::size_t bytes)
{
    while (next_part_ < parts_.size() && bytes >= parts_[next_part_].size())
        bytes -= parts_[next_part_++].size();
    if (bytes != 0)
        parts_[next_part_] += bytes;
}

// Unpredictable for whoever chooses what is sent (RFC 6455, 10.3).
mask_key frame_writer::next_mask()
{
    constexpr std::size_t pool = 256;
    mask_key key;
    if (random_.size() < key.size()) {
        random_.resize(pool);
        if (::RAND_bytes(reinterpret_cast<unsigned char*>(random_.data()), static_cast<int>(pool)) != 1)
            throw boost::system::system_error(make_error_code(boost::system::errc::io_error),
                                              "no random numbers");
    }
    std::copy_n(random_.end() - static_cast<std::ptrdiff_t>(key.size()), key.size(), key.begin());
    random_.resize(random_.size() - key.size());
    return key;
}

frame_writer::waiting_control& frame_writer::control()
{
    if (!control_)
        control_ = std::make_unique<waiting_control>();
    return *control_;
}

void frame_writer::queue_pong(std::string_view payload)
{
    if (close_queued_)
        return;
    auto& pongs = control().pongs;
    if (pongs.size() > most_pongs)
        pongs.clear();
    append_frame(pongs, opcode::pong, true, payload);
}

void frame_writer::queue_close(std::uint16_t code, std::string_view reason)
{
    if (std::exchange(close_queued_, true))
        return;
    constexpr std::size_t longest_reason = 123;
    std::string payload;
    if (code != static_cast<std::uint16_t>(close_code::no_status)) {
        payload.push_back(static_cast<char>(code >> 8));
        payload.push_back(static_cast<char>(code & 0xff));
        payload.append(reason.substr(0, longest_reason));
    }
    append_frame(control().close, opcode::close, true, payload);
}

std::string frame_writer::take_control()
{
    const auto waits = std::move(control_);
    if (!waits)
        return {};
    return std::move(waits->first).append(waits->pongs).append(waits->ping).append(waits->close);
}

void frame_writer::queue_ping()
{
    auto& ping = control().ping;
    ping.clear();
    append_frame(ping, opcode::ping, true, {});
}

} // namespace fullon_cache_api::detail
