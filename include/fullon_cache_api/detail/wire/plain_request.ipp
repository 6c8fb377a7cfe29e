// Bodies of plain_request.hpp.
#pragma once

#include <fullon_cache_api/detail/wire/plain_request.hpp>

#include <cstddef>

namespace fullon_cache_api::protocol {
namespace {

bool is_blank(char c) noexcept
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

// Between two of these a blank separates nothing.
bool is_structural(char c) noexcept
{
    return c == '{' || c == '}' || c == '[' || c == ']' || c == ':' || c == ',';
}

/// What it returns is empty where the text is of another form.
class plain_reader {
public:
    explicit plain_reader(std::string_view text) : text_(text) {}

    char next() noexcept // that is not blank; 0 at the end
    {
        while (at_ < text_.size() && is_blank(text_[at_]))
            ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    bool take(char c) noexcept
    {
        const bool is = next() == c;
        at_ += is ? 1 : 0;
        return is;
    }

    std::string_view quoted() noexcept
    {
        if (next() != '"')
            return {};
        const auto begin = at_;
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"')
                return text_.substr(begin, ++at_ - begin);
            if (c < ' ' || c > '~' || c == '\\')
                return {};
        }
        return {};
    }

    std::string_view id() noexcept
    {
        constexpr std::size_t longest_text = 512, most_digits = 18;
        if (next() == '"') {
            const auto found = quoted();
            return found.size() <= longest_text ? found : std::string_view();
        }
        const auto begin = at_;
        while (at_ < text_.size() && is_digit(text_[at_]))
            ++at_;
        const auto digits = text_.substr(begin, at_ - begin);
        const char behind = next();
        const bool whole = !digits.empty() && digits.size() <= most_digits &&
                           (digits == "0" || digits.front() != '0') && (behind == ',' || behind == '}');
        return whole ? digits : std::string_view();
    }

    /// Appends an object without its blanks. \returns whether it was one.
    bool object(std::string& to)
    {
        if (next() != '{')
            return false;
        int depth = 0;
        bool blank = false; // before this character
        for (; at_ < text_.size(); blank = false) {
            const char c = text_[at_];
            if (is_blank(c)) {
                next();
                blank = true;
                if (at_ == text_.size())
                    return false;
            }
            const char one = text_[at_];
            if (blank && !is_structural(to.back()) && !is_structural(one))
                return false;
            if (one == '"') {
                const auto found = quoted();
                if (found.empty())
                    return false;
                to.append(found);
                continue;
            }
            if (one < ' ' || one > '~')
                return false;
            to.push_back(one);
            ++at_;
            if (one == '{' || one == '[')
                ++depth;
            else if ((one == '}' || one == ']') && --depth == 0)
                return true;
        }
        return false;
    }

    bool at_end() noexcept { return next() == '\0' && at_ == text_.size(); }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

std::optional<plain_request> read_plain_request(std::string_view text, std::string& question)
{
    constexpr std::size_t longest = 2048; // what is longer is not worth a second look
    if (text.size() > longest)
        return std::nullopt;
    plain_reader reader(text);
    plain_request found;
    bool params = false;
    if (!reader.take('{'))
        return std::nullopt;
    do {
        const auto name = reader.quoted();
        if (name.empty() || !reader.take(':'))
            return std::nullopt;
        bool fine = false;
        if (name == R"("operation")" && found.operation.empty()) {
            found.operation = reader.quoted();
            fine = found.operation.size() > 2;
        } else if (name == R"("request_id")" && found.id.empty()) {
            found.id = reader.id();
            fine = !found.id.empty();
        } else if (name == R"("params")" && !params)
            fine = params = reader.object(question);
        if (!fine)
            return std::nullopt;
    } while (reader.take(','));
    if (!reader.take('}') || !reader.at_end() || found.operation.empty() || found.id.empty() || !params)
        return std::nullopt;
    found.operation = found.operation.substr(1, found.operation.size() - 2);
    question.append(found.operation);
    return found;
}

} // namespace fullon_cache_api::protocol
