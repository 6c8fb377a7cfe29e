// Everything that a client must not send: each gets a clear answer or the right close code, and nobody else notices.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/websocket_peer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using namespace std::string_literals;
using support::close_payload;
using support::frame_head;
using support::make_frame;
using support::make_frame_head;
using support::make_tick;
using support::opcode;
using support::received_frame;
using support::request_text;
using support::served_redis;
using support::upgrade_request;
using support::websocket_peer;

std::string text_in(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

constexpr frame_head head(opcode code, bool final = true, bool masked = true, unsigned char reserved = 0)
{
    return {.code = code, .final = final, .masked = masked, .reserved = reserved};
}

// A client that does nothing wrong: its stream must go on whatever others do.
class bystander {
public:
    explicit bystander(served_redis& world) : world_(world), peer_(world.executor) {}

    asio::awaitable<void> start()
    {
        co_await world_.ticks.set_ticker(make_tick("okx", "BTC/USDT", price_, price_));
        co_await peer_.open(world_.settings.port);
        co_await peer_.ask("stream_tickers", R"({"exchange":"okx","symbols":["BTC/USDT"]})");
        co_await peer_.read_until("type", "snapshot_end");
    }

    // A write arrives, as the next message and with the next id: nothing was lost or cut off.
    asio::awaitable<void> check()
    {
        ++price_;
        co_await world_.ticks.set_ticker(make_tick("okx", "BTC/USDT", price_, price_));
        const auto update = co_await peer_.read_json();
        INFO(json::serialize(update));
        CHECK(text_in(update, "type") == "ticker_update");
        CHECK(update.at("price").to_number<double>() == price_);
        CHECK(update.at("update_id").to_number<double>() == price_ - 1);
    }

    void leave() { peer_.hang_up(); }

private:
    served_redis& world_;
    websocket_peer peer_;
    int price_ = 1;
};

struct bad_frames {
    std::string name;
    std::string bytes;
    int close_code;
    int or_code = 0; ///< where RFC 6455 leaves the choice
};

const std::string good_request = request_text("1", "list_streams");
const std::string euro = "\xe2\x82\xac";

const std::vector<bad_frames> breaking{
    {"unmasked text", make_frame(good_request, head(opcode::text, true, false)), 1002},
    {"unmasked ping", make_frame("x", head(opcode::ping, true, false)), 1002},
    {"RSV1", make_frame(good_request, head(opcode::text, true, true, 4)), 1002},
    {"RSV2", make_frame(good_request, head(opcode::text, true, true, 2)), 1002},
    {"RSV3 in a control frame", make_frame("x", head(opcode::ping, true, true, 1)), 1002},
    {"reserved opcode 3", make_frame("x", head(static_cast<opcode>(3))), 1002},
    {"reserved opcode 7", make_frame("x", head(static_cast<opcode>(7))), 1002},
    {"reserved opcode 11", make_frame("x", head(static_cast<opcode>(11))), 1002},
    {"reserved opcode 15", make_frame("x", head(static_cast<opcode>(15))), 1002},
    {"ping of 126 bytes", make_frame(std::string(126, 'p'), head(opcode::ping)), 1002},
    {"ping that announces 64 bits of length", make_frame_head(1U << 20, 64, head(opcode::ping)), 1002},
    {"fragmented ping", make_frame("x", head(opcode::ping, false)), 1002},
    {"fragmented close", make_frame(close_payload(1000), head(opcode::close, false)), 1002},
    {"continuation of nothing", make_frame("x", head(opcode::continuation)), 1002},
    {"text inside a fragmented text",
     make_frame("{", head(opcode::text, false)) + make_frame(good_request, head(opcode::text)), 1002},
    {"length 5 in 16 bits", make_frame_head(5, 16) + "hello", 1002},
    {"length 5 in 64 bits", make_frame_head(5, 64) + "hello", 1002},
    {"close with one byte", make_frame("x", head(opcode::close)), 1002},
    {"close with code 999", make_frame(close_payload(999), head(opcode::close)), 1002},
    {"close with code 1005", make_frame(close_payload(1005), head(opcode::close)), 1002},
    {"close with code 1006", make_frame(close_payload(1006), head(opcode::close)), 1002},
    {"close with a reason that is not UTF-8", make_frame(close_payload(1000, "\xff"), head(opcode::close)),
     1007, 1002},
    {"a byte that is no UTF-8", make_frame("{\"operation\":\"\xff\"}"), 1007},
    {"overlong UTF-8", make_frame("\xc0\xaf"), 1007},
    {"a surrogate in UTF-8", make_frame("\xed\xa0\x80"), 1007},
    {"beyond U+10FFFF", make_frame("\xf4\x90\x80\x80"), 1007},
    {"half a character at the end", make_frame(euro.substr(0, 2)), 1007},
    {"half a character at the end of the last fragment",
     make_frame("x", head(opcode::text, false)) + make_frame(euro.substr(0, 1), head(opcode::continuation)),
     1007},
    {"UTF-8 broken across fragments",
     make_frame(euro.substr(0, 2), head(opcode::text, false)) + make_frame("x", head(opcode::continuation)),
     1007},
    {"binary", make_frame(good_request, head(opcode::binary)), 1003},
    {"empty binary", make_frame("", head(opcode::binary)), 1003},
    {"binary in fragments",
     make_frame("{", head(opcode::binary, false)) + make_frame("}", head(opcode::continuation)), 1003},
    {"one byte more than is thrown away", make_frame_head(16 * 1024 * 1024 + 1, 64), 1009},
    {"an announcement of 1 GiB", make_frame_head(1U << 30, 64), 1009},
    {"an announcement of 2^62 bytes", make_frame_head(std::uint64_t(1) << 62, 64), 1009},
    {"too much in fragments",
     make_frame(std::string(16'000'000, ' '), head(opcode::text, false)) +
         make_frame(std::string(1'000'000, ' '), head(opcode::continuation)),
     1009},
    {"17 MB of garbage", make_frame(std::string(17'000'000, '\x7f')), 1009},
    {"an ordinary close", make_frame(close_payload(1000, "bye"), head(opcode::close)), 1000},
    {"a close without a code", make_frame("", head(opcode::close)), 1000, 1005},
};

struct bad_http {
    std::string name;
    std::string bytes;
    unsigned status;
};

std::string without_line(std::string request, std::string_view name)
{
    const auto begin = request.find(name);
    return request.erase(begin, request.find("\r\n", begin) + 2 - begin);
}

std::string replaced(std::string request, std::string_view from, std::string_view to)
{
    return request.replace(request.find(from), from.size(), to);
}

const std::vector<bad_http> refused{
    {"a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s + std::string(40, '\x11') + "\r\n\r\n",
     400},
    {"garbage", "\x01\x02\xff\xfe garbage\r\n\r\n", 400},
    {"no HTTP version", "GET /\r\n\r\n", 400},
    {"HTTP of the future", replaced(upgrade_request(), "HTTP/1.1", "HTTP/7.3"), 400},
    {"a header line without a colon", upgrade_request("/", "nonsense\r\n"), 400},
    {"a plain GET of nothing", "GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404},
    {"a POST", replaced(upgrade_request(), "GET", "POST"), 426},
    {"HTTP/1.0", replaced(upgrade_request(), "HTTP/1.1", "HTTP/1.0"), 426},
    {"no Upgrade", without_line(upgrade_request("/none", "Connection: close\r\n"), "Upgrade: websocket"),
     404},
    {"no Connection", without_line(upgrade_request(), "Connection:"), 426},
    {"an upgrade to something else",
     replaced(upgrade_request("/none", "Connection: close\r\n"), "websocket", "h2c"), 404},
    {"another path", upgrade_request("/other"), 403},
    {"a path below", upgrade_request("/ws/"), 403},
    {"a path upwards", upgrade_request("/ws/../ws"), 403},
    {"a strange origin", upgrade_request("/", "Origin: https://evil.test\r\n"), 403},
    {"an origin that is none", upgrade_request("/", "Origin: null\r\n"), 403},
    {"no key", without_line(upgrade_request(), "Sec-WebSocket-Key:"), 400},
    {"no version", without_line(upgrade_request(), "Sec-WebSocket-Version:"), 426},
    {"a key of another length", replaced(upgrade_request(), "dGhlIHNhbXBsZSBub25jZQ==", "eA=="), 400},
    {"an older version", replaced(upgrade_request(), "Version: 13", "Version: 8"), 426},
    {"a header of 9 KiB", upgrade_request("/", "X: " + std::string(9000, 'x') + "\r\n"), 431},
    {"a path of 9 KiB", upgrade_request("/" + std::string(9000, 'x')), 414},
    {"a thousand header lines",
     upgrade_request("/",
                     [] {
                         std::string lines;
                         for (int i = 0; i < 1000; ++i)
                             lines += "X-" + std::to_string(i) + ": y\r\n";
                         return lines;
                     }()),
     431},
    {"a frame before the answer", upgrade_request() + make_frame(good_request), 400},
    {"a body", upgrade_request("/", "Content-Length: 5\r\n") + "hello", 400},
};

struct bad_text {
    std::string name;
    std::string text;
};

std::string nested(int depth)
{
    // The object itself is the first level.
    return R"({"request_id":1,"operation":"list_streams","x":)" +
           std::string(static_cast<std::size_t>(depth - 1), '[') +
           std::string(static_cast<std::size_t>(depth - 1), ']') + "}";
}

const std::vector<bad_text> malformed{
    {"nothing", ""},
    {"a blank", " "},
    {"half an object", "{"},
    {"garbage", "garbage"},
    {"a list", R"([{"operation":"ping"}])"},
    {"a number", "5"},
    {"null", "null"},
    {"a text", R"("ping")"},
    {"NaN", "NaN"},
    {"a byte order mark", "\xef\xbb\xbf" + good_request},
    {"two documents", good_request + good_request},
    {"something behind", good_request + "x"},
    {"single quotes", "{'operation':'ping'}"},
    {"a trailing comma", R"({"operation":"ping",})"},
    {"a comment", R"({"operation":"ping"/**/})"},
    {"a raw control character", "{\"operation\":\"pi\x01ng\"}"},
    {"a raw NUL", "{\"operation\":\"ping\"}"s + '\0'},
    {"a number with a leading zero", R"({"operation":"ping","x":01})"},
    {"33 levels", nested(33)},
    {"100000 levels of lists", std::string(100'000, '[')},
    {"100000 levels inside", nested(100'000)},
    {"100000 levels of objects",
     [] {
         std::string text;
         for (int i = 0; i < 100'000; ++i)
             text += R"({"a":)";
         return text;
     }()},
    {"10 MB of garbage", std::string(10'000'000, 'x')},
    {"10 MB of an unfinished text", R"({"operation":")" + std::string(10'000'000, 'x')},
};

const std::vector<bad_text> understood_but_refused{
    {"INVALID_OPERATION", R"({"operation":")" + std::string(60'000, 'x') + R"("})"},
    {"INVALID_OPERATION", R"({"operation":"x)" + euro + euro + euro + euro + euro + euro + euro + euro +
                              euro + euro + euro + euro + euro + euro + euro + euro + euro + euro + euro +
                              euro + euro + euro + R"("})"},
    {"INVALID_OPERATION", R"({"operation":"pi\u0000ng"})"},
    {"INVALID_OPERATION", R"({"operation":123456789012345678901234567890123456789012345678901234567890})"},
    {"INVALID_PARAMS", R"({"request_id":-Infinity,"operation":"ping"})"},
    {"INVALID_PARAMS", R"({"request_id":NaN,"operation":"ping"})"},
    {"INVALID_PARAMS", R"({"operation":"ping","params":)" + std::string(200, '9') + "}"},
    {"INVALID_PARAMS", R"({"operation":"get_ticker","params":{"exchange":1e400,"symbol":"A"}})"},
    {"INVALID_PARAMS", R"({"operation":"ping","params":{")" + std::string(60'000, 'x') + R"(":1}})"},
};

// What a connection does to a server before it is gone.
enum class leaving {
    after_connecting,
    inside_the_header,
    after_the_upgrade,
    inside_a_frame,
    with_requests,
    with_a_stream
};

asio::awaitable<void> leave(served_redis& world, leaving when)
{
    websocket_peer peer(world.executor);
    co_await peer.connect(world.settings.port, 4096);
    if (when == leaving::after_connecting) {
        peer.vanish();
        co_return;
    }
    if (when == leaving::inside_the_header) {
        co_await peer.send_raw(upgrade_request().substr(0, 60));
        peer.vanish();
        co_return;
    }
    const auto answer = co_await peer.ask_http(upgrade_request());
    CHECK(answer.status == 101);
    if (when == leaving::inside_a_frame)
        co_await peer.send_raw(make_frame(good_request).substr(0, 20));
    if (when == leaving::with_requests)
        for (int i = 0; i < 20; ++i)
            co_await peer.send_text(
                request_text(std::to_string(i), "get_all_tickers", R"({"exchange":"big"})"));
    if (when == leaving::with_a_stream)
        co_await peer.send_text(request_text("1", "stream_tickers", R"({"exchange":"big"})"));
    peer.vanish();
}

void store_big_exchange(const support::redis_server& redis, int symbols)
{
    support::redis_cli cli(redis);
    std::vector<std::vector<std::string>> writes;
    for (int i = 0; i < symbols; ++i) {
        const std::string symbol = "S" + std::to_string(i);
        writes.push_back(support::redis_words("HSET", "tickers:big", symbol,
                                              fullon_orm::to_json(make_tick("big", symbol, i, 1)))
                             .list());
    }
    cli.pipeline(writes);
}

asio::awaitable<void> no_one_else_is_left(served_redis& world, std::size_t others = 1)
{
    co_await support::eventually("only the bystander is connected",
                                 [&world, others] { return world.server->connections() == others; });
}

std::string random_bytes(std::mt19937& random, std::size_t most)
{
    std::string bytes(random() % most, '\0');
    for (auto& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

// A request with some of its bytes changed, some frames of it broken.
std::string random_frames(std::mt19937& random)
{
    static const std::vector<std::string> seeds{
        good_request, request_text("2", "get_ticker", R"({"exchange":"okx","symbol":"BTC/USDT"})"),
        request_text("3", "stream_tickers", R"({"exchange":"okx"})"),
        request_text("4", "unsubscribe", R"({"stream_key":"s1"})"), nested(20)};
    std::string out;
    for (unsigned frames = random() % 6 + 1; frames != 0; --frames) {
        std::string text = seeds[random() % seeds.size()];
        for (unsigned changes = random() % 3; changes != 0; --changes)
            text[random() % text.size()] =
                static_cast<char>(random() % 4 == 0 ? random() : ' ' + random() % 95);
        const unsigned kind = random() % 10;
        frame_head how;
        if (kind == 0)
            how.code = static_cast<opcode>(random() % 16);
        how.final = random() % 8 != 0;
        how.masked = random() % 12 != 0;
        how.reserved = random() % 12 == 0 ? random() % 8 : 0;
        std::string frame = make_frame(text, how);
        if (random() % 8 == 0)
            frame.resize(random() % frame.size());
        if (random() % 8 == 0)
            frame[random() % frame.size()] = static_cast<char>(random());
        out += frame;
    }
    return out;
}

} // namespace

TEST_CASE("frames that break the WebSocket protocol close with the right code, and only their own connection")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        bystander other(world);
        co_await other.start();
        for (const auto& one : breaking) {
            INFO(one.name);
            websocket_peer peer(executor);
            co_await peer.open(world.settings.port);
            co_await peer.try_send_raw(one.bytes); // the server may have closed before it has all
            const auto code = co_await peer.read_close();
            if (code.value_or(0) != one.or_code)
                CHECK(code.value_or(0) == one.close_code);
            co_await other.check();
        }
        co_await no_one_else_is_left(world);
        other.leave();
        co_await world.stop();
    });
}

TEST_CASE("unusual frames that keep to the protocol are served")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);

        // In fragments of one byte, with a ping and an unasked pong between them.
        std::string bytes;
        const std::string text = R"({"request_id":"€","operation":"list_streams"})";
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto code = i == 0 ? opcode::text : opcode::continuation;
            bytes += make_frame(text.substr(i, 1), head(code, i + 1 == text.size()));
            if (i == 20)
                bytes += make_frame(std::string(125, 'p'), head(opcode::ping)) +
                         make_frame("?", head(opcode::pong));
        }
        co_await peer.send_raw(bytes);
        const auto pong = co_await peer.read_frame();
        CHECK(pong.code == opcode::pong);
        CHECK(pong.payload == std::string(125, 'p'));
        auto answer = co_await peer.read_json();
        CHECK(text_in(answer, "request_id") == euro);

        // Empty fragments before and behind; byte after byte; many in one packet; the largest that is allowed.
        co_await peer.send_raw(make_frame("", head(opcode::text, false)) +
                               make_frame(good_request, head(opcode::continuation, false)) +
                               make_frame("", head(opcode::continuation)));
        answer = co_await peer.read_json();
        CHECK(answer.at("success") == true);
        const std::string slow = make_frame(good_request);
        for (const char byte : slow)
            co_await peer.send_raw(std::string(1, byte));
        answer = co_await peer.read_json();
        CHECK(answer.at("success") == true);
        std::string many;
        for (int i = 0; i < 200; ++i)
            many += make_frame(request_text(std::to_string(i), "list_streams"));
        co_await peer.send_raw(many);
        for (int i = 0; i < 200; ++i) {
            answer = co_await peer.read_json();
            CHECK(answer.at("success") == true);
        }
        std::string large = good_request;
        large.resize(64 * 1024, ' ');
        co_await peer.send_text(large);
        answer = co_await peer.read_json();
        CHECK(answer.at("success") == true);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("what is no WebSocket upgrade is refused with the status that says why")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        bystander other(world);
        co_await other.start();
        for (const auto& one : refused) {
            INFO(one.name);
            websocket_peer peer(executor);
            co_await peer.connect(world.settings.port);
            const auto answer = co_await peer.ask_http(one.bytes);
            INFO(answer.head << answer.body);
            CHECK(answer.status == one.status);
            co_await other.check();
        }
        co_await no_one_else_is_left(world);
        other.leave();
        co_await world.stop();
    });
}

