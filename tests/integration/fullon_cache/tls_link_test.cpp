// TLS to Redis: what is believed, what is said of the rest, outages, and connections that wait.
#include "support/async_test.hpp"
#include "support/certificates.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/connection.hpp>
#include <fullon_cache/redis_link.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::cache_error;
using fullon_cache::command;
using fullon_cache::connection;
using fullon_cache::errc;
using std::chrono::steady_clock;
using support::certificate_wish;
using support::certificates;
using support::redis_server;

// A Redis that listens with TLS only; null where redis-server was built without.
std::unique_ptr<redis_server> secured_redis(const certificates& files)
{
    std::vector<std::string> arguments{"--port", "0", "--tls-port", "{port}", "--tls-auth-clients", "no"};
    for (const auto& [name, file] :
         {std::pair("--tls-cert-file", files.cert_file()), std::pair("--tls-key-file", files.key_file())}) {
        arguments.emplace_back(name);
        arguments.push_back(file);
    }
    try {
        return std::make_unique<redis_server>(arguments);
    } catch (const std::runtime_error& failure) {
        if (std::string_view(failure.what()).find("Bad directive") != std::string_view::npos)
            return nullptr;
        throw;
    }
}

fullon_cache::config settings_for(const redis_server& server, const certificates& files)
{
    auto settings = support::redis_config(server);
    settings.ssl = true;
    settings.ca_file = files.ca_file();
    return settings;
}

asio::awaitable<std::optional<errc>> failure_of(connection& redis, command one)
{
    std::optional<errc> failure;
    try {
        co_await redis.execute(std::move(one));
    } catch (const cache_error& error) {
        failure = static_cast<errc>(error.code().value());
    }
    co_return failure;
}

// What is written to stderr meanwhile: warnings go there while nobody configured the log.
class captured_stderr {
public:
    captured_stderr() : file_(std::tmpfile()), before_(::dup(STDERR_FILENO))
    {
        ::dup2(::fileno(file_), STDERR_FILENO);
    }
    captured_stderr(const captured_stderr&) = delete;
    captured_stderr& operator=(const captured_stderr&) = delete;
    ~captured_stderr()
    {
        ::dup2(before_, STDERR_FILENO);
        ::close(before_);
        std::fclose(file_);
    }
    std::string text() const
    {
        std::string all(65536, '\0');
        const auto size = ::pread(::fileno(file_), all.data(), all.size(), 0);
        all.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return all;
    }

private:
    std::FILE* file_;
    int before_;
};

// The link stays down, operations say so, and the log says why.
asio::awaitable<void> check_refused(asio::any_io_executor executor, fullon_cache::config settings,
                                    std::string reason)
{
    INFO("wanted: " << reason);
    connection redis(executor, settings);
    std::string logged;
    {
        const captured_stderr log;
        redis.start();
        co_await support::eventually("the reason is logged", [&] {
            logged = log.text();
            return logged.find("Redis link down") != std::string::npos;
        });
    }
    INFO(logged);
    CHECK(logged.find(reason) != std::string::npos);
    CHECK_FALSE(redis.up());
    const auto begin = steady_clock::now();
    const auto failure = co_await failure_of(redis, command("GET", "x"));
    CHECK(failure == errc::unavailable);
    CHECK(steady_clock::now() - begin < 1s * support::patience);
    co_await redis.stop();
}

} // namespace

TEST_CASE("commands, pushes and blocking pops work over TLS, also after a restart of Redis")
{
    certificates files;
    files.make();
    const auto server = secured_redis(files);
    if (!server)
        SKIP("this redis-server was built without TLS");
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        connection redis(executor, settings_for(*server, files));
        redis.start();
        co_await redis.ready();
        fullon_cache::base_cache cache(redis);
        for (int round = 0; round < 3; ++round) {
            const std::string big(3'000'000, static_cast<char>('a' + round));
            co_await redis.execute(command("SET", "big", big));
            const auto found = co_await redis.execute(command("GET", "big"));
            CHECK(found.text == big);
            auto messages = cache.subscribe("channel");
            std::optional<fullon_cache::published> heard;
            while (!heard) { // the subscription begins when it is first asked
                auto next = [&]() -> asio::awaitable<void> { heard = co_await messages.next(); };
                auto say = [&]() -> asio::awaitable<void> {
                    while (!heard) {
                        co_await redis.execute(command("PUBLISH", "channel", "hello"));
                        co_await support::pause(5ms);
                    }
                };
                using namespace asio::experimental::awaitable_operators;
                auto both = next() && say();
                co_await std::move(both);
            }
            CHECK(heard->payload == "hello");
            co_await redis.execute(command("RPUSH", "list", "one"));
            const fullon_cache::base_cache lists(redis);
            const auto popped = co_await lists.blpop("list", 5s);
            CHECK(popped == "one");
            const auto nothing = co_await lists.blpop("list", 10ms);
            CHECK_FALSE(nothing);
            server->kill();
            co_await support::eventually("down", [&] { return !redis.up(); });
            server->start();
            co_await redis.ready(10s * support::patience);
        }
        co_await redis.stop();
    });
}

