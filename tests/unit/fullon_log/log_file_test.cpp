// Tests of impl/log_file.ipp: rotation by size, retention by age.
#include "log_fixture.hpp"

#include <fullon_log/impl/log_file.hpp>
#include <fullon_log/logger.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using namespace fullon_log;
using namespace log_tests;
using detail::is_rotated_name;
using detail::log_file;
using namespace std::chrono_literals;

namespace {

// The files of a folder, oldest rotation first, the current one (which sorts behind the digits) last.
std::vector<fs::path> files_in(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& each : fs::directory_iterator(folder))
        files.push_back(each.path());
    std::sort(files.begin(), files.end());
    return files;
}

void make_old(const fs::path& path, std::chrono::hours age)
{
    write_file(path, "old\n");
    fs::last_write_time(path, fs::file_time_type::clock::now() - age);
}

} // namespace

TEST_CASE("the log folder is created", "[fullon_log]")
{
    const temp_dir folder;
    const auto path = folder / "a" / "b" / "x.log";
    log_file file(path, 0, 0h);
    CHECK(file.write("line\n"));
    CHECK(content_of(path) == "line\n");
}

TEST_CASE("a file is appended to, not replaced", "[fullon_log]")
{
    const temp_dir folder;
    for (int i = 0; i < 2; ++i)
        CHECK(log_file(folder / "x.log", 1000, 1h).write("line\n"));
    CHECK(content_of(folder / "x.log") == "line\nline\n");
}

TEST_CASE("a file without a folder in its name is in the current one", "[fullon_log]")
{
    const temp_dir folder;
    const current_folder here(folder.path());
    log_file file("x.log", 10, 1h);
    for (int i = 0; i < 3; ++i)
        CHECK(file.write("12345678\n"));
    CHECK(files_in(folder.path()).size() == 3);
}

TEST_CASE("rotated files are bounded in number and in bytes, whatever their age", "[fullon_log]")
{
    const temp_dir folder;
    write_file(folder / "x.2024-01-02_00-00-00_000000.log", std::string(5000, 'x')); // of a larger rotation
    write_file(folder / "y.2024-01-02_00-00-00_000000.log", "not ours\n");
    {
        log_file file(folder / "x.log", 100, 0h);
        CHECK(files_in(folder.path()).size() == 2); // over 20 x 100 bytes
        for (int i = 0; i < 100; ++i)
            REQUIRE(file.write(std::string(79, 'a') + "\n"));
    }
    CHECK(files_in(folder.path()).size() == log_file::most_rotated + 2);
    CHECK(fs::exists(folder / "y.2024-01-02_00-00-00_000000.log"));
    write_file(folder / "x.2024-01-02_00-00-00_000000.log", "older than all\n");
    log_file again(folder / "x.log", 100, 0h);
    CHECK_FALSE(fs::exists(folder / "x.2024-01-02_00-00-00_000000.log"));
}

TEST_CASE("no file grows above the rotation size and no line is lost or split", "[fullon_log]")
{
    const temp_dir folder;
    std::string all;
    {
        log_file file(folder / "x.log", 100, 1h);
        for (int i = 0; i < 100; ++i) {
            const auto line = "line number " + std::to_string(i) + "\n";
            all += line;
            REQUIRE(file.write(line));
        }
    }
    const auto files = files_in(folder.path());
    CHECK(files.size() > 10);
    CHECK(files.back() == folder / "x.log");
    std::string found;
    for (const auto& path : files) {
        CHECK(fs::file_size(path) <= 100);
        CHECK((path == folder / "x.log" || is_rotated_name(folder / "x.log", path.filename().string())));
        found += content_of(path);
    }
    CHECK(found == all);
}

TEST_CASE("a line longer than the rotation size gets a file of its own", "[fullon_log]")
{
    const temp_dir folder;
    log_file file(folder / "x.log", 10, 1h);
    const auto huge = std::string(50, 'x') + "\n";
    for (const auto& line : {std::string("short\n"), huge, std::string("short\n")})
        CHECK(file.write(line));
    const auto files = files_in(folder.path());
    REQUIRE(files.size() == 3);
    CHECK(content_of(files[1]) == huge);
}

TEST_CASE("an empty file is not rotated", "[fullon_log]")
{
    const temp_dir folder;
    log_file file(folder / "x.log", 10, 1h);
    CHECK(file.write(std::string(50, 'x') + "\n"));
    CHECK(files_in(folder.path()).size() == 1);
}

TEST_CASE("a rotation size of 0 never rotates", "[fullon_log]")
{
    const temp_dir folder;
    log_file file(folder / "x.log", 0, 1h);
    for (int i = 0; i < 1000; ++i)
        CHECK(file.write("line\n"));
    CHECK(files_in(folder.path()).size() == 1);
}

