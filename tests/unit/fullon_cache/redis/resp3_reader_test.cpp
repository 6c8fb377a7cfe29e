// RESP3 as Redis sends it, and as nobody should.
#include <fullon_cache/detail/redis/resp3_reader.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using fullon_cache::reply;
using fullon_cache::detail::resp3_limits;
using fullon_cache::detail::resp3_reader;
using kind = fullon_cache::reply::kind;

namespace {

struct result {
    std::vector<reply> replies;
    std::vector<bool> pushes;
    std::string error;
};

// Everything in pieces of `size`.
result read_all(std::string_view bytes, std::size_t size = std::string_view::npos, resp3_limits limits = {})
{
    resp3_reader reader(limits);
    result made;
    while (!bytes.empty() && reader.error().empty()) {
        auto piece = bytes.substr(0, size);
        bytes.remove_prefix(piece.size());
        while (!piece.empty() && reader.error().empty()) {
            piece.remove_prefix(reader.read(piece));
            if (reader.complete()) {
                made.pushes.push_back(reader.is_push());
                made.replies.push_back(reader.take());
            }
        }
    }
    made.error = reader.error();
    return made;
}

reply only(std::string_view bytes)
{
    auto made = read_all(bytes);
    REQUIRE(made.error.empty());
    REQUIRE(made.replies.size() == 1);
    return std::move(made.replies.front());
}

std::string print(const reply& one)
{
    std::string text(1, "nsidbame"[static_cast<std::size_t>(one.type)]);
    text += one.text;
    for (const auto& item : one.items)
        text += "(" + print(item) + ")";
    return text;
}

std::string print(const result& all)
{
    std::string text;
    for (std::size_t i = 0; i < all.replies.size(); ++i)
        text += (all.pushes[i] ? ">" : " ") + print(all.replies[i]);
    return text + all.error;
}

} // namespace

TEST_CASE("every scalar of RESP3 becomes its kind and its text", "[fullon_cache][resp3_reader]")
{
    struct row {
        std::string_view bytes;
        kind type;
        std::string_view text;
    };
    for (const auto& [bytes, type, text] : {
             row{"+OK\r\n", kind::text, "OK"},
             row{"+\r\n", kind::text, ""},
             row{"$5\r\nhello\r\n", kind::text, "hello"},
             row{"$4\r\n\r\n\r\n\r\n", kind::text, "\r\n\r\n"},
             row{"$0\r\n\r\n", kind::text, ""},
             row{"$-1\r\n", kind::null, ""},
             row{"*-1\r\n", kind::null, ""},
             row{"=7\r\ntxt:abc\r\n", kind::text, "txt:abc"},
             row{":-42\r\n", kind::integer, "-42"},
             row{":+42\r\n", kind::integer, "+42"},
             row{",3.25\r\n", kind::number, "3.25"},
             row{",1e-7\r\n", kind::number, "1e-7"},
             row{",inf\r\n", kind::number, "inf"},
             row{",-inf\r\n", kind::number, "-inf"},
             row{",nan\r\n", kind::number, "nan"},
             row{"#t\r\n", kind::boolean, "t"},
             row{"(12345678901234567890\r\n", kind::text, "12345678901234567890"},
             row{"_\r\n", kind::null, ""},
             row{"-ERR no\r\n", kind::error, "ERR no"},
             row{"!8\r\nSYNTAX x\r\n", kind::error, "SYNTAX x"},
             row{"$?\r\n;4\r\nHell\r\n;2\r\no \r\n;0\r\n", kind::text, "Hello "},
             row{"$?\r\n;0\r\n", kind::text, ""},
             row{"|1\r\n+ttl\r\n:3600\r\n+OK\r\n", kind::text, "OK"},
         }) {
        CAPTURE(bytes);
        const auto made = only(bytes);
        CHECK(made.type == type);
        CHECK(made.text == text);
        CHECK(made.items.empty());
    }
}

TEST_CASE("aggregates become trees", "[fullon_cache][resp3_reader]")
{
    for (const std::string_view head : {"*", "~", ">"}) {
        CAPTURE(head);
        const auto made = only(std::string(head) + "3\r\n:1\r\n$1\r\nb\r\n_\r\n");
        CHECK(print(made) == "a(i1)(sb)(n)");
    }
    CHECK(print(only("*0\r\n")) == "a");
    CHECK(print(only("%0\r\n")) == "m");
    CHECK(print(only("%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n")) == "m(sa)(i1)(sb)(a(i2))");
    CHECK(print(only(">2\r\n+invalidate\r\n*2\r\n$2\r\nk1\r\n$2\r\nk2\r\n")) ==
          "a(sinvalidate)(a(sk1)(sk2))");
    CHECK(print(only("*1\r\n*1\r\n*2\r\n*0\r\n:5\r\n")) == "a(a(a(a)(i5)))");
    CHECK(print(only("*2\r\n:1\r\n-ERR in a transaction\r\n")) == "a(i1)(eERR in a transaction)");
    CHECK(print(only("*?\r\n:1\r\n*?\r\n.\r\n%?\r\n+a\r\n+b\r\n.\r\n.\r\n")) == "a(i1)(a)(m(sa)(sb))");
    CHECK(print(only("*2\r\n|1\r\n+a\r\n*2\r\n:1\r\n:2\r\n+x\r\n|0\r\n+y\r\n")) == "a(sx)(sy)");
}

