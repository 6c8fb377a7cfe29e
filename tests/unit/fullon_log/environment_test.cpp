// Tests of environment.hpp and configuration_error.hpp.
#include "log_fixture.hpp"

#include <fullon_log/environment.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace fullon_log;
using namespace log_tests;
using namespace std::chrono_literals;

namespace {

environment with(std::string value)
{
    return environment::from({{"X", std::move(value)}});
}

template <class Function>
std::string error_of(Function run)
{
    try {
        run();
        return "no error";
    } catch (const configuration_error& error) {
        return error.what();
    }
}

} // namespace

TEST_CASE("an empty variable counts as unset", "[fullon_log]")
{
    CHECK_FALSE(environment::from({}).get("X"));
    CHECK_FALSE(with("").get("X"));
    CHECK(with(" ").get("X") == " ");
    CHECK(with("a").get("X") == "a");
    CHECK(with("").text("X", "default") == "default");
    CHECK(with("").integer("X", 5, 0, 9) == 5);
    CHECK(with("").boolean("X", true));
    CHECK(with("").seconds("X", 7s) == 7s);
    CHECK(with("").bytes("X", 8) == 8);
    CHECK(with("").one_of("X", "b", {"a", "b"}) == "b");
    CHECK(with("value").text("X", "default") == "value");
}

TEST_CASE("what is set goes before what was loaded", "[fullon_log]")
{
    auto env = environment::from({{"A", "1"}, {"B", "2"}});
    env.set("A", "3");
    env.set("B", "");
    env.set("C", "4");
    CHECK(env.text("A", "") == "3");
    CHECK_FALSE(env.get("B"));
    CHECK(env.integer("C", 0, 0, 9) == 4);
}

TEST_CASE("integers are whole, decimal and within their range", "[fullon_log]")
{
    CHECK(with("1").integer("X", 0, 1, 65535) == 1);
    CHECK(with(" 65535 ").integer("X", 0, 1, 65535) == 65535);
    CHECK(with("-3").integer("X", 0, -5, 5) == -3);
    CHECK(with("9223372036854775807").integer("X", 0, 0, INT64_MAX) == INT64_MAX);
    for (const char* text :
         {"0", "65536", "-1", "1.5", "0x10", "1e3", "+5", "12a", "a", "1 2", "99999999999999999999"})
        CHECK(error_of([&] { with(text).integer("X", 0, 1, 65535); }) ==
              "X: invalid value '" + std::string(text) + "'; expected an integer from 1 to 65535");
}

TEST_CASE("booleans have eight spellings in any case", "[fullon_log]")
{
    for (const char* text : {"true", "TRUE", "1", "yes", "Yes", "on", " on "})
        CHECK(with(text).boolean("X", false));
    for (const char* text : {"false", "False", "0", "no", "NO", "off"})
        CHECK_FALSE(with(text).boolean("X", true));
    for (const char* text : {"2", "y", "t", "truee", "enabled"})
        CHECK(error_of([&] { with(text).boolean("X", true); }) ==
              "X: invalid value '" + std::string(text) + "'; expected true, false, 1, 0, yes, no, on or off");
}

TEST_CASE("seconds may have decimals and are above zero", "[fullon_log]")
{
    CHECK(with("5").seconds("X", 1s) == 5000ms);
    CHECK(with("0.25").seconds("X", 1s) == 250ms);
    CHECK(with("0.001").seconds("X", 1s) == 1ms);
    CHECK(with(" 1.5 ").seconds("X", 1s) == 1500ms);
    CHECK(with("31536000").seconds("X", 1s) == std::chrono::hours(24 * 365));
    for (const char* text : {"0", "-1", "0.0001", "31536001", "nan", "inf", "1e3", "5s", "1,5", ".", "0x1"})
        CHECK(error_of([&] { with(text).seconds("X", 1s); }) ==
              "X: invalid value '" + std::string(text) +
                  "'; expected seconds from 0.001 to 31536000, such as 5 or 0.25");
}

