// Of every model: what is written is read as it was, whatever it is; what is damaged is read or refused, never more.
#include "random_models.hpp"
#include "stored_object.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

using namespace fullon_orm;
using random_models::generator;

namespace {

constexpr std::uint64_t first_seed = 20'251'107;
constexpr std::uint64_t seeds = 3000;

// A failure names the seed that repeats it.
template <class Check>
void for_each_seed(Check check)
{
    for (std::uint64_t seed = first_seed; seed != first_seed + seeds; ++seed) {
        CAPTURE(seed);
        generator random(seed);
        check(random);
    }
}

std::string wire_json(const auto& value)
{
    std::string out;
    write_json(out, value, json_style::wire);
    return out;
}

// In full: -0.0 is equal to 0.0, and objects in another order are equal, but neither is written so.
template <class T, class Read, class Write>
void require_round_trip(const T& value, const Read& read, const Write& write)
{
    const std::string text = write(value);
    CAPTURE(text);
    const auto back = read(text);
    REQUIRE(back.has_value());
    REQUIRE(*back == value);
    REQUIRE(write(*back) == text);
}

constexpr auto stored_json = [](const auto& value) { return to_json(value); };

// On the wire a model has no key beside it: its members say everything.
template <class T>
void require_wire_round_trip(const T& value)
{
    require_round_trip(
        value, [](const std::string& text) { return read_json<T>(text); },
        [](const T& one) { return wire_json(one); });
}

account_positions random_positions(generator& random)
{
    account_positions out{.ex_id = random.text()};
    std::set<std::string> symbols{"timestamp"};
    for (auto count = random.below(5); count != 0; --count) {
        auto one = random.model<position>();
        one.ex_id = out.ex_id;
        for (auto* const number : {&one.cost, &one.volume, &one.fee, &one.count, &one.price, &one.timestamp})
            *number = number->value_or(0); // as they are written
        if (symbols.insert(one.symbol).second)
            out.positions.push_back(std::move(one));
    }
    if (!random.one_in(4))
        out.timestamp = random.micro_time();
    return out;
}

// As they are when they were read: with a total there is nothing that could be worked out.
account_balances random_balances(generator& random)
{
    account_balances out{.ex_id = random.text()};
    std::set<std::string> currencies{"date"};
    for (auto count = random.below(5); count != 0; --count) {
        auto one = random.model<balance>();
        if (one.total && !one.available)
            one.available = random.number();
        if (one.total && !one.reserved)
            one.reserved = random.number();
        if (currencies.insert(one.currency).second)
            out.balances.push_back(std::move(one));
    }
    if (!random.one_in(4))
        out.date = random.micro_time();
    return out;
}

std::string balances_json(const account_balances& value)
{
    // The time in a damaged one may be outside the calendar, and then has no text.
    return to_json(value.balances, value.date ? format_iso(*value.date) : std::string());
}

std::string bot_json(const bot_status& value)
{
    std::string out;
    write_json(out, value.data, json_style::redis);
    return out;
}

// No reader lets through what is not finite.
void require_finite(double value)
{
    REQUIRE(std::isfinite(value));
}

void require_finite(const std::optional<double>& value)
{
    REQUIRE((!value || std::isfinite(*value)));
}

void require_finite(const auto&) {}

template <described T>
void require_finite(const T& value)
{
    boost::mp11::mp_for_each<members_of<T>>([&](auto member) { require_finite(value.*member.pointer); });
}

void require_finite(const account_positions& value)
{
    require_finite(value.timestamp);
    for (const auto& one : value.positions)
        require_finite(one);
}

void require_finite(const account_balances& value)
{
    require_finite(value.date);
    for (const auto& one : value.balances)
        require_finite(one);
}

void require_finite(const bot_status& value)
{
    require_finite(value.timestamp());
}

// Damaged JSON is refused or read, never more: what is read can be written, and is then no longer damaged.
template <class Read, class Write>
void require_harmless(generator& random, const std::string& valid, const Read& read, const Write& write)
{
    for (int round = 0; round != 4; ++round) {
        const auto damaged = random.damaged(valid);
        CAPTURE(damaged);
        const auto value = read(damaged);
        if (!value)
            continue;
        require_finite(*value);
        const std::string text = write(*value);
        CAPTURE(text);
        const auto back = read(text);
        REQUIRE(back.has_value());
        REQUIRE(write(*back) == text);
    }
}

void require_json_object(const std::string& text)
{
    CAPTURE(text);
    const auto tree = parse_value(text);
    REQUIRE(tree.has_value());
    REQUIRE(tree->is_object());
}

} // namespace

