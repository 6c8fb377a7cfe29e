// What every example's main() does: run a coroutine on an io_context of this thread, and report.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace examples {

/// What a failure says; of several in parallel coroutines, the first.
inline std::string reason_of(std::exception_ptr failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const boost::asio::multiple_exceptions& several) {
        return reason_of(several.first_exception());
    } catch (const std::exception& one) {
        return one.what();
    }
}

/// Runs `work` to its end. \returns the exit code: 1 after printing why, when it threw or took too long.
inline int run(boost::asio::awaitable<void> work, std::chrono::seconds limit = std::chrono::seconds(60))
{
    try {
        std::exception_ptr thrown;
        bool ended = false;
        boost::asio::io_context context(1);
        boost::asio::co_spawn(context, std::move(work), [&](std::exception_ptr failure) {
            thrown = failure;
            ended = true;
        });
        context.run_for(limit);
        if (thrown)
            std::rethrow_exception(thrown);
        if (!ended)
            throw std::runtime_error("not done after " + std::to_string(limit.count()) + " s");
        return 0;
    } catch (const std::exception&) {
        std::fflush(stdout);
        fmt::print(stderr, "failed: {}\n", reason_of(std::current_exception()));
        return 1;
    }
}

/// For an example without options: ends the program after --help (0) or another argument (2).
inline void take_no_arguments(int argc, char** argv, std::string_view shows)
{
    if (argc < 2)
        return;
    std::string_view name = argv[0];
    name.remove_prefix(name.rfind('/') + 1);
    const std::string_view first = argv[1];
    const bool help = first == "--help" || first == "-h";
    if (!help)
        fmt::print(stderr, "{}: unknown argument '{}'\n\n", name, first);
    fmt::print(help ? stdout : stderr,
               "{}\n\nusage: {} [--help]\n\nNeeds redis-server in PATH; no Redis of yours is touched.\n"
               "Exit code: 0 all went well, 1 something was wrong, 2 wrong usage.\n",
               shows, name);
    std::exit(help ? 0 : 2);
}

/// What an example says about itself must be so: \throws std::runtime_error.
inline void expect(bool condition, std::string_view what)
{
    if (!condition)
        throw std::runtime_error("expected: " + std::string(what));
}

} // namespace examples
