// Reply trees built from the nodes of Boost.Redis's own parser, fed with the bytes that Redis sends.
#include <fullon_cache/impl/reply_collector.hpp>

#include <boost/redis/resp3/parser.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

using fullon_cache::reply;
using fullon_cache::detail::boost_redis_adapt;
using fullon_cache::detail::reply_list;
using kind = fullon_cache::reply::kind;

namespace {

namespace resp3 = boost::redis::resp3;

// Reads as many whole replies as `bytes` hold, as a connection does: one parser per reply.
struct reader {
    reply_list out;
    std::string buffer;
    resp3::parser parser;

    void feed(std::string_view bytes)
    {
        buffer.append(bytes);
        auto collect = boost_redis_adapt(out);
        boost::system::error_code failure;
        while (!buffer.empty()) {
            if (parser.done()) {
                buffer.erase(0, parser.get_consumed());
                parser = resp3::parser();
                if (buffer.empty())
                    return;
            }
            const auto node = parser.consume(buffer, failure);
            REQUIRE_FALSE(failure);
            if (!node)
                return; // needs more
            collect(0, *node, failure);
            REQUIRE_FALSE(failure);
        }
    }
};

reply only(std::string_view bytes)
{
    reader from;
    from.feed(bytes);
    auto all = from.out.take_complete();
    REQUIRE(all.size() == 1);
    return std::move(all.front());
}

} // namespace

TEST_CASE("every scalar of RESP3 becomes its kind and its text", "[fullon_cache][reply_collector]")
{
    struct row {
        std::string_view bytes;
        kind type;
        std::string_view text;
    };
    for (const auto& [bytes, type, text] : {
             row{"+OK\r\n", kind::text, "OK"},
             row{"$5\r\nhello\r\n", kind::text, "hello"},
             row{"$0\r\n\r\n", kind::text, ""},
             row{"=7\r\ntxt:abc\r\n", kind::text, "txt:abc"},
             row{":-42\r\n", kind::integer, "-42"},
             row{",3.25\r\n", kind::number, "3.25"},
             row{"#t\r\n", kind::boolean, "t"},
             row{"(12345678901234567890\r\n", kind::text, "12345678901234567890"},
             row{"_\r\n", kind::null, ""},
             row{"-ERR no\r\n", kind::error, "ERR no"},
             row{"!8\r\nSYNTAX x\r\n", kind::error, "SYNTAX x"},
         }) {
        CAPTURE(bytes);
        const auto made = only(bytes);
        CHECK(made.type == type);
        CHECK(made.text == text);
        CHECK(made.items.empty());
    }
}

TEST_CASE("arrays, sets and pushes keep their elements in order", "[fullon_cache][reply_collector]")
{
    for (const std::string_view head : {"*", "~", ">"}) {
        CAPTURE(head);
        const auto made = only(std::string(head) + "3\r\n:1\r\n$1\r\nb\r\n_\r\n");
        CHECK(made.type == kind::array);
        REQUIRE(made.items.size() == 3);
        CHECK(made.items[0].type == kind::integer);
        CHECK(made.items[1].text == "b");
        CHECK(made.items[2].is_null());
    }
}

TEST_CASE("empty aggregates are whole at once", "[fullon_cache][reply_collector]")
{
    CHECK(only("*0\r\n").type == kind::array);
    CHECK(only("%0\r\n").type == kind::map);
    CHECK(only("~0\r\n").items.empty());
}

TEST_CASE("a map's keys and values stand in turn", "[fullon_cache][reply_collector]")
{
    const auto made = only("%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n");
    CHECK(made.type == kind::map);
    REQUIRE(made.items.size() == 4);
    CHECK(made.items[0].text == "a");
    CHECK(made.items[1].text == "1");
    CHECK(made.items[2].text == "b");
    REQUIRE(made.items[3].items.size() == 1);
    CHECK(made.items[3].items[0].text == "2");
}

// The invalidation push of CLIENT TRACKING, and one of a flush.
TEST_CASE("nested aggregates become nested trees", "[fullon_cache][reply_collector]")
{
    const auto keys = only(">2\r\n+invalidate\r\n*2\r\n$2\r\nk1\r\n$2\r\nk2\r\n");
    REQUIRE(keys.items.size() == 2);
    CHECK(keys.items[0].text == "invalidate");
    REQUIRE(keys.items[1].items.size() == 2);
    CHECK(keys.items[1].items[1].text == "k2");

    const auto flush = only(">2\r\n+invalidate\r\n_\r\n");
    REQUIRE(flush.items.size() == 2);
    CHECK(flush.items[1].is_null());

    const auto deep = only("*1\r\n*1\r\n*2\r\n*0\r\n:5\r\n");
    CHECK(deep.items.at(0).items.at(0).items.at(0).type == kind::array);
    CHECK(deep.items.at(0).items.at(0).items.at(1).text == "5");
}

