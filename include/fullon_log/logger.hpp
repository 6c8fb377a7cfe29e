// Component loggers: `log.info("Ticker retrieved", {{"exchange", ex}, {"latency_ms", ms}})`.
#pragma once

#include <fullon_log/detail/log_entry.hpp>
#include <fullon_log/field.hpp>
#include <fullon_log/level.hpp>

#include <initializer_list>
#include <span>
#include <string_view>

namespace fullon_log {

/// The log of one component: a handle as cheap to copy as a pointer, from get_component_logger().
///
/// \code
/// const auto log = fullon_log::get_component_logger("fullon.cache.tick");
/// log.info("Ticker retrieved", {{"exchange", exchange}, {"latency_ms", 0.4}});
/// \endcode
///
/// A suppressed line costs one relaxed atomic load. An enabled one is rendered by the caller and put into a
/// bounded queue, and written by the thread that configure() started. If the queue is full the oldest line is
/// dropped and counted, so a call never waits for a disk or terminal. Without configure() WARNING and above
/// go to stderr at once; everything else is dropped.
///
/// Line breaks and control characters are escaped, bytes that are not UTF-8 are replaced, and texts above 8
/// KiB are cut. Values whose key contains "password", "token" or "secret" are written as `***`.
/// \par Lifetimes   message and fields are borrowed for the length of the call.
/// \par Concurrency any thread, any number of copies, also while configure() or shutdown() runs.
/// \par Errors      nothing is thrown. A line that cannot be written is counted: dropped_lines().
class logger {
public:
    /// Whether a line of this level would be written now: for fields that are expensive to compute.
    bool enabled(level severity) const noexcept
    {
        return severity >= entry_->threshold.load(std::memory_order_relaxed) && severity != level::off;
    }

    /// Logs a line of level DEBUG.
    void debug(std::string_view message, std::initializer_list<field> fields = {}) const noexcept
    {
        log(level::debug, message, fields);
    }
    /// Logs a line of level INFO.
    void info(std::string_view message, std::initializer_list<field> fields = {}) const noexcept
    {
        log(level::info, message, fields);
    }
    /// Logs a line of level WARNING.
    void warning(std::string_view message, std::initializer_list<field> fields = {}) const noexcept
    {
        log(level::warning, message, fields);
    }
    /// Logs a line of level ERROR.
    void error(std::string_view message, std::initializer_list<field> fields = {}) const noexcept
    {
        log(level::error, message, fields);
    }
    /// Logs a line of level CRITICAL.
    void critical(std::string_view message, std::initializer_list<field> fields = {}) const noexcept
    {
        log(level::critical, message, fields);
    }
    /// Logs a line of the given level; `level::off` logs nothing.
    void log(level severity, std::string_view message,
             std::initializer_list<field> fields = {}) const noexcept
    {
        if (enabled(severity))
            write(severity, message, {fields.begin(), fields.size()});
    }

    /// The component's name, as it was given to get_component_logger(). The view stays valid until the
    /// process ends.
    std::string_view name() const noexcept { return entry_->name; }

    /// Whether both are of the same component.
    friend bool operator==(const logger&, const logger&) = default;

private:
    friend logger get_component_logger(std::string_view name);
    friend class operation_scope;

    explicit logger(const detail::log_entry& entry) noexcept : entry_(&entry) {}

    void write(level severity, std::string_view message, std::span<const field> fields) const noexcept;

    const detail::log_entry* entry_;
};

/// The logger of a component, such as "fullon.cache.tick". The same name gives the same component. Names are
/// kept until the process ends, so they should come from code, not from data.
/// \par Concurrency any thread.
logger get_component_logger(std::string_view name);

} // namespace fullon_log
