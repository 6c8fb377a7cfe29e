// What subscribes a stream. Sans-io.
#pragma once

#include <fullon_cache_api/detail/stream/stream_message.hpp>
#include <fullon_cache_api/detail/stream/stream_sequencer.hpp>
#include <fullon_cache_api/stream_options.hpp>

#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// `type` is static text.
struct stream_request {
    std::string operation;
    std::string params;    ///< JSON
    std::string_view type; ///< of its messages
    std::string prefix;    ///< of its topics, where it is one of "all"
    stream_content content = stream_content::state;
    stream_options options;
};

} // namespace fullon_cache_api::detail