TEST_CASE("a header that is never finished is cut off in time, also when it trickles")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.handshake_timeout = 300ms;
        co_await world.start();
        bystander other(world);
        co_await other.start();
        websocket_peer silent(executor);
        websocket_peer half(executor);
        websocket_peer trickling(executor);
        co_await silent.connect(world.settings.port);
        co_await half.connect(world.settings.port);
        co_await half.send_raw(upgrade_request().substr(0, 80));
        co_await trickling.connect(world.settings.port);
        const auto begin = std::chrono::steady_clock::now();
        bool open = true;
        while (open && std::chrono::steady_clock::now() - begin < 5s * support::patience) {
            open = co_await trickling.try_send_raw("X");
            co_await support::pause(10ms);
        }
        CHECK_FALSE(open);
        const auto from_silent = co_await silent.read_to_end();
        CHECK(from_silent == 0);
        const auto to_half = co_await half.ask_http("");
        CHECK(to_half.status == 408);
        CHECK(std::chrono::steady_clock::now() - begin < 2s * support::patience);
        co_await other.check();
        other.leave();
        co_await world.stop();
    });
}

TEST_CASE("text that is no request is answered and the connection goes on")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_message_size = 16 * 1024 * 1024;
        co_await world.start();
        bystander other(world);
        co_await other.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        for (const auto& one : malformed) {
            INFO(one.name);
            co_await peer.send_text(one.text);
            const auto answer = co_await peer.read_json();
            CHECK(text_in(answer, "error_code") == "MALFORMED_MESSAGE");
            CHECK(answer.at("request_id").is_null());
            CHECK(text_in(answer, "error").size() < 300);
            co_await other.check();
        }
        for (const auto& one : understood_but_refused) {
            INFO(one.text.substr(0, 100));
            co_await peer.send_text(one.text);
            const auto answer = co_await peer.read_json();
            CHECK(text_in(answer, "error_code") == one.name);
            CHECK(text_in(answer, "error").size() < 400);
        }
        // Just inside the bounds.
        co_await peer.send_text(nested(32));
        auto answer = co_await peer.read_json();
        CHECK(answer.at("success") == true);
        co_await peer.send_text(
            R"({"request_id":1,"request_id":2,"operation":"ping","operation":"list_streams"})");
        answer = co_await peer.read_json();
        CHECK(answer.at("success") == true);
        co_await other.check();
        peer.hang_up();
        other.leave();
        co_await world.stop();
    });
}

