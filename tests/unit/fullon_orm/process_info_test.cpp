// Processes: what the Python services recorded, leniently read.
#include "stored_object.hpp"

#include <fullon_orm/codec.hpp>
#include <fullon_orm/fullon_orm.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace {

using fullon_orm::make_process_id;
using fullon_orm::process_info;
using fullon_orm::process_info_from_json;
using fullon_orm::read_error;
using fullon_orm::read_fault;

// Recorded from the Python library: registered, registered with defaults, updated, updated without heartbeat, stopped.
constexpr std::string_view tick_id = "tick:ticker_daemon:1795189008.11052";
constexpr std::string_view bot_id = "bot:bot_1:1795189008.111288";
constexpr std::string_view recorded_new =
    R"({"process_id": "tick:ticker_daemon:1795189008.11052", "process_type": "tick", "component": "ticker_daemon", "params": {"exchanges": ["binance"]}, "status": "starting", "message": "Started", "created_at": "2026-11-20T15:36:48.110520+00:00", "updated_at": "2026-11-20T15:36:48.110520+00:00", "heartbeat": "2026-11-20T15:36:48.110520+00:00"})";
constexpr std::string_view recorded_defaults =
    R"({"process_id": "bot:bot_1:1795189008.111288", "process_type": "bot", "component": "bot_1", "params": {}, "status": "starting", "message": "Process bot_1 registered", "created_at": "2026-11-20T15:36:48.111288+00:00", "updated_at": "2026-11-20T15:36:48.111288+00:00", "heartbeat": "2026-11-20T15:36:48.111288+00:00"})";
constexpr std::string_view recorded_updated =
    R"({"process_id": "tick:ticker_daemon:1795189008.11052", "process_type": "tick", "component": "ticker_daemon", "params": {"exchanges": ["binance"], "n": 1}, "status": "running", "message": "Received ticker", "created_at": "2026-11-20T15:36:48.110520+00:00", "updated_at": "2026-11-20T15:36:48.112201+00:00", "heartbeat": "2026-11-20T15:36:48.112201+00:00"})";
constexpr std::string_view recorded_no_heartbeat =
    R"({"process_id": "tick:ticker_daemon:1795189008.11052", "process_type": "tick", "component": "ticker_daemon", "params": {"exchanges": ["binance"], "n": 1}, "status": "running", "message": "Received ticker", "created_at": "2026-11-20T15:36:48.110520+00:00", "updated_at": "2026-11-20T15:36:48.112946+00:00", "heartbeat": "2026-11-20T15:36:48.112201+00:00"})";
constexpr std::string_view recorded_stopped =
    R"({"process_id": "bot:bot_1:1795189008.111288", "process_type": "bot", "component": "bot_1", "params": {}, "status": "stopped", "message": "bye", "created_at": "2026-11-20T15:36:48.111288+00:00", "updated_at": "2026-11-20T15:36:48.122815+00:00", "heartbeat": "2026-11-20T15:36:48.111288+00:00"})";

process_info read(std::string_view json, std::string_view process_id = tick_id)
{
    return process_info_from_json(json, std::string(process_id)).value();
}

read_error error_of(std::string_view json)
{
    const auto result = process_info_from_json(json, std::string(tick_id));
    REQUIRE_FALSE(result.has_value());
    return result.error();
}

} // namespace

TEST_CASE("a process is written as recorded")
{
    process_info value{.process_id = std::string(tick_id),
                       .process_type = "tick",
                       .component = "ticker_daemon",
                       .params = {},
                       .status = "starting",
                       .message = "Started",
                       .created_at = 1795189008.11052,
                       .updated_at = 1795189008.11052,
                       .heartbeat = 1795189008.11052};
    value.params = fullon_orm::parse_value(R"({"exchanges": ["binance"]})")->as_object();
    CHECK(to_json(value) == recorded_new);
    value.params["n"] = 1;
    value.status = "running";
    value.message = "Received ticker";
    value.updated_at = 1795189008.112946;
    value.heartbeat = 1795189008.112201;
    CHECK(to_json(value) == recorded_no_heartbeat);
}

TEST_CASE("recorded processes are read and written back byte for byte")
{
    for (const auto json : {recorded_new, recorded_updated, recorded_no_heartbeat})
        CHECK(to_json(read(json)) == json);
    for (const auto json : {recorded_defaults, recorded_stopped})
        CHECK(to_json(read(json, bot_id)) == json);
    const auto value = read(recorded_no_heartbeat);
    CHECK(value.process_type == "tick");
    CHECK(value.component == "ticker_daemon");
    CHECK(value.status == "running");
    CHECK(value.message == "Received ticker");
    CHECK(value.created_at == 1795189008.11052);
    CHECK(value.updated_at == 1795189008.112946);
    CHECK(value.heartbeat == 1795189008.112201);
}

