// The demo's command line.
#pragma once

#include <fmt/core.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace demo {

struct options {
    double seconds = 20; ///< how long prices are replayed
    double speed = 10;   ///< times recorded speed
};

inline constexpr std::string_view usage =
    "Shows live prices: recorded trades -> Redis -> fullon-cache-server -> client.\n"
    "\n"
    "usage: demo [--seconds N] [--speed N]\n"
    "  --seconds N   end after about N seconds (20; 1 to 3600)\n"
    "  --speed N     times recorded speed (10; 0.1 to 10000)\n"
    "\n"
    "Needs redis-server in PATH and fullon-cache-server beside the demo; no Redis of yours is touched.\n"
    "Exit code: 0 all went well, 1 something was lost or wrong, 2 wrong usage.\n";

/// Ends the program after --help (0) or wrong usage (2).
inline options parse_options(int argc, char** argv)
{
    const auto refuse = [](std::string_view problem) {
        fmt::print(stderr, "demo: {}\n\n{}", problem, usage);
        std::exit(2);
    };
    const auto number = [&](std::string_view name, std::string_view text, double least, double most) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || !(value >= least && value <= most))
            refuse(fmt::format("{}: '{}' is not a number from {} to {}", name, text, least, most));
        return value;
    };
    options result;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        if (name == "--help" || name == "-h") {
            fmt::print("{}", usage);
            std::exit(0);
        }
        if (name != "--seconds" && name != "--speed")
            refuse(fmt::format("unknown argument '{}'", name));
        if (++i == argc)
            refuse(fmt::format("{}: a number must follow", name));
        if (name == "--seconds")
            result.seconds = number(name, argv[i], 1, 3600);
        else
            result.speed = number(name, argv[i], 0.1, 10000);
    }
    return result;
}

} // namespace demo
