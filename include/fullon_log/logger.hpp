// Component loggers: `log.info("Ticker retrieved", {{"exchange", ex}, {"latency_ms", ms}})`.
#pragma once

#include <fullon_log/detail/log_entry.hpp>
#include <fullon_log/field.hpp>
#include <fullon_log/level.hpp>

#include <initializer_list>
#include <span>
#include <string_view>

namespace fullon_log {

/// Handle of one component's log; as cheap to copy as a pointer. Get it from `get_component_logger`.
///
/// A suppressed line costs one relaxed atomic load. An enabled one is rendered and put into a bounded queue by the
/// caller and written by the thread that `configure()` started; if the queue is full the oldest line is dropped and
/// counted, so a call never waits for a disk or a terminal. Without a configured writer WARNING and above go
/// to stderr at once, everything else nowhere.
///
/// Line breaks and control characters are escaped, bytes that are not UTF-8 replaced; texts above 8 KiB are
/// cut; values whose key contains "password", "token" or "secret" are written as `***`.
/// \par Concurrency any thread, any number of copies, also while `configure()` or `shutdown()` runs.
/// \par Errors      none: nothing is thrown. A line that cannot be written is counted (`dropped_lines()`).
class logger {
public:
    /// Whether a line of this level would be written now.
    bool enabled(level severity) const noexcept
    {
        return severity >= entry_->threshold.load(std::memory_order_relaxed) && severity != level::off;
    }

    void debug(std::string_view message, std::initializer_list<field> fields = {}) const noexcept
    {
        log(level::debug, message, fields);
    }
    void info(std::string_view message, std::initializer_list<field> fields = {}) const noexcept
    {
        log(level::info, message, fields);
    }
    void warning(std::string_view message, std::initializer_list<field> fields = {}) const noexcept
    {
        log(level::warning, message, fields);
    }
    void error(std::string_view message, std::initializer_list<field> fields = {}) const noexcept
    {
        log(level::error, message, fields);
    }
    void critical(std::string_view message, std::initializer_list<field> fields = {}) const noexcept
    {
        log(level::critical, message, fields);
    }
    /// The same with the level as a value.
    void log(level severity, std::string_view message,
             std::initializer_list<field> fields = {}) const noexcept
    {
        if (enabled(severity))
            write(severity, message, {fields.begin(), fields.size()});
    }

    /// The component, as given to `get_component_logger`.
    std::string_view name() const noexcept { return entry_->name; }

    /// Equal if they are the same component.
    friend bool operator==(const logger&, const logger&) = default;

private:
    friend logger get_component_logger(std::string_view name);
    friend class operation_scope;

    explicit logger(const detail::log_entry& entry) noexcept : entry_(&entry) {}

    void write(level severity, std::string_view message, std::span<const field> fields) const noexcept;

    const detail::log_entry* entry_;
};

/// The logger of a component, such as "fullon.cache.tick". The same name gives the same component. Names are kept
/// until the process ends: take them from the code, not from data.
/// \par Concurrency any thread.
logger get_component_logger(std::string_view name);

} // namespace fullon_log