TEST_CASE("random ticks are read as they were written")
{
    for_each_seed([](generator& random) {
        const auto value = random.model<tick>();
        const auto read = [&](const std::string& text) {
            return tick_from_json(text, value.exchange, value.symbol);
        };
        require_round_trip(value, read, stored_json);
        require_wire_round_trip(value);
        require_harmless(random, to_json(value), read, stored_json);
    });
}

TEST_CASE("random symbols are read as they were written")
{
    for_each_seed([](generator& random) {
        const auto value = random.model<fullon_orm::symbol>();
        const auto read = [&](const std::string& text) {
            return symbol_from_json(text, value.exchange_name, value.symbol);
        };
        require_round_trip(value, read, stored_json);
        require_wire_round_trip(value);
        require_harmless(random, to_json(value), read, stored_json);
    });
}

TEST_CASE("random orders are read as they were written")
{
    for_each_seed([](generator& random) {
        auto value = random.model<order>();
        value.exchange = random.text(); // there always is one: that of the key
        const auto read = [&](const std::string& text) {
            return order_from_json(text, *value.exchange, value.order_id);
        };
        require_round_trip(value, read, stored_json);
        require_wire_round_trip(value);
        require_harmless(random, to_json(value), read, stored_json);
    });
}

TEST_CASE("random orders are merged member by member")
{
    for_each_seed([](generator& random) {
        const auto stored = random.model<order>();
        const auto update = random.model<order>();
        auto expected = stored;
        boost::mp11::mp_for_each<members_of<order>>([&](auto member) {
            const auto& ours = update.*member.pointer;
            if (ours != std::decay_t<decltype(ours)>())
                expected.*member.pointer = ours;
        });
        const auto before = to_json(stored);
        REQUIRE(merge_order(object_in(before), update) == to_json(expected));
        REQUIRE(merge_order(object_in(before), order{}) == before);
        const auto damaged = parse_value(random.damaged(before));
        if (damaged && damaged->is_object())
            require_json_object(merge_order(damaged->get_object(), update));
    });
}

TEST_CASE("random trades are read as they were written")
{
    for_each_seed([](generator& random) {
        const auto value = random.model<trade>();
        const auto key = without_slash(value.symbol);
        const auto read = [&](const std::string& text) { return trade_from_json(text, key); };
        require_round_trip(value, read, stored_json);
        require_round_trip(value, [](const std::string& text) { return trade_from_json(text); }, stored_json);
        require_wire_round_trip(value);
        require_harmless(random, to_json(value), read, stored_json);
    });
}

TEST_CASE("random positions are read as they were written")
{
    for_each_seed([](generator& random) {
        const auto value = random_positions(random);
        const auto read = [&](const std::string& text) {
            return account_positions_from_json(text, value.ex_id);
        };
        require_round_trip(value, read, stored_json);
        require_harmless(random, to_json(value), read, stored_json);
        for (const auto& one : value.positions)
            require_wire_round_trip(one);
    });
}

