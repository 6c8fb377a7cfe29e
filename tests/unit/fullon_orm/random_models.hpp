// Random models: every member set or empty, texts and numbers of all kinds, only such as JSON can hold.
#pragma once

#include <fullon_orm/codec.hpp>
#include <fullon_orm/fullon_orm.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace random_models {

class generator {
public:
    explicit generator(std::uint64_t seed) : random_(seed) {}

    /// 0 to `end` - 1.
    std::uint64_t below(std::uint64_t end) { return random_() % end; }
    bool one_in(std::uint64_t chances) { return below(chances) == 0; }

    /// Plain words, unicode, control characters (NUL too), what needs escapes; valid UTF-8.
    std::string text()
    {
        static constexpr std::string_view pieces[] = {"BTC",     "/",   "USDT", ":",
                                                      "binance", " ",   "\"",   "\\",
                                                      "\\u",     "\n",  "\t",   "\x7F",
                                                      "₿",       "é",   "😀",   "\xEF\xBF\xBF",
                                                      "null",    "NaN", "7",    "2025-11-07T07:20:00",
                                                      "1e5",     "{",   "]",    ","};
        std::string out;
        for (auto count = below(one_in(50) ? 300 : 8); count != 0; --count)
            switch (below(4)) {
            case 0: append_character(out, static_cast<char32_t>(below(0x20))); break;
            case 1: append_character(out, static_cast<char32_t>(below(0x110000))); break;
            default: out.append(pieces[below(std::size(pieces))]);
            }
        return out;
    }

