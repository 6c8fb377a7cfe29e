// The URL that a client connects to.
#include <fullon_cache_api/detail/client/websocket_url.hpp>
#include <fullon_cache_api/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

using fullon_cache_api::error;
using fullon_cache_api::detail::parse_websocket_url;

namespace {

std::string refusal(std::string_view text)
{
    try {
        parse_websocket_url(text);
    } catch (const boost::system::system_error& failure) {
        CHECK(failure.code() == error::invalid_url);
        return failure.what();
    }
    return {};
}

bool refused_for(std::string_view text, std::string_view why)
{
    const auto said = refusal(text);
    CAPTURE(text, said);
    return said.find(why) != std::string::npos;
}

} // namespace

TEST_CASE("host, port and path of a ws URL are read", "[websocket_url]")
{
    const auto url = parse_websocket_url("ws://cache.example.org:8765/ws?x=1");
    CHECK(url.host == "cache.example.org");
    CHECK(url.port == "8765");
    CHECK(url.path == "/ws?x=1");
}

TEST_CASE("port and path have the defaults of the RFC", "[websocket_url]")
{
    const auto url = parse_websocket_url("ws://localhost");
    CHECK(url.host == "localhost");
    CHECK(url.port == "80");
    CHECK(url.path == "/");
    CHECK(parse_websocket_url("ws://localhost:8765").path == "/");
    CHECK(parse_websocket_url("ws://localhost?q").path == "/?q");
    CHECK(parse_websocket_url("WS://localhost").host == "localhost");
    CHECK(parse_websocket_url("ws://h:00080").port == "80");
}

TEST_CASE("a wss URL asks for TLS, and has a port of its own", "[websocket_url]")
{
    const auto url = parse_websocket_url("wss://cache.example.org/ws");
    CHECK(url.tls);
    CHECK(url.host == "cache.example.org");
    CHECK(url.port == "443");
    CHECK(url.path == "/ws");
    CHECK(parse_websocket_url("WSS://[::1]:8765").port == "8765");
    CHECK_FALSE(parse_websocket_url("ws://localhost:443").tls);
}

TEST_CASE("an IPv6 address stands in brackets", "[websocket_url]")
{
    const auto url = parse_websocket_url("ws://[::1]:8765/x");
    CHECK(url.host == "::1");
    CHECK(url.port == "8765");
    CHECK(parse_websocket_url("ws://[fe80::1]").host == "fe80::1");
    CHECK(parse_websocket_url("ws://[::ffff:10.0.0.1]").host == "::ffff:10.0.0.1");
    CHECK(refused_for("ws://::1:8765", "brackets"));
    CHECK(refused_for("ws://[::1", "no closing ]"));
    CHECK(refused_for("ws://[]", "not an IPv6 address"));
    CHECK(refused_for("ws://[localhost]", "not an IPv6 address"));
    CHECK(refused_for("ws://[::1]8765", "port"));
}

TEST_CASE("what is no ws URL is refused with the reason", "[websocket_url]")
{
    CHECK(refused_for("wss:/localhost", "must begin with ws:// or wss://"));
    CHECK(refused_for("wsss://localhost", "must begin with ws:// or wss://"));
    CHECK(refused_for("wss://", "host is missing"));
    CHECK(refused_for("", "must begin with ws://"));
    CHECK(refused_for("ws:/localhost", "must begin with ws://"));
    CHECK(refused_for("http://localhost", "must begin with ws://"));
    CHECK(refused_for("localhost:8765", "must begin with ws://"));
    CHECK(refused_for("ws://", "host is missing"));
    CHECK(refused_for("ws://:8765", "host is missing"));
    CHECK(refused_for("ws:///path", "host is missing"));
    CHECK(refused_for("ws://user:pw@localhost", "passwords"));
    CHECK(refused_for("ws://local host", "the host may hold"));
    CHECK(refused_for("ws://h\xc3\xb6st", "the host may hold"));
    CHECK(refused_for("ws://h/a#b", "fragment"));
}

TEST_CASE("a port is a number from 1 to 65535", "[websocket_url]")
{
    for (const auto* port : {":", ":0", ":65536", ":8765x", ":-1", ":+1", ": 80", ":99999999999999999999"})
        CHECK(refused_for("ws://h" + std::string(port), "from 1 to 65535"));
    CHECK(parse_websocket_url("ws://h:65535").port == "65535");
}

// A line break in the path would let a URL write headers of its own.
TEST_CASE("a path holds nothing that would break the request line", "[websocket_url]")
{
    for (const auto* path : {"/a b", "/a\r\nHost: x", "/\x01", "/\x7f", "/\xc3\xb6"})
        CHECK(refused_for("ws://h" + std::string(path), "percent-encoded"));
    CHECK(parse_websocket_url("ws://h/%20%C3%B6").path == "/%20%C3%B6");
}

TEST_CASE("a huge URL makes no huge error text", "[websocket_url]")
{
    CHECK(refusal("http://" + std::string(100000, 'a')).size() < 1000);
}

TEST_CASE("no password and no token of a URL is shown", "[websocket_url]")
{
    using fullon_cache_api::detail::shown_url;
    for (const auto* const url :
         {"ws://me:secret@host/ws", "ws://me:sec/secret@host", "wss://me:secret@host:99999", "me:secret@host",
          "http://me:secret@host", "ws://host:secret@", "ws://a@b:secret@host", "ws://host bad/?token=secret",
          "ws://host:bad/?token=secret@x"}) {
        CAPTURE(url);
        const auto said = refusal(url);
        CHECK_FALSE(said.empty());
        CHECK(said.find("secret") == std::string::npos);
    }
    CHECK(shown_url("wss://me:secret@host:1/ws?token=secret") == "wss://***@host:1/ws?...");
    CHECK(shown_url("ws://host:8765/ws") == "ws://host:8765/ws");
    CHECK(shown_url(std::string(5000, 'x')).size() < 300);
}
