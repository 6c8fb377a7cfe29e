// What an exception says, for a log line.
#pragma once

#include <exception>
#include <string>

namespace fullon_log {

inline std::string failure_text(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "an exception of an unknown type";
    }
}

} // namespace fullon_log
