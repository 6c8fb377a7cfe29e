// What a stream of a session draws from.
#pragma once

#include <fullon_cache_api/detail/feed/hub.hpp>
#include <fullon_cache_api/stale_reason.hpp>

#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Keeps the topics of one stream followed for as long as it exists.
class stream_source {
public:
    virtual ~stream_source() = default;

    /// The topics of the stream now.
    virtual std::vector<topic_ptr> topics() const = 0;

    /// Why all of them may be out of date; `none` while they are followed.
    virtual stale_reason stale() const = 0;

    /// "exact" or "best_effort".
    virtual std::string_view delivery() const = 0;
};

} // namespace fullon_cache_api::detail
