// wss and https on the server: queries, streams, REST, certificates that are reloaded, and peers that do not do TLS well.
#include "tls_fixture.hpp"

#include "support/redis_cli.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <filesystem>
#include <memory>
#include <vector>

using namespace tls_test;
using fullon_cache_api::configuration_error;

namespace {

const std::string live = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string last = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

// What is neither TLS nor HTTP; or begins like the one or the other.
std::vector<std::string> junk()
{
    std::vector<std::string> made;
    made.emplace_back("hello\r\n\r\n");
    made.emplace_back(100000, '\0');
    made.push_back(std::string("\x16\x03\x01\xff\xff", 5) + std::string(70000, 'x'));
    made.emplace_back("\x16\x03\x01\x00\x05\x01\x00\x00\x01\xff", 10);
    return made;
}

// An answer of half a megabyte.
void seed_big(const secured& on)
{
    support::redis_cli cli(on.world.redis);
    std::vector<std::vector<std::string>> commands;
    for (int i = 0; i < 5000; ++i) {
        std::vector<std::string> words{"HSET", "tickers:big", "S" + std::to_string(i)};
        words.push_back(R"({"price":)" + std::to_string(i + 1) + R"(,"time":1.0,"bid":1.0,"ask":2.0})");
        commands.push_back(words);
    }
    cli.pipeline(commands);
}

// Why the server does not start.
asio::awaitable<std::string> failure_of_start(asio::any_io_executor executor,
                                              fullon_cache_api::server_config settings)
{
    std::string text;
    fullon_cache_api::cache_websocket_server server(executor, settings);
    try {
        co_await server.start();
    } catch (const configuration_error& failure) {
        text = failure.what();
    }
    co_await server.stop();
    co_return text;
}

std::string failure_of_reload(fullon_cache_api::cache_websocket_server& server)
{
    try {
        server.reload_certificates();
    } catch (const configuration_error& failure) {
        return failure.what();
    }
    return {};
}

} // namespace

TEST_CASE("queries and streams work over wss, small and large")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        co_await on.start();
        CHECK(on.world.server->secure());
        seed_big(on);
        auto cache = co_await soon(client::connect(on.world.url(), on.config()));
        co_await check_price(cache, 1.5);
        const auto all = co_await soon(cache.get_all_tickers("big"));
        CHECK(all.size() == 5000);
        auto updates = co_await soon(cache.stream_tickers("okx", "A/B"));
        auto item = co_await soon(updates.next());
        REQUIRE(item);
        CHECK(item->price == 1.5);
        for (int i = 2; i < 50; ++i) {
            co_await on.world.ticks.set_ticker(make_tick("okx", "A/B", i, i));
            item = co_await soon(updates.next());
            REQUIRE(item);
            CHECK(item->price == i);
        }
        co_await soon(cache.close());
        co_await support::eventually("the server lets go",
                                     [&] { return on.world.server->connections() == 0; });
        co_await on.world.stop();
    });
}

TEST_CASE("https serves REST, pipelined and kept, and ends in order")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        co_await on.start();
        tls_peer peer(executor, on.files.ca_file());
        co_await peer.connect(on.port());
        CHECK(peer.protocol() == "TLSv1.3");
        co_await peer.send("GET /api/v1/cache/tickers/okx/A-B HTTP/1.1\r\nHost: localhost\r\n\r\n");
        auto answer = co_await peer.read_until("}");
        CHECK(answer.starts_with("HTTP/1.1 200 "));
        CHECK(has(answer, "1.5"));
        co_await peer.send(live + live + last);
        answer = co_await peer.read_until("never");
        std::size_t count = 0;
        for (std::size_t at = 0; (at = answer.find("HTTP/1.1 200 ", at)) != std::string::npos; ++at)
            ++count;
        CHECK(count == 3);

        tls_peer closed(executor, on.files.ca_file());
        co_await closed.connect(on.port());
        co_await closed.send(last);
        const auto in_order = co_await closed.ended_in_order();
        CHECK(in_order);

        tls_peer asking(executor, on.files.ca_file());
        co_await asking.connect(on.port());
        co_await asking.send("GET /asyncapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        answer = co_await asking.read_until("never");
        CHECK(has(answer, R"("protocol":"wss")"));
        co_await on.world.stop();
    });
}

TEST_CASE("an https connection that was idle for too long is ended in order")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        on.world.settings.keep_alive_timeout = 200ms * support::patience;
        co_await on.start();
        tls_peer idle(executor, on.files.ca_file());
        co_await idle.connect(on.port());
        co_await idle.send(live);
        const auto in_order = co_await idle.ended_in_order();
        CHECK(in_order);
        co_await on.world.stop();
    });
}

TEST_CASE("a second port has the certificate, too")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        on.world.settings.api_port = 0;
        on.world.settings.api_host = "127.0.0.1";
        co_await on.start();
        tls_peer peer(executor, on.files.ca_file());
        co_await peer.connect(on.world.server->api_port());
        co_await peer.send(last);
        const auto answer = co_await peer.read_until("never");
        CHECK(answer.starts_with("HTTP/1.1 200 "));
        tls_peer other(executor, on.files.ca_file());
        co_await other.connect(on.port());
        co_await other.send(last);
        const auto same = co_await other.read_until("never");
        CHECK(same.starts_with("HTTP/1.1 200 "));
        co_await on.world.stop();
    });
}