    /// Any finite double: of any bits, prices, whole ones, the ends of the range, 15 to 17 digits.
    double number()
    {
        using limits = std::numeric_limits<double>;
        static constexpr double special[] = {0.0,
                                             -0.0,
                                             limits::denorm_min(),
                                             -limits::denorm_min(),
                                             limits::min(),
                                             limits::max(),
                                             limits::lowest(),
                                             1e308,
                                             2.2250738585072011e-308,
                                             0.1 + 0.2,
                                             1e-07,
                                             9.999999999999999e-05,
                                             1e-4,
                                             1e15,
                                             1e16,
                                             1e22,
                                             9007199254740993.0,
                                             1762500000.123456};
        const double sign = one_in(3) ? -1 : 1;
        switch (below(5)) {
        case 0:
            while (true)
                if (const auto value = std::bit_cast<double>(random_()); std::isfinite(value))
                    return value;
        case 1: return sign * static_cast<double>(below(10'000'000'000)) / power_of_ten(below(9));
        case 2: return sign * static_cast<double>(below(1) + below(std::uint64_t(1) << below(64)));
        case 3: return special[below(std::size(special))];
        default: return sign * of_digits(15 + below(3));
        }
    }

    std::int64_t integer()
    {
        const auto value = std::bit_cast<std::int64_t>(random_());
        switch (below(4)) {
        case 0: return value;
        case 1: return std::numeric_limits<std::int64_t>::min();
        case 2: return std::numeric_limits<std::int64_t>::max();
        default: return value % 100'000;
        }
    }

    fullon_orm::stored_id id()
    {
        if (one_in(2))
            return integer();
        return one_in(3) ? std::to_string(integer()) : text();
    }

    /// Whole microseconds within the calendar: what survives ISO text.
    double micro_time()
    {
        constexpr std::int64_t per_second = 1'000'000;
        std::int64_t micros = 0;
        if (one_in(3)) // years 1 to 9999
            micros = -62'135'596'800 * per_second +
                     static_cast<std::int64_t>(below(std::uint64_t(315'537'897'000) * per_second));
        else
            micros = 1'700'000'000 * per_second + static_cast<std::int64_t>(below(100'000'000 * per_second));
        if (one_in(4))
            micros -= micros % per_second;
        return static_cast<double>(micros) / per_second;
    }

    /// Any JSON, nested up to `depth`.
    boost::json::value json(unsigned depth)
    {
        switch (below(depth == 0 ? 6 : 8)) {
        case 0: return nullptr;
        case 1: return one_in(2);
        case 2: return integer();
        case 3: return ~std::uint64_t(0) - below(1000);
        case 4: return number();
        case 5: return boost::json::string(text());
        case 6: {
            boost::json::array list;
            for (auto count = below(4); count != 0; --count)
                list.push_back(json(depth - 1));
            return list;
        }
        default: return object(depth - 1);
        }
    }

    boost::json::object object(unsigned depth)
    {
        boost::json::object out;
        for (auto count = below(5); count != 0; --count)
            out[one_in(4) ? std::string("timestamp") : text()] = json(depth);
        return out;
    }

    /// Every member at random. Times are whole microseconds where the model stores them as text.
    template <fullon_orm::described T>
    T model()
    {
        T out{};
        boost::mp11::mp_for_each<fullon_orm::members_of<T>>([&](auto member) {
            constexpr bool micros =
                fullon_orm::detail::stores_iso_times<T> && fullon_orm::is_time_name(member.name);
            fill<micros>(out.*member.pointer);
        });
        return out;
    }

    /// One to eight times: bytes flipped, replaced, inserted, left out, doubled, cut off.
    std::string damaged(std::string text)
    {
        static constexpr std::string_view pieces[] = {
            "{", "}", "[", "]",   ":",    ",",     "\"", "\\u",      "\\",       "-",
            "e", ".", "0", "NaN", "null", "1e999", "{}", "Infinity", "\xF0\x9F", "\0"};
        for (auto count = one_in(2) ? 1 : 1 + below(8); count != 0 && !text.empty(); --count) {
            const auto place = below(text.size());
            switch (below(7)) {
            case 0: text[place] = static_cast<char>(text[place] ^ (1 << below(8))); break;
            case 1: text[place] = static_cast<char>(below(256)); break;
            case 2: text.insert(place, 1, static_cast<char>(below(256))); break;
            case 3: text.insert(place, pieces[below(std::size(pieces))]); break;
            case 4: text.erase(place, 1 + below(4)); break;
            case 5: text.insert(place, text.substr(below(text.size()), below(40))); break;
            default:
                if (one_in(5))
                    text.resize(place);
                else
                    text[place] = static_cast<char>('0' + below(10));
            }
        }
        return text;
    }

private:
    std::mt19937_64 random_;

    static double power_of_ten(std::uint64_t exponent)
    {
        double power = 1;
        for (; exponent != 0; --exponent)
            power *= 10;
        return power;
    }

    double of_digits(std::uint64_t count)
    {
        std::string digits(1, static_cast<char>('1' + below(9)));
        while (digits.size() < count)
            digits.push_back(static_cast<char>('0' + below(10)));
        digits.insert(1 + below(count - 1), ".");
        digits += "e" + std::to_string(static_cast<int>(below(50)) - 30);
        double value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    }

    static void append_character(std::string& out, char32_t code)
    {
        const auto tail = [&](unsigned shift) {
            out.push_back(static_cast<char>(0x80U | (code >> shift & 0x3FU)));
        };
        if (code < 0x80)
            out.push_back(static_cast<char>(code));
        else if (code < 0x800) {
            out.push_back(static_cast<char>(0xC0U | code >> 6U));
            tail(0);
        } else if (code < 0x10000) {
            if (code >= 0xD800 && code < 0xE000) // half a pair is no character
                return;
            out.push_back(static_cast<char>(0xE0U | code >> 12U));
            tail(6);
            tail(0);
        } else {
            out.push_back(static_cast<char>(0xF0U | code >> 18U));
            tail(12);
            tail(6);
            tail(0);
        }
    }

    template <bool Micros, class T>
    void fill(T& to)
    {
        if constexpr (fullon_orm::is_optional<T>) {
            if (one_in(3))
                to.reset();
            else
                fill<Micros>(to.emplace());
        } else if constexpr (std::is_same_v<T, bool>)
            to = one_in(2);
        else if constexpr (std::is_same_v<T, double>)
            to = Micros ? micro_time() : number();
        else if constexpr (std::is_same_v<T, std::int64_t>)
            to = integer();
        else if constexpr (std::is_same_v<T, std::string>)
            to = text();
        else if constexpr (std::is_same_v<T, fullon_orm::stored_id>)
            to = id();
        else if constexpr (std::is_same_v<T, boost::json::object>)
            to = object(3);
        else
            static_assert(fullon_orm::unsupported<T>, "no random values of this type");
    }
};

} // namespace random_models
