// Bodies of detail/resp3_reader.hpp.
#pragma once

#include <fullon_cache/detail/redis/resp3_reader.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace fullon_cache::detail {

namespace {

// Of a string, when its length is known: more as it comes.
constexpr std::size_t reserved = 64 * 1024;

template <class Number>
bool is_whole_number(std::string_view text)
{
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && failure == std::errc() && end == text.data() + text.size();
}

bool is_digits(std::string_view text)
{
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_plus(std::string_view text)
{
    return text.starts_with('+') ? text.substr(1) : text;
}

// Decimals, an exponent, inf and nan: what from_chars takes, with a sign before it.
bool is_double(std::string_view text)
{
    double value = 0;
    const auto digits = without_plus(text);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return !digits.empty() && failure != std::errc::invalid_argument && end == digits.data() + digits.size();
}

bool is_scalar(char sign, std::string_view text)
{
    switch (sign) {
    case '_': return text.empty();
    case '#': return text == "t" || text == "f";
    case ':': return is_whole_number<std::int64_t>(without_plus(text));
    case ',': return is_double(text);
    case '(': return is_digits(text.starts_with('-') ? text.substr(1) : without_plus(text));
    default: return true;
    }
}

} // namespace

std::size_t resp3_reader::read(std::string_view bytes)
{
    std::size_t taken = 0;
    while (taken < bytes.size() && !complete_ && error_.empty())
        taken += text_ && missing_ > 0 ? read_text(bytes.substr(taken)) : read_line(bytes.substr(taken));
    return taken;
}

reply resp3_reader::take()
{
    complete_ = push_ = false;
    weight_ = 0;
    return std::exchange(root_, {});
}

std::size_t resp3_reader::read_line(std::string_view bytes)
{
    const auto end = bytes.find('\n');
    const auto size = end == std::string_view::npos ? bytes.size() : end + 1;
    if (line_.size() + size > limits_.line) {
        refuse("a line that is too long");
        return size;
    }
    std::string_view line = bytes.substr(0, size);
    if (end == std::string_view::npos) {
        line_.append(line);
        return size;
    }
    if (!line_.empty())
        line = line_.append(line);
    if (line.size() < 3 || line[line.size() - 2] != '\r')
        refuse("a line without its end");
    else
        begin(line.substr(0, line.size() - 2));
    line_.clear();
    return size;
}

void resp3_reader::begin(std::string_view line)
{
    const char sign = line.front();
    line.remove_prefix(1);
    if (line.find('\r') != std::string_view::npos)
        refuse("a line within a line");
    else if (text_) // between the chunks of a streamed string
        sign == ';' ? begin_chunk(line) : refuse("something else than a chunk");
    else if (sign == '.' && line.empty())
        end_streamed();
    else
        begin_value(sign, line);
}

void resp3_reader::begin_value(char sign, std::string_view rest)
{
    using enum reply::kind;
    auto type = text;
    switch (sign) {
    case '$':
    case '=':
    case '!':
        if (sign == '$' && rest == "-1") { // null as in RESP2
            if (add(null))
                end_value();
            return;
        }
        if (auto* const made = add(sign == '!' ? error : text)) {
            text_ = made;
            chunked_ = sign == '$' && rest == "?";
            if (!chunked_)
                begin_text(rest);
        }
        return;
    case '*':
    case '~':
    case '%':
    case '>':
    case '|': begin_aggregate(sign, rest); return;
    case '_': type = null; break;
    case ':': type = integer; break;
    case ',': type = number; break;
    case '#': type = boolean; break;
    case '-': type = error; break;
    case '+':
    case '(': break;
    default: refuse("an unknown type"); return;
    }
    if (!is_scalar(sign, rest)) {
        refuse("a value that its type cannot have");
        return;
    }
    auto* const made = add(type);
    if (!made || !weigh(rest.size()))
        return;
    made->text.assign(rest);
    end_value();
}

void resp3_reader::begin_text(std::string_view length)
{
    std::size_t size = 0;
    const auto failure = std::from_chars(length.data(), length.data() + length.size(), size).ec;
    if (!is_digits(length) || failure != std::errc() || size > limits_.text)
        return refuse("a length that cannot be");
    missing_ = size + 2;
    text_->text.reserve(std::min(size, reserved));
}

void resp3_reader::begin_chunk(std::string_view length)
{
    std::size_t size = 0;
    const auto failure = std::from_chars(length.data(), length.data() + length.size(), size).ec;
    if (!is_digits(length) || failure != std::errc() || size > limits_.text - text_->text.size())
        return refuse("a length that cannot be");
    if (size > 0) {
        missing_ = size + 2;
        return;
    }
    text_ = nullptr;
    end_value();
}

std::size_t resp3_reader::read_text(std::string_view bytes)
{
    std::size_t size = 0;
    if (missing_ > 2) {
        size = std::min(missing_ - 2, bytes.size());
        if (!weigh(size))
            return size;
        text_->text.append(bytes.substr(0, size));
        missing_ -= size;
    }
    for (; size < bytes.size() && missing_ > 0 && missing_ <= 2; ++size, --missing_)
        if (bytes[size] != (missing_ == 2 ? '\r' : '\n')) {
            refuse("a string that continues after its end");
            return size;
        }
    if (missing_ == 0 && !chunked_) {
        text_ = nullptr;
        end_value();
    }
    return size;
}

void resp3_reader::begin_aggregate(char sign, std::string_view count)
{
    const bool pairs = sign == '%' || sign == '|';
    const bool streamed = count == "?" && (sign == '*' || sign == '~' || sign == '%');
    if (sign == '*' && count == "-1") { // null as in RESP2
        if (add(reply::kind::null))
            end_value();
        return;
    }
    std::size_t size = 0;
    if (!streamed) {
        const auto failure = std::from_chars(count.data(), count.data() + count.size(), size).ec;
        if (!is_digits(count) || failure != std::errc() || size > limits_.elements)
            return refuse("a length that cannot be");
    }
    if (sign == '>' && !open_.empty())
        return refuse("a push within a reply");
    if (open_.size() >= limits_.depth)
        return refuse("too many aggregates in one another");
    auto* const made = add(sign == '%' ? reply::kind::map : reply::kind::array);
    if (!made)
        return;
    push_ = push_ || sign == '>';
    open_.push_back({made, pairs ? 2 * size : size, streamed, sign == '|'});
    if (!streamed && size == 0)
        close_aggregate();
}

void resp3_reader::end_streamed()
{
    if (open_.empty() || !open_.back().streamed)
        return refuse("an end of nothing");
    const auto& node = *open_.back().node;
    if (node.type == reply::kind::map && node.items.size() % 2 != 0)
        return refuse("a key without a value");
    close_aggregate();
}

void resp3_reader::close_aggregate()
{
    const bool attribute = open_.back().attribute;
    open_.pop_back();
    if (!attribute)
        end_value();
    else if (open_.empty())
        root_ = {};
    else
        open_.back().node->items.pop_back();
}

void resp3_reader::end_value()
{
    if (open_.empty())
        complete_ = true;
    else if (auto& around = open_.back(); !around.streamed && --around.missing == 0)
        close_aggregate();
}

reply* resp3_reader::add(reply::kind type)
{
    if (!weigh(sizeof(reply)))
        return nullptr;
    reply* const made = open_.empty() ? &root_ : &open_.back().node->items.emplace_back();
    made->type = type;
    return made;
}

bool resp3_reader::weigh(std::size_t bytes)
{
    weight_ += bytes;
    if (weight_ > limits_.whole)
        refuse("a reply that is too large");
    return error_.empty();
}

void resp3_reader::refuse(std::string_view why)
{
    error_ = "invalid RESP3 from Redis: ";
    error_ += why;
}

} // namespace fullon_cache::detail
