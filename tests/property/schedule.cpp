// Bodies of schedule.hpp.
#include "property/schedule.hpp"

#include <array>
#include <charconv>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>

namespace property {
namespace {

struct kind_facts {
    std::string_view name;
    std::uint32_t weight; // how often it comes, relatively
    std::uint32_t least;  // amount
    std::uint32_t most;
};

// In the order of step_kind.
constexpr std::array<kind_facts, step_kinds> facts{{
    {"write", 320, 1, 60},          {"rewrite", 40, 0, 0},
    {"remove", 60, 0, 0},           {"take", 40, 0, 12},
    {"expire", 25, 1, 40},          {"flush", 5, 0, 0},
    {"pause", 110, 1, 30},          {"drain", 40, 0, 0},
    {"hang_redis", 8, 20, 400},     {"save_redis", 12, 0, 0},
    {"restart_redis", 7, 0, 60},    {"kill_links", 16, 0, 0},
    {"open_client", 24, 0, 0},      {"close_client", 18, 0, 0},
    {"cut_client", 20, 0, 0},       {"slow_client", 16, 0, 3},
    {"stop_client", 18, 0, 0},      {"resume_client", 26, 0, 0},
    {"stall_clients", 8, 10, 200},  {"stall_server", 6, 10, 200},
    {"stall_auditor", 10, 50, 300}, {"flood", 8, 300, 600},
    {"restart_server", 5, 0, 60},   {"set_clock", 12, 0, 0},
    {"write_silently", 20, 1, 10},  {"write_elsewhere", 30, 1, 30},
    {"invent", 30, 1, 20},          {"refill", 14, 1, 12},
    {"retype", 14, 0, 0},           {"set_rights", 14, 0, 0},
    {"swap_databases", 6, 0, 0},    {"leave_early", 20, 0, 3},
    {"compare", 40, 0, 0},
}};

constexpr std::uint32_t sum_of_weights = [] {
    std::uint32_t sum = 0;
    for (const auto& one : facts)
        sum += one.weight;
    return sum;
}();

} // namespace

// No std distribution: what those make of a generator's numbers differs between libraries.
schedule make_schedule(std::uint64_t seed, std::size_t length)
{
    std::mt19937_64 random(seed);
    schedule made;
    made.reserve(length);
    while (made.size() < length) {
        auto at = static_cast<std::uint32_t>(random() % sum_of_weights);
        std::size_t kind = 0;
        while (at >= facts[kind].weight)
            at -= facts[kind++].weight;
        step one;
        one.what = static_cast<step_kind>(kind);
        one.which = static_cast<std::uint32_t>(random());
        one.amount = facts[kind].least +
                     static_cast<std::uint32_t>(random() % (facts[kind].most - facts[kind].least + 1));
        made.push_back(one);
    }
    return made;
}

std::string_view to_text(step_kind what)
{
    return facts.at(static_cast<std::size_t>(what)).name;
}

std::string to_text(const step& one)
{
    return std::string(to_text(one.what)) + "(" + std::to_string(one.which) + ", " +
           std::to_string(one.amount) + ")";
}

places all_places(std::size_t count)
{
    places all(count);
    std::iota(all.begin(), all.end(), std::size_t(0));
    return all;
}

std::string to_text(const places& some)
{
    std::string text;
    for (std::size_t i = 0; i < some.size();) {
        std::size_t last = i;
        while (last + 1 < some.size() && some[last + 1] == some[last] + 1)
            ++last;
        text.append(text.empty() ? "" : ",").append(std::to_string(some[i]));
        if (last != i)
            text.append("-").append(std::to_string(some[last]));
        i = last + 1;
    }
    return text;
}

places parse_places(std::string_view text)
{
    const auto number = [](std::string_view digits) {
        std::size_t value = 0;
        const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (problem != std::errc() || end != digits.data() + digits.size())
            throw std::invalid_argument("not a place in a schedule: " + std::string(digits));
        return value;
    };
    places some;
    while (!text.empty()) {
        const auto end = text.find(',');
        const auto one = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        const auto dash = one.find('-');
        const auto first = number(one.substr(0, dash));
        const auto last = dash == std::string_view::npos ? first : number(one.substr(dash + 1));
        if (last < first || last - first > 1'000'000 || (!some.empty() && first <= some.back()))
            throw std::invalid_argument("places of a schedule must grow: " + std::string(one));
        for (auto place = first; place <= last; ++place)
            some.push_back(place);
    }
    return some;
}

schedule pick(const schedule& from, const places& some)
{
    schedule made;
    for (const auto place : some)
        made.push_back(from.at(place));
    return made;
}

} // namespace property
