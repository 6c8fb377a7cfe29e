// What people read of an exception: without the category and the source location that Boost appends.
#include <fullon_log/failure_text.hpp>

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>
#include <string>

namespace {

std::string text_of(const char* what)
{
    return fullon_log::failure_text(std::runtime_error(what));
}

} // namespace

TEST_CASE("a source location of Boost is not shown", "[failure_text]")
{
    CHECK(text_of(
              "API_PORT: cannot listen on localhost:1: Address already in use [system:98 at "
              "/root/.cache/x/reactive_socket_service.hpp:161:5 in function 'auto f(T&) [with T = int]']") ==
          "API_PORT: cannot listen on localhost:1: Address already in use");
    CHECK(text_of("Connection refused [system:111]") == "Connection refused");
    CHECK(text_of("no [1:2 x] here: gone [asio.misc:2]") == "no [1:2 x] here: gone");
    CHECK(text_of("odd [x:-3 at y:1]") == "odd");
}

TEST_CASE("brackets that are no code of Boost stay", "[failure_text]")
{
    for (const auto* const text : {"", "plain", "cannot listen on [::1]", "[system:98", "list [a, b]", "[x]",
                                   " [x:]", "x [y:1 or more]", "]"})
        CHECK(text_of(text) == text);
}

TEST_CASE("an exception of an unknown type says so", "[failure_text]")
{
    CHECK(fullon_log::failure_text(std::make_exception_ptr(std::runtime_error("gone [system:2]"))) == "gone");
    CHECK(fullon_log::failure_text(std::make_exception_ptr(1)) == "an exception of an unknown type");
}
