// Tests of impl/line_escape.ipp: no text breaks out of its place in a line.
#include <fullon_log/impl/line_escape.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace fullon_log;
using detail::escaping;
using detail::line_buffer;

namespace {

std::string escaped(std::string_view text, escaping how)
{
    line_buffer out;
    detail::append_escaped(out, text, how);
    return {out.data(), out.size()};
}

} // namespace

TEST_CASE("line breaks and terminal controls are shown, not obeyed", "[fullon_log]")
{
    CHECK(escaped("a\nb\r\tc\x1b[31m\x7f", escaping::message) == R"(a\nb\r\tc\x1b[31m\x7f)");
    CHECK(escaped("a\nb\x01\x7f", escaping::json) == R"(a\nb\u0001\u007f)");
    CHECK(escaped(std::string_view("\0", 1), escaping::json) == R"(\u0000)");
    // Next line, CSI, line separator, right-to-left override: all are UTF-8, none is harmless.
    CHECK(escaped("\xc2\x85 \xc2\x9b \xe2\x80\xa8 \xe2\x80\xae", escaping::message) ==
          R"(\u0085 \u009b \u2028 \u202e)");
    CHECK(escaped("\xe2\x80\xa8", escaping::json) == R"(\u2028)");
}

TEST_CASE("UTF-8 passes and bytes that are not UTF-8 are replaced", "[fullon_log]")
{
    const std::string good = "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x9a\x80 \xf4\x8f\xbf\xbf";
    CHECK(escaped(good, escaping::json) == good);
    CHECK(escaped(good, escaping::message) == good);
    CHECK(escaped("a\xff", escaping::message) == R"(a\xff)");
    CHECK(escaped("a\xff", escaping::json) == R"(a\ufffd)");
    for (const char* bad : {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\xaf", "\xed\xa0\x80", "\xe2\x82",
                            "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3\x28"}) {
        CAPTURE(bad);
        CHECK(escaped(bad, escaping::json).starts_with("\\ufffd"));
    }
}

TEST_CASE("quotes and backslashes are escaped inside quotes only", "[fullon_log]")
{
    CHECK(escaped(R"(C:\dir "x")", escaping::message) == R"(C:\dir "x")");
    CHECK(escaped(R"(C:\dir "x")", escaping::quoted) == R"(C:\\dir \"x\")");
    CHECK(escaped(R"(C:\dir "x")", escaping::json) == R"(C:\\dir \"x\")");
}

TEST_CASE("a very long text is cut and says by how much", "[fullon_log]")
{
    CHECK(escaped(std::string(8192, 'a'), escaping::json) == std::string(8192, 'a'));
    CHECK(escaped(std::string(10'000, 'a'), escaping::json) == std::string(8192, 'a') + "...(+1808 bytes)");
    // Not inside a character: 8191 + 2 bytes.
    CHECK(escaped(std::string(8191, 'a') + "\xc3\xa9", escaping::json) ==
          std::string(8191, 'a') + "...(+2 bytes)");
}

TEST_CASE("text stands bare only if it cannot be taken for something else", "[fullon_log]")
{
    for (const char* text : {"BTC/USDT", "-", "a|b", "\xc3\xa9"})
        CHECK(detail::is_bare(text));
    for (const char* text : {"", "a b", "a=b", "\"", "\\", "a\nb", "\x01", "\x7f"})
        CHECK_FALSE(detail::is_bare(text));
}
