// The one exception for settings that cannot be used.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fullon_log {

/// A setting is not allowed. `what()` is one line that names it, its value and what is allowed:
/// `REDIS_PORT: '99999' is not allowed: an integer from 1 to 65535`.
/// The value of a variable whose name contains PASSWORD, TOKEN or SECRET is neither kept nor shown.
class configuration_error : public std::runtime_error {
public:
    configuration_error(std::string_view variable, std::string_view value, std::string_view allowed);

    /// A line of a `.env` file that cannot be read. The line itself is not shown, it may hold a secret.
    static configuration_error in_file(std::string_view file, std::size_t line, std::string_view problem);

    const std::string& variable() const noexcept { return variable_; } ///< or the file
    const std::string& value() const noexcept { return value_; }
    const std::string& allowed() const noexcept { return allowed_; } ///< or the problem

private:
    struct parts {
        std::string message, variable, value, allowed;
    };
    explicit configuration_error(parts from);

    std::string variable_, value_, allowed_;
};

} // namespace fullon_log