TEST_CASE("clients that vanish at any moment leave nothing behind")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        store_big_exchange(world.redis, 2000);
        bystander other(world);
        co_await other.start();
        // 200 clients, each kind of end many times.
        for (int i = 0; i < 200; ++i)
            co_await leave(world, static_cast<leaving>(i % 6));
        co_await other.check();
        co_await no_one_else_is_left(world);

        // With a snapshot under way that it does not take; with updates under way; with requests that wait for Redis.
        websocket_peer snapshot(executor);
        co_await snapshot.open(world.settings.port, "/", 4096);
        co_await snapshot.send_text(request_text("1", "stream_tickers", R"({"exchange":"big"})"));
        co_await snapshot.read_until("type", "ticker_update");
        snapshot.vanish();
        websocket_peer streaming(executor);
        co_await streaming.open(world.settings.port);
        co_await streaming.ask("stream_tickers", R"({"exchange":"okx"})");
        co_await streaming.read_until("type", "snapshot_end");
        co_await other.check();
        streaming.vanish();
        co_await other.check();
        co_await no_one_else_is_left(world);
        websocket_peer waiting(executor);
        co_await waiting.open(world.settings.port);
        world.redis.pause();
        for (int i = 0; i < 50; ++i)
            co_await waiting.send_text(
                request_text(std::to_string(i), "get_ticker", R"({"exchange":"okx","symbol":"BTC/USDT"})"));
        co_await waiting.ask("list_streams"); // they have arrived
        waiting.vanish();
        co_await no_one_else_is_left(world);
        world.redis.resume();
        co_await other.check();
        other.leave();
        co_await world.stop();
    });
}