TEST_CASE("bytes may be cut anywhere", "[fullon_cache][resp3_reader]")
{
    const std::string bytes = "+first\r\n"
                              "*2\r\n$3\r\nabc\r\n%2\r\n+k\r\n*0\r\n+l\r\n*3\r\n:1\r\n:2\r\n_\r\n"
                              "|1\r\n+a\r\n$2\r\nbb\r\n>3\r\n+message\r\n+channel\r\n$4\r\nload\r\n"
                              "$?\r\n;3\r\nabc\r\n;1\r\nd\r\n;0\r\n*?\r\n$2\r\n\r\n\r\n.\r\n"
                              "-ERR last\r\n";
    const auto wanted = print(read_all(bytes));
    CHECK(
        wanted ==
        " sfirst a(sabc)(m(sk)(a)(sl)(a(i1)(i2)(n)))>a(smessage)(schannel)(sload) sabcd a(s\r\n) eERR last");
    for (std::size_t size = 1; size <= bytes.size(); ++size)
        CHECK(print(read_all(bytes, size)) == wanted);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        auto first = read_all(std::string_view(bytes).substr(0, cut));
        CHECK(first.error.empty());
        CHECK(first.replies.size() <= 6);
    }
}

TEST_CASE("what is no RESP3 is refused, wherever it is cut", "[fullon_cache][resp3_reader]")
{
    for (const std::string_view bytes : {
             "$\r\n",
             "#\r\n",
             "#x\r\n",
             "#tt\r\n",
             ":\r\n",
             ":1x\r\n",
             ":9223372036854775808\r\n",
             ",\r\n",
             ",x\r\n",
             ",1 \r\n",
             "(\r\n",
             "(-\r\n",
             "(1a\r\n",
             "_x\r\n",
             "$-2\r\n",
             "$+5\r\nhello\r\n",
             "$ 5\r\nhello\r\n",
             "$9223372036854775807\r\n",
             "$18446744073709551615\r\n",
             "$18446744073709551616\r\n",
             "$99999999999999999999999\r\n",
             "*\r\n",
             "*x\r\n",
             "*-2\r\n",
             "*9223372036854775807\r\n",
             "%9223372036854775807\r\n",
             "%-1\r\n",
             ">-1\r\n",
             "~-1\r\n",
             ">?\r\n",
             "|?\r\n",
             "=?\r\n",
             "!?\r\n",
             "$3\r\nabcd\r\n",
             "$3\r\nabc\n\n",
             "$3\r\nabc\rx",
             "\r\n",
             "\n",
             "x\r\n",
             "+a\n",
             "+a\rb\r\n",
             ".\r\n",
             "*1\r\n.\r\n",
             "%?\r\n+a\r\n.\r\n",
             "*?\r\n.x\r\n",
             "$?\r\n+x\r\n",
             "$?\r\n;x\r\n",
             "$?\r\n;-1\r\n",
             "$?\r\n;\r\n",
             "$?\r\n;9223372036854775807\r\n",
             ";1\r\n",
             "*1\r\n>1\r\n+a\r\n",
             "HTTP/1.1 400 Bad Request\r\n",
             "\x15\x03\x03\n",
         }) {
        CAPTURE(bytes);
        for (std::size_t size = 1; size <= bytes.size(); ++size) {
            const auto made = read_all(bytes, size);
            CHECK(made.error.starts_with("invalid RESP3 from Redis: "));
            CHECK(made.replies.empty());
        }
    }
}

TEST_CASE("nothing is read behind what was refused", "[fullon_cache][resp3_reader]")
{
    resp3_reader reader;
    CHECK(reader.read("+a\n+b\r\n") == 3);
    CHECK(reader.read("+b\r\n") == 0);
    CHECK_FALSE(reader.complete());
}

TEST_CASE("what is too much is refused when it is announced, or when it comes",
          "[fullon_cache][resp3_reader]")
{
    resp3_limits limits;
    limits.line = 20;
    limits.text = 10;
    limits.elements = 4;
    limits.whole = 500;
    limits.depth = 3;
    const auto error = [&](std::string_view bytes) { return read_all(bytes, 7, limits).error; };
    CHECK(error("+12345678901234567\r\n").empty());
    CHECK(error("+123456789012345678\r\n").ends_with("too long"));
    CHECK(error("+12345678901234567890123").ends_with("too long"));
    CHECK(error("$10\r\n1234567890\r\n").empty());
    CHECK(error("$11\r\n").ends_with("cannot be"));
    CHECK(error("$?\r\n;10\r\n1234567890\r\n;1\r\n").ends_with("cannot be"));
    CHECK(error("*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n").empty());
    CHECK(error("*5\r\n").ends_with("cannot be"));
    CHECK(error("*1\r\n*1\r\n*1\r\n:1\r\n").empty());
    CHECK(error("*1\r\n*1\r\n*1\r\n*1\r\n").ends_with("in one another"));
    CHECK(error("*?\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n").ends_with("too large"));
    CHECK(error("*1\r\n:1\r\n*1\r\n:1\r\n*1\r\n:1\r\n*1\r\n:1\r\n*1\r\n:1\r\n").empty()); // each by itself
}

// 2 147 483 647 elements and half a gigabyte, and nothing behind: were they reserved, this would be the end.
TEST_CASE("nothing is reserved for what is only announced", "[fullon_cache][resp3_reader]")
{
    std::vector<std::unique_ptr<resp3_reader>> many;
    for (int i = 0; i < 1000; ++i) {
        many.push_back(std::make_unique<resp3_reader>());
        std::string bytes;
        for (int depth = 0; depth < 60; ++depth)
            bytes += "*2147483647\r\n";
        bytes += "$536870912\r\nabc";
        CHECK(many.back()->read(bytes) == bytes.size());
        CHECK(many.back()->error().empty());
    }
}
