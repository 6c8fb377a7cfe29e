// configuration_error: the exception for settings that cannot be used.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fullon_log {

/// Thrown for a setting that is not allowed. `what()` is one line that names the setting, its value and what
/// is allowed: `REDIS_PORT: invalid value '99999'; expected an integer from 1 to 65535`.
///
/// The value of a variable whose name contains "password", "token" or "secret" (in any case) is neither kept
/// nor shown.
///
/// \code
/// try {
///     configure(config::from_env());
/// } catch (const configuration_error& refused) {
///     std::cerr << refused.what() << '\n';
///     return 2;
/// }
/// \endcode
class configuration_error : public std::runtime_error {
public:
    /// The value of `variable` is not allowed. The texts are copied; control characters are escaped in
    /// `what()`.
    configuration_error(std::string_view variable, std::string_view value, std::string_view allowed);

    /// A line of a `.env` file cannot be read. The line itself is not shown, as it may hold a secret.
    /// \param line counted from 1
    static configuration_error in_file(std::string_view file, std::size_t line, std::string_view problem);

    /// The name of the variable; of in_file() the file.
    const std::string& variable() const noexcept { return variable_; }
    /// The value that was refused; empty for a secret, and of in_file().
    const std::string& value() const noexcept { return value_; }
    /// What is allowed; of in_file() the problem.
    const std::string& allowed() const noexcept { return allowed_; }

private:
    struct parts {
        std::string message, variable, value, allowed;
    };
    explicit configuration_error(parts from);

    std::string variable_, value_, allowed_;
};

} // namespace fullon_log
