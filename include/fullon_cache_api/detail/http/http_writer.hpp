// HTTP/1.1 answers as bytes. Sans-io.
#pragma once

#include <fullon_cache_api/http_message.hpp>

#include <cstdint>
#include <string>

namespace fullon_cache_api::detail {

/// `Sun, 06 Nov 1994 08:49:37 GMT`, of epoch seconds.
std::string http_date(std::int64_t time);

/// How an answer goes out.
struct answer_form {
    bool head = false;       ///< the request was HEAD: everything but the body
    bool keep_alive = true;
    bool old = false;        ///< the request was HTTP/1.0
    std::int64_t time = 0;   ///< epoch seconds
};

/// Appends the status line and the fields, with `Date`, `Content-Length` and `Connection` where they belong. The body
/// (which HEAD, 204 and 304 have not) is left to the caller.
/// \returns whether the body follows.
bool append_head(std::string& to, const http_response& answer, const answer_form& form);

} // namespace fullon_cache_api::detail
