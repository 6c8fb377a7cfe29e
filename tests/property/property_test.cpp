// Random writes, removals, faults and slow clients over a whole system: whatever happens, nothing is invented, nothing is
// lost uncounted, and in the end everybody sees what Redis holds.
//
// PROPERTY_SEED=n runs the schedule of that seed, PROPERTY_STEPS=0-3,7 only these of its steps (as a failure prints it),
// PROPERTY_LENGTH=n schedules of n steps, PROPERTY_RUNS=n so many seeds (or so often the one), PROPERTY_SECONDS=n as many
// as fit into that time, PROPERTY_SHRINK_SECONDS=n bounds the search for a smaller schedule, PROPERTY_WITHOUT=refill,invent
// leaves out steps of these kinds, LOG_LEVEL=warning shows what the system logs meanwhile.
#include "property/schedule.hpp"
#include "property/shrink.hpp"
#include "property/sockets.hpp"
#include "property/world.hpp"

#include "support/async_test.hpp"

#include <fullon_log/configure.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <random>
#include <string>

namespace {

using property::places;
using property::schedule;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr bool sanitized = support::patience > 1;
constexpr std::size_t usual_length = sanitized ? 60 : 120;
constexpr std::size_t usual_runs = sanitized ? 3 : 12;
constexpr std::uint64_t first_seed = 1; // the others are new each time

std::optional<std::uint64_t> number_from(const char* variable)
{
    const char* const text = std::getenv(variable);
    return text && *text ? std::optional<std::uint64_t>(std::stoull(text)) : std::nullopt;
}

// What fails on purpose fills a log, in which a finding would be overlooked.
void configure_log()
{
    auto settings = fullon_log::config::from_env();
    if (!std::getenv("LOG_LEVEL"))
        settings.level = fullon_log::level::off;
    fullon_log::configure(settings);
}

// The places of steps that are not of a kind in PROPERTY_WITHOUT.
places wanted_places(const schedule& all, const places& some)
{
    const char* const text = std::getenv("PROPERTY_WITHOUT");
    const std::string without = "," + std::string(text ? text : "") + ",";
    places left;
    for (const auto place : some)
        if (without.find("," + std::string(property::to_text(all.at(place).what)) + ",") == std::string::npos)
            left.push_back(place);
    return left;
}

// Nothing, or what did not hold.
std::optional<std::string> run(const schedule& steps, property::travels& seen)
{
    const auto descriptors = property::open_descriptors();
    try {
        property::world one;
        for (const auto& step : steps)
            one.execute(step);
        one.settle();
        seen += one.seen();
    } catch (const std::exception& failure) {
        return failure.what();
    }
    if (const auto left = property::open_descriptors(); left != descriptors)
        return "descriptors: " + std::to_string(descriptors) + " before, " + std::to_string(left) + " after";
    return std::nullopt;
}

// What failed once may need the right moment: it counts as failing when one of several attempts does.
constexpr int attempts = 3;

places shrink(const schedule& all, const places& failing)
{
    const auto time = seconds(number_from("PROPERTY_SHRINK_SECONDS").value_or(60));
    const auto deadline = steady_clock::now() + time;
    const auto fails = [&](const places& some) {
        property::travels ignored;
        for (int i = 0; i < attempts && steady_clock::now() < deadline; ++i)
            if (run(pick(all, some), ignored))
                return true;
        return false;
    };
    return property::shrink(failing, fails, [&] { return steady_clock::now() < deadline; });
}

std::string report(std::uint64_t seed, const schedule& all, const places& some, const std::string& problem)
{
    std::string text = "seed " + std::to_string(seed) + ": " + problem + "\nwith these steps:";
    for (const auto& one : pick(all, some))
        text.append("\n  ").append(property::to_text(one));
    return text + "\nagain: PROPERTY_SEED=" + std::to_string(seed) +
           " PROPERTY_LENGTH=" + std::to_string(all.size()) + " PROPERTY_STEPS=" + property::to_text(some) +
           " PROPERTY_RUNS=20 property_tests";
}

} // namespace

TEST_CASE("whatever happens to the whole system, nothing is invented, everything is counted, and all end "
          "with the truth",
          "[property]")
{
    const auto length = number_from("PROPERTY_LENGTH").value_or(usual_length);
    const auto seed_wanted = number_from("PROPERTY_SEED");
    const auto time = number_from("PROPERTY_SECONDS");
    const auto runs = number_from("PROPERTY_RUNS").value_or(seed_wanted ? 1 : usual_runs);
    const char* const steps_wanted = std::getenv("PROPERTY_STEPS");
    const auto begin = steady_clock::now();
    std::random_device entropy;
    configure_log();
    property::travels seen;
    std::uint64_t done = 0;
    const auto more = [&] { return time ? steady_clock::now() - begin < seconds(*time) : done < runs; };
    for (; more(); ++done) {
        const std::uint64_t seed = seed_wanted ? *seed_wanted : done == 0 ? first_seed : entropy();
        const auto all = property::make_schedule(seed, length);
        const auto some = wanted_places(all, steps_wanted ? property::parse_places(steps_wanted)
                                                          : property::all_places(length));
        const auto problem = run(pick(all, some), seen);
        if (!problem)
            continue;
        std::printf("%s\n", report(seed, all, some, *problem).c_str());
        std::fflush(stdout); // should what follows not end
        FAIL(report(seed, all, shrink(all, some), *problem));
    }
    std::printf(
        "%llu schedules of %llu steps: %llu writes (and %llu that failed), %llu items, %llu missed, %llu "
        "removed, %llu resynced, %llu disconnects, %llu times stale, %llu conflated and %llu dropped before "
        "%llu auditors, %llu comparisons, %llu clients refused for a while\n",
        static_cast<unsigned long long>(done), static_cast<unsigned long long>(length),
        static_cast<unsigned long long>(seen.written), static_cast<unsigned long long>(seen.failed_writes),
        static_cast<unsigned long long>(seen.items), static_cast<unsigned long long>(seen.missed),
        static_cast<unsigned long long>(seen.removed), static_cast<unsigned long long>(seen.resynced),
        static_cast<unsigned long long>(seen.disconnects), static_cast<unsigned long long>(seen.outages),
        static_cast<unsigned long long>(seen.conflated), static_cast<unsigned long long>(seen.dropped),
        static_cast<unsigned long long>(seen.audits), static_cast<unsigned long long>(seen.compared),
        static_cast<unsigned long long>(seen.refused));
    // A flood, which some of these need, is one step in 130.
    constexpr std::uint64_t enough_steps = 1000;
    if (seed_wanted || done * length < enough_steps)
        return;
    // The walks must have met what they are about.
    CHECK(seen.items > 100 * done);
    CHECK(seen.removed > done);
    CHECK(seen.resynced > done);
    CHECK(seen.conflated > 0);
    CHECK(seen.compared > 0);
}
