// How the system is, from what its processes say.
#include <fullon_cache/process_health.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace fullon_cache;
using fullon_orm::process_info;

namespace {

constexpr double now = 1'800'000'000;

process_info process(std::string type, std::string status, double updated_ago,
                     std::optional<double> heartbeat_ago)
{
    process_info made;
    made.process_type = std::move(type);
    made.status = std::move(status);
    made.updated_at = now - updated_ago;
    if (heartbeat_ago)
        made.heartbeat = now - *heartbeat_ago;
    return made;
}

} // namespace

TEST_CASE("a process is stale when its heartbeat is older than five minutes, or missing")
{
    CHECK_FALSE(is_stale(process("bot", "running", 0, 0), now));
    CHECK_FALSE(is_stale(process("bot", "running", 0, 300), now));
    CHECK(is_stale(process("bot", "running", 0, 300.001), now));
    CHECK(is_stale(process("bot", "running", 0, std::nullopt), now));
}

TEST_CASE("a process is active for a while after its last update")
{
    CHECK(is_active(process("bot", "running", 300, 0), now));
    CHECK_FALSE(is_active(process("bot", "running", 301, 0), now));
    CHECK(is_active(process("bot", "running", 301, 0), now, counted_for));
    auto silent = process("bot", "running", 0, 0);
    silent.updated_at.reset();
    CHECK_FALSE(is_active(silent, now));
}

TEST_CASE("a process from the future is stale and not active, and counts")
{
    const double hour = 3600;
    CHECK_FALSE(is_stale(process("bot", "running", -60, -60), now)); // the clock of another machine
    CHECK(is_active(process("bot", "running", -60, -60), now));
    for (const double ahead : {61.0, hour, now * 1000, 1e300}) {
        CAPTURE(ahead);
        const auto all = process("bot", "running", -ahead, -ahead);
        CHECK(is_stale(all, now));
        CHECK_FALSE(is_active(all, now));
        CHECK(is_counted(all, now));
        CHECK(is_stale(process("bot", "running", 0, -ahead), now));
        CHECK(is_active(process("bot", "running", 0, -ahead), now));
        CHECK(is_stale(process("bot", "running", -ahead, 0), now));
        const auto health = health_of({all}, now);
        CHECK_FALSE(health.healthy);
        CHECK(health.total_processes == 1);
        CHECK(health.stale_processes == 1);
    }
    CHECK(is_counted(process("bot", "running", hour, 0), now));
    CHECK_FALSE(is_counted(process("bot", "running", hour + 1, 0), now));
}

TEST_CASE("health counts what was updated within the hour")
{
    CHECK(health_of({}, now) == system_health());

    const std::vector<process_info> fine{process("tick", "running", 10, 10), process("bot", "idle", 3000, 20),
                                         process("bot", "running", 3601, 0)}; // too old to count
    auto health = health_of(fine, now);
    CHECK(health.healthy);
    CHECK(health.total_processes == 2);
    CHECK(health.by_type == std::map<std::string, std::int64_t>{{"bot", 1}, {"tick", 1}});
    CHECK(health.by_status == std::map<std::string, std::int64_t>{{"idle", 1}, {"running", 1}});

    health = health_of({process("tick", "error", 10, 10)}, now);
    CHECK_FALSE(health.healthy);
    CHECK(health.error_processes == 1);
    CHECK(health.stale_processes == 0);

    health = health_of({process("tick", "running", 10, 400)}, now);
    CHECK_FALSE(health.healthy);
    CHECK(health.stale_processes == 1);
}