// One failed command of a pipeline or a transaction must not take its neighbours with it.
TEST_CASE("error replies stay in their place", "[fullon_cache][reply_collector]")
{
    reader from;
    from.feed("+OK\r\n-WRONGTYPE no\r\n:3\r\n*2\r\n:1\r\n-ERR in a transaction\r\n");
    const auto all = from.out.take_complete();
    REQUIRE(all.size() == 4);
    CHECK(all[1].is_error());
    CHECK(all[1].text == "WRONGTYPE no");
    CHECK(all[2].text == "3");
    REQUIRE(all[3].items.size() == 2);
    CHECK(all[3].items[1].is_error());
}

TEST_CASE("take_complete empties the list once", "[fullon_cache][reply_collector]")
{
    reader from;
    from.feed("+a\r\n+b\r\n");
    CHECK(from.out.complete == 2);
    CHECK(from.out.take_complete().size() == 2);
    CHECK(from.out.complete == 0);
    CHECK(from.out.take_complete().empty());
    from.feed("+c\r\n");
    const auto later = from.out.take_complete();
    REQUIRE(later.size() == 1);
    CHECK(later[0].text == "c");
}

// The parser stops in the middle of a reply to wait for more bytes: whatever the cut, the trees are the same,
// and what is half read is never handed out.
TEST_CASE("bytes may be cut anywhere", "[fullon_cache][reply_collector]")
{
    const std::string bytes = "+first\r\n"
                              "*2\r\n$3\r\nabc\r\n%2\r\n+k\r\n*0\r\n+l\r\n*3\r\n:1\r\n:2\r\n_\r\n"
                              ">3\r\n+message\r\n+channel\r\n$4\r\nload\r\n"
                              "-ERR last\r\n";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        CAPTURE(cut);
        reader from;
        from.feed(std::string_view(bytes).substr(0, cut));
        auto all = from.out.take_complete();
        const auto before = all.size();
        from.feed(std::string_view(bytes).substr(cut));
        for (auto& one : from.out.take_complete())
            all.push_back(std::move(one));
        CHECK(before <= all.size());
        REQUIRE(all.size() == 4);
        CHECK(all[0].text == "first");
        REQUIRE(all[1].items.size() == 2);
        CHECK(all[1].items[0].text == "abc");
        REQUIRE(all[1].items[1].items.size() == 4);
        CHECK(all[1].items[1].items[3].items.size() == 3);
        REQUIRE(all[2].items.size() == 3);
        CHECK(all[2].items[2].text == "load");
        CHECK(all[3].is_error());
    }
}

TEST_CASE("a reply is complete only with its last element", "[fullon_cache][reply_collector]")
{
    reader from;
    from.feed("*2\r\n:1\r\n");
    CHECK(from.out.complete == 0);
    CHECK(from.out.take_complete().empty());
    from.feed("*1\r\n");
    CHECK(from.out.take_complete().empty());
    from.feed(":2\r\n");
    const auto all = from.out.take_complete();
    REQUIRE(all.size() == 1);
    CHECK(all[0].items.size() == 2);
}

TEST_CASE("whole replies can be taken while the next one is half read", "[fullon_cache][reply_collector]")
{
    reader from;
    from.feed("+one\r\n+two\r\n*2\r\n:1\r\n");
    const auto whole = from.out.take_complete();
    REQUIRE(whole.size() == 2);
    CHECK(whole[1].text == "two");
    from.feed(":2\r\n+three\r\n");
    const auto rest = from.out.take_complete();
    REQUIRE(rest.size() == 2);
    CHECK(rest[0].items.size() == 2);
    CHECK(rest[1].text == "three");
}

// An attribute has as many pairs as it says, like a map: counted as single values it would be whole too early.
TEST_CASE("an attribute is whole only with its last value", "[fullon_cache][reply_collector]")
{
    reader from;
    from.feed("|1\r\n+ttl\r\n");
    CHECK(from.out.complete == 0);
    from.feed(":3600\r\n");
    CHECK(from.out.complete == 1);
    const auto all = from.out.take_complete();
    REQUIRE(all.size() == 1);
    CHECK(all[0].items.size() == 2);
}

TEST_CASE("any number of replies may be adapted", "[fullon_cache][reply_collector]")
{
    reply_list out;
    CHECK(boost_redis_adapt(out).get_supported_response_size() > 1000000);
}

// Boost.Redis 1.90 and later calls these instead of the call operator.
TEST_CASE("the newer adapter interface collects the same", "[fullon_cache][reply_collector]")
{
    reply_list out;
    auto collect = boost_redis_adapt(out);
    boost::system::error_code failure;
    using node = fullon_cache::detail::reply_collector::node_view;
    collect.on_init();
    collect.on_node(node{resp3::type::array, 2, 0, ""}, failure);
    collect.on_node(node{resp3::type::number, 1, 1, "1"}, failure);
    CHECK(out.complete == 0);
    collect.on_node(node{resp3::type::simple_error, 1, 1, "ERR x"}, failure);
    collect.on_done();
    REQUIRE(out.complete == 1);
    const auto all = out.take_complete();
    CHECK(all[0].items.at(0).text == "1");
    CHECK(all[0].items.at(1).is_error());
}
