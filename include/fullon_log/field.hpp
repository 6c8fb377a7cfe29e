// One structured field of a log line: a key and a small value, both borrowed for the length of the call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace fullon_log {

namespace detail {

// Text, bool, numbers and char. Wide characters and durations are refused: the caller says what they mean
// (a duration gives its unit in the key: `{"latency_ms", ms}`).
template <class T>
inline constexpr bool is_loggable =
    std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, std::nullopt_t> ||
    std::is_convertible_v<const T&, std::string_view> || std::is_floating_point_v<T> ||
    (std::is_integral_v<T> && sizeof(T) <= 8 && !std::is_same_v<T, wchar_t> && !std::is_same_v<T, char8_t> &&
     !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>);

template <class T>
inline constexpr bool is_loggable<std::optional<T>> = is_loggable<T>;

} // namespace detail

/// The types that a field may hold: text, bool, char, numbers of up to 64 bits, std::optional of these,
/// nullptr and std::nullopt.
template <class T>
concept loggable = detail::is_loggable<std::remove_cv_t<T>>;

/// One field of a log line: a key and a value. `{"exchange", name}` is written as `exchange=binance`, or as a
/// member of the JSON object.
///
/// \code
/// log.info("Order filled", {{"symbol", symbol}, {"price", 50000.5}, {"fee", std::nullopt}});
/// \endcode
///
/// An empty std::optional and a null `const char*` are null. A duration is not accepted: give its unit in the
/// key, as in `{"latency_ms", milliseconds}`.
/// \par Lifetimes borrows key and text: use it only as an argument of a log call or of an operation_scope.
struct field {
    /// Which member of the union holds the value.
    enum class kind : std::uint8_t { null, boolean, integer, natural, real, character, text };

    /// A field of that key. Text is borrowed, everything else is copied.
    template <loggable T>
    constexpr field(std::string_view name, const T& from) noexcept : key(name)
    {
        assign(from);
    }

    std::string_view key; ///< its name in the line
    kind type = kind::null; ///< kind of the value
    union {
        std::string_view text{};
        std::int64_t integer;
        std::uint64_t natural;
        double real;
        bool boolean;
        char character;
    };

private:
    friend class operation_scope; // has room for several, not all in use
    constexpr field() noexcept = default;

    template <class T>
    constexpr void assign(const std::optional<T>& from) noexcept
    {
        if (from)
            assign(*from);
    }

    template <class T>
    constexpr void assign(const T& from) noexcept
    {
        if constexpr (std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, std::nullopt_t>) {
            return;
        } else if constexpr (std::is_same_v<T, bool>) {
            type = kind::boolean;
            boolean = from;
        } else if constexpr (std::is_same_v<T, char>) {
            type = kind::character;
            character = from;
        } else if constexpr (std::is_floating_point_v<T>) {
            type = kind::real;
            real = static_cast<double>(from);
        } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
            type = kind::integer;
            integer = from; // NOLINT(bugprone-signed-char-misuse): a small number, not a character
        } else if constexpr (std::is_integral_v<T>) {
            type = kind::natural;
            natural = from;
        } else if constexpr (std::is_convertible_v<const T&, const char*> && !std::is_array_v<T>) {
            const char* pointer = from;
            if (pointer)
                set_text(pointer);
        } else {
            set_text(from);
        }
    }

    constexpr void set_text(std::string_view from) noexcept
    {
        type = kind::text;
        text = from;
    }
};

} // namespace fullon_log
