// What a failed read says.
#include <fullon_orm/read_error.hpp>
#include <fullon_orm/tick.hpp>

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>
#include <string_view>

using fullon_orm::read_error;
using fullon_orm::read_fault;

TEST_CASE("an error says which member is at fault and why")
{
    CHECK(read_error{read_fault::missing, "price"}.text() == "price: missing");
    CHECK(read_error{read_fault::not_a_number, "a.b"}.text() == "a.b: not a finite number");
    CHECK(read_error{read_fault::not_json, ""}.text() == "not JSON");
    CHECK(read_error{read_fault::not_an_object, ""}.text() == "not a JSON object");
}

TEST_CASE("asking a failed result for its value throws the error's text")
{
    try {
        fullon_orm::tick_from_json("{}", "binance", "BTC/USDT").value();
        FAIL("nothing was thrown");
    } catch (const std::runtime_error& failure) {
        CHECK(std::string_view(failure.what()) == "price: missing");
    }
}
