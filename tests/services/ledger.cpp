// Bodies of ledger.hpp.
#include "services/ledger.hpp"

#include "services/diary.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace services {

void ledger::read(const std::filesystem::path& diary, bool killed)
{
    std::ifstream in(diary);
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string word;
        std::string what;
        words >> word >> what;
        if (word == got) {
            auto& one = elements_[what];
            ++one.handed_out;
            one.by_killed += killed ? 1 : 0;
        } else if (word == held) {
            hold one{0, 0, what};
            words >> one.from >> one.until;
            holds_.push_back(std::move(one));
        } else if (word == begun)
            elements_[what];
        else if (word == services::done || word == not_done || word == services::unknown) {
            elements_[what].told = word == services::done ? outcome::sure
                                   : word == not_done     ? outcome::refused
                                                          : outcome::unsure;
            unknown_ += word == services::unknown ? 1 : 0;
        } else {
            int number = 0;
            words >> number;
            auto& one = merges_of_[what][number];
            if (word == merged)
                one = outcome::sure;
            else if (word == not_merged)
                one = outcome::refused;
            else if (word == perhaps_merged)
                one = outcome::unsure;
            merges_ += word == merge_begun ? 1 : 0;
        }
    }
}

void ledger::found(const std::string& element)
{
    ++elements_[element].handed_out;
}

std::string ledger::problem_of(const entry& one)
{
    if (one.told == outcome::sure && one.handed_out == 0)
        return "is lost";
    if (one.told == outcome::refused && one.handed_out != 0)
        return "was pushed, though the service was told that it was not";
    if (one.handed_out > one.by_killed + 1)
        return "was handed out " + std::to_string(one.handed_out) + " times";
    return {};
}

// One after the other: what is stored is the last that was done, or one behind it of which nobody knows.
std::string ledger::problem_of(const std::map<int, outcome>& tried, const int* stored)
{
    int last_done = 0;
    for (const auto& [number, told] : tried)
        if (told == outcome::sure)
            last_done = number;
    if (!stored)
        return last_done == 0 ? "" : "is not there, " + std::to_string(last_done) + " was done";
    if (*stored == last_done)
        return {};
    const auto found = tried.find(*stored);
    const bool possible = found != tried.end() && *stored > last_done && found->second != outcome::refused;
    return possible ? ""
                    : "is " + std::to_string(*stored) + ", " + std::to_string(last_done) + " was done last";
}

std::vector<std::string> ledger::problems(const std::map<std::string, int>& stored) const
{
    std::vector<std::string> all;
    for (const auto& [name, one] : elements_)
        if (const auto text = problem_of(one); !text.empty())
            all.push_back(name + " " + text);
    for (const auto& [symbol, tried] : merges_of_) {
        const auto there = stored.find(symbol);
        if (const auto text = problem_of(tried, there == stored.end() ? nullptr : &there->second);
            !text.empty())
            all.push_back("position " + symbol + " " + text);
    }
    auto holds = holds_;
    std::sort(holds.begin(), holds.end(), [](const hold& a, const hold& b) { return a.from < b.from; });
    for (std::size_t i = 1; i < holds.size(); ++i)
        if (holds[i].from < holds[i - 1].until && holds[i].who != holds[i - 1].who)
            all.push_back("the block was held by " + holds[i - 1].who + " and by " + holds[i].who);
    return all;
}

} // namespace services
