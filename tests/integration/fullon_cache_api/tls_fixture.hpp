// A server with a certificate, and clients that believe its issuer.
#pragma once

#include "support/async_test.hpp"
#include "support/certificates.hpp"
#include "support/http_peer.hpp"
#include "support/served_redis.hpp"
#include "support/tls_peer.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_coro/deadline.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace tls_test {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using boost::system::system_error;
using fullon_cache_api::client;
using fullon_cache_api::client_config;
using support::certificate_wish;
using support::certificates;
using support::http_peer;
using support::make_tick;
using support::served_redis;
using support::tls_peer;

struct secured {
    explicit secured(asio::any_io_executor executor) : world(std::move(executor)) { use(certificate_wish()); }

    /// Makes a certificate for the next start of the server, or for when it reads it again. \returns its serial number.
    std::string use(certificate_wish wish)
    {
        world.settings.tls_cert_file = files.cert_file();
        world.settings.tls_key_file = files.key_file();
        wish.name = "server";
        return files.make(wish);
    }

    asio::awaitable<void> start()
    {
        co_await world.start();
        co_await support::eventually("the server has its Redis", [&] { return world.server->redis_up(); });
        co_await world.ticks.set_ticker(make_tick("okx", "A/B", 1.5, 1));
    }

    std::uint16_t port() const { return world.settings.port; }

    client_config config() const
    {
        client_config made;
        made.ca_file = files.ca_file();
        made.backoff_min = 1ms;
        made.backoff_max = 20ms;
        return made;
    }

    certificates files;
    served_redis world;
};

template <class T>
asio::awaitable<T> soon(asio::awaitable<T> call)
{
    return fullon_coro::with_deadline(10s * support::patience, std::move(call));
}

/// Why a client does not connect; empty: it does.
inline asio::awaitable<std::string> refusal_of(std::string url, client_config config)
{
    std::string text;
    try {
        auto cache = co_await soon(client::connect(url, config));
        co_await cache.close();
    } catch (const system_error& failure) {
        text = failure.what();
    }
    co_return text;
}

inline bool has(const std::string& text, const std::string& words)
{
    return text.find(words) != std::string::npos;
}

inline asio::awaitable<void> check_price(client& cache, double price)
{
    const auto found = co_await soon(cache.get_ticker("okx", "A/B"));
    REQUIRE(found);
    CHECK(found->price == price);
}

/// The serial number of the certificate that a new connection is shown.
inline asio::awaitable<std::string> served_serial(asio::any_io_executor executor, const secured& on)
{
    tls_peer peer(executor, on.files.ca_file());
    co_await peer.connect(on.port());
    co_return peer.serial();
}

} // namespace tls_test
