// Parsing: bodies of codec.hpp, detail/parse_message.hpp and big_integer.hpp.
#pragma once

#include <fullon_orm/big_integer.hpp>
#include <fullon_orm/codec.hpp>
#include <fullon_orm/detail/text.hpp>
#include <fullon_orm/parse_message.hpp>

#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace fullon_orm {
namespace {

// A template, because Boost.JSON has the option for lone surrogates, which Python writes, since 1.87 only.
template <class Options>
constexpr Options make_parse_options(std::size_t depth)
{
    Options options;
    options.max_depth = depth;
    options.numbers = boost::json::number_precision::precise; // the default does not round-trip
    options.allow_infinity_and_nan = true;
    if constexpr (requires { options.allow_invalid_utf16; })
        options.allow_invalid_utf16 = true;
    return options;
}

// What stands before the digits of a number that neither 64 bits nor a double hold: no byte of UTF-8.
constexpr char big_integer_mark = '\xff';

std::size_t count_digits(std::string_view text) noexcept
{
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), detail::is_digit) -
                                    text.begin());
}

// As JSON writes it: no NaN, no Infinity.
bool is_number_text(std::string_view text) noexcept
{
    const auto take_digits = [&] {
        const auto count = count_digits(text);
        text.remove_prefix(count);
        return count != 0;
    };
    if (text.starts_with('-'))
        text.remove_prefix(1);
    if (text.starts_with('0'))
        text.remove_prefix(1);
    else if (!take_digits())
        return false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (!take_digits())
            return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+') || text.starts_with('-'))
            text.remove_prefix(1);
        if (!take_digits())
            return false;
    }
    return text.empty();
}

// 1e400, which was read as infinity, and 1e-400, which was read as 0.
bool is_beyond_double(double value, std::string_view text) noexcept
{
    if (std::isinf(value))
        return is_number_text(text);
    return value == 0 && text.substr(0, text.find_first_of("eE")).find_first_of("123456789") != text.npos;
}

// Builds the tree, as boost::json::parser does, but for the integers that are beyond 64 bits and what is beyond a double.
// The whole document is parsed at once, so every number comes with all of its text.
class tree_builder {
public:
    using error_code = boost::system::error_code;
    using string_view = boost::json::string_view;

    static constexpr std::size_t max_object_size = boost::json::object::max_size();
    static constexpr std::size_t max_array_size = boost::json::array::max_size();
    static constexpr std::size_t max_key_size = boost::json::string::max_size();
    static constexpr std::size_t max_string_size = boost::json::string::max_size();

    tree_builder(boost::json::storage_ptr storage, unsigned char* buffer, std::size_t size)
        : stack_({}, buffer, size)
    {
        stack_.reset(std::move(storage));
    }

    boost::json::value release() { return stack_.release(); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return true; }
    bool on_object_end(std::size_t members, error_code&)
    {
        stack_.push_object(members);
        return true;
    }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t elements, error_code&)
    {
        stack_.push_array(elements);
        return true;
    }
    bool on_key_part(string_view part, std::size_t, error_code&)
    {
        stack_.push_chars(part);
        return true;
    }
    bool on_key(string_view last, std::size_t, error_code&)
    {
        stack_.push_key(last);
        return true;
    }
    bool on_string_part(string_view part, std::size_t, error_code&)
    {
        stack_.push_chars(part);
        return true;
    }
    bool on_string(string_view last, std::size_t, error_code&)
    {
        stack_.push_string(last);
        return true;
    }
    bool on_number_part(string_view, error_code&) { return true; }
    bool on_int64(std::int64_t value, string_view, error_code&)
    {
        stack_.push_int64(value);
        return true;
    }
    bool on_uint64(std::uint64_t value, string_view, error_code&)
    {
        stack_.push_uint64(value);
        return true;
    }
    bool on_double(double value, string_view text, error_code&)
    {
        const std::string_view digits(text.data(), text.size());
        if (is_integer_text(digits) ? digits != "-0" : is_beyond_double(value, digits)) {
            stack_.push_chars({&big_integer_mark, 1});
            stack_.push_string(text);
        } else
            stack_.push_double(value);
        return true;
    }
    bool on_bool(bool value, error_code&)
    {
        stack_.push_bool(value);
        return true;
    }
    bool on_null(error_code&)
    {
        stack_.push_null();
        return true;
    }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }

private:
    boost::json::value_stack stack_;
};

template <std::size_t Depth>
boost::system::result<boost::json::value> parse_to_depth(std::string_view text,
                                                         boost::json::storage_ptr storage)
{
    constexpr auto options = make_parse_options<boost::json::parse_options>(Depth);
    unsigned char buffer[4096];
    boost::json::basic_parser<tree_builder> parser(options, std::move(storage), buffer, sizeof buffer);
    boost::system::error_code failure;
    const auto used = parser.write_some(false, text.data(), text.size(), failure);
    if (!failure && used < text.size())
        failure = boost::json::error::extra_data;
    if (failure)
        return failure;
    return parser.handler().release();
}

} // namespace

boost::system::result<boost::json::value> parse_value(std::string_view text, boost::json::storage_ptr storage)
{
    return parse_to_depth<stored_depth>(text, std::move(storage));
}

boost::system::result<boost::json::value> parse_message(std::string_view text,
                                                        boost::json::storage_ptr storage)
{
    constexpr std::size_t wrapping = 8;
    return parse_to_depth<stored_depth + wrapping>(text, std::move(storage));
}

bool is_integer_text(std::string_view text) noexcept
{
    if (text.starts_with('-'))
        text.remove_prefix(1);
    return !text.empty() && (text.front() != '0' || text.size() == 1) &&
           std::all_of(text.begin(), text.end(), detail::is_digit);
}

std::optional<std::string_view> big_integer(const boost::json::value& from)
{
    const auto* const text = from.if_string();
    if (!text || text->empty() || text->front() != big_integer_mark)
        return std::nullopt;
    const auto digits = std::string_view(text->data(), text->size()).substr(1);
    return is_number_text(digits) ? std::optional(digits) : std::nullopt;
}

} // namespace fullon_orm