TEST_CASE("a client that breaks the protocol and then stays, silent or talking, is not kept")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.ping_interval = 200ms;
        co_await world.start();
        websocket_peer silent(executor);
        websocket_peer talking(executor);
        websocket_peer binary(executor);
        co_await silent.open(world.settings.port);
        co_await silent.send_raw(make_frame(good_request, head(opcode::text, true, false)));
        co_await talking.open(world.settings.port);
        co_await talking.send_raw(make_frame(good_request, head(opcode::text, true, false)));
        co_await binary.open(world.settings.port);
        co_await binary.send_raw(make_frame(good_request, head(opcode::binary)));
        const auto deadline = std::chrono::steady_clock::now() + 5s * support::patience;
        bool talking_open = true;
        bool binary_open = true;
        while (world.server->connections() != 0 && std::chrono::steady_clock::now() < deadline) {
            if (talking_open)
                talking_open = co_await talking.try_send_raw(make_frame(good_request));
            if (binary_open)
                binary_open = co_await binary.try_send_raw(make_frame(good_request));
            co_await support::pause(20ms);
        }
        CHECK(world.server->connections() == 0);
        silent.vanish();
        talking.vanish();
        binary.vanish();
        co_await world.stop();
    });
}

TEST_CASE("a client that goes on asking does not put off the end of the server")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.stop_timeout = 20s * support::patience;
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        bool told = false;
        const auto flood = [&]() -> asio::awaitable<void> {
            std::string many;
            for (int i = 0; i < 100; ++i)
                many += make_frame(request_text(std::to_string(i), "ping"));
            for (bool open = true; open && !told;)
                open = co_await peer.try_send_raw(many);
        };
        support::background<void> flooding(executor, flood());
        for (int i = 0; i < 1000; ++i)
            (void)co_await peer.read_frame();
        const auto begin = std::chrono::steady_clock::now();
        support::background<void> stopping(executor, world.server->stop());
        received_frame last;
        while (last.code != opcode::close)
            last = co_await peer.read_frame();
        told = true;
        CHECK(last.payload.starts_with(close_payload(1001)));
        CHECK(std::chrono::steady_clock::now() - begin < 10s * support::patience);
        co_await flooding.result();
        peer.hang_up();
        co_await stopping.result();
        co_await world.stop();
    });
}

