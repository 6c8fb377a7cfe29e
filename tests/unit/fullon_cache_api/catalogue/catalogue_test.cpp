// The catalogue: every operation once, described, and errors turned into those of the wire.
#include <fullon_cache_api/detail/catalogue/catalogue.hpp>

#include <fullon_cache/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/json/value.hpp>

#include <catch2/catch_test_macros.hpp>

#include <exception>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using fullon_cache::cache_error;
using fullon_cache::errc;
using fullon_cache_api::error;
using fullon_cache_api::operation_kind;
using fullon_cache_api::detail::catalogue;
using fullon_cache_api::detail::failure_of;
using fullon_cache_api::detail::find_operation;
namespace json = boost::json;

namespace {

template <class Exception>
fullon_cache_api::detail::outcome failed(Exception thrown)
{
    return failure_of(std::make_exception_ptr(std::move(thrown)));
}

} // namespace

TEST_CASE("the catalogue lists each operation once", "[fullon_cache_api][catalogue]")
{
    std::set<std::string> names;
    for (const auto& entry : catalogue())
        CHECK(names.insert(std::string(entry.name)).second);
}

TEST_CASE("an operation is found by exactly its name", "[fullon_cache_api][catalogue]")
{
    for (const auto& entry : catalogue())
        CHECK(find_operation(entry.name) == &entry);
    for (const std::string_view name : {"", "Ping", "ping ", "pin", "get_tickers", "get_balance_of"}) {
        CAPTURE(name);
        CHECK(find_operation(name) == nullptr);
    }
    CHECK(find_operation(std::string_view("ping\0", 5)) == nullptr);
}

TEST_CASE("a query has a run, a stream has an open", "[fullon_cache_api][catalogue]")
{
    for (const auto& entry : catalogue()) {
        CAPTURE(entry.name);
        const bool stream = entry.kind == operation_kind::stream;
        CHECK((entry.run != nullptr) == !stream);
        CHECK((entry.open != nullptr) == stream);
        CHECK(entry.name.starts_with("stream_") == stream);
    }
}

TEST_CASE("every operation is described: one line, its kind, and valid schemas",
          "[fullon_cache_api][catalogue]")
{
    std::set<std::string> docs;
    for (const auto& entry : catalogue()) {
        CAPTURE(entry.name);
        REQUIRE(entry.describe);
        const auto info = entry.describe();
        CHECK(info.name == entry.name);
        CHECK(info.kind == (entry.kind == operation_kind::stream ? "stream" : "query"));
        CHECK(info.doc.size() > 20);
        CHECK(info.doc.find('\n') == std::string::npos);
        CHECK(info.doc.ends_with('.'));
        CHECK(docs.insert(info.doc).second);
        CHECK((info.rest.empty() || info.rest.starts_with('/')));

        CHECK(info.params.at("type") == "object");
        CHECK(info.params.at("properties").is_object());
        CHECK(info.params.at("additionalProperties") == false);
        // One kind of object, or one of several.
        std::vector<json::object> schemas;
        if (const auto* several = info.result.as_object().if_contains("anyOf"))
            for (const auto& one : several->as_array())
                schemas.push_back(one.as_object());
        else
            schemas.push_back(info.result.as_object());
        for (const auto& one : schemas)
            CHECK_FALSE(one.at("properties").as_object().empty());
        schemas.push_back(info.params.as_object());
        for (const auto& schema : schemas) {
            CHECK(schema.at("type") == "object");
            for (const auto& name : schema.at("required").as_array())
                CHECK(schema.at("properties").as_object().contains(name.as_string()));
        }
        // A route names only parameters that the operation has.
        for (auto at = info.rest.find('{'); at != std::string::npos; at = info.rest.find('{', at + 1)) {
            const auto name = info.rest.substr(at + 1, info.rest.find('}', at) - at - 1);
            CAPTURE(name);
            CHECK(info.params.at("properties").as_object().contains(name));
        }
    }
}

TEST_CASE("a stream is described by its messages", "[fullon_cache_api][catalogue]")
{
    const auto info = find_operation("stream_tickers")->describe();
    CHECK(info.result.at("properties").as_object().contains("price"));
    CHECK(info.params.at("required").as_array() == json::array{"exchange"});
}

TEST_CASE("failures of the cache become those of the wire", "[fullon_cache_api][catalogue]")
{
    const std::pair<errc, error> cases[] = {
        {errc::unavailable, error::cache_unavailable},
        {errc::closed, error::cache_unavailable},
        {errc::authentication, error::cache_unavailable},
        {errc::permission_denied, error::cache_unavailable},
        {errc::timeout, error::timeout},
        {errc::serialization, error::corrupt_entry},
        {errc::wrong_type, error::corrupt_entry},
        {errc::invalid_argument, error::invalid_params},
        {errc::out_of_memory, error::cache_unavailable},
        {errc::read_only, error::cache_unavailable},
        {errc::server_error, error::cache_unavailable},
        {errc::protocol, error::cache_unavailable},
        {errc::unknown_outcome, error::cache_unavailable},
        {errc::too_many_clients, error::cache_unavailable},
        {errc::no_replicas, error::cache_unavailable},
        {errc::unblocked, error::cache_unavailable},
        {errc::too_large, error::cache_unavailable},
    };
    for (const auto& [thrown, expected] : cases) {
        CAPTURE(static_cast<int>(thrown));
        const auto failure = failed(cache_error(thrown, "symbol: must be a non-empty string"));
        CHECK(failure.failure == expected);
        CHECK_FALSE(failure.text.empty());
        CHECK(failure.result.empty());
    }
}

