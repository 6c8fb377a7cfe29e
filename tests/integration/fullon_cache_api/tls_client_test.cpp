// wss on the client: which certificates it believes, what it says of the others, and how it goes on.
#include "tls_fixture.hpp"

#include <fullon_cache_api/client_event.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <filesystem>
#include <vector>

using namespace tls_test;
using fullon_cache_api::client_event;

namespace {

struct offer {
    certificate_wish certificate;
    std::string reason; // empty: it is believed
};

std::vector<offer> offers()
{
    std::vector<offer> made;
    made.push_back({certificate_wish(), ""});
    certificate_wish wish;
    wish.intermediate = true;
    made.push_back({wish, ""});
    wish = {};
    wish.hosts = {"127.0.0.1"};
    made.push_back({wish, ""});
    wish.hosts = {"127.0.0.2", "localhost", "other.example"};
    made.push_back({wish, "IP address mismatch"});
    wish = {};
    wish.days_from = -30;
    wish.days_to = -1;
    made.push_back({wish, "certificate has expired"});
    wish.days_from = 1;
    wish.days_to = 30;
    made.push_back({wish, "certificate is not yet valid"});
    wish = {};
    wish.self_signed = true;
    made.push_back({wish, "self-signed certificate"});
    return made;
}

} // namespace

TEST_CASE("a client refuses each kind of bad certificate, and says which it is")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        co_await on.start();
        for (const auto& one : offers()) {
            on.use(one.certificate);
            on.world.server->reload_certificates();
            const auto text = co_await refusal_of(on.world.url(), on.config());
            INFO(text << " / wanted: " << one.reason);
            if (one.reason.empty())
                CHECK(text.empty());
            else {
                CHECK(text.starts_with("connecting to " + on.world.url() +
                                       ": TLS: the certificate is refused: "));
                CHECK(has(text, one.reason));
            }
        }
        co_await on.world.stop();
    });
}

TEST_CASE("names are checked as addresses are")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        on.world.settings.host = "localhost";
        co_await on.start();
        const auto url = "wss://localhost:" + std::to_string(on.port());
        auto text = co_await refusal_of(url, on.config());
        CHECK(text.empty());
        certificate_wish wish;
        wish.hosts = {"other.example", "127.0.0.1", "::1"};
        on.use(wish);
        on.world.server->reload_certificates();
        text = co_await refusal_of(url, on.config());
        CHECK(has(text, "hostname mismatch"));
        wish.hosts.clear();
        for (const std::string subject : {"server", "localhost"}) { // which is for people
            wish.subject = subject;
            on.use(wish);
            on.world.server->reload_certificates();
            text = co_await refusal_of(url, on.config());
            CHECK(has(text, "hostname mismatch"));
        }
        co_await on.world.stop();
    });
}

TEST_CASE("only the issuers of ca_file, or of the system, are believed")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        co_await on.start();
        auto config = on.config();
        config.ca_file.clear();
        auto text = co_await refusal_of(on.world.url(), config);
        CHECK(has(text, "unable to get local issuer certificate"));
        const certificates strangers;
        config.ca_file = strangers.ca_file();
        text = co_await refusal_of(on.world.url(), config);
        CHECK(has(text, "unable to get local issuer certificate"));
        config.ca_file = on.files.cert_file(); // the server's own
        text = co_await refusal_of(on.world.url(), config);
        CHECK(text.empty());
        config.ca_file = on.files.file("none");
        text = co_await refusal_of(on.world.url(), config);
        CHECK(has(text, config.ca_file));
        CHECK(has(text, "No such file or directory"));
        config.ca_file = on.files.write("empty.crt", "nothing\n");
        text = co_await refusal_of(on.world.url(), config);
        CHECK(has(text, "holds no certificates in PEM form"));

        certificate_wish wish;
        wish.self_signed = true;
        on.use(wish);
        on.world.server->reload_certificates();
        config.ca_file = on.files.cert_file();
        text = co_await refusal_of(on.world.url(), config);
        CHECK(text.empty());
        co_await on.world.stop();
    });
}

