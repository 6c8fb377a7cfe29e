// A Redis reply as a plain tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache {

/// One Redis reply. Scalars are in `text` as Redis sent them; arrays, sets and maps (keys and values in
/// turn) in `items`.
struct reply {
    enum class kind : std::uint8_t { null, text, integer, number, boolean, array, map, error };

    kind type = kind::null;
    std::string text;
    std::vector<reply> items;

    bool is_null() const noexcept { return type == kind::null; }
    bool is_error() const noexcept { return type == kind::error; }

    /// The reply itself. \throws cache_error when it is an error reply.
    const reply& checked() const&;
    reply&& checked() &&;

    /// Text of a string reply, empty for null. \throws cache_error (error reply, protocol)
    std::optional<std::string> as_text() &&;

    /// \throws cache_error (error reply, protocol)
    std::int64_t as_integer() const;

    /// Elements of an array or map, none for null. \throws cache_error (error reply, protocol)
    std::vector<reply> as_items() &&;
};

} // namespace fullon_cache
