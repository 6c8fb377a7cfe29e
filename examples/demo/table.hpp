// The live table: redrawn in place on a terminal, plain lines elsewhere.
#pragma once

#include "market.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

namespace demo {

class table {
public:
    table() : terminal_(isatty(STDOUT_FILENO) != 0)
    {
        if (terminal_)
            fmt::print("\x1b[?25l\x1b[?7l"); // no cursor; a line longer than the window does not become two
    }
    table(const table&) = delete;
    table& operator=(const table&) = delete;
    ~table()
    {
        if (terminal_)
            fmt::print("\x1b[?7h\x1b[?25h");
        std::fflush(stdout);
    }

    /// How long to wait between two calls of draw().
    std::chrono::milliseconds pause() const { return std::chrono::milliseconds(terminal_ ? 200 : 2000); }

    void draw(const std::vector<market>& markets, double seconds)
    {
        std::string text;
        const auto out = std::back_inserter(text);
        const char* end_of_line = terminal_ ? "\x1b[K\n" : "\n";
        if (terminal_ && drawn_ != 0)
            fmt::format_to(out, "\x1b[{}A\r", drawn_);
        const bool headed = terminal_ || drawn_ == 0;
        if (headed)
            fmt::format_to(out, "{:>6}  {:<9} {:<9} {:>9}  {:^17} {:>9} {:>8}  {:>6}{}", "time", "exchange",
                           "symbol", "price", "bid / ask", "volume", "updates", "age", end_of_line);
        for (const auto& one : markets)
            text += row(one, seconds) + end_of_line;
        drawn_ = markets.size() + (headed ? 1 : 0);
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    }

private:
    std::string row(const market& one, double seconds) const
    {
        const auto& named = one.published_last;
        auto text = fmt::format("{:>4.1f} s  {:<9} {:<9} ", seconds, named.exchange, named.symbol);
        if (!one.seen_last)
            return text + "waiting for the first price";
        const auto& seen = *one.seen_last;
        const std::chrono::duration<double> age = steady_clock::now() - one.seen_at;
        const char* colour = !terminal_ || one.move == 0 ? "" : one.move > 0 ? "\x1b[32m" : "\x1b[31m";
        return text + fmt::format("{}{:>9.2f}{}  {:>7} / {:<7} {:>9.2f} {:>8}  {:>4.1f} s", colour,
                                  seen.price, *colour ? "\x1b[0m" : "", number(seen.bid), number(seen.ask),
                                  seen.volume.value_or(0), one.delivered, age.count());
    }

    static std::string number(std::optional<double> value)
    {
        return value ? fmt::format("{:.2f}", *value) : "-";
    }

    bool terminal_;
    std::size_t drawn_ = 0;
};

} // namespace demo
