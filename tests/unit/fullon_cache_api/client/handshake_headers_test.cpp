// Which further fields a client's handshake may have.
#include <fullon_cache_api/detail/client/handshake_headers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>
#include <string>

using fullon_cache_api::detail::require_headers;

TEST_CASE("fields of the handshake itself and what is no field are refused by name",
          "[fullon_cache_api][client]")
{
    CHECK_NOTHROW(require_headers({}));
    CHECK_NOTHROW(
        require_headers({{"Authorization", "Bearer a.b-c"}, {"X-Trace_1", ""}, {"Origin", "a\tb \xc3\xa4"}}));
    for (const char* name :
         {"Host", "HOST", "upgrade", "Connection", "Sec-WebSocket-Key", "sec-websocket-protocol",
          "Content-Length", "Transfer-Encoding", "", "a b", "a:", "a\n", "\xc3\xa4"}) {
        CAPTURE(name);
        CHECK_THROWS_AS(require_headers({{name, "x"}}), std::invalid_argument);
    }
    for (const std::string& value :
         {std::string("a\r\nb"), std::string("\n"), std::string("a\0", 2), std::string("\x7f")})
        CHECK_THROWS_AS(require_headers({{"X", value}}), std::invalid_argument);
}
