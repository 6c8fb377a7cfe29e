// A Redis reply as a plain tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache {

/// One Redis reply. It owns its data, and does not depend on the connection it came from.
///
/// \code
/// auto replies = co_await redis.execute(std::move(commands)); // a fullon_cache::pipeline of GET and LLEN
/// const auto value = std::move(replies[0]).as_text(); // std::optional: empty if there is no such key
/// const auto length = replies[1].as_integer();
/// \endcode
///
/// The as_ functions throw cache_error for an error reply, with the code of classify_redis_error() and Redis'
/// text, and `errc::protocol` for a reply of another shape.
struct reply {
    /// The RESP3 type, in the groups that matter here: sets are arrays, every kind of text is `text`.
    enum class kind : std::uint8_t { null, text, integer, number, boolean, array, map, error };

    kind type = kind::null;
    std::string text; ///< a scalar as Redis sent it; the text of an error
    std::vector<reply> items; ///< elements of an array; of a map its keys and values in turn

    bool is_null() const noexcept { return type == kind::null; }
    bool is_error() const noexcept { return type == kind::error; }

    /// The reply itself, unless it is an error reply: then throws it.
    const reply& checked() const&;
    reply&& checked() &&;

    /// The text of a scalar, moved out; an empty optional for null.
    std::optional<std::string> as_text() &&;

    /// The value of a scalar whose text is an integer; `errc::protocol` for anything else, null included.
    std::int64_t as_integer() const;

    /// The elements of an array or map, moved out; none for null.
    std::vector<reply> as_items() &&;
};

} // namespace fullon_cache
