// Bodies of unreadable_log.hpp.
#pragma once

#include <fullon_cache/unreadable_log.hpp>

#include <fullon_log/cut_text.hpp>

#include <fmt/format.h>

#include <functional>

namespace fullon_cache {

using fullon_log::cut_text;

void reading::unreadable(std::string_view entry, std::string_view reason)
{
    ++entries_;
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15; // tells "a", "b" from "b", "a"
    const std::hash<std::string_view> hash;
    mark_ += (hash(entry) * odd) ^ hash(reason);
    if (unreadable_++ == 0)
        first_ = cut_text(entry) + (entry.empty() ? "" : ": ") + cut_text(reason);
}

std::optional<unreadable_log::line> unreadable_log::note(std::string_view key, const reading& found,
                                                         clock::time_point now)
{
    const auto shown = cut_text(key);
    const auto place = places_.find(shown);
    if (place == places_.end()) {
        if (found.unreadable() == 0)
            return std::nullopt;
        if (known_.size() == most_keys) {
            places_.erase(known_.back().key);
            known_.pop_back();
        }
        known_.push_front({.key = shown});
        places_.emplace(known_.front().key, known_.begin());
    } else
        known_.splice(known_.begin(), known_, place->second);

    auto& before = known_.front();
    if (before.unreadable == found.unreadable() && before.mark == found.mark())
        return std::nullopt;
    // What there is no room for is told by a later reading, if it is still so.
    if (!before.budget.take(now) || !budget_.take(now))
        return std::nullopt;
    before.unreadable = found.unreadable();
    before.mark = found.mark();
    if (found.unreadable() == 0)
        return line{fullon_log::level::info, "readable again", budget_.left_out()};
    return line{
        fullon_log::level::warning,
        fmt::format("{} of {} unreadable, first: {}", found.unreadable(), found.entries(), found.first()),
        budget_.left_out()};
}

void log_unreadable(unreadable_log& told, const fullon_log::logger& log, std::string_view key,
                    const reading& found)
{
    const auto line = told.note(key, found);
    if (!line)
        return;
    if (line->left_out == 0)
        log.log(line->severity, line->text, {{"key", cut_text(key)}});
    else
        log.log(line->severity, line->text, {{"key", cut_text(key)}, {"lines_left_out", line->left_out}});
}

} // namespace fullon_cache
