// Tests of config::from_env.
#include <fullon_log/configure.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace fullon_log;
using namespace std::chrono_literals;

namespace {

config from(std::map<std::string, std::string> variables)
{
    return config::from_env(environment::from(std::move(variables)));
}

std::string error_of(std::map<std::string, std::string> variables)
{
    try {
        from(std::move(variables));
        return "no error";
    } catch (const configuration_error& error) {
        return error.what();
    }
}

} // namespace

TEST_CASE("without variables the log settings are the documented defaults", "[fullon_log]")
{
    const auto settings = from({});
    CHECK(settings.level == level::info);
    CHECK(settings.format == format::beautiful);
    CHECK(settings.console);
    CHECK(settings.colors);
    CHECK(settings.file.empty());
    CHECK(settings.rotation_bytes == 10'000'000);
    CHECK(settings.retention == 7 * 24h);
}

TEST_CASE("each log variable is read", "[fullon_log]")
{
    const auto settings = from({{"LOG_LEVEL", "debug"},
                                {"LOG_FORMAT", "JSON"},
                                {"LOG_CONSOLE", "off"},
                                {"LOG_COLORS", "false"},
                                {"LOG_FILE_PATH", "/tmp/x.log"},
                                {"LOG_ROTATION", "2 GB"},
                                {"LOG_RETENTION", "2 weeks"}});
    CHECK(settings.level == level::debug);
    CHECK(settings.format == format::json);
    CHECK_FALSE(settings.console);
    CHECK_FALSE(settings.colors);
    CHECK(settings.file == "/tmp/x.log");
    CHECK(settings.rotation_bytes == 2'000'000'000);
    CHECK(settings.retention == 336h);
}

TEST_CASE("every format of the table is accepted", "[fullon_log]")
{
    CHECK(from({{"LOG_FORMAT", "beautiful"}}).format == format::beautiful);
    CHECK(from({{"LOG_FORMAT", "minimal"}}).format == format::minimal);
    CHECK(from({{"LOG_FORMAT", "Development"}}).format == format::development);
    CHECK(from({{"LOG_FORMAT", "detailed"}}).format == format::detailed);
    CHECK(from({{"LOG_FORMAT", "trading"}}).format == format::trading);
    CHECK(from({{"LOG_FORMAT", "json"}}).format == format::json);
}

TEST_CASE("every level of the table is accepted", "[fullon_log]")
{
    CHECK(from({{"LOG_LEVEL", "INFO"}}).level == level::info);
    CHECK(from({{"LOG_LEVEL", "WARNING"}}).level == level::warning);
    CHECK(from({{"LOG_LEVEL", "ERROR"}}).level == level::error);
    CHECK(from({{"LOG_LEVEL", "CRITICAL"}}).level == level::critical);
}

TEST_CASE("a file is written only if a path or a folder is named, and the path wins", "[fullon_log]")
{
    CHECK(from({{"FULLON_CACHE_LOG_DIR", "/var/log/fullon"}}).file == "/var/log/fullon/fullon_cache.log");
    CHECK(from({{"FULLON_CACHE_LOG_DIR", "/var/log/fullon"}, {"LOG_FILE_PATH", "x.log"}}).file == "x.log");
    CHECK(from({{"FULLON_CACHE_LOG_DIR", ""}, {"LOG_FILE_PATH", ""}}).file.empty());
}

TEST_CASE("retention is hours, days or weeks", "[fullon_log]")
{
    CHECK(from({{"LOG_RETENTION", "1 hour"}}).retention == 1h);
    CHECK(from({{"LOG_RETENTION", " 36 Hours "}}).retention == 36h);
    CHECK(from({{"LOG_RETENTION", "3days"}}).retention == 72h);
    for (const char* text : {"7", "days", "0 days", "-1 days", "1.5 days", "10001 weeks", "1 month",
                             "1 day x", "99999999999999999999 days"})
        CHECK(error_of({{"LOG_RETENTION", text}}) ==
              "LOG_RETENTION: invalid value '" + std::string(text) +
                  "'; expected a number from 1 to 10000 and hours, days or weeks, such as 7 days");
}

TEST_CASE("an unknown format or level says what is allowed", "[fullon_log]")
{
    CHECK(error_of({{"LOG_FORMAT", "xml"}}) ==
          "LOG_FORMAT: invalid value 'xml'; expected one of beautiful, minimal, "
          "development, detailed, trading, json");
    CHECK(error_of({{"LOG_LEVEL", "LOUD"}}) ==
          "LOG_LEVEL: invalid value 'LOUD'; expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL");
    CHECK(error_of({{"LOG_CONSOLE", "maybe"}}).starts_with("LOG_CONSOLE: invalid value 'maybe'; expected "));
    CHECK(error_of({{"LOG_ROTATION", "0"}}).starts_with("LOG_ROTATION: invalid value '0'; expected "));
}
