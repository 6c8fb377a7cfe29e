// Parameters that come as text, from a path or a query: made what read_params() reads.
#pragma once

#include <fullon_cache_api/detail/wire/params.hpp>

#include <boost/json/object.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace fullon_cache_api::protocol {

using text_params = std::vector<std::pair<std::string, std::string>>;

/// The whole number that all of the text is.
inline std::optional<std::int64_t> whole_number(std::string_view text)
{
    std::int64_t number = 0;
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc() && read.ptr == end && !text.empty() ? std::optional(number) : std::nullopt;
}

/// The number that all of the text is.
inline std::optional<double> real_number(std::string_view text)
{
    double number = 0;
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc() && read.ptr == end && std::isfinite(number) ? std::optional(number)
                                                                              : std::nullopt;
}

/// Puts `from` into `to` as JSON: numbers where the parameter is one, else text, also what cannot be right or is
/// not known (for read_params() to refuse by name). Text for a list is cut at its commas; a list may be given several times.
/// \returns what is wrong: a parameter that is given twice. Empty = fine.
template <class Params>
std::string params_from_text(const text_params& from, boost::json::object& to)
{
    for (const auto& [name, text] : from) {
        boost::json::value made(text);
        bool is_list = false;
        detail::for_each_param<Params>([&](auto member) {
            using type = std::remove_cvref_t<decltype(std::declval<Params&>().*member.pointer)>;
            if (name != member.name)
                return;
            if constexpr (detail::is_a<type, std::int64_t>) {
                if (const auto number = whole_number(text))
                    made = *number;
            } else if constexpr (detail::is_a<type, double>) {
                if (const auto number = real_number(text))
                    made = *number;
            }
            is_list = detail::is_vector<type>;
        });
        auto* given = to.if_contains(name);
        if (!is_list) {
            if (given)
                return name.substr(0, 64) + ": given more than once";
            to.emplace(name, std::move(made));
            continue;
        }
        auto& list =
            given ? given->as_array() : to.emplace(name, boost::json::array()).first->value().as_array();
        for (std::string_view rest = text; !rest.empty();) {
            const auto comma = rest.find(',');
            list.emplace_back(rest.substr(0, comma));
            rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        }
    }
    return {};
}

} // namespace fullon_cache_api::protocol