TEST_CASE("a Redis whose certificate is not good is not spoken to, and the log says why")
{
    certificates files;
    files.make();
    if (!secured_redis(files))
        SKIP("this redis-server was built without TLS");
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        const certificates strangers;
        const auto good = secured_redis(files);
        auto settings = settings_for(*good, files);
        settings.ca_file = strangers.ca_file();
        co_await check_refused(executor, settings, "unable to get local issuer certificate");
        settings.ca_file.clear(); // the system's
        co_await check_refused(executor, settings, "unable to get local issuer certificate");
        settings.ca_file = files.file("none");
        co_await check_refused(executor, settings, "none: No such file or directory");
        settings.ca_file = files.write("empty", "");
        co_await check_refused(executor, settings, "holds no certificates in PEM form");

        certificate_wish wish;
        wish.hosts = {"other.example"};
        files.make(wish);
        auto server = secured_redis(files);
        co_await check_refused(executor, settings_for(*server, files), "IP address mismatch");
        settings = settings_for(*server, files);
        settings.host = "localhost";
        co_await check_refused(executor, settings, "hostname mismatch");
        wish = {};
        wish.days_from = -30;
        wish.days_to = -1;
        files.make(wish);
        server = secured_redis(files);
        co_await check_refused(executor, settings_for(*server, files), "certificate has expired");
    });
}

TEST_CASE("a CA file that is replaced counts from the next attempt on")
{
    certificates files;
    files.make();
    const auto server = secured_redis(files);
    if (!server)
        SKIP("this redis-server was built without TLS");
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        namespace fs = std::filesystem;
        constexpr auto over = fs::copy_options::overwrite_existing;
        auto settings = settings_for(*server, files);
        settings.ca_file = files.file("believed.crt");
        fs::copy_file(files.ca_file(), settings.ca_file);
        connection redis(executor, settings);
        redis.start();
        co_await redis.ready();
        const fullon_cache::base_cache lists(redis);
        co_await lists.blpop("none", 10ms); // over a connection of its own
        server->kill();
        certificates renewed;
        renewed.make();
        fs::copy_file(renewed.cert_file(), files.cert_file(), over);
        fs::copy_file(renewed.key_file(), files.key_file(), over);
        {
            const captured_stderr log;
            server->start();
            co_await support::eventually("the new one is refused", [&] {
                return log.text().find("unable to get local issuer certificate") != std::string::npos;
            });
        }
        CHECK_FALSE(redis.up());
        fs::copy_file(renewed.ca_file(), settings.ca_file, over);
        co_await redis.ready(10s * support::patience);
        const auto none = co_await lists.blpop("none", 10ms);
        CHECK_FALSE(none);
        co_await redis.stop();
    });
}

TEST_CASE("TLS to a Redis without it is an outage with a reason")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const certificates files;
        redis_server plain;
        auto settings = settings_for(plain, files);
        // The handshake has nine tenths of it, and must run out of time clearly before the greeting does.
        settings.connect_timeout = 5s;
        co_await check_refused(executor, settings, "TLS handshake: no answer in time");
    });
}

TEST_CASE("a Redis that wants TLS and is spoken to without it is an outage with a reason")
{
    certificates files;
    files.make();
    const auto server = secured_redis(files);
    if (!server)
        SKIP("this redis-server was built without TLS");
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        auto settings = support::redis_config(*server);
        settings.connect_timeout = 5s * support::patience; // it hangs up, which is no matter of time
        co_await check_refused(executor, settings, "Connection reset by peer");
    });
}

TEST_CASE("a link that is in a TLS handshake which does not go on can be stopped at once")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        using asio::ip::tcp;
        const certificates files;
        tcp::acceptor acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        fullon_cache::config settings;
        settings.host = "localhost";
        settings.port = acceptor.local_endpoint().port();
        settings.ssl = true;
        settings.ca_file = files.ca_file();
        settings.connect_timeout = 60s;
        connection redis(executor, settings);
        redis.start();
        auto first = co_await acceptor.async_accept(asio::use_awaitable);
        std::string hello(2048, ' ');
        co_await first.async_read_some(asio::buffer(hello), asio::use_awaitable);
        CHECK(hello.find("localhost") != std::string::npos); // it says whom it means
        const auto before = steady_clock::now();
        co_await redis.stop();
        CHECK(steady_clock::now() - before < 2s * support::patience);
    });
}