TEST_CASE("random bytes on many connections do no harm")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            bystander other(world);
            co_await other.start();
            std::mt19937 random(20240607); // a failure can be repeated
            for (int round = 0; round < 300; ++round) {
                INFO("round " << round);
                websocket_peer peer(executor);
                const bool upgrade = random() % 4 != 0;
                if (upgrade)
                    co_await peer.open(world.settings.port);
                else
                    co_await peer.connect(world.settings.port);
                std::string bytes;
                if (upgrade && random() % 4 != 0)
                    bytes = random_frames(random);
                else if (!upgrade && random() % 2 != 0) {
                    bytes = upgrade_request();
                    bytes[random() % bytes.size()] = static_cast<char>(random());
                } else
                    bytes = random_bytes(random, 2000);
                co_await peer.try_send_raw(bytes);
                if (upgrade && random() % 2 != 0)
                    co_await peer.messages_within(2ms);
                if (random() % 2 != 0)
                    peer.vanish();
                else
                    peer.hang_up();
                if (round % 30 == 29)
                    co_await other.check();
            }
            websocket_peer last(executor);
            co_await last.open(world.settings.port);
            const auto answer = co_await last.ask("ping");
            CHECK(answer.at("success") == true);
            last.hang_up();
            co_await no_one_else_is_left(world);
            other.leave();
            co_await world.stop();
        },
        60s);
}
