// Bodies of logger.hpp and configure.hpp.
#pragma once

#include <fullon_log/configure.hpp>
#include <fullon_log/impl/line.hpp>
#include <fullon_log/impl/registry.hpp>
#include <fullon_log/logger.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include <unistd.h>

namespace fullon_log {

void logger::write(level severity, std::string_view message, std::span<const field> fields) const noexcept
{
    auto& registry = detail::registry::instance();
    try {
        detail::line_buffer payload;
        if (const detail::registry::lease writer(registry); writer) {
            detail::append_payload(payload, writer->look(), message, fields);
            writer->post(severity, entry_->name, {payload.data(), payload.size()});
            return;
        }
        // No writer, or it ended since the level was checked.
        if (severity < detail::level_without_writer)
            return;
        detail::append_payload(payload, format::beautiful, message, fields);
        detail::line_buffer line;
        detail::append_line(line, format::beautiful, ::isatty(STDERR_FILENO) == 1,
                            {std::chrono::system_clock::now(), severity, entry_->name},
                            {payload.data(), payload.size()});
        std::fwrite(line.data(), 1, line.size(), stderr);
    } catch (...) { // no memory: the program matters more than the line
        registry.count_lost_line();
    }
}

logger get_component_logger(std::string_view name)
{
    return logger(detail::registry::instance().entry(name));
}

void configure(config settings)
{
    auto& registry = detail::registry::instance();
    const std::lock_guard one_at_a_time(registry.control);
    auto next = std::make_unique<detail::writer>(settings);
    const auto created = next->created_folder();
    registry.replace(std::move(next), settings.level);
    if (!created.empty()) // a path that is mistyped shows
        get_component_logger("fullon.log").info("log folder created", {{"folder", created.string()}});
    if (!std::exchange(registry.exit_handler, true))
        std::atexit([] { shutdown(); });
}

void shutdown()
{
    auto& registry = detail::registry::instance();
    const std::lock_guard one_at_a_time(registry.control);
    registry.replace(nullptr, detail::level_without_writer);
}

std::uint64_t dropped_lines() noexcept
{
    return detail::registry::instance().dropped();
}

} // namespace fullon_log
