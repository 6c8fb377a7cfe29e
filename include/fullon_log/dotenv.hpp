// The `.env` format: a pure function from text to entries.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_log {

struct dotenv_entry {
    std::string name;
    std::string value;
    bool operator==(const dotenv_entry&) const = default;
};

/// Why a `.env` text was refused. The problem never quotes the text, which may hold a secret.
struct dotenv_error {
    std::size_t line = 0; ///< counted from 1
    std::string problem;
};

/// The entries in their order (of a repeated name the last one counts), or the first error.
struct dotenv_result {
    std::vector<dotenv_entry> entries;
    std::optional<dotenv_error> error;
};

/// Reads `NAME=value` lines. A name is letters, digits and `_`, not starting with a digit; `export ` before it
/// and blanks around `=` are ignored, as are empty lines, lines starting with `#`, a UTF-8 byte order mark and the
/// CR of CRLF. A value is
/// - unquoted: up to the end of the line or a `#` after a blank, without blanks around it;
/// - in single quotes: as it stands;
/// - in double quotes: with `\n \r \t \\ \" \' \$` replaced; other backslashes stand for themselves.
/// A quoted value ends on its line; after it only a comment may follow. Nothing is interpolated. Any other
/// line, and any control character but the tab, is an error. Any bytes may be given.
dotenv_result parse_dotenv(std::string_view text);

} // namespace fullon_log
