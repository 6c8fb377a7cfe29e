// Tests of configure.hpp: the writer's life, its outputs, and what it does when they fail or stand still.
#include "log_fixture.hpp"

#include <fullon_log/configuration_error.hpp>
#include <fullon_log/logger.hpp>

#include <catch2/catch_test_macros.hpp>

#include <iostream>
#include <thread>

#include <sys/stat.h>

using namespace fullon_log;
using namespace log_tests;

TEST_CASE("the console is stderr, and without a terminal it has no colours", "[fullon_log]")
{
    const auto log = get_component_logger("t");
    const auto text = stderr_of([&] {
        config settings;
        settings.format = format::minimal;
        const session now(settings);
        log.info("hello");
    });
    CHECK(text == "INFO     t: hello\n");
}

TEST_CASE("a terminal gets colours unless they are switched off, and never in json", "[fullon_log]")
{
    const auto log = get_component_logger("t");
    const auto on_terminal = [&](config settings) {
        return terminal_of([&] {
            const session now(settings);
            log.error("hello");
        });
    };
    config settings;
    settings.format = format::minimal;
    CHECK(on_terminal(settings) == "\x1b[31mERROR   \x1b[0m t: hello\r\n");
    settings.colors = false;
    CHECK(on_terminal(settings) == "ERROR    t: hello\r\n");
    settings.colors = true;
    settings.format = format::json;
    CHECK(on_terminal(settings).find('\x1b') == std::string::npos);
}

TEST_CASE("console and file get the same lines, the console can be switched off", "[fullon_log]")
{
    const temp_dir folder;
    const auto log = get_component_logger("t");
    const auto text = stderr_of([&] {
        auto settings = file_only(folder / "x.log");
        settings.console = true;
        configure(settings);
        log.info("both");
        settings.console = false;
        configure(settings);
        log.info("file only");
        shutdown();
    });
    CHECK(text == "INFO     t: both\n");
    CHECK(content_of(folder / "x.log") == "INFO     t: both\nINFO     t: file only\n");
}

TEST_CASE("a line break in message, field or key never makes a second line", "[fullon_log]")
{
    const auto log = get_component_logger("fullon.test\nforged");
    for (const auto look : {format::beautiful, format::minimal, format::development, format::detailed,
                            format::trading, format::json}) {
        config settings;
        settings.format = look;
        const auto text = logged(settings, [&] {
            log.info("hello\nCRITICAL forged", {{"a\nb", "c\r\nd"}, {"e", "\xe2\x80\xa8"}, {"f", '\n'}});
        });
        CHECK(lines_of(text).size() == 1);
        CHECK(text.find('\r') == std::string::npos);
    }
}

// One payload goes to both: only the terminal's line may be coloured.
TEST_CASE("development lines have colours on the terminal and none in the file", "[fullon_log]")
{
    const temp_dir folder;
    const auto text = terminal_of([&] {
        auto settings = file_only(folder / "x.log", format::development);
        settings.console = true;
        const session now(settings);
        get_component_logger("t").error("hello", {{"key", 1}});
    });
    REQUIRE(text.size() > 13); // the time
    CHECK(text.substr(13) == "\x1b[31mERROR   \x1b[0m t: hello \x1b[36mkey=\x1b[0m1\r\n");
    CHECK(content_of(folder / "x.log").substr(13) == "ERROR    t: hello key=1\n");
}

TEST_CASE("detailed lines name the process, and the thread that logged", "[fullon_log]")
{
    const auto log = get_component_logger("t");
    config settings;
    settings.format = format::detailed;
    pid_t other = 0;
    const auto lines = lines_of(logged(settings, [&] {
        log.info("here");
        std::jthread([&] {
            other = ::gettid();
            log.info("there");
        }).join();
    }));
    REQUIRE(lines.size() == 2);
    const auto who = [](pid_t thread) {
        return "| pid=" + std::to_string(::getpid()) + " tid=" + std::to_string(thread) + " | t ";
    };
    CHECK(lines[0].find(who(::gettid())) != std::string::npos);
    CHECK(lines[1].find(who(other)) != std::string::npos);
}

TEST_CASE("configuring again changes the format for the lines after it only", "[fullon_log]")
{
    const temp_dir folder;
    const auto log = get_component_logger("t");
    configure(file_only(folder / "x.log"));
    log.info("one");
    configure(file_only(folder / "x.log", format::json));
    log.info("two");
    shutdown();
    const auto lines = lines_of(content_of(folder / "x.log"));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "INFO     t: one");
    CHECK(lines[1].ends_with(R"("level":"INFO","component":"t","message":"two"})"));
}