TEST_CASE("bytes are plain or with a unit", "[fullon_log]")
{
    CHECK(with("1").bytes("X", 0) == 1);
    CHECK(with("65536").bytes("X", 0) == 65536);
    CHECK(with("64 KiB").bytes("X", 0) == 65536);
    CHECK(with("10 MB").bytes("X", 0) == 10'000'000);
    CHECK(with("10mb").bytes("X", 0) == 10'000'000);
    CHECK(with("3 B").bytes("X", 0) == 3);
    CHECK(with("2 KB").bytes("X", 0) == 2000);
    CHECK(with("2 GB").bytes("X", 0) == 2'000'000'000);
    CHECK(with("2 MiB").bytes("X", 0) == 2u << 20);
    CHECK(with("4 GiB").bytes("X", 0) == 4ull << 30);
    CHECK(with("18446744073709551615").bytes("X", 0) == UINT64_MAX);
    for (const char* text : {"0", "0 KB", "-1", "KB", "1.5 MB", "1 TB", "1 K", "1 MB x",
                             "18446744073709551616", "99999999999 GiB"})
        CHECK(error_of([&] { with(text).bytes("X", 0); }) ==
              "X: invalid value '" + std::string(text) +
                  "'; expected bytes above 0, such as 65536, 64 KiB or 10 MB (B, KB, MB, GB, KiB, MiB, "
                  "GiB)");
}

TEST_CASE("one_of matches in any case and gives the listed spelling", "[fullon_log]")
{
    CHECK(with("bEta").one_of("X", "alpha", {"alpha", "Beta"}) == "Beta");
    CHECK(with(" alpha").one_of("X", "Beta", {"alpha", "Beta"}) == "alpha");
    CHECK(error_of([] { with("gamma").one_of("X", "alpha", {"alpha", "Beta"}); }) ==
          "X: invalid value 'gamma'; expected one of alpha, Beta");
}

TEST_CASE("an error has its parts and one line of text", "[fullon_log]")
{
    const configuration_error error("REDIS_PORT", "99999", "an integer from 1 to 65535");
    CHECK(error.variable() == "REDIS_PORT");
    CHECK(error.value() == "99999");
    CHECK(error.allowed() == "an integer from 1 to 65535");
    CHECK(std::string(error.what()) ==
          "REDIS_PORT: invalid value '99999'; expected an integer from 1 to 65535");
    CHECK(std::string(configuration_error("X", "a\nb\x1b[2J", "c").what()) ==
          "X: invalid value 'a\\nb\\x1b[2J'; expected c");
    CHECK(std::string(configuration_error("X", std::string(1000, 'a'), "c").what()).size() < 300);
}

TEST_CASE("the values of secrets appear nowhere in an error", "[fullon_log]")
{
    for (const char* name : {"REDIS_PASSWORD", "API_TOKEN", "my_secret_key", "DB_PassWord"}) {
        const configuration_error error(name, "hunter2", "something else");
        CHECK(std::string(error.what()) == std::string(name) + ": invalid value; expected something else");
        CHECK(error.value().empty());
    }
    CHECK(error_of([] { environment::from({{"TOKEN_COUNT", "hunter2"}}).integer("TOKEN_COUNT", 0, 0, 9); }) ==
          "TOKEN_COUNT: invalid value; expected an integer from 0 to 9");
}

TEST_CASE("the process environment wins over the .env file, also where it is empty", "[fullon_log]")
{
    const temp_dir folder;
    write_file(folder / "x.env", "FLT_A=file\nFLT_B=file\nFLT_C=file\nFLT_C=later\n");
    const variable a("FLT_A", "process");
    const variable b("FLT_B", "");
    const variable c("FLT_C", std::nullopt);
    const auto env = environment::load(folder / "x.env");
    CHECK(env.get("FLT_A") == "process");
    CHECK_FALSE(env.get("FLT_B"));
    CHECK(env.get("FLT_C") == "later");
    CHECK(std::getenv("FLT_C") == nullptr); // the host's environment is as it was
}

TEST_CASE("the file is the one given, else that of DOTENV_FILE, else .env in the current folder",
          "[fullon_log]")
{
    const temp_dir folder;
    const current_folder here(folder.path());
    write_file(folder / ".env", "FLT_FROM=default\n");
    write_file(folder / "named", "FLT_FROM=named\n");
    write_file(folder / "given", "FLT_FROM=given\n");
    const variable unset("FLT_FROM", std::nullopt);
    {
        const variable name("DOTENV_FILE", std::nullopt);
        CHECK(environment::load().get("FLT_FROM") == "default");
    }
    const variable name("DOTENV_FILE", (folder / "named").string());
    CHECK(environment::load().get("FLT_FROM") == "named");
    CHECK(environment::load("given").get("FLT_FROM") == "given");
    CHECK(environment::load(folder / "given").get("FLT_FROM") == "given");
}

TEST_CASE("without any .env file the process environment is all", "[fullon_log]")
{
    const temp_dir folder;
    const current_folder here(folder.path());
    const variable name("DOTENV_FILE", "");
    const variable set("FLT_FROM", "process");
    CHECK(environment::load().get("FLT_FROM") == "process");
    fs::create_directory(folder / ".env"); // a Python virtual environment
    CHECK(environment::load().get("FLT_FROM") == "process");
}

TEST_CASE("a named file that cannot be read is an error that says who named it", "[fullon_log]")
{
    const temp_dir folder;
    const auto missing = (folder / "missing").string();
    CHECK(error_of([&] { environment::load(missing); }) ==
          "env_file: invalid value '" + missing + "'; expected the path of a readable file");
    CHECK(error_of([&] { environment::load(folder.path()); }) ==
          "env_file: invalid value '" + folder.path().string() + "'; expected the path of a readable file");
    const variable name("DOTENV_FILE", missing);
    CHECK(error_of([&] { environment::load(); }) ==
          "DOTENV_FILE: invalid value '" + missing + "'; expected the path of a readable file");
    CHECK(error_of([] { environment::load("/dev/zero"); }) ==
          "env_file: invalid value '/dev/zero'; expected a file of at most 1 MiB");
}

TEST_CASE("a bad line of a .env file is named by its number and not shown", "[fullon_log]")
{
    const temp_dir folder;
    const auto path = folder / "x.env";
    write_file(path, "A=1\n# fine\nhunter2\n");
    try {
        environment::load(path);
        FAIL("not refused");
    } catch (const configuration_error& error) {
        CHECK(std::string(error.what()) == path.string() + ":3: no '=' after the name");
        CHECK(error.variable() == path.string());
        CHECK(error.value().empty());
        CHECK(error.allowed() == "no '=' after the name");
    }
}