TEST_CASE("the times of a process are written as ISO text, with a fraction only where they are not whole")
{
    CHECK(
        to_json(process_info{.created_at = 1762500000, .updated_at = 1762500000.5}) ==
        R"({"process_id": "", "process_type": "", "component": "", "params": {}, "status": "", "message": "", "created_at": "2025-11-07T07:20:00+00:00", "updated_at": "2025-11-07T07:20:00.500000+00:00", "heartbeat": null})");
    std::string wire;
    fullon_orm::write_json(wire, process_info{.heartbeat = 1762500000.123456}, fullon_orm::json_style::wire);
    CHECK(wire.ends_with(R"("created_at":null,"updated_at":null,"heartbeat":1762500000.123456})"));
}

TEST_CASE("the identity of a process comes from its key")
{
    constexpr std::string_view lie = R"({"process_id": "x", "process_type": "y", "component": "z"})";
    const auto value = read(lie, "order:a:b:1795189008.5");
    CHECK(value.process_id == "order:a:b:1795189008.5");
    CHECK(value.process_type == "order");
    CHECK(value.component == "a:b");
    CHECK(read("{}", bot_id) ==
          process_info{.process_id = std::string(bot_id), .process_type = "bot", .component = "bot_1"});
    // An id of another form says nothing about type and component.
    for (const auto* id : {"", "plain", "tick:ticker_daemon"}) {
        const auto other = read(lie, id);
        CHECK(other.process_id == id);
        CHECK(other.process_type == "y");
        CHECK(other.component == "z");
    }
}

TEST_CASE("a process is taken for what is there")
{
    const auto value = read(
        R"({"message": 5, "status": null, "params": [1], "created_at": "bad", "updated_at": null, "heartbeat": true, "pid": {"a": [1]}})");
    CHECK(value == process_info{.process_id = std::string(tick_id),
                                .process_type = "tick",
                                .component = "ticker_daemon",
                                .message = "5"});
    for (const auto* params : {"null", "5", R"("text")", "[]", "{}"})
        CHECK(read(R"({"params": )" + std::string(params) + "}").params.empty());
}

TEST_CASE("the times of a process are read in all their forms")
{
    const auto value = read(
        R"({"created_at": 1762500000.123456, "updated_at": "2025-11-07T07:20:00", "heartbeat": "2025-11-07T07:20:00.123456Z"})");
    CHECK(value.created_at == 1762500000.123456);
    CHECK(value.updated_at == 1762500000.0);
    CHECK(value.heartbeat == 1762500000.123456);
    const auto odd = read(R"({"created_at": "1762500000.5", "updated_at": 1762500000, "heartbeat": NaN})");
    CHECK(odd.created_at == 1762500000.5);
    CHECK(odd.updated_at == 1762500000.0);
    CHECK_FALSE(odd.heartbeat);
}

// They outlive the text and the tree that they were read from.
TEST_CASE("the parameters of a process stay as they were written")
{
    constexpr std::string_view params =
        R"({"n": 1, "x": 50000.0, "tiny": 1e-07, "at": 1762500000.123456, "\u20bf": {"list": [null, true, "\u00e9", -0.0, 18446744073709551615]}})";
    const auto value = [&] {
        const auto json = R"({"params": )" + std::string(params) + "}";
        return read(json);
    }();
    std::string out;
    fullon_orm::write_json(out, value.params, fullon_orm::json_style::redis);
    CHECK(out == params);
}

TEST_CASE("what is not finite in the parameters of a process is null")
{
    constexpr std::string_view json = R"({"params": {"a": NaN, "b": [{"c": Infinity}]}})";
    CHECK(read(json) == read(json));
    CHECK(read(json) == read(R"({"params": {"a": null, "b": [{"c": null}]}})"));
}

TEST_CASE("only what is no object is no process")
{
    CHECK(error_of("{x") == read_error{read_fault::not_json, ""});
    CHECK(error_of("") == read_error{read_fault::not_json, ""});
    CHECK(error_of("[]") == read_error{read_fault::not_an_object, ""});
    CHECK(error_of("7") == read_error{read_fault::not_an_object, ""});
}

TEST_CASE("the id of a process is made as recorded")
{
    CHECK(make_process_id("tick", "ticker_daemon", 1795189008.11052) == tick_id);
    CHECK(make_process_id("bot", "bot_1", 1795189008.111288) == bot_id);
    CHECK(make_process_id("bot", "a:b", 1795189008) == "bot:a:b:1795189008.0");
    const auto value = read("{}", make_process_id("crawler", "₿:x", 1795191118.53));
    CHECK(value.process_type == "crawler");
    CHECK(value.component == "₿:x");
}

TEST_CASE("integers of any length in a process's parameters keep their digits in a merge")
{
    const std::string_view stored =
        R"({"process_id": "tick:a:1", "params": {"cursor": 123456789012345678901}, "status": "running"})";
    auto process = process_info_from_json(stored, "tick:a:1").value();
    process.params["n"] = 1;
    CHECK(merge_process(object_in(stored), process)
              .find(R"("params": {"cursor": 123456789012345678901, "n": 1})") != std::string::npos);
}
