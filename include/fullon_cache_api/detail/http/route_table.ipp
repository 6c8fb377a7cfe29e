// Bodies of route_table.hpp.
#pragma once

#include <fullon_cache_api/detail/http/route_table.hpp>

#include <algorithm>

namespace fullon_cache_api::protocol {

std::size_t route_table::add(std::string_view text)
{
    pattern made;
    while (!text.empty()) {
        text.remove_prefix(text.starts_with('/') ? 1 : 0);
        auto word = text.substr(0, text.find('/'));
        text.remove_prefix(word.size());
        part one;
        one.variable = word.starts_with('{');
        one.text = one.variable ? word.substr(1, word.size() - 2) : word;
        made.push_back(std::move(one));
    }
    patterns_.push_back(std::move(made));
    return patterns_.size() - 1;
}

/// One pattern against one path: the best way in which it fits.
struct route_table::attempt {
    const pattern& wanted;
    const std::vector<std::string>& segments;
    fixed_ones fixed{};
    std::vector<std::pair<std::string, std::string>> variables{};
    std::optional<fixed_ones> best{};
    std::vector<std::pair<std::string, std::string>> best_variables{};

    static bool better(const fixed_ones& one, const fixed_ones& other)
    {
        const auto count = std::count(one.begin(), one.end(), true);
        const auto other_count = std::count(other.begin(), other.end(), true);
        return count != other_count ? count > other_count : one > other;
    }
};

void route_table::match(attempt& now, std::size_t part, std::size_t segment)
{
    if (part == now.wanted.size() || segment == now.segments.size()) {
        if (part != now.wanted.size() || segment != now.segments.size())
            return;
        if (!now.best || attempt::better(now.fixed, *now.best)) {
            now.best = now.fixed;
            now.best_variables = now.variables;
        }
        return;
    }
    const auto& wanted = now.wanted[part];
    const auto& here = now.segments[segment];
    if (!wanted.variable) {
        if (wanted.text != here)
            return;
        now.fixed.push_back(true);
        match(now, part + 1, segment + 1);
        now.fixed.pop_back();
        return;
    }
    if (here.empty())
        return;
    now.fixed.push_back(false);
    now.variables.emplace_back(wanted.text, here);
    match(now, part + 1, segment + 1);
    if (wanted.text == "symbol" && segment + 1 < now.segments.size() && !now.segments[segment + 1].empty()) {
        now.fixed.push_back(false);
        now.variables.back().second.append("/").append(now.segments[segment + 1]);
        match(now, part + 1, segment + 2);
        now.fixed.pop_back();
    }
    now.variables.pop_back();
    now.fixed.pop_back();
}

std::optional<route_hit> route_table::find(const std::vector<std::string>& segments) const
{
    std::optional<route_hit> result;
    fixed_ones best;
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
        attempt one{.wanted = patterns_[i], .segments = segments};
        match(one, 0, 0);
        if (!one.best || (result && !attempt::better(*one.best, best)))
            continue;
        best = std::move(*one.best);
        result.emplace();
        result->route = i;
        result->variables = std::move(one.best_variables);
    }
    return result;
}

std::optional<std::string> other_spelling(std::string symbol)
{
    if (const auto slash = symbol.find('/'); slash != std::string::npos)
        symbol[slash] = '-';
    else if (const auto dash = symbol.find('-'); dash != std::string::npos)
        symbol[dash] = '/';
    else
        return std::nullopt;
    return symbol;
}

std::vector<std::string> symbol_spellings(std::string symbol)
{
    std::vector<std::string> result;
    result.push_back(symbol);
    if (const auto dash = symbol.find('-'); dash != std::string::npos) {
        symbol[dash] = '/';
        result.push_back(std::move(symbol));
    }
    return result;
}

} // namespace fullon_cache_api::protocol
