// environment: the settings that a process was given, from its environment and a `.env` file, as a value.
#pragma once

#include <fullon_log/configuration_error.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_log {

/// Named settings with typed getters. A getter returns its default where the variable is unset or empty, and
/// throws configuration_error for a value that is not allowed. The environment of the process is never
/// changed.
///
/// \code
/// const auto env = environment::load();
/// const auto host = env.text("REDIS_HOST", "localhost");
/// const auto port = env.integer("REDIS_PORT", 6379, 1, 65535);
/// const auto timeout = env.seconds("REDIS_SOCKET_TIMEOUT", std::chrono::seconds(5));
/// \endcode
///
/// \par Concurrency A plain value. load() reads the environment of the process: not while another thread
///                  changes that.
class environment {
public:
    /// The environment of the process, and below it a `.env` file: what is set in the process wins, also
    /// where it is empty there.
    /// \param env_file the file, which must exist. Without it the file that DOTENV_FILE names, which must
    ///                 exist; else `.env` in the current folder, if there is one
    /// \throws configuration_error for a named file that cannot be read or is larger than 1 MiB, and for a
    ///         line that is not `NAME=value`, with its number
    static environment load(std::optional<std::filesystem::path> env_file = {});

    /// Exactly these variables, for tests and for hosts with settings of their own.
    static environment from(std::map<std::string, std::string> variables);

    /// Puts a value before what was loaded, such as that of an option of the program. Empty is as unset.
    void set(std::string name, std::string value);

    /// The value as it stands; empty where the variable is unset or empty.
    std::optional<std::string> get(std::string_view name) const;

    /// The value as it stands.
    std::string text(std::string_view name, std::string_view default_value) const;

    /// A whole decimal number from `min` to `max`.
    std::int64_t integer(std::string_view name, std::int64_t default_value, std::int64_t min,
                         std::int64_t max) const;

    /// true, false, 1, 0, yes, no, on or off, in any case.
    bool boolean(std::string_view name, bool default_value) const;

    /// A time in seconds, with decimals ("0.25"), from 0.001 to 31536000 (a year); rounded to milliseconds.
    std::chrono::milliseconds seconds(std::string_view name, std::chrono::milliseconds default_value) const;

    /// A number of bytes above 0, alone or with a unit: B, KB, MB, GB (powers of 1000), KiB, MiB, GiB (powers
    /// of 1024), in any case.
    std::uint64_t bytes(std::string_view name, std::uint64_t default_value) const;

    /// One of `allowed`, compared without regard to case and returned as it is spelt there. The default need
    /// not be one.
    std::string one_of(std::string_view name, std::string_view default_value,
                       std::initializer_list<std::string_view> allowed) const;

private:
    std::map<std::string, std::string, std::less<>> variables_;
};

} // namespace fullon_log
