// The `.env` format: a pure function from text to entries.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_log {

/// One line `NAME=value`.
struct dotenv_entry {
    std::string name; ///< the variable
    std::string value; ///< without quotes, escapes replaced

    bool operator==(const dotenv_entry&) const = default;
};

/// Why a `.env` text was refused. The text is never quoted, as it may hold a secret.
struct dotenv_error {
    std::size_t line = 0; ///< counted from 1
    std::string problem; ///< such as "the closing quote is missing"
};

/// Result of parse_dotenv(): the entries, or the first error.
struct dotenv_result {
    std::vector<dotenv_entry>
        entries; ///< in their order; of a repeated name the last one counts. Empty after an error
    std::optional<dotenv_error> error; ///< empty for a sound text
};

/// Parses the text of a `.env` file: lines of the form `NAME=value`. Any bytes may be given; nothing is
/// thrown for them.
///
/// A name consists of letters, digits and `_` and does not start with a digit. Ignored are `export ` before
/// it, blanks around `=`, empty lines, lines that start with `#`, a UTF-8 byte order mark, and the CR of
/// CRLF. A value is
/// - unquoted: up to the end of the line or to a `#` after a blank, without blanks around it;
/// - in single quotes: as it stands;
/// - in double quotes: with `\n \r \t \\ \" \' \$` replaced; other backslashes stand for themselves.
///
/// A quoted value ends on its line, and only a comment may follow. Nothing is interpolated. Any other line,
/// and any control character but the tab, is an error.
///
/// \code
/// const auto parsed = parse_dotenv("REDIS_HOST=localhost\nREDIS_DB = 1 # test\n");
/// if (!parsed.error)
///     use(parsed.entries.front().value); // localhost
/// \endcode
dotenv_result parse_dotenv(std::string_view text);

} // namespace fullon_log
