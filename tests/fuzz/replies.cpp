// What Redis answers besides what services stored: INFO, and the pages of scans, well-formed or not.
#include "fuzz.hpp"

#include <fullon_cache/detail/redis/info_text.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/overview_reader.hpp>
#include <fullon_cache/reply.hpp>

#include <cmath>
#include <string>
#include <string_view>
#include <utility>

namespace {

using fullon_cache::reply;

// Any reply: `[` begins a list, `]` ends it, `_` is null, `!` an error, `#` a number; all else is text up to a comma.
reply read_reply(std::string_view& text, int depth)
{
    reply made;
    made.type = reply::kind::null;
    if (text.empty())
        return made;
    const char sign = text.front();
    if (sign == '[' && depth < 8) {
        made.type = reply::kind::array;
        text.remove_prefix(1);
        while (!text.empty() && text.front() != ']')
            made.items.push_back(read_reply(text, depth + 1));
        if (!text.empty())
            text.remove_prefix(1);
        return made;
    }
    const auto end = text.substr(1).find_first_of(",]");
    const auto word = text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
    text.remove_prefix(word.size());
    if (!text.empty() && text.front() == ',')
        text.remove_prefix(1);
    made.type = sign == '_'   ? reply::kind::null
                : sign == '!' ? reply::kind::error
                : sign == '#' ? reply::kind::integer
                              : reply::kind::text;
    made.text = std::string(made.type == reply::kind::text ? word : word.substr(1));
    return made;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = fuzz::text_of(data, size);
    for (const auto& [name, value] : fullon_cache::detail::parse_info(text))
        fuzz::require(name.find(':') == std::string::npos && value.find('\n') == std::string::npos);
    const auto facts = fullon_cache::facts_of(std::string(text));
    fuzz::require(!facts.hit_rate ||
                  (std::isfinite(*facts.hit_rate) && *facts.hit_rate >= 0 && *facts.hit_rate <= 1));

    auto rest = text;
    const auto answer = read_reply(rest, 0);
    try {
        const auto page = fullon_cache::read_hash_page(answer);
        fuzz::require(answer.items.size() == 2 && page.fields.size() * 2 == answer.items[1].items.size());
    } catch (const fullon_cache::cache_error&) { // refused
    }
    try {
        const auto page = fullon_cache::read_scan_page(answer);
        fuzz::require(answer.items.size() == 2 && page.keys.size() == answer.items[1].items.size());
    } catch (const fullon_cache::cache_error&) {
    }
    try {
        (void)answer.as_integer();
    } catch (const fullon_cache::cache_error&) {
    }
    const auto pattern = fullon_cache::escape_pattern(text);
    fuzz::require(pattern.size() >= text.size());
    return 0;
}
