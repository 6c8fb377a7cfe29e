// Where log lines go and how they look; starts and ends the thread that writes them.
#pragma once

#include <fullon_log/environment.hpp>
#include <fullon_log/level.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace fullon_log {

/// The layout of a log line.
enum class format : std::uint8_t {
    /// For people: time (UTC), level, component, message and fields in columns.
    /// `2025-03-09 07:05:02.001Z | WARNING  | fullon.cache.tick          | Slow operation latency_ms=120`
    beautiful,
    /// For consoles where something else adds the time.
    /// `WARNING  fullon.cache.tick: Slow operation latency_ms=120`
    minimal,
    /// For a developer's terminal: a short time (UTC); with colours the keys are coloured, too.
    /// `07:05:02.001 WARNING  fullon.cache.tick: Slow operation latency_ms=120`
    development,
    /// Like `beautiful` with microseconds, and behind the level the process and thread that logged, as `ps`
    /// and `top` show them: `| pid=4711 tid=4713 |`.
    detailed,
    /// For the files of a trading desk: time (UTC, microseconds), the level's first letter, component and
    /// message in columns; then, in this order whatever their order in the call, exchange, symbol, side,
    /// price, volume, order_id, bot_id and latency_ms, padded to columns (missing ones take no room); then
    /// all other fields. `2025-03-09T07:05:02.001034Z W fullon.cache.orders Order filled exchange=kraken ...`
    trading,
    /// For programs: one JSON object per line, with timestamp (UTC), level, component, message, then the
    /// fields.
    json,
};

/// Settings of the writer. Fill them in code, or take them from the environment.
///
/// \code
/// fullon_log::config settings = fullon_log::config::from_env();
/// settings.level = fullon_log::level::debug;
/// settings.file = "logs/desk.log";
/// fullon_log::configure(settings);
/// \endcode
struct config {
    fullon_log::level level = fullon_log::level::info; ///< lines below it are suppressed
    fullon_log::format format = fullon_log::format::beautiful; ///< layout on console and in the file
    bool console = true; ///< write to stderr; stdout belongs to the program
    bool colors = true; ///< colour the lines on the console, if stderr is a terminal
    /// Also append to this file; empty = no file. A folder that is missing is created, which is logged once.
    std::filesystem::path file;
    std::uint64_t rotation_bytes = 10'000'000; ///< begin a new file before it grows above this; 0 = never
    /// Rotated files older than this are deleted; 0 = never. While `rotation_bytes` is not 0, only the newest
    /// 20 are kept in any case, and at most 20 times `rotation_bytes` of them.
    std::chrono::hours retention{7 * 24};
    std::size_t queue_lines = 8192; ///< lines that may wait for the writer; more drop the oldest

    /// Reads LOG_LEVEL, LOG_FORMAT, LOG_CONSOLE, LOG_COLORS, LOG_FILE_PATH (or `fullon_cache.log` in
    /// FULLON_CACHE_LOG_DIR where that alone is set), LOG_ROTATION (such as `10 MB`) and LOG_RETENTION (such
    /// as `7 days`). For what is not set the defaults above hold.
    /// \throws configuration_error that names the variable, its value and what is allowed
    static config from_env(const environment& env = environment::load());
};

/// Starts the thread that writes log lines. Called again, it replaces the settings: lines that are already
/// logged are written first, under the old ones; none is lost or overtaken. Lines that are queued when main()
/// returns are written, too.
///
/// \par Concurrency any thread. Calls of configure() and shutdown() wait for each other.
/// \throws configuration_error when the file cannot be opened; the previous settings stay in force
void configure(config settings);

/// Writes what is queued, ends the thread and closes the file. From then on, as before configure(), WARNING
/// and above go to stderr synchronously and everything else is dropped. Does nothing without a writer.
/// \par Concurrency any thread, but not an I/O thread: it waits for the disk.
void shutdown();

/// The number of lines that were lost since the process started, because the queue was full or the file could
/// not be written. The writer also logs it, as component "fullon.log".
/// \par Concurrency any thread.
std::uint64_t dropped_lines() noexcept;

} // namespace fullon_log