// Our words on stored data may quote them: they are for the log.
TEST_CASE("what stood in Redis does not get out, what our own checks said does",
          "[fullon_cache_api][catalogue]")
{
    for (const auto code :
         {errc::unavailable, errc::timeout, errc::serialization, errc::wrong_type, errc::permission_denied,
          errc::out_of_memory, errc::read_only, errc::protocol, errc::closed}) {
        CAPTURE(static_cast<int>(code));
        CHECK(failed(cache_error(code, "secret words")).text.find("secret") == std::string::npos);
    }
    CHECK(failed(cache_error(errc::invalid_argument, "symbol: must be a non-empty string")).text ==
          "symbol: must be a non-empty string");
}

TEST_CASE("an error of Redis that has no code of its own is told in its words",
          "[fullon_cache_api][catalogue]")
{
    const auto text = [](errc code, std::string said) {
        return failed(cache_error(code, std::move(said))).text;
    };
    CHECK(text(errc::server_error, "MOVED 3999 127.0.0.1:6381") ==
          "Redis answered: MOVED 3999 127.0.0.1:6381");
    CHECK(text(errc::server_error,
               "ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'secret'") ==
          "Redis answered: ERR unknown command 'HELLO'");
    CHECK(text(errc::server_error, "ERR \x1b[31mx\r\n\x7f\xc3\xa4") == "Redis answered: ERR ?[31mx?????");
    CHECK(text(errc::server_error, std::string(5000, 'x')).size() < 300);
    CHECK(text(errc::server_error, "CLIENT TRACKING: ERR unknown subcommand 'tracking'") ==
          "Redis refuses CLIENT TRACKING, which streams need: ERR unknown subcommand 'tracking'");
    CHECK(text(errc::authentication, "WRONGPASS invalid username-password pair") ==
          "Redis answered: WRONGPASS invalid username-password pair");
    CHECK(text(errc::permission_denied, "CLIENT TRACKING: NOPERM no") ==
          "Redis refuses CLIENT TRACKING, which streams need: NOPERM no");
    CHECK(text(errc::unavailable, "this Redis is a replica whose master is away") ==
          "this Redis is a replica whose master is away");
}

TEST_CASE("an error that an operation throws keeps its code and its text alone",
          "[fullon_cache_api][catalogue]")
{
    const auto failure =
        failed(boost::system::system_error(error::invalid_params, "exchange: must not contain ':'"));
    CHECK(failure.failure == error::invalid_params);
    CHECK(failure.text == "exchange: must not contain ':'");

    const auto health =
        failed(boost::system::system_error(error::health_check_failed, "Redis does not answer"));
    CHECK(health.failure == error::health_check_failed);
    CHECK(health.text == "Redis does not answer");
}

TEST_CASE("an error without a text of its own says what its code means", "[fullon_cache_api][catalogue]")
{
    const auto failure = failed(boost::system::system_error(make_error_code(error::limit_exceeded)));
    CHECK(failure.failure == error::limit_exceeded);
    CHECK(failure.text == "a limit is exceeded");
}

// Those of a client, say: they have no code that an answer could carry.
TEST_CASE("an error that never travels is an internal error on the wire", "[fullon_cache_api][catalogue]")
{
    for (const auto code : {error::closed, error::disconnected, error::protocol, error::invalid_url})
        CHECK(failed(boost::system::system_error(make_error_code(code), "words")).failure ==
              error::internal_error);
}

TEST_CASE("a time-out of Asio is a time-out", "[fullon_cache_api][catalogue]")
{
    CHECK(failed(boost::system::system_error(boost::asio::error::timed_out)).failure == error::timeout);
}

TEST_CASE("what nobody foresaw is an internal error without detail", "[fullon_cache_api][catalogue]")
{
    const auto check = [](const fullon_cache_api::detail::outcome& failure) {
        CHECK(failure.failure == error::internal_error);
        CHECK(failure.text == "internal error");
    };
    check(failed(std::runtime_error("secret words")));
    check(failed(std::bad_alloc()));
    check(failed(boost::system::system_error(boost::asio::error::connection_reset, "secret words")));
    check(failed(42));
}

TEST_CASE("over HTTP a parameter may have a default of its own", "[fullon_cache_api][catalogue]")
{
    const auto* const bars = find_operation("get_latest_ohlcv_bars");
    json::object usual;
    CHECK(bars->read_text({{"symbol", "A"}, {"timeframe", "1m"}}, usual).empty());
    CHECK(usual.at("count") == 100);
    json::object given;
    CHECK(bars->read_text({{"symbol", "A"}, {"timeframe", "1m"}, {"count", "7"}}, given).empty());
    CHECK(given.at("count") == 7);
    json::object others;
    CHECK(find_operation("get_trades")->read_text({{"symbol", "A"}, {"exchange", "x"}}, others).empty());
    CHECK_FALSE(others.contains("limit"));
}
