// The settings a process was given: its environment over the contents of a `.env` file, as a value.
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

/// Named settings with typed getters. A getter gives its default where the variable is unset or empty, and throws
/// `configuration_error` for a value that is not allowed. The process's own environment is never changed.
/// \par Concurrency a plain value. `load()` reads the process environment: not while another thread sets it.
class environment {
public:
    /// The process environment over a `.env` file: what is set in the process wins, also if it is empty there.
    /// The file is `env_file`, or the one that DOTENV_FILE names (either must exist), or `.env` in the current
    /// folder if there is one.
    /// \throws configuration_error if a named file cannot be read, or naming the line that is not `NAME=value`
    static environment load(std::optional<std::filesystem::path> env_file = {});

    /// Exactly these, for tests and for hosts with settings of their own.
    static environment from(std::map<std::string, std::string> variables);

    /// The value as it stands; empty if unset or empty.
    std::optional<std::string> get(std::string_view name) const;

    std::string text(std::string_view name, std::string_view default_value) const;

    /// A whole decimal number within [min, max].
    std::int64_t integer(std::string_view name, std::int64_t default_value, std::int64_t min,
                         std::int64_t max) const;

    /// true, false, 1, 0, yes, no, on or off, in any case.
    bool boolean(std::string_view name, bool default_value) const;

    /// Seconds, decimals allowed ("0.25"), from 0.001 to 31536000 (a year).
    std::chrono::milliseconds seconds(std::string_view name, std::chrono::milliseconds default_value) const;

    /// A number of bytes above 0, alone or with B, KB, MB, GB (powers of 1000), KiB, MiB or GiB (of 1024).
    std::uint64_t bytes(std::string_view name, std::uint64_t default_value) const;

    /// One of `allowed`, matched in any case and given back as spelt there.
    std::string one_of(std::string_view name, std::string_view default_value,
                       std::initializer_list<std::string_view> allowed) const;

private:
    std::map<std::string, std::string, std::less<>> variables_;
};

} // namespace fullon_log