TEST_CASE("random positions are merged one by one")
{
    for_each_seed([](generator& random) {
        const auto stored = random_positions(random);
        const auto before = to_json(stored);
        const double now = random.micro_time();
        auto expected = stored;
        expected.timestamp = now;
        REQUIRE(changed(before, [&](auto& account) { touch_positions(account, now); }) == to_json(expected));

        auto update = random.model<position>();
        if (!stored.positions.empty() && random.one_in(2))
            update.symbol = stored.positions[random.below(stored.positions.size())].symbol;
        const auto found = std::find_if(expected.positions.begin(), expected.positions.end(),
                                        [&](const position& one) { return one.symbol == update.symbol; });
        if (found != expected.positions.end())
            *found = update;
        else
            expected.positions.push_back(update);
        const auto merge = [&](auto& account) { merge_position(account, update, now); };
        REQUIRE(changed(before, merge) == to_json(expected));

        const auto damaged = random.damaged(before);
        if (const auto tree = parse_value(damaged); tree && tree->is_object())
            require_json_object(changed(damaged, merge));
    });
}

TEST_CASE("random balances are read as they were written")
{
    for_each_seed([](generator& random) {
        const auto value = random_balances(random);
        const auto read = [&](const std::string& text) {
            return account_balances_from_json(text, value.ex_id);
        };
        const auto before = balances_json(value);
        require_round_trip(value, read, balances_json);
        require_harmless(random, before, read, balances_json);
        for (const auto& one : value.balances)
            require_wire_round_trip(one);

        const auto date = random.text();
        const auto touch = [&](auto& account) { touch_balances(account, date); };
        REQUIRE(changed(before, touch) == to_json(value.balances, date));
        const auto damaged = random.damaged(before);
        if (const auto tree = parse_value(damaged); tree && tree->is_object())
            require_json_object(changed(damaged, touch));
    });
}

TEST_CASE("random bars are read as they were written")
{
    for_each_seed([](generator& random) {
        const auto value = random.model<bar>();
        require_round_trip(value, [](const std::string& text) { return bar_from_json(text); }, stored_json);
        require_round_trip(
            value, [](const std::string& text) { return bar_from_json(text); },
            [](const bar& one) {
                std::string out;
                append_json(out, one, json_style::wire);
                return out;
            });
        require_harmless(
            random, to_json(value), [](const std::string& text) { return bar_from_json(text); }, stored_json);
    });
}

TEST_CASE("random bots are read as they were written")
{
    for_each_seed([](generator& random) {
        const auto value = random.model<bot_status>();
        const auto read = [&](const std::string& text) { return bot_status_from_json(text, value.bot_id); };
        require_round_trip(value, read, bot_json);
        require_harmless(random, bot_json(value), read, bot_json);

        const double now = random.micro_time();
        const auto stamped = read(stamp_feeds(value.data, now)).value();
        const auto is_feed = [](const auto& member) { return member.value().is_object(); };
        REQUIRE(
            stamped.timestamp() ==
            (std::any_of(value.data.begin(), value.data.end(), is_feed) ? std::optional(now) : std::nullopt));
        REQUIRE(stamp_feeds(stamped.data, now) == bot_json(stamped));
        REQUIRE(stamped.data.size() == value.data.size());
    });
}

TEST_CASE("random marks of opening positions are read as they were written")
{
    for_each_seed([](generator& random) {
        const opening_position value{.exchange = random.text(),
                                     .symbol = random.text(),
                                     .bot_id = random.text(),
                                     .since = random.micro_time()};
        const auto text = opening_position_text(value.bot_id, *value.since);
        CAPTURE(text);
        REQUIRE(opening_position_from_text(text, value.exchange, value.symbol) == value);
        require_finite(opening_position_from_text(random.damaged(text), "e", "s"));
    });
}

TEST_CASE("random processes are read as they were written")
{
    for_each_seed([](generator& random) {
        auto value = random.model<process_info>();
        value.process_type = process_types[random.below(process_types.size())];
        value.process_id = make_process_id(value.process_type, value.component, random.number());
        const auto read = [&](const std::string& text) {
            return process_info_from_json(text, value.process_id);
        };
        require_round_trip(value, read, stored_json);
        require_wire_round_trip(value);
        require_harmless(random, to_json(value), read, stored_json);
    });
}
