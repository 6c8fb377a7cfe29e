// Which request gets which reply, and where pushes stand between.
#include <fullon_cache/detail/redis/reply_router.hpp>

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>

using fullon_cache::command;
using fullon_cache::reply;
using fullon_cache::detail::reply_router;
using fullon_cache::detail::reply_sink;
using fullon_cache::detail::sent_request;
using fullon_cache::detail::write_resp;

namespace {

using namespace std::string_view_literals;

struct world final : reply_sink {
    std::shared_ptr<sent_request> ask(std::string name, std::size_t replies, bool by_pushes = false)
    {
        auto made = std::make_shared<sent_request>();
        made->missing = replies;
        made->confirmed_by_pushes = by_pushes;
        names[made.get()] = std::move(name);
        router.sent(made);
        return made;
    }
    void on_push(const reply& push) override
    {
        log += " >" + (push.items.empty() ? std::string() : push.items.front().text);
        if (stop_at_push)
            router.stop();
    }
    void on_answered(const std::shared_ptr<sent_request>& request) override
    {
        log += " " + names[request.get()] + "=";
        for (const auto& one : request->replies)
            log += one.text + ",";
    }

    reply_router router;
    std::map<const sent_request*, std::string> names;
    std::string log;
    bool stop_at_push = false;
};

} // namespace

TEST_CASE("commands are written as Redis reads them", "[fullon_cache][reply_router]")
{
    std::string out;
    write_resp(out, command("GET", "a b"));
    write_resp(out, command("SET", std::string("\r\n\0", 3), 12));
    CHECK(out == "*2\r\n$3\r\nGET\r\n$3\r\na b\r\n*3\r\n$3\r\nSET\r\n$3\r\n\r\n\0\r\n$2\r\n12\r\n"sv);
}

TEST_CASE("requests are answered in order, errors among them, pushes between", "[fullon_cache][reply_router]")
{
    world w;
    w.ask("a", 1);
    w.ask("b", 2);
    w.ask("c", 1);
    CHECK(w.router.read("+1\r\n>1\r\n+x\r\n-ERR 2\r\n>1\r\n+y\r\n+3\r\n>0\r\n+4\r\n", w));
    CHECK(w.log == " a=1, >x >y b=ERR 2,3, > c=4,");
}

TEST_CASE("the replies of an abandoned request are dropped", "[fullon_cache][reply_router]")
{
    world w;
    const auto a = w.ask("a", 3);
    w.ask("b", 1);
    CHECK(w.router.read("+1\r\n", w));
    a->abandoned = true;
    a->replies.clear();
    CHECK(w.router.read("+2\r\n+3\r\n+4\r\n", w));
    CHECK(w.log == " a= b=4,");
}

TEST_CASE("subscriptions are answered by pushes, or refused by one reply", "[fullon_cache][reply_router]")
{
    world w;
    w.ask("s", 2, true);
    w.ask("refused", 5, true);
    w.ask("u", 1, true);
    w.ask("p", 1);
    CHECK(w.router.read(
        ">3\r\n+subscribe\r\n+a\r\n:1\r\n>3\r\n+message\r\n+a\r\n+m\r\n>3\r\n+subscribe\r\n+b\r\n:2\r\n"
        "-NOPERM no\r\n>3\r\n+unsubscribe\r\n+a\r\n:0\r\n+PONG\r\n",
        w));
    CHECK(w.log == " >subscribe >message >subscribe s= refused=NOPERM no, >unsubscribe u= p=PONG,");
}

TEST_CASE("what nobody asked for ends the connection", "[fullon_cache][reply_router]")
{
    world w;
    CHECK_FALSE(w.router.read("+OK\r\n", w));
    CHECK(w.router.error() == "Redis sent a reply to no request");

    world other;
    other.ask("s", 1, true);
    CHECK_FALSE(other.router.read("+OK\r\n", other));
    CHECK(other.log.empty());

    world confirms; // a confirmation that belongs to nothing changes nothing
    confirms.ask("a", 1);
    CHECK(confirms.router.read(">3\r\n+subscribe\r\n+a\r\n:1\r\n+1\r\n", confirms));
    CHECK(confirms.log == " >subscribe a=1,");
}

TEST_CASE("nothing is handed out behind an error, nor when the sink has enough",
          "[fullon_cache][reply_router]")
{
    world w;
    w.ask("a", 1);
    w.ask("b", 1);
    CHECK_FALSE(w.router.read("+1\r\n$\r\n+2\r\n", w));
    CHECK_FALSE(w.router.read("+2\r\n", w));
    CHECK(w.log == " a=1,");
    CHECK(w.router.take_waiting().size() == 1);

    world stopped;
    stopped.ask("a", 1);
    stopped.stop_at_push = true;
    CHECK_FALSE(stopped.router.read(">1\r\n+x\r\n+1\r\n", stopped));
    CHECK(stopped.log == " >x");
}
