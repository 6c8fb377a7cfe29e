// One case over both surfaces of the cache: a client with a connection, and the server in its own process.
#pragma once

#include "support/async_test.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache_api/cache_calls.hpp>
#include <fullon_cache_api/client.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace support {

enum class surface : std::uint8_t { remote, in_process };

inline constexpr std::array<surface, 2> surfaces{surface::remote, surface::in_process};

inline const char* name_of(surface one)
{
    return one == surface::remote ? "by a client" : "in process";
}

/// run() once for each surface, as a section of its own: `body(executor, where)`.
template <class Body>
void run_on_both(Body body, std::chrono::seconds limit = std::chrono::seconds(30))
{
    for (const auto where : surfaces)
        DYNAMIC_SECTION(name_of(where))
        {
            run([&](boost::asio::any_io_executor executor) { return body(executor, where); }, limit);
        }
}

/// What code that is written against cache_calls is given. `world` must outlive it.
class cache_user {
public:
    fullon_cache_api::cache_calls& operator*() const
    {
        if (remote_)
            return *remote_;
        return *world_->server;
    }
    fullon_cache_api::cache_calls* operator->() const { return &**this; }

    /// Its calls and streams end: the client is closed, the server stopped.
    boost::asio::awaitable<void> close()
    {
        if (remote_)
            co_await remote_->close();
        else if (world_->server)
            co_await world_->stop_server();
    }

    /// The same without a word.
    void destroy()
    {
        if (remote_)
            remote_.reset();
        else
            world_->kill_server();
    }

private:
    friend boost::asio::awaitable<cache_user> use(served_redis& world, surface where);
    explicit cache_user(served_redis& world) : world_(&world) {}

    served_redis* world_;
    mutable std::optional<fullon_cache_api::client> remote_;
};

inline boost::asio::awaitable<cache_user> use(served_redis& world, surface where)
{
    cache_user made(world);
    if (where == surface::remote)
        made.remote_.emplace(co_await fullon_cache_api::client::connect(world.url()));
    co_return std::move(made);
}

} // namespace support