TEST_CASE("TLS 1.2 is agreed on with forward secrecy and authenticated encryption only")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        co_await on.start();
        struct offer {
            bool rsa;
            std::string suites;
            bool taken;
        };
        const std::vector<offer> offers{{false, "ECDHE-ECDSA-AES128-GCM-SHA256", true},
                                        {false, "ECDHE-ECDSA-CHACHA20-POLY1305", true},
                                        {false, "ECDHE-ECDSA-AES128-SHA", false},
                                        {false, "ECDHE-ECDSA-AES256-SHA384", false},
                                        {true, "ECDHE-RSA-AES256-GCM-SHA384", true},
                                        {true, "AES128-GCM-SHA256:AES256-GCM-SHA384", false},
                                        {true, "AES128-SHA:AES256-SHA256", false},
                                        {true, "ECDHE-RSA-AES128-SHA", false}};
        for (const auto& one : offers) {
            certificate_wish wish;
            wish.rsa = one.rsa;
            on.use(wish);
            on.world.server->reload_certificates();
            tls_peer peer(executor, on.files.ca_file());
            peer.offer_only(one.suites);
            bool taken = true;
            try {
                co_await peer.connect(on.port());
            } catch (const system_error&) {
                taken = false;
            }
            INFO(one.suites);
            CHECK(taken == one.taken);
        }
        co_await on.world.stop();
    });
}

TEST_CASE("a TLS handshake that is not finished counts as a connection")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        on.world.settings.max_connections = 2;
        co_await on.start();
        http_peer silent(executor);
        co_await silent.connect(on.port());
        http_peer begun(executor);
        co_await begun.connect(on.port());
        co_await begun.send(std::string("\x16\x03\x01", 3));
        tls_peer third(executor, on.files.ca_file());
        co_await third.connect(on.port());
        co_await third.send("GET /info HTTP/1.1\r\nHost: localhost\r\n\r\n");
        auto answer = co_await third.read_until("never");
        CHECK(answer.starts_with("HTTP/1.1 503 "));
        silent.socket().close();
        begun.socket().close();
        tls_peer fourth(executor, on.files.ca_file());
        co_await fourth.connect(on.port());
        co_await fourth.send(last);
        answer = co_await fourth.read_until("never");
        CHECK(answer.starts_with("HTTP/1.1 200 "));
        co_await on.world.stop();
    });
}

TEST_CASE("who speaks in the clear to a TLS port is told so and let go, others notice nothing")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        co_await on.start();
        auto cache = co_await soon(client::connect(on.world.url(), on.config()));
        http_peer plain(executor);
        co_await plain.connect(on.port());
        const auto reply = co_await plain.get("/health/live");
        CHECK(reply.status == 400);
        CHECK(has(reply.body, "served over TLS only: use https:// or wss://"));
        const auto rest = co_await plain.read_to_end();
        CHECK(rest == 0);

        const auto text = co_await refusal_of("ws://127.0.0.1:" + std::to_string(on.port()), client_config());
        CHECK(has(text, "declined"));

        for (const auto& bytes : junk()) {
            support::websocket_peer peer(executor);
            co_await peer.connect(on.port());
            co_await peer.try_send_raw(bytes);
            co_await peer.read_to_end(); // at most an alert
            co_await check_price(cache, 1.5);
        }
        co_await soon(cache.close());
        co_await on.world.stop();
    });
}

TEST_CASE("a TLS client that takes nothing of its answers is cut")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        on.world.settings.slow_consumer_timeout = 300ms * support::patience;
        co_await on.start();
        seed_big(on);
        tls_peer greedy(executor, on.files.ca_file());
        co_await greedy.connect(on.port());
        std::string requests;
        for (int i = 0; i < 100; ++i)
            requests += "GET /api/v1/cache/tickers/big HTTP/1.1\r\nHost: localhost\r\n\r\n";
        co_await greedy.send(requests);
        co_await support::eventually(
            "it is cut", [&] { return on.world.server->metrics().connections.slow_consumers_cut == 1; });
        const auto in_order = co_await greedy.ended_in_order();
        CHECK_FALSE(in_order);
        co_await on.world.stop();
    });
}

TEST_CASE("handshakes that do not go on are cut at the deadline, and hold up nobody")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        on.world.settings.handshake_timeout = 500ms * support::patience;
        co_await on.start();
        std::vector<std::unique_ptr<http_peer>> stuck;
        for (int i = 0; i < 50; ++i) {
            stuck.push_back(std::make_unique<http_peer>(executor));
            co_await stuck.back()->connect(on.port());
            if (i % 2) // the head of a ClientHello
                co_await stuck.back()->send(std::string("\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03", 11));
        }
        const auto begin = std::chrono::steady_clock::now();
        auto cache = co_await soon(client::connect(on.world.url(), on.config()));
        co_await check_price(cache, 1.5);
        CHECK(std::chrono::steady_clock::now() - begin < 400ms * support::patience);
        for (const auto& one : stuck)
            co_await one->read_to_end();
        co_await check_price(cache, 1.5);
        co_await soon(cache.close());
        co_await on.world.stop();
    });
}

