// RESP3, what Redis sends: bytes in, reply trees out. Sans-io.
#pragma once

#include <fullon_cache/reply.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache::detail {

/// What is too much for one reply. Nothing is reserved for what is only announced: memory grows with the bytes that come.
struct resp3_limits {
    std::size_t line = 64 * 1024; ///< a simple string, an error, a number, a length
    std::size_t text = std::size_t{512}
                       << 20; ///< one bulk string, streamed or not: the most that Redis stores
    std::size_t elements = std::size_t{1} << 31; ///< of one aggregate, as announced
    std::size_t whole = std::size_t{1} << 30; ///< bytes that the tree of one reply takes, approximately
    std::size_t depth = 64;
};

/// Takes the bytes of one connection in pieces of any size; the work is linear in their number. The first byte that is no
/// RESP3, or beyond the limits, is the end: nothing is read after it.
///
///     while (!bytes.empty() && reader.error().empty()) {
///         bytes.remove_prefix(reader.read(bytes));
///         if (reader.complete())
///             use(reader.take());
///     }
///
/// Attributes are skipped, streamed strings and aggregates become whole ones. Verbatim strings keep their three letters.
class resp3_reader {
public:
    explicit resp3_reader(resp3_limits limits = {}) : limits_(limits) {}
    resp3_reader(const resp3_reader&) = delete;
    resp3_reader& operator=(const resp3_reader&) = delete;

    /// Reads up to the end of one reply. \returns how many bytes were taken: all that were given, unless the reply is
    /// complete or they are refused.
    std::size_t read(std::string_view bytes);

    bool complete() const noexcept { return complete_; }

    /// Of a complete reply: whether Redis sent it unasked.
    bool is_push() const noexcept { return push_; }

    /// The complete reply; the next read() begins another one.
    reply take();

    /// Why the bytes were refused; empty while they are not.
    const std::string& error() const noexcept { return error_; }

private:
    // An aggregate whose elements are being read. The tree grows at its right edge only, so the pointer holds.
    struct open_aggregate {
        reply* node;
        std::size_t missing;
        bool streamed;
        bool attribute;
    };

    std::size_t read_line(std::string_view bytes);
    std::size_t read_text(std::string_view bytes);
    void begin(std::string_view line);
    void begin_value(char sign, std::string_view rest);
    void begin_text(std::string_view length);
    void begin_aggregate(char sign, std::string_view count);
    void begin_chunk(std::string_view length);
    void end_streamed();
    void close_aggregate();
    void end_value();
    reply* add(reply::kind type);
    bool weigh(std::size_t bytes);
    void refuse(std::string_view why);

    resp3_limits limits_;
    reply root_;
    std::vector<open_aggregate> open_;
    reply* text_ = nullptr; // the string whose bytes are being read
    std::size_t missing_ = 0; // of its bytes, the line's end included
    bool chunked_ = false; // it is a streamed one
    std::string line_; // the beginning of a line that is not whole
    std::size_t weight_ = 0;
    bool push_ = false;
    bool complete_ = false;
    std::string error_;
};

} // namespace fullon_cache::detail
