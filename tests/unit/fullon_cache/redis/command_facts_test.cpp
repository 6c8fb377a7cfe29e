// What is known of commands by their names: which only read, which a shared connection does not carry, what answers them.
#include <fullon_cache/detail/redis/command_facts.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <utility>
#include <vector>

using fullon_cache::command;
using fullon_cache::pipeline;
using fullon_cache::reply;
using fullon_cache::detail::judge;
using fullon_cache::detail::only_reads;
using fullon_cache::detail::replies_are;
using fullon_cache::detail::why_not_shared;

namespace {

reply make(reply::kind type, std::string text = {}, std::vector<reply> items = {})
{
    reply made;
    made.type = type;
    made.text = std::move(text);
    made.items = std::move(items);
    return made;
}

const auto text = make(reply::kind::text, "x");
const auto ok = make(reply::kind::text, "OK");
const auto queued = make(reply::kind::text, "QUEUED");
const auto integer = make(reply::kind::integer, "1");
const auto list = make(reply::kind::array);
const auto null = make(reply::kind::null);
const auto read_only = make(reply::kind::error, "READONLY You can't write against a read only replica.");
const auto no_type = make(reply::kind::error, "WRONGTYPE Operation against a key");

} // namespace

TEST_CASE("what only reads is known in any case, what is not known may write", "[fullon_cache][command]")
{
    for (const auto* const name : {"GET", "hget", "HGetAll", "LRANGE", "xread", "PING", "scan", "INFO"})
        CHECK(only_reads(pipeline().add(name, "k")));
    for (const auto* const name : {"SET", "EVAL", "lpop", "RPUSH", "PUBLISH", "SOMETHING", "FLUSHDB", ""})
        CHECK_FALSE(only_reads(pipeline().add(name, "k")));
    CHECK(only_reads(pipeline().add("MULTI").add("GET", "k").add("EXEC")));
    CHECK_FALSE(only_reads(pipeline().add("MULTI").add("GET", "k").add("DEL", "k").add("EXEC")));
}

TEST_CASE("a transaction has to be whole", "[fullon_cache][command]")
{
    CHECK(why_not_shared(pipeline().add("MULTI").add("SET", "k", 1).add("EXEC")).empty());
    CHECK(why_not_shared(pipeline().add("multi").add("exec").add("MULTI").add("EXEC")).empty());
    for (const auto& broken :
         {pipeline().add("MULTI"), pipeline().add("MULTI").add("SET", "k", 1), pipeline().add("EXEC"),
          pipeline().add("MULTI").add("MULTI").add("EXEC").add("EXEC"),
          pipeline().add("MULTI").add("EXEC").add("EXEC"), pipeline().add("MULTI").add("DISCARD")})
        CHECK_FALSE(why_not_shared(broken).empty());
}

TEST_CASE("the arguments count where they decide", "[fullon_cache][command]")
{
    CHECK_FALSE(why_not_shared(pipeline().add("XREAD", "BLOCK", 0, "STREAMS", "s", "$")).empty());
    CHECK(why_not_shared(pipeline().add("XREAD", "STREAMS", "block", "$")).empty());
    CHECK_FALSE(why_not_shared(pipeline().add("client", "Reply", "SKIP")).empty());
    CHECK(why_not_shared(pipeline().add("CLIENT", "LIST")).empty());
    CHECK(why_not_shared(pipeline().add("CLIENT")).empty());
    CHECK(why_not_shared(pipeline().add("SET", "MULTI", "WATCH")).empty()); // a key
}

TEST_CASE("a reply of another kind belongs to another request", "[fullon_cache][command]")
{
    const auto of = [](command one, const reply& given) {
        return judge(pipeline().add(std::move(one)), std::vector<reply>(1, given));
    };
    CHECK(of(command("GET", "k"), text) == replies_are::sound);
    CHECK(of(command("GET", "k"), null) == replies_are::sound);
    CHECK(of(command("GET", "k"), no_type) == replies_are::sound); // an error answers anything
    CHECK(of(command("GET", "k"), integer) == replies_are::foreign);
    CHECK(of(command("get", "k"), list) == replies_are::foreign);
    CHECK(of(command("LRANGE", "k", 0, 1), text) == replies_are::foreign);
    CHECK(of(command("HSET", "k", "f", 1), ok) == replies_are::foreign);
    CHECK(of(command("EVAL", "return 1", 0), list) == replies_are::sound);
    CHECK(of(command("SET", "k", 1), read_only) == replies_are::of_a_replica);
}

TEST_CASE("what is queued is answered with that, and then by EXEC", "[fullon_cache][command]")
{
    pipeline commands;
    commands.add("MULTI").add("LLEN", "k").add("EXEC").add("LLEN", "k");
    const auto of = [&](std::vector<reply> replies) { return judge(commands, replies); };
    CHECK(of({ok, queued, list, integer}) == replies_are::sound);
    CHECK(of({ok, integer, list, integer}) == replies_are::foreign);
    CHECK(of({ok, queued, text, integer}) == replies_are::foreign);
    CHECK(of({ok, queued, list, queued}) == replies_are::foreign);
    CHECK(of({ok, queued, make(reply::kind::array, "", {read_only}), integer}) == replies_are::of_a_replica);
    CHECK(of({no_type, integer, no_type, integer}) == replies_are::sound); // MULTI was refused
    CHECK(of({ok, no_type, no_type, integer}) == replies_are::sound); // all of it was
}