TEST_CASE("the server stops in time with TLS connections in every state")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        co_await on.start();
        http_peer silent(executor);
        co_await silent.connect(on.port());
        tls_peer idle(executor, on.files.ca_file());
        co_await idle.connect(on.port());
        {
            tls_peer vanishing(executor, on.files.ca_file());
            co_await vanishing.connect(on.port());
            co_await vanishing.send("GET / HT");
        }
        auto config = on.config();
        config.backoff_min = config.backoff_max = 1h;
        auto cache = co_await soon(client::connect(on.world.url(), config));
        auto events = cache.events();
        const auto begin = std::chrono::steady_clock::now();
        co_await soon(on.world.stop());
        CHECK(std::chrono::steady_clock::now() - begin < 2s * support::patience);
        const auto event = co_await soon(events.next());
        REQUIRE(event);
        CHECK(has(event->text, "1001"));
        co_await cache.close();
    });
}

TEST_CASE("a certificate that is reloaded is for new connections, old ones go on; a bad one changes nothing")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        secured on(executor);
        const auto first = on.use(certificate_wish());
        co_await on.start();
        auto served = co_await served_serial(executor, on);
        CHECK(served == first);
        auto cache = co_await soon(client::connect(on.world.url(), on.config()));
        auto updates = co_await soon(cache.stream_tickers("okx", "A/B"));
        co_await soon(updates.next());
        auto events = cache.events();

        const auto second = on.use(certificate_wish());
        served = co_await served_serial(executor, on);
        CHECK(served == first);
        CHECK(failure_of_reload(*on.world.server).empty());
        served = co_await served_serial(executor, on);
        CHECK(served == second);
        CHECK(second != first);

        on.files.write("server.key", "no key");
        auto text = failure_of_reload(*on.world.server);
        CHECK(has(text, "TLS_KEY_FILE"));
        CHECK(has(text, on.files.key_file()));
        certificate_wish other;
        other.name = "other";
        on.files.make(other);
        std::filesystem::copy_file(on.files.key_file("other"), on.files.key_file(),
                                   std::filesystem::copy_options::overwrite_existing);
        text = failure_of_reload(*on.world.server);
        CHECK(has(text, "key values mismatch"));
        std::filesystem::remove(on.files.cert_file());
        text = failure_of_reload(*on.world.server);
        CHECK(has(text, on.files.cert_file()));
        CHECK(has(text, "No such file"));
        served = co_await served_serial(executor, on);
        CHECK(served == second);

        co_await on.world.ticks.set_ticker(make_tick("okx", "A/B", 2.5, 2));
        const auto item = co_await soon(updates.next());
        REQUIRE(item);
        CHECK(item->price == 2.5);
        CHECK_FALSE(item->resync); // on the connection that was there
        co_await soon(cache.close());
        co_await on.world.stop();
    });
}

TEST_CASE(
    "a certificate or key that cannot be used keeps the server from starting, with the file and the reason")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        certificates files;
        files.make();
        certificate_wish wish;
        wish.name = "locked";
        wish.passphrase = "word";
        files.make(wish);
        wish.name = "other";
        wish.passphrase.clear();
        files.make(wish);
        const auto junk =
            files.write("junk", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        struct bad {
            std::string certificate, key, said, reason;
        };
        const std::vector<bad> cases{
            {files.file("none"), files.key_file(), "TLS_CERT_FILE", "No such file or directory"},
            {files.file("."), files.key_file(), "TLS_CERT_FILE", "Is a directory"},
            {junk, files.key_file(), "TLS_CERT_FILE", "PEM form"},
            {files.key_file(), files.key_file(), "TLS_CERT_FILE", "in PEM form"},
            {files.cert_file(), files.file("none"), "TLS_KEY_FILE", "No such file or directory"},
            {files.cert_file(), files.cert_file(), "TLS_KEY_FILE", "PEM form"},
            {files.cert_file(), files.key_file("other"), "TLS_KEY_FILE", "key values mismatch"},
            {files.cert_file("locked"), files.key_file("locked"), "TLS_KEY_FILE", "passphrase"},
            {files.cert_file(), "", "TLS_KEY_FILE", "when TLS_CERT_FILE is set"},
            {"", files.key_file(), "TLS_CERT_FILE", "when TLS_KEY_FILE is set"},
        };
        for (const auto& one : cases) {
            fullon_cache_api::server_config settings;
            settings.host = "127.0.0.1";
            settings.port = 0;
            settings.tls_cert_file = one.certificate;
            settings.tls_key_file = one.key;
            const auto text = co_await failure_of_start(executor, settings);
            INFO(text << " / wanted: " << one.reason);
            CHECK(text.starts_with(one.said + ":"));
            CHECK(has(text, one.reason));
            const auto& file = one.said == "TLS_KEY_FILE" ? one.key : one.certificate;
            CHECK(has(text, file));
        }
    });
}
