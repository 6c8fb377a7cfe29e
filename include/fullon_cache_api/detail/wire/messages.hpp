// Messages of the native dialect as the server reads and writes them. Sans-io.
#pragma once

#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/stale_reason.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fullon_cache_api::protocol {

/// A request, or what is wrong with it.
struct request {
    std::string id; ///< JSON text, echoed as it came; empty when the client gave none
    std::string operation;
    boost::json::object params;

    std::optional<error> failure;
    std::string problem; ///< the error text for `failure`
};

/// Never throws for any bytes.
request parse_request(std::string_view text);

/// What the beginning of a request tells that was not kept whole.
struct request_beginning {
    std::string id; ///< JSON text; empty where none is seen
    bool operation = false; ///< whether there is a member of that name
    bool action = false;
};

/// Never throws for any bytes.
request_beginning read_beginning(std::string_view text);

/// The text of a top-level member (of equal ones the last) of an object that is known to be valid JSON. Empty where the name
/// is not there as it stands.
std::string_view raw_member(std::string_view object, std::string_view name);

/// How an answer came about.
struct answer_metrics {
    double duration_ms = 0;
    bool cache_hit = false;
    bool from_redis = false;
};

/// `id` and `result` are JSON texts.
std::string success_message(std::string_view id, std::string_view result, const answer_metrics& metrics);
std::string error_message(std::string_view id, error code, std::string_view text);

/// Marks of a stream or a topic.
std::string snapshot_end_message(std::string_view stream_key, std::uint64_t items);
/// Of these topics, or of the whole stream for none. `reason` none: it is fresh again.
std::string stale_message(std::string_view stream_key, stale_reason reason,
                          std::span<const std::string> topics = {});

/// Stands in the place of events that a full queue lost.
std::string gap_message(std::string_view topic, std::uint64_t dropped);

} // namespace fullon_cache_api::protocol
