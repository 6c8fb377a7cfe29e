// failure_text(): the text of an exception, for a log line.
#pragma once

#include <exception>
#include <string>

namespace fullon_log {

/// `what()` without what Boost appends to it for developers: the category and value of the error code and the
/// source location, as in ` [system:98 at /usr/include/.../socket.hpp:161:5 in function ...]`.
///
/// \code
/// } catch (const std::exception& failure) {
///     std::cerr << failure_text(failure) << '\n';
/// }
/// \endcode
inline std::string failure_text(const std::exception& failure)
{
    std::string text = failure.what();
    if (!text.ends_with(']'))
        return text;
    for (auto open = text.find(" ["); open != std::string::npos; open = text.find(" [", open + 1)) {
        const auto colon = text.find_first_of(": ]", open + 2);
        const auto end = colon == std::string::npos || text[colon] != ':'
                             ? std::string::npos
                             : text.find_first_not_of("-0123456789", colon + 1);
        if (end == std::string::npos || end == colon + 1)
            continue;
        if (end + 1 == text.size() || text.compare(end, 4, " at ") == 0) {
            text.erase(open);
            break;
        }
    }
    return text;
}

/// The same for any exception; for one that is not a std::exception, that its type is unknown.
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
        return failure_text(error);
    } catch (...) {
        return "an exception of an unknown type";
    }
}

} // namespace fullon_log
