// What the gateway answers, as HTTP. Sans-io.
#pragma once

#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/http_message.hpp>

#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// "Not Found" for 404.
std::string_view reason_phrase(unsigned status) noexcept;

/// Whether an `Accept` field (empty: there is none) takes a type, whose parameters do not count.
bool accepts(std::string_view accept, std::string_view type);

/// The status of an error of the wire.
unsigned http_status_of(error code) noexcept;

/// Adds what keeps browsers from taking an answer for something else, or for a part of another site's page.
void guard_answer(http_response& answer);

/// `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, and `error_code` where there is one.
/// `Retry-After` where it may be over a moment later.
http_response problem_answer(unsigned status, std::string_view detail, std::string_view error_code = {});

/// The same of an error of the wire.
http_response problem_answer(error code, std::string_view detail);

/// 200 with a JSON text, or 304 where `if_none_match` names what it is. `tagged` is what the weak ETag is computed from: the
/// stored data, without times of the answer.
http_response json_answer(std::string body, std::string_view tagged, std::string_view if_none_match);

/// The same of any content type.
http_response tagged_answer(std::string_view content_type, std::string body, std::string_view tagged,
                            std::string_view if_none_match);

} // namespace fullon_cache_api::detail
