// The way back: every JSON that was recorded from the Python services is read into its model, and nothing is lost.
#include "support/recorded_writes.hpp"

#include <fullon_orm/codec.hpp>
#include <fullon_orm/fullon_orm.hpp>

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace json = boost::json;
using namespace fullon_orm;

// By value: integers are doubles, times numbers.
json::value comparable(const json::value& from, std::string_view name = {})
{
    if (const auto* object = from.if_object()) {
        std::map<std::string, json::value> sorted;
        for (const auto& [key, value] : *object)
            sorted.emplace(key, comparable(value, {key.data(), key.size()}));
        json::object result;
        for (auto& [key, value] : sorted)
            result.emplace(key, std::move(value));
        return result;
    }
    if (const auto* array = from.if_array()) {
        json::array result;
        for (const auto& one : *array)
            result.push_back(comparable(one));
        return result;
    }
    if (from.is_number())
        return from.to_number<double>();
    if (const auto* text = from.if_string(); text && is_time_name(name)) {
        const auto time = parse_time({text->data(), text->size()});
        return time ? json::value(*time) : from;
    }
    return from;
}

json::value tree_of(std::string_view text)
{
    const auto tree = parse_value(text);
    REQUIRE(tree);
    return comparable(*tree);
}

// Reads a stored value and writes it again; nothing for values of no model.
std::optional<std::string> read_and_write(const std::string& key, const std::string& field,
                                          const std::string& value)
{
    const auto starts = [&](std::string_view prefix) { return key.starts_with(prefix); };
    if (starts("tickers:"))
        return to_json(tick_from_json(value, key.substr(8), field).value());
    if (key == "account_positions")
        return to_json(account_positions_from_json(value, field).value());
    if (key == "bot_status")
        return stamp_feeds(bot_status_from_json(value, field).value().data, 1795189008.107963);
    if (starts("order_status:")) {
        auto read = order_from_json(value, key.substr(13), field).value();
        CHECK(read.exchange == key.substr(13));
        const auto stored = read_json<order>(value).value();
        read.exchange = stored.exchange; // the one thing that is not the JSON's to say
        return to_json(read);
    }
    if (starts("trades:") || starts("user_trades:"))
        return to_json(trade_from_json(value).value());
    if (starts("ohlcv:"))
        return to_json(bar_from_json(value).value());
    if (starts("process:data:"))
        return to_json(process_info_from_json(value, key.substr(13)).value());
    return std::nullopt;
}

} // namespace

TEST_CASE("every recorded value is read into its model and written again without loss")
{
    int compared = 0;
    const auto compare = [&](const std::string& key, const std::string& field, const std::string& value) {
        INFO(key << " " << field << " " << value);
        const auto written = read_and_write(key, field, value);
        if (!written)
            return;
        auto expected = tree_of(value);
        if (auto* columns = expected.if_array(); columns && columns->size() > 6)
            columns->resize(6);
        CHECK(tree_of(*written) == expected);
        ++compared;
    };
    for (const auto& call : support::recorded_calls())
        for (const auto& command : call.commands) {
            const auto& name = command.at(0);
            if (name == "HSET" && command.size() == 4)
                compare(command[1], command[2], command[3]);
            else if (name == "SETEX")
                compare(command[1], {}, command[3]);
            else if (name == "RPUSH")
                for (std::size_t i = 2; i < command.size(); ++i)
                    compare(command[1], {}, command[i]);
        }
    CHECK(compared >= 25);
}

TEST_CASE("every recorded balance is read with its three numbers")
{
    int seen = 0;
    for (const auto& call : support::recorded_calls())
        for (const auto& command : call.commands)
            if (command.at(0) == "HSET" && command.at(1) == "accounts") {
                const auto read = account_balances_from_json(command.at(3), command.at(2)).value();
                REQUIRE(read.balances.size() == 2);
                CHECK(read.balances[0] ==
                      balance{.currency = "USDT", .total = 10000, .available = 8500, .reserved = 1500});
                CHECK(read.balances[1] ==
                      balance{.currency = "BTC", .total = 1.5, .available = 1.2, .reserved = 0.3});
                CHECK(read.date);
                ++seen;
            }
    CHECK(seen == 2);
}
