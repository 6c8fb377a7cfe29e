// failure_text(): the text of an exception, for a log line.
#pragma once

#include <exception>
#include <string>

namespace fullon_log {

/// What an exception says: `what()` of a std::exception, else that its type is unknown.
///
/// \code
/// log.error("task failed", {{"error", failure_text(std::current_exception())}});
/// \endcode
/// \param failure not null
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
