// Bodies of configuration_error.hpp.
#pragma once

#include <fullon_log/configuration_error.hpp>
#include <fullon_log/impl/line_escape.hpp>
#include <fullon_log/text.hpp>

#include <utility>

namespace fullon_log {
namespace {

// The message must stay one line of a terminal, whatever the value was.
std::string shown(std::string_view value)
{
    constexpr std::size_t longest = 200;
    detail::line_buffer out;
    detail::append_escaped(out, value.substr(0, longest), detail::escaping::message);
    std::string result(out.data(), out.size());
    if (value.size() > longest)
        result += "...";
    return result;
}

} // namespace

configuration_error::configuration_error(parts from)
    : std::runtime_error(from.message), variable_(std::move(from.variable)), value_(std::move(from.value)),
      allowed_(std::move(from.allowed))
{}

configuration_error::configuration_error(std::string_view variable, std::string_view value,
                                         std::string_view allowed)
    : configuration_error([&] {
          const bool secret = is_secret(variable);
          parts made{shown(variable), std::string(variable), secret ? std::string() : std::string(value),
                     std::string(allowed)};
          made.message += secret ? ": invalid value" : ": invalid value '" + shown(value) + "'";
          made.message += "; expected ";
          made.message += allowed;
          return made;
      }())
{}

configuration_error configuration_error::in_file(std::string_view file, std::size_t line,
                                                 std::string_view problem)
{
    parts made{shown(file), std::string(file), {}, std::string(problem)};
    made.message += ":" + std::to_string(line) + ": ";
    made.message += problem;
    return configuration_error(std::move(made));
}

} // namespace fullon_log
