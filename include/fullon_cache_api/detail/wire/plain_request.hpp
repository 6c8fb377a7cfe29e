// The plain form that most requests have, read without a DOM. Sans-io.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::protocol {

struct plain_request {
    std::string_view operation;
    std::string_view id; ///< JSON text
};

/// Reads an object of `operation`, `request_id` and `params`, each once, in any order. Texts must be ASCII without escapes,
/// the id a text or an integer. Appends to `question` the parameters without insignificant white space, then the operation.
/// \returns nothing where the message is of another form, valid or not. The parameters of what is returned may be invalid:
///          they are to be compared with a text that is known to be valid, and nothing else.
std::optional<plain_request> read_plain_request(std::string_view text, std::string& question);

} // namespace fullon_cache_api::protocol