TEST_CASE("the size already in the file counts", "[fullon_log]")
{
    const temp_dir folder;
    write_file(folder / "x.log", std::string(95, 'x') + "\n");
    log_file file(folder / "x.log", 100, 1h);
    CHECK(file.write("12345\n"));
    CHECK(content_of(folder / "x.log") == "12345\n");
}

TEST_CASE("only names that rotation makes are taken for rotated files", "[fullon_log]")
{
    CHECK(is_rotated_name("/a/x.log", "x.2025-11-21_07-08-10_123456.log"));
    CHECK(is_rotated_name("plain", "plain.2025-11-21_07-08-10_123456"));
    for (const char* name :
         {"x.log", "x..log", "x.2025-11-21_07-08-10_12345a.log", "x.2025-11-21_07-08-10_123456.txt",
          "y.2025-11-21_07-08-10_123456.log", "x.2025-11-21_07-08-10_1234567.log", "x.1.log", ""})
        CHECK_FALSE(is_rotated_name("/a/x.log", name));
}

TEST_CASE("old rotated files are deleted at the start, and nothing else is", "[fullon_log]")
{
    const temp_dir folder;
    const auto old = folder / "x.2025-01-01_00-00-00_000000.log";
    const auto recent = folder / "x.2025-01-02_00-00-00_000000.log";
    const auto other = folder / "y.2025-01-01_00-00-00_000000.log";
    const auto notes = folder / "x.notes.log";
    make_old(old, 50h);
    make_old(recent, 46h);
    make_old(other, 1000h);
    make_old(notes, 1000h);
    make_old(folder / "x.log", 1000h);

    SECTION("with a retention")
    {
        const log_file file(folder / "x.log", 100, 48h);
        CHECK_FALSE(fs::exists(old));
    }
    SECTION("a retention of 0 keeps them")
    {
        const log_file file(folder / "x.log", 100, 0h);
        CHECK(fs::exists(old));
    }
    SECTION("a retention beyond all time keeps them")
    {
        const log_file file(folder / "x.log", 100, std::chrono::hours::max());
        CHECK(fs::exists(old));
    }
    for (const auto& kept : {recent, other, notes, folder / "x.log"})
        CHECK(fs::exists(kept));
}

TEST_CASE("old rotated files are deleted at each rotation", "[fullon_log]")
{
    const temp_dir folder;
    log_file file(folder / "x.log", 10, 48h);
    const auto old = folder / "x.2025-01-01_00-00-00_000000.log";
    make_old(old, 50h);
    CHECK(file.write("12345678\n"));
    CHECK(fs::exists(old));
    CHECK(file.write("12345678\n"));
    CHECK_FALSE(fs::exists(old));
}

// Another process, or logrotate, was quicker: its file must not be renamed a second time.
TEST_CASE("a file that somebody else has moved is left where it is", "[fullon_log]")
{
    const temp_dir folder;
    log_file file(folder / "x.log", 20, 1h);
    CHECK(file.write("first line\n"));
    fs::rename(folder / "x.log", folder / "x.log.1");
    write_file(folder / "x.log", "theirs\n");
    CHECK(file.write("second line\n"));
    CHECK(content_of(folder / "x.log.1") == "first line\n");
    CHECK(content_of(folder / "x.log") == "theirs\nsecond line\n");
}

TEST_CASE("when rotation fails the lines go on into the old file", "[fullon_log]")
{
    const temp_dir folder;
    fs::create_directory(folder / "logs");
    log_file file(folder / "logs" / "x.log", 20, 1h);
    fs::create_hard_link(folder / "logs" / "x.log", folder / "same.log");
    fs::remove_all(folder / "logs");
    const auto text = stderr_of([&] {
        for (int i = 0; i < 10; ++i)
            CHECK(file.write("12345678\n"));
    });
    CHECK(fs::file_size(folder / "same.log") == 90);
    CHECK(text.starts_with("fullon_log: cannot open "));
}

TEST_CASE("rotation and retention of the settings reach the file", "[fullon_log]")
{
    const temp_dir folder;
    const auto old = folder / "x.2025-01-01_00-00-00_000000.log";
    make_old(old, 3h);
    auto settings = file_only(folder / "x.log");
    settings.rotation_bytes = 200;
    settings.retention = 2h;
    const auto log = get_component_logger("t");
    {
        const session now(settings);
        for (int i = 0; i < 100; ++i)
            log.info("line", {{"i", i}});
    }
    CHECK_FALSE(fs::exists(old));
    const auto files = files_in(folder.path());
    CHECK(files.size() >= 9);
    std::string all;
    for (const auto& path : files)
        all += content_of(path);
    const auto lines = lines_of(all);
    REQUIRE(lines.size() == 100);
    CHECK(lines.front() == "INFO     t: line i=0");
    CHECK(lines.back() == "INFO     t: line i=99");
}
