// A name server that does not answer: whoever waits for a host name goes on in time.
#include "support/async_test.hpp"

#include <fullon_cache/connection.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_cache_api/client.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string>

#include <dlfcn.h>
#include <netdb.h>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

// Look-ups of hangs.test wait while this is set, as they would for a name server; at most for 20 s.
struct name_server {
    std::mutex access;
    std::condition_variable changed;
    bool hangs = false;
    std::atomic<int> asked = 0;

    void hang(bool yes)
    {
        const std::lock_guard lock(access);
        hangs = yes;
        changed.notify_all();
    }
};
name_server names;

struct hanging {
    hanging()
    {
        names.asked = 0;
        names.hang(true);
    }
    hanging(const hanging&) = delete;
    hanging& operator=(const hanging&) = delete;
    ~hanging() { names.hang(false); }
};

} // namespace

// In the place of libc's.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result)
{
    if (node && std::strcmp(node, "hangs.test") == 0) {
        ++names.asked;
        std::unique_lock lock(names.access);
        names.changed.wait_for(lock, 20s, [] { return !names.hangs; });
        return EAI_NONAME;
    }
    using function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(node, service, hints, result);
}

TEST_CASE(
    "Redis' name is not resolved: operations fail in time, the link stops at once, one look-up is under way")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const hanging now;
        fullon_cache::config settings;
        settings.host = "hangs.test";
        settings.connect_timeout = 100ms;
        settings.socket_timeout = 100ms;
        settings.backoff_min = settings.backoff_max = 1ms;
        fullon_cache::connection redis(executor, settings);
        redis.start();
        const auto link = redis.shared_link();
        co_await support::eventually(
            "told", [&] { return link->down_text() == "the name of the host was not resolved in time"; });
        co_await support::pause(500ms); // several attempts
        CHECK(names.asked == 1);
        const auto begin = steady_clock::now();
        bool failed = false;
        try {
            co_await redis.execute(fullon_cache::command("GET", "x"));
        } catch (const fullon_cache::cache_error& failure) {
            failed = failure.code() == fullon_cache::errc::unavailable;
        }
        CHECK(failed);
        co_await redis.stop();
        CHECK(steady_clock::now() - begin < 1s * support::patience);
    });
}

TEST_CASE("the server's name is not resolved: connect() ends with its time-out, and one look-up is under way")
{
    support::run([](asio::any_io_executor) -> asio::awaitable<void> {
        const hanging now;
        fullon_cache_api::client_config settings;
        settings.connect_timeout = 300ms;
        const auto begin = steady_clock::now();
        boost::system::error_code failed;
        try {
            auto api = co_await fullon_cache_api::client::connect("ws://hangs.test:1/", settings);
        } catch (const boost::system::system_error& failure) {
            failed = failure.code();
        }
        CHECK(failed.failed());
        CHECK(steady_clock::now() - begin < 2s * support::patience);
        CHECK(names.asked == 1);
    });
}