TEST_CASE("a folder that was created for the file is told once", "[fullon_log]")
{
    const temp_dir folder;
    const auto path = folder / "new" / "deep" / "x.log";
    for (int i = 0; i < 2; ++i) {
        const session now(file_only(path));
        get_component_logger("t").info("hello");
    }
    const auto lines = lines_of(content_of(path));
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "INFO     fullon.log: log folder created folder=" + (folder / "new" / "deep").string());
    CHECK(lines[1] == "INFO     t: hello");
    CHECK(lines[2] == "INFO     t: hello");
}

TEST_CASE("shutdown without a writer, and twice, does nothing", "[fullon_log]")
{
    shutdown();
    shutdown();
    CHECK_FALSE(get_component_logger("t").enabled(level::info));
}

TEST_CASE("a file that cannot be opened is an error and leaves the writer as it was", "[fullon_log]")
{
    const temp_dir folder;
    const auto log = get_component_logger("t");
    const session now(file_only(folder / "x.log"));
    write_file(folder / "file", "");
    for (const auto& path : {folder.path(), folder / "file" / "below" / "x.log"}) {
        try {
            configure(file_only(path));
            FAIL("not refused: " << path);
        } catch (const configuration_error& error) {
            CHECK(error.variable() == "LOG_FILE_PATH");
            CHECK(error.value() == path.string());
            CHECK(error.allowed().starts_with("a writable file"));
        }
    }
    log.info("still here");
    shutdown();
    CHECK(content_of(folder / "x.log") == "INFO     t: still here\n");
}

namespace {

// A log file whose reader we are: when it is full (64 KiB) the writer stands still.
class slow_output {
public:
    slow_output()
    {
        REQUIRE(::mkfifo(path().c_str(), 0600) == 0);
        reader_ = ::open(path().c_str(), O_RDONLY | O_NONBLOCK);
        REQUIRE(reader_ >= 0);
    }
    ~slow_output() { ::close(reader_); }
    slow_output(const slow_output&) = delete;
    slow_output& operator=(const slow_output&) = delete;

    fs::path path() const { return folder_ / "pipe"; }

