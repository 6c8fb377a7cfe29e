// What programs inherit that the process of a server or client starts.
#include "support/async_test.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache_api/client.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <set>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

namespace asio = boost::asio;

// Sockets that a program started now would inherit.
std::set<int> inherited_sockets()
{
    std::set<int> found;
    const auto most = static_cast<int>(::sysconf(_SC_OPEN_MAX));
    for (int i = 0; i < most && i < 4096; ++i) {
        const int flags = ::fcntl(i, F_GETFD);
        struct stat its{};
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0 && ::fstat(i, &its) == 0 && S_ISSOCK(its.st_mode))
            found.insert(i);
    }
    return found;
}

} // namespace

TEST_CASE("programs that this process starts inherit no socket of a server or client")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::served_redis world(executor);
        const auto before = inherited_sockets();
        co_await world.start();
        auto cache = co_await fullon_cache_api::client::connect(world.url());
        co_await support::eventually("the server has its Redis", [&] { return world.server->redis_up(); });
        (void)co_await cache.stream_tickers("x");
        CHECK(inherited_sockets() == before);
        co_await cache.close();
        co_await world.stop();
    });
}
