// Levels of log lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fullon_log {

/// The severity of a line, in ascending order, and the threshold below which lines are suppressed. `off` is a
/// threshold that suppresses everything, never the level of a line.
enum class level : std::uint8_t { debug, info, warning, error, critical, off };

/// "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL" or "OFF".
std::string_view to_text(level value) noexcept;

/// The level of that name, in any case; empty for any other text.
///
/// \code
/// settings.level = parse_level(argument).value_or(level::info);
/// \endcode
std::optional<level> parse_level(std::string_view text) noexcept;

} // namespace fullon_log
