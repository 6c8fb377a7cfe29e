// Where log lines go and how they look; starting and ending the thread that writes them.
#pragma once

#include <fullon_log/environment.hpp>
#include <fullon_log/level.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace fullon_log {

/// How a line looks.
enum class format : std::uint8_t {
    /// `2025-03-09 07:05:02.001Z | WARNING  | fullon.cache.tick          | Slow operation latency_ms=120`:
    /// UTC, level, component, message and fields in columns, for people.
    beautiful,
    /// `WARNING  fullon.cache.tick: Slow operation latency_ms=120`: where something else adds the time.
    minimal,
    /// `07:05:02.001 WARNING  fullon.cache.tick: Slow operation latency_ms=120`: for a developer's terminal;
    /// the time (UTC) is short, and with colours on the keys are coloured too.
    development,
    /// Like `beautiful` with microseconds, and who it was behind the level: `| pid=4711 tid=4713 |`, process
    /// and thread that logged, as `ps` and `top` show them.
    detailed,
    /// `2025-03-09T07:05:02.001034Z W fullon.cache.orders        Order filled             exchange=kraken ...`
    /// for a trading desk's file: UTC with microseconds, the level's first letter, component and message in
    /// columns; then, whatever their order in the call, exchange, symbol, side, price, volume, order_id,
    /// bot_id and latency_ms, padded so that lines of a kind stand in columns (missing ones take no room);
    /// then all others.
    trading,
    /// One JSON object a line: timestamp (UTC), level, component, message, then the fields.
    json,
};

/// Settings of the writer. Fill it in code, or take it from the environment.
struct config {
    fullon_log::level level = fullon_log::level::info;
    fullon_log::format format = fullon_log::format::beautiful;
    bool console = true; ///< write to stderr (stdout belongs to the program)
    bool colors = true; ///< colour the console's lines, if stderr is a terminal
    std::filesystem::path file; ///< also append to this file; its folder is created. Empty = no file
    std::uint64_t rotation_bytes = 10'000'000; ///< start a new file before it grows above this; 0 = never
    std::chrono::hours retention{7 * 24}; ///< delete rotated files older than this; 0 = never. Of any age
        ///< the newest 20 are kept
    std::size_t queue_lines = 8192; ///< lines waiting for the writer before the oldest are dropped

    /// Reads LOG_LEVEL, LOG_FORMAT, LOG_CONSOLE, LOG_COLORS, LOG_FILE_PATH (or `fullon_cache.log` in
    /// FULLON_CACHE_LOG_DIR where that alone is set), LOG_ROTATION and LOG_RETENTION.
    /// \throws configuration_error
    static config from_env(const environment& env = environment::load());
};

/// Starts the writer thread. Called again it replaces the settings; lines already logged are written first, under
/// the old ones, and none is lost or overtaken. Lines still queued when main() returns are written too.
/// \par Concurrency any thread; calls of configure() and shutdown() wait for each other.
/// \par Errors      configuration_error if the file cannot be opened: the settings before it stay in force.
void configure(config settings);

/// Writes what is queued, ends the thread and closes the file. After it (as before `configure`) WARNING and
/// above go to stderr, synchronously. Nothing happens if there is no writer. Do not call it on an I/O thread:
/// it waits for the disk.
void shutdown();

/// Lines lost since the process started, because the queue was full or the file could not be written. The
/// writer also logs the number, as component "fullon.log".
std::uint64_t dropped_lines() noexcept;

} // namespace fullon_log