TEST_CASE("a client of a port without TLS learns so soon, and the server does not care")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        on.world.settings.tls_cert_file.clear();
        on.world.settings.tls_key_file.clear();
        co_await on.start();
        auto cache = co_await soon(client::connect(on.world.url(), on.config()));
        const auto begin = std::chrono::steady_clock::now();
        const auto text = co_await refusal_of("wss://127.0.0.1:" + std::to_string(on.port()), on.config());
        CHECK(has(text, "TLS: the other side does not speak it on this port"));
        CHECK(std::chrono::steady_clock::now() - begin < 2s * support::patience);
        co_await check_price(cache, 1.5);
        co_await soon(cache.close());
        co_await on.world.stop();
    });
}

TEST_CASE("a server that never answers the handshake, or hangs up in it, ends in a clear error")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        using asio::ip::tcp;
        const certificates files;
        client_config config;
        config.ca_file = files.ca_file();
        config.connect_timeout = 100ms * support::patience;
        tcp::acceptor acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        const auto url = "wss://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
        auto text = co_await refusal_of(url, config); // the kernel has accepted it
        CHECK(has(text, "timed out"));

        auto abandoned = co_await acceptor.async_accept(asio::use_awaitable);
        config.connect_timeout = 10s * support::patience;
        const auto named = "wss://localhost:" + std::to_string(acceptor.local_endpoint().port());
        std::string said;
        std::string hello;
        auto hang_up = [&]() -> asio::awaitable<void> {
            auto socket = co_await acceptor.async_accept(asio::use_awaitable);
            hello.resize(2048);
            const auto size = co_await socket.async_read_some(asio::buffer(hello), asio::use_awaitable);
            hello.resize(size);
        };
        auto connect = [&]() -> asio::awaitable<void> { said = co_await refusal_of(named, config); };
        using namespace asio::experimental::awaitable_operators;
        auto both = hang_up() && connect();
        co_await std::move(both);
        CHECK(has(hello, "localhost")); // it says whom it means
        CHECK(has(said, "TLS handshake"));
    });
}

TEST_CASE("a client whose server comes back with a bad certificate tries on until it is a good one")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        co_await on.start();
        auto cache = co_await soon(client::connect(on.world.url(), on.config()));
        auto events = cache.events();
        auto updates = co_await soon(cache.stream_tickers("okx", "A/B"));
        co_await soon(updates.next());
        certificate_wish wish;
        wish.days_from = -30;
        wish.days_to = -1;
        on.use(wish);
        on.world.kill_server();
        co_await on.world.start_server();
        auto event = co_await soon(events.next());
        REQUIRE(event);
        CHECK(event->type == client_event::kind::disconnected);
        // It connects, sees the certificate and goes, several times.
        co_await support::pause(100ms * support::patience);
        CHECK(on.world.server->connections() == 0);
        on.use(certificate_wish());
        on.world.server->reload_certificates();
        event = co_await soon(events.next());
        REQUIRE(event);
        CHECK(event->type == client_event::kind::connected);
        co_await support::eventually("Redis", [&] { return on.world.server->redis_up(); });
        co_await on.world.ticks.set_ticker(make_tick("okx", "A/B", 7, 7));
        double price = 0;
        while (price != 7) {
            const auto item = co_await soon(updates.next());
            REQUIRE(item);
            price = item->price;
        }
        co_await soon(cache.close());
        co_await on.world.stop();
    });
}

TEST_CASE("a client whose CA file is replaced believes the new one when it connects again")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        co_await on.start();
        auto config = on.config();
        config.ca_file = on.files.file("believed.crt");
        std::filesystem::copy_file(on.files.ca_file(), config.ca_file);
        auto cache = co_await soon(client::connect(on.world.url(), config));
        auto events = cache.events();
        certificates renewed;
        renewed.make();
        on.world.settings.tls_cert_file = renewed.cert_file();
        on.world.settings.tls_key_file = renewed.key_file();
        on.world.kill_server();
        co_await on.world.start_server();
        auto event = co_await soon(events.next());
        REQUIRE(event);
        CHECK(event->type == client_event::kind::disconnected);
        std::filesystem::rename(renewed.ca_file(), config.ca_file);
        event = co_await soon(events.next());
        REQUIRE(event);
        CHECK(event->type == client_event::kind::connected);
        co_await soon(cache.close());
        co_await on.world.stop();
    });
}