    // Reads on until `text` has been read, or until the writer closes; the test fails after 30 s without either.
    void read_until(std::string_view text)
    {
        const auto from = text_.size();
        while (text.empty() || text_.find(text, from) == std::string::npos) {
            pollfd ready{reader_, POLLIN, 0};
            REQUIRE(::poll(&ready, 1, 30'000) == 1);
            char bytes[4096];
            const auto size = ::read(reader_, bytes, sizeof bytes);
            if (size <= 0)
                return;
            text_.append(bytes, static_cast<std::size_t>(size));
        }
    }

    const std::string& text() const { return text_; }

private:
    temp_dir folder_;
    int reader_ = -1;
    std::string text_;
};

} // namespace

// No call waits, the oldest lines go, and every line is accounted for in what the writer reports.
TEST_CASE("when the output stands still the oldest lines are dropped and counted", "[fullon_log]")
{
    constexpr std::uint64_t total = 2000;
    const auto before = dropped_lines();
    slow_output output;
    auto settings = file_only(output.path());
    settings.queue_lines = 16;
    configure(settings);
    const auto log = get_component_logger("t");
    const std::string long_text(4000, 'x'); // 16 fill the pipe
    for (std::uint64_t i = 0; i < total / 2; ++i)
        log.info(long_text, {{"i", i}});
    CHECK(dropped_lines() - before > 0);
    output.read_until("Log lines dropped");
    // A second time soon after: reported at the end at the latest.
    for (std::uint64_t i = total / 2; i < total; ++i)
        log.info(long_text, {{"i", i}});
    const auto dropped = dropped_lines() - before;
    {
        const std::jthread end([] { shutdown(); }); // closes the pipe
        while (log.enabled(level::info))
            std::this_thread::yield(); // it has begun
        output.read_until("");
    }

    std::uint64_t received = 0, reported = 0;
    for (const auto& line : lines_of(output.text())) {
        const auto at = line.find("Log lines dropped dropped=");
        if (at == std::string::npos)
            ++received;
        else
            reported += std::stoull(line.substr(at + 26));
    }
    CHECK(received + dropped == total);
    CHECK(reported == dropped);
    CHECK(output.text().find(" i=1999\n") != std::string::npos);
    CHECK(dropped_lines() - before == dropped);
}

TEST_CASE("lines logged after configure come behind all lines logged before it", "[fullon_log]")
{
    slow_output output;
    auto settings = file_only(output.path());
    configure(settings);
    const auto log = get_component_logger("t");
    for (int i = 0; i < 1000; ++i)
        log.info(std::string(100, 'x'), {{"i", i}}); // more than the pipe holds
    settings.level = level::debug;
    std::jthread again([&] { configure(settings); });
    while (!log.enabled(level::debug))
        std::this_thread::yield(); // the new writer is in place
    log.debug("after");
    output.read_until(" i=999\n");
    again.join();
    {
        const std::jthread end([] { shutdown(); });
        output.read_until("");
    }
    const auto lines = lines_of(output.text());
    REQUIRE(lines.size() == 1001);
    for (int i = 0; i < 1000; ++i)
        REQUIRE(lines[static_cast<std::size_t>(i)].ends_with(" i=" + std::to_string(i)));
    CHECK(lines.back() == "DEBUG    t: after");
}

TEST_CASE("lines that the file does not take are counted, and stderr is told once", "[fullon_log]")
{
    const auto before = dropped_lines();
    const auto log = get_component_logger("t");
    const auto text = stderr_of([&] {
        const session now(file_only("/dev/full"));
        for (int i = 0; i < 3; ++i)
            log.error("lost");
    });
    CHECK(text == "fullon_log: cannot write /dev/full: No space left on device\n");
    CHECK(dropped_lines() - before == 3);
}

TEST_CASE("[child] logs and returns from main without shutdown", "[.][fullon_log_child_exit]")
{
    configure(file_only(std::getenv("FULLON_LOG_TEST_FILE")));
    for (int i = 0; i < 100; ++i)
        get_component_logger("t").info("line", {{"i", i}});
}

TEST_CASE("what is queued when main returns is written", "[fullon_log]")
{
    const temp_dir folder;
    REQUIRE(run_test_case_in_child("[fullon_log_child_exit]", folder / "x.log") == 0);
    const auto lines = lines_of(content_of(folder / "x.log"));
    REQUIRE(lines.size() == 100);
    CHECK(lines.back() == "INFO     t: line i=99");
}

TEST_CASE("[child] logs while static objects are destroyed", "[.][fullon_log_child_static]")
{
    static struct late {
        logger log = get_component_logger("fullon.test.late");
        ~late()
        {
            log.error("late, known before");
            get_component_logger("fullon.test.later").error("late, new");
            static_cast<void>(dropped_lines());
        }
    } object;
    // stderr is where lines go by then; the parent reads it as a file.
    const int file = ::open(std::getenv("FULLON_LOG_TEST_FILE"), O_CREAT | O_WRONLY | O_APPEND, 0600);
    REQUIRE(::dup2(file, STDERR_FILENO) == STDERR_FILENO);
    config settings;
    settings.format = format::minimal;
    configure(settings);
    object.log.info("in time");
}

TEST_CASE("loggers may be used while static objects are destroyed", "[fullon_log]")
{
    const temp_dir folder;
    REQUIRE(run_test_case_in_child("[fullon_log_child_static]", folder / "x.log") == 0);
    const auto lines = lines_of(content_of(folder / "x.log"));
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "INFO     fullon.test.late: in time");
    CHECK(lines[1].ends_with("late, known before"));
    CHECK(lines[2].ends_with("late, new"));
}

// ThreadSanitizer does not let a forked child start threads.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FULLON_TEST_NO_FORK
#endif
#endif
#if !defined(__SANITIZE_THREAD__) && !defined(FULLON_TEST_NO_FORK)
TEST_CASE("a forked child may configure anew and does not wait for its parent's thread", "[fullon_log]")
{
    const temp_dir folder;
    const session now(file_only(folder / "parent.log"));
    const auto log = get_component_logger("t");
    std::cout.flush();
    const pid_t child = ::fork();
    if (child == 0) {
        configure(file_only(folder / "child.log", format::detailed));
        log.info("child");
        shutdown();
        ::_exit(0);
    }
    CHECK(wait_for(child) == 0);
    log.info("parent");
    shutdown();
    const auto number = std::to_string(child); // of its process and of its thread
    CHECK(content_of(folder / "child.log").substr(27) ==
          " | INFO     | pid=" + number + " tid=" + number + " | t                          | child\n");
    CHECK(content_of(folder / "parent.log") == "INFO     t: parent\n");
}
#endif
