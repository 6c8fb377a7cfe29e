// What services have written down, against what Redis holds when all of them have ended. Sans-io but for reading files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace services {

class ledger {
public:
    /// The diary of a service. One that was killed may have handed out what it had not deleted yet: that is handed out
    /// once more.
    void read(const std::filesystem::path& diary, bool killed);

    /// An element that was still there in the end.
    void found(const std::string& element);

    /// What does not hold, a line each; nothing where everything does. `stored`: number by symbol.
    std::vector<std::string> problems(const std::map<std::string, int>& stored) const;

    std::size_t pushed() const noexcept { return elements_.size(); }
    std::size_t unknown_outcomes() const noexcept { return unknown_; }
    std::size_t merges() const noexcept { return merges_; }
    std::size_t blocks() const noexcept { return holds_.size(); }

private:
    enum class outcome : std::uint8_t { none, sure, refused, unsure }; // none: it was killed before it knew
    struct entry {
        outcome told = outcome::none;
        std::size_t handed_out = 0;
        std::size_t by_killed = 0; // of these
    };
    struct hold {
        std::int64_t from;
        std::int64_t until;
        std::string who;
    };

    static std::string problem_of(const entry& one);
    static std::string problem_of(const std::map<int, outcome>& tried, const int* stored);

    std::map<std::string, entry> elements_;
    std::map<std::string, std::map<int, outcome>> merges_of_; // by symbol and number
    std::vector<hold> holds_;
    std::size_t unknown_ = 0;
    std::size_t merges_ = 0;
};

} // namespace services
