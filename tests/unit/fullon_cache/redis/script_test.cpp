// Scripts are called by their digest, and spelled out where Redis asks for it.
#include <fullon_cache/detail/redis/script.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace fullon_cache;
using namespace fullon_cache::detail;

namespace {

const script one("return 1");

reply error_of(std::string text)
{
    reply made;
    made.type = reply::kind::error;
    made.text = std::move(text);
    return made;
}

} // namespace

TEST_CASE("a script is called by the digest that Redis gives it, and is spelled out with all else as it was",
          "[fullon_cache][script]")
{
    using words = std::vector<std::string>;
    const auto call = one.call(1, "key", "value", 7).push("more");
    CHECK(script::is_called_by(call));
    CHECK(call.words() ==
          words{"EVALSHA", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "1", "key", "value", "7", "more"});
    const auto whole = script::whole(call);
    CHECK(whole.words() == words{"EVAL", "return 1", "1", "key", "value", "7", "more"});
    CHECK_FALSE(script::is_called_by(whole));
    CHECK_FALSE(script::is_called_by(command("EVALSHA", "x", 0))); // somebody else's
}

TEST_CASE("what Redis did not run because of the digest is told from what a script was refused",
          "[fullon_cache][script]")
{
    CHECK(is_unknown_script(error_of("NOSCRIPT No matching script. Please use EVAL.")));
    CHECK(is_unknown_script(error_of("NOPERM User api has no permissions to run the 'evalsha' command")));
    CHECK(is_digest_forbidden(
        error_of("NOPERM this user has no permissions to run the 'evalsha' command or its "
                 "subcommand")));
    CHECK(is_digest_forbidden(
        error_of("ERR unknown command 'EVALSHA', with args beginning with: 'e0e1' '0' ")));
    CHECK_FALSE(is_digest_forbidden(error_of("ERR unknown command 'FOO', with args beginning with: 'x'")));
    CHECK_FALSE(is_digest_forbidden(error_of("NOSCRIPT No matching script. Please use EVAL.")));
    CHECK_FALSE(is_unknown_script(error_of("NOPERM this user has no permissions to run all of it: SET")));
    reply text;
    text.type = reply::kind::text;
    text.text = "NOSCRIPT";
    CHECK_FALSE(is_unknown_script(text));
}
