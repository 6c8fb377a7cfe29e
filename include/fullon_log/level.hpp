// How serious a log line is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fullon_log {

/// Severity of a line, and the threshold below which lines are suppressed. `off` suppresses everything; it is
/// never the level of a line.
enum class level : std::uint8_t { debug, info, warning, error, critical, off };

/// "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL" or "OFF".
std::string_view to_text(level value) noexcept;

/// The level of that name, in any case; empty for anything else.
std::optional<level> parse_level(std::string_view text) noexcept;

} // namespace fullon_log
