// Tests of dotenv.hpp: each sentence of the format, and any bytes.
#include <fullon_log/dotenv.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <random>
#include <string>

using fullon_log::dotenv_entry;
using fullon_log::parse_dotenv;
using entries = std::vector<dotenv_entry>;

namespace {

// The value of X in `X<rest>`.
std::string value_of(std::string rest)
{
    const auto result = parse_dotenv("X" + rest);
    INFO(rest);
    REQUIRE_FALSE(result.error);
    REQUIRE(result.entries.size() == 1);
    REQUIRE(result.entries.front().name == "X");
    return result.entries.front().value;
}

// "line: problem" of a text that is refused.
std::string error_of(std::string_view text)
{
    const auto result = parse_dotenv(text);
    INFO(text);
    REQUIRE(result.error);
    CHECK(result.entries.empty());
    return std::to_string(result.error->line) + ": " + result.error->problem;
}

} // namespace

TEST_CASE("a .env text is its NAME=value lines in their order", "[fullon_log]")
{
    const auto result = parse_dotenv("A=1\n\n  # comment\n\t\n  _b2 = two words  \nA=3");
    CHECK_FALSE(result.error);
    CHECK(result.entries == entries{{"A", "1"}, {"_b2", "two words"}, {"A", "3"}});
    CHECK(parse_dotenv("").entries.empty());
}

TEST_CASE("CRLF, a byte order mark and export are ignored", "[fullon_log]")
{
    CHECK(parse_dotenv("\xef\xbb\xbf"
                       "A=1\r\nexport B=2\r\n\r\nexport\tC = 3\r")
              .entries == entries{{"A", "1"}, {"B", "2"}, {"C", "3"}});
    CHECK(parse_dotenv("export=1\nexport = 2\nexported=3").entries ==
          entries{{"export", "1"}, {"export", "2"}, {"exported", "3"}});
}

TEST_CASE("an unquoted value ends at a # after a blank", "[fullon_log]")
{
    CHECK(value_of("=a#b").compare("a#b") == 0);
    CHECK(value_of("=a #b") == "a");
    CHECK(value_of("=a\t# b") == "a");
    CHECK(value_of("=#b") == "#b");
    CHECK(value_of("= # b").empty());
    CHECK(value_of("=").empty());
    CHECK(value_of("=   ").empty());
    CHECK(value_of("=a=b") == "a=b");
    CHECK(value_of("=a\"b'c\\n") == "a\"b'c\\n");
    CHECK(value_of("=\xff\xc3\xa9") == "\xff\xc3\xa9"); // bytes, as in the process environment
}

TEST_CASE("single quotes keep everything as it stands", "[fullon_log]")
{
    CHECK(value_of("=' a # b \\n \"c\" $D '") == " a # b \\n \"c\" $D ");
    CHECK(value_of("=''").empty());
    CHECK(value_of("= 'a' # comment") == "a");
    CHECK(value_of("='a'#comment") == "a");
}

TEST_CASE("double quotes replace the listed escapes and no others", "[fullon_log]")
{
    CHECK(value_of(R"(="a\nb\r\t\\ \" \' \$ \x \d")") == "a\nb\r\t\\ \" ' $ \\x \\d");
    CHECK(value_of("=\"a # b 'c'\"  # comment") == "a # b 'c'");
}

TEST_CASE("nothing is interpolated", "[fullon_log]")
{
    CHECK(value_of("=$HOME ${HOME} $(id)") == "$HOME ${HOME} $(id)");
    CHECK(value_of("=\"${HOME}\"") == "${HOME}");
}

TEST_CASE("any other line is an error with its number", "[fullon_log]")
{
    CHECK(error_of("A=1\nnonsense") == "2: no '=' after the name");
    CHECK(error_of("A=1\r\n\r\nA B=1") == "3: no '=' after the name");
    CHECK(error_of("export A") == "1: no '=' after the name");
    CHECK(error_of("export") == "1: no '=' after the name");
    CHECK(error_of("A-B=1") == "1: no '=' after the name");
    for (const char* text :
         {"=1", "1A=1", "  =", "\"A\"=1", "\xc3\xa9=1", "{\"json\": 1}", "export =", "export 1=2"}) {
        if (std::string_view(text) == "export =")
            continue; // a variable named export
        CHECK(error_of(text) == "1: no name before '=' (letters, digits and '_', not starting with a digit)");
    }
}

TEST_CASE("quotes must close on their line and nothing but a comment may follow", "[fullon_log]")
{
    CHECK(error_of("A='x") == "1: the closing quote is missing");
    CHECK(error_of("A=\"x\nB=y\"") == "1: the closing quote is missing");
    CHECK(error_of("A=\"x\\\"") == "1: the closing quote is missing");
    CHECK(error_of("A=\"x\\") == "1: the closing quote is missing");
    CHECK(error_of("A='x'y") == "1: text after the closing quote");
    CHECK(error_of("A=\"x\" \"y\"") == "1: text after the closing quote");
}

TEST_CASE("control characters are errors, also in comments", "[fullon_log]")
{
    CHECK(error_of(std::string_view("A=\0", 3)) == "1: a control character");
    CHECK(error_of("A=\x1b[0m") == "1: a control character");
    CHECK(error_of("A=1\rB=2") == "1: a control character");
    CHECK(error_of("A=1\n# \x7f") == "2: a control character");
    CHECK(error_of(std::string_view("\xff\xfe"
                                    "A\0=\0",
                                    6)) == "1: a control character"); // UTF-16
}

// Nothing crashes (the sanitizers watch), and what is accepted has names and values that an environment can hold.
TEST_CASE("any bytes are either entries or an error", "[fullon_log]")
{
    std::mt19937 random(7);
    const std::string_view alphabet = "AB1_=='\"\\#$ \t\r\nnexport\xef\xbb\xbf\x01";
    int accepted = 0;
    for (int round = 0; round < 50'000; ++round) {
        std::string text(random() % 20, '\0');
        for (char& c : text)
            c = alphabet[random() % alphabet.size()];
        const auto result = parse_dotenv(text);
        if (result.error) {
            REQUIRE(result.error->line >= 1);
            REQUIRE(result.error->line <=
                    1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
            continue;
        }
        for (const auto& entry : result.entries) {
            ++accepted;
            REQUIRE_FALSE(entry.name.empty());
            REQUIRE(entry.name.find('=') == std::string::npos);
            REQUIRE(entry.value.find('\0') == std::string::npos);
        }
    }
    CHECK(accepted > 100);
}
