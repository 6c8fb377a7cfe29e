// Bodies of http_writer.hpp.
#pragma once

#include <fullon_cache_api/detail/http/http_writer.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <iterator>

namespace fullon_cache_api::detail {

std::string http_date(std::int64_t time)
{
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(static_cast<std::time_t>(time)));
}

bool append_head(std::string& to, const http_response& answer, const answer_form& form)
{
    const bool bodiless = answer.status == 204 || answer.status == 304;
    auto out = std::back_inserter(to);
    fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\n", answer.status, reason_phrase(answer.status),
                   http_date(form.time));
    for (const auto& [name, value] : answer.headers)
        fmt::format_to(out, "{}: {}\r\n", name, value);
    if (!bodiless)
        fmt::format_to(out, "Content-Length: {}\r\n", answer.body.size());
    if (!form.keep_alive)
        to.append("Connection: close\r\n");
    else if (form.old)
        to.append("Connection: keep-alive\r\n");
    to.append("\r\n");
    return !bodiless && !form.head && !answer.body.empty();
}

} // namespace fullon_cache_api::detail
