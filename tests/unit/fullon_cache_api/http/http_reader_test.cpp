// Requests out of bytes, however these are cut; what must be refused.
#include <fullon_cache_api/detail/http/http_reader.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

using fullon_cache_api::find_header;
using fullon_cache_api::detail::http_limits;
using fullon_cache_api::detail::http_reader;
using fullon_cache_api::detail::received_request;

std::string get(std::string_view target, std::string_view lines = {})
{
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(lines) + "\r\n";
}

struct refused_case {
    std::string name;
    std::string bytes;
    unsigned status;
};

const std::vector<refused_case> refused{
    {"both Content-Length and Transfer-Encoding",
     get("/", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400},
    {"the same the other way round", get("/", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
    {"two lengths", get("/", "Content-Length: 3\r\nContent-Length: 4\r\n"), 400},
    {"the same length twice", get("/", "Content-Length: 3\r\nContent-Length: 3\r\n"), 400},
    {"a list of lengths", get("/", "Content-Length: 3, 3\r\n"), 400},
    {"a signed length", get("/", "Content-Length: +3\r\n"), 400},
    {"a length in hex", get("/", "Content-Length: 0x3\r\n"), 400},
    {"a length that overflows", get("/", "Content-Length: 99999999999999999999999\r\n"), 400},
    {"an empty length", get("/", "Content-Length: \r\n"), 400},
    {"two codings", get("/", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"a coding nobody knows", get("/", "Transfer-Encoding: gzip, chunked\r\n"), 400},
    {"a coding that looks like chunked", get("/", "Transfer-Encoding: xchunked\r\n"), 400},
    {"identity", get("/", "Transfer-Encoding: identity\r\n"), 400},
    {"chunked twice", get("/", "Transfer-Encoding: chunked, chunked\r\n"), 400},
    {"a coding in HTTP/1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"a folded line", get("/", "X: a\r\n b\r\n"), 400},
    {"a folded first line", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
    {"lines without CR", "GET / HTTP/1.1\nHost: h\n\n", 400},
    {"one line without CR", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
    {"a CR inside a line", get("/", "X: a\rb\r\n"), 400},
    {"a NUL", get("/", std::string("X: a\0b\r\n", 8)), 400},
    {"a blank before the colon", get("/", "X : y\r\n"), 400},
    {"no colon", get("/", "nonsense\r\n"), 400},
    {"no name", get("/", ": y\r\n"), 400},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", get("/", "Host: other\r\n"), 400},
    {"two Origins", get("/", "Origin: http://a\r\nOrigin: http://b\r\n"), 400},
    {"two keys", get("/", "Sec-WebSocket-Key: a\r\nsec-websocket-key: a\r\n"), 400},
    {"two versions", get("/", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n"), 400},
    {"no version", "GET /\r\n\r\n", 400},
    {"a version of the future", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400},
    {"the greeting of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
    {"two blanks", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"a TLS greeting", "\x16\x03\x01\x02", 400},
    {"a blank first", " GET / HTTP/1.1\r\n\r\n", 400},
    {"a chunk size that is none", get("/", "Transfer-Encoding: chunked\r\n") + "zz\r\n", 400},
    {"a negative chunk size", get("/", "Transfer-Encoding: chunked\r\n") + "-1\r\n", 400},
    {"a chunk that is longer than it says",
     get("/", "Transfer-Encoding: chunked\r\n") + "3\r\nabcd\r\n0\r\n\r\n", 400},
    {"a chunk size that overflows", get("/", "Transfer-Encoding: chunked\r\n") + "ffffffffffffffffff\r\n",
     400},
    {"a big body", get("/", "Content-Length: 65537\r\n"), 413},
    {"big chunks", get("/", "Transfer-Encoding: chunked\r\n") + "10001\r\n", 413},
    {"many small chunks",
     get("/", "Transfer-Encoding: chunked\r\n") +
         [] {
             std::string chunks;
             for (int i = 0; i < 5000; ++i)
                 chunks += "10\r\n0123456789abcdef\r\n";
             return chunks;
         }(),
     413},
    {"a body that waits to be asked for", get("/", "Expect: 100-continue\r\nContent-Length: 3\r\n"), 417},
    {"a long line", get("/" + std::string(5000, 'x')), 414},
    {"a line without end", "GET /" + std::string(5000, 'x'), 414},
    {"a big header", get("/", "X: " + std::string(9000, 'x') + "\r\n"), 431},
    {"a header without end", "GET / HTTP/1.1\r\nX: " + std::string(9000, 'x'), 431},
    {"many fields",
     get("/",
         [] {
             std::string lines;
             for (int i = 0; i < 101; ++i)
                 lines += "A: b\r\n";
             return lines;
         }()),
     431},
};

std::vector<received_request> all_of(http_reader& reader)
{
    std::vector<received_request> found;
    while (auto one = reader.next())
        found.push_back(std::move(*one));
    return found;
}

} // namespace

TEST_CASE("a request is what its bytes say, wherever they are cut")
{
    const std::string bytes = "\r\n" + get("/a/b?c=d", "X-One: 1\r\nx-two:  two  \r\n") +
                              get("/second", "Content-Length: 5\r\n") + "hello" +
                              get("/third", "Transfer-Encoding: chunked\r\n") + "3;x=y\r\nabc\r\n0\r\n\r\n" +
                              "HEAD /last HTTP/1.0\r\n\r\n";
    for (std::size_t cut = 1; cut <= bytes.size(); ++cut) {
        http_reader reader;
        std::vector<received_request> found;
        for (std::size_t at = 0; at < bytes.size(); at += cut) {
            reader.feed(std::string_view(bytes).substr(at, cut));
            for (auto& one : all_of(reader))
                found.push_back(std::move(one));
        }
        INFO("pieces of " << cut);
        REQUIRE(found.size() == 4);
        CHECK(found[0].message.method == "GET");
        CHECK(found[0].message.target == "/a/b?c=d");
        CHECK(find_header(found[0].message.headers, "x-one") == "1");
        CHECK(find_header(found[0].message.headers, "X-TWO") == "two");
        CHECK(found[0].keep_alive);
        CHECK_FALSE(found[0].has_body);
        CHECK(found[1].message.target == "/second");
        CHECK(found[1].has_body);
        CHECK(found[2].has_body);
        CHECK(found[3].message.method == "HEAD");
        CHECK(found[3].old);
        CHECK_FALSE(found[3].keep_alive);
        CHECK(reader.idle());
        CHECK_FALSE(reader.refusal());
    }
}

TEST_CASE("what two readers could understand in two ways is refused, as is what is too much")
{
    for (const auto& one : refused) {
        for (const std::size_t cut : {one.bytes.size(), std::size_t{1}, std::size_t{7}}) {
            http_reader reader;
            std::size_t requests = 0;
            for (std::size_t at = 0; at < one.bytes.size() && !reader.refusal(); at += cut) {
                reader.feed(std::string_view(one.bytes).substr(at, cut));
                requests += all_of(reader).size();
            }
            INFO(one.name << ", pieces of " << cut);
            CHECK(requests == 0);
            REQUIRE(reader.refusal());
            CHECK(reader.refusal()->status == one.status);
            reader.feed(get("/after"));
            CHECK_FALSE(reader.next());
        }
    }
}

TEST_CASE("a connection is kept or not as the request and its version say")
{
    const auto kept = [](const std::string& bytes) {
        http_reader reader;
        reader.feed(bytes);
        const auto found = reader.next();
        REQUIRE(found);
        return found->keep_alive;
    };
    CHECK(kept(get("/")));
    CHECK_FALSE(kept(get("/", "Connection: close\r\n")));
    CHECK_FALSE(kept(get("/", "Connection: x, Close\r\n")));
    CHECK_FALSE(kept(get("/", "Connection: x\r\nConnection: close\r\n")));
    CHECK_FALSE(kept("GET / HTTP/1.0\r\n\r\n"));
    CHECK(kept("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST_CASE("a wish for a WebSocket is seen, and what comes behind it is left alone")
{
    http_reader reader;
    reader.feed(get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n") + "\x81x");
    const auto found = reader.next();
    REQUIRE(found);
    CHECK(found->wants_websocket);
    CHECK(reader.rest().size() == 2);
    CHECK_FALSE(reader.idle());

    http_reader other;
    other.feed(get("/", "Upgrade: h2c\r\n"));
    const auto plain = other.next();
    REQUIRE(plain);
    CHECK_FALSE(plain->wants_websocket);
}

TEST_CASE("a request that has begun is told from none")
{
    http_reader reader;
    CHECK(reader.idle());
    reader.feed("GET / HT");
    CHECK_FALSE(reader.next());
    CHECK_FALSE(reader.idle());
    reader.feed("TP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n");
    CHECK_FALSE(reader.next());
    CHECK_FALSE(reader.idle()); // the body is missing
    reader.feed("ab");
    CHECK(reader.next());
    CHECK(reader.idle());
}

TEST_CASE("any number of requests leaves nothing behind in memory")
{
    http_reader reader;
    const auto one = get("/x");
    for (int i = 0; i < 10000; ++i) {
        reader.feed(one.substr(0, 10));
        CHECK_FALSE(reader.next());
        reader.feed(one.substr(10) + one);
        CHECK(all_of(reader).size() == 2);
    }
    CHECK(reader.rest().empty());
}
