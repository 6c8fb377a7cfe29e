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

/// What a field may hold.
template <class T>
concept loggable = detail::is_loggable<std::remove_cv_t<T>>;

/// `{"exchange", name}`: written as `exchange=binance`, or as a member of the JSON object. Made from text
/// (std::string, const char*, string_view), bool, char, any number, and std::optional of these (empty = null).
/// \par Lifetimes borrows key and text: use it only as an argument of a log call or an operation_scope.
struct field {
    enum class kind : std::uint8_t { null, boolean, integer, natural, real, character, text };

    template <loggable T>
    constexpr field(std::string_view name, const T& from) noexcept : key(name)
    {
        assign(from);
    }

    std::string_view key;
    kind type = kind::null;
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
