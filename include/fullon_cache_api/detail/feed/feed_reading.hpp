// A reading of a feed belongs to one session with Redis.
#pragma once

#include <fullon_cache/error.hpp>
#include <fullon_cache/redis_link.hpp>

#include <cstdint>

namespace fullon_cache_api::detail {

/// Made before a command is sent, asked when it was answered: what a session that has ended said may be older than what the
/// next one says.
class in_session {
public:
    explicit in_session(const fullon_cache::redis_link& redis) : redis_(redis), number_(redis.sessions()) {}

    /// \throws cache_error (unavailable) when the session has ended.
    void require() const
    {
        if (redis_.sessions() != number_ || redis_.state() != fullon_cache::link_state::up)
            throw fullon_cache::cache_error(fullon_cache::errc::unavailable, "the connection was lost");
    }

private:
    const fullon_cache::redis_link& redis_;
    std::uint64_t number_;
};

} // namespace fullon_cache_api::detail
