// Bodies of writer.hpp.
#include "scale/writer.hpp"
#include "scale/names.hpp"

#include <fullon_orm/process_info.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace scale {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

// Of a hundred writes. The rest are bots.
constexpr std::size_t tickers_up_to = 35;
constexpr std::size_t positions_up_to = 50;
constexpr std::size_t orders_up_to = 65;
constexpr std::size_t processes_up_to = 70;
constexpr std::size_t trades_up_to = 82;
constexpr std::size_t bars_up_to = 89;

constexpr std::size_t most_processes = 4; // of one writer
constexpr std::size_t much = 2000;        // once in so many writes much is removed at once

} // namespace

writer::writer(fullon_cache::connection& redis, std::size_t number, unsigned seed)
    : redis_(redis), ticks_(redis), accounts_(redis), orders_(redis), bots_(redis), processes_(redis),
      trades_(redis), bars_(redis), name_("writer_" + std::to_string(number)),
      random_(seed + static_cast<unsigned>(number)), number_(number)
{}

asio::awaitable<void> writer::write(std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        co_await write_one();
}

asio::awaitable<void> writer::report()
{
    for (const auto& id : running_)
        co_await processes_.update_process(id);
}

asio::awaitable<void> writer::write_one()
{
    ++made_;
    if (once_in(much)) {
        co_await remove_much();
        co_return;
    }
    const auto what = below(100);
    if (what < tickers_up_to)
        co_await write_ticker();
    else if (what < positions_up_to)
        co_await write_positions();
    else if (what < orders_up_to)
        co_await write_order();
    else if (what < processes_up_to)
        co_await write_process();
    else if (what < trades_up_to)
        co_await write_trade();
    else if (what < bars_up_to)
        co_await write_bar();
    else if (once_in(4))
        co_await bots_.del_bot(bot_id(below(bots)));
    else {
        json::object feed;
        feed["n"] = made_;
        feed["status"] = once_in(2) ? "running" : "paused";
        json::object status;
        status["feed_1"] = std::move(feed);
        co_await bots_.update_bot(bot_id(below(bots)), std::move(status));
    }
}

asio::awaitable<void> writer::write_ticker()
{
    if (once_in(10)) {
        co_await ticks_.delete_ticker(symbol(below(symbols)), exchange(below(exchanges)));
        co_return;
    }
    fullon_orm::tick value;
    value.exchange = exchange(below(exchanges));
    value.symbol = symbol(below(symbols));
    value.price = price();
    if (!once_in(20)) // time goes on, but not for everybody alike; some do not know it
        value.time = 1'762'500'000 + static_cast<double>(made_) + static_cast<double>(below(40)) / 4;
    if (!once_in(5)) {
        value.bid = value.price - 0.5;
        value.ask = value.price + 0.5;
        value.volume = price();
    }
    co_await ticks_.set_ticker(std::move(value));
}

asio::awaitable<void> writer::write_positions()
{
    const auto make = [this] {
        fullon_orm::position made;
        made.ex_id = account(below(accounts));
        made.symbol = symbol(below(position_symbols));
        made.volume = (once_in(3) ? -1 : 1) * price();
        made.price = price();
        made.cost = price();
        made.fee = 0.5;
        made.count = static_cast<double>(1 + below(9));
        made.timestamp = 1'762'500'000 + static_cast<double>(made_);
        return made;
    };
    if (!once_in(3)) {
        auto one = make();
        co_await accounts_.upsert_position(std::move(one));
        co_return;
    }
    std::vector<fullon_orm::position> all; // none at all, too
    for (auto left = below(4); left > 0; --left)
        all.push_back(make());
    co_await accounts_.upsert_positions(account(below(accounts)), std::move(all));
}

asio::awaitable<void> writer::write_order()
{
    fullon_orm::order value;
    const auto at = exchange(below(exchanges));
    value.order_id = "order_" + std::to_string(below(orders));
    const auto how = below(8);
    if (how == 0) {
        co_await redis_.execute(fullon_cache::command("HDEL", "order_status:" + at, value.order_id));
        co_return;
    }
    value.symbol = symbol(below(symbols));
    value.price = price();
    value.status = how == 1 ? "canceled" : "open";
    if (how < 5)
        co_await orders_.save_order(at, std::move(value));
    else
        co_await orders_.save_order_data(at, std::move(value));
}

asio::awaitable<void> writer::write_process()
{
    static constexpr std::array<const char*, 4> statuses{"running", "processing", "idle", "error"};
    if (running_.size() < most_processes && (running_.empty() || once_in(3))) {
        const std::string type(fullon_orm::process_types[below(fullon_orm::process_types.size())]);
        const auto component = name_ + "_" + std::to_string(made_);
        running_.push_back(co_await processes_.register_process(type, component));
        co_return;
    }
    const auto which = running_.begin() + static_cast<std::ptrdiff_t>(below(running_.size()));
    const std::string id = *which;
    if (once_in(5)) {
        running_.erase(which);
        co_await processes_.stop_process(id);
        co_return;
    }
    fullon_cache::process_update update;
    update.status = statuses[below(statuses.size())];
    co_await processes_.update_process(id, std::move(update));
}

// Others take them, but never all: what was last then stands in Redis still.
asio::awaitable<void> writer::write_trade()
{
    const auto at = exchange(below(exchanges));
    fullon_orm::trade value;
    value.symbol = symbol(below(traded_symbols));
    value.trade_id = fullon_orm::stored_id(static_cast<std::int64_t>(made_ * 1000 + number_));
    value.price = price();
    value.volume = price();
    const auto key = "trades:" + at + ":" + slashless(value.symbol);
    co_await trades_.push_trade(at, std::move(value));
    if (once_in(4))
        co_await redis_.execute(fullon_cache::command("LTRIM", key, -static_cast<long>(1 + below(50)), -1));
}

asio::awaitable<void> writer::write_bar()
{
    std::vector<fullon_orm::bar> made(1 + below(3));
    const auto now = 1'762'500'000 + 60.0 * static_cast<double>(made_ / 100);
    for (auto& one : made) {
        one.timestamp = now - 60.0 * static_cast<double>(below(3)); // also some that are closed
        one.open = one.high = one.low = one.close = price();
        one.volume = 1;
    }
    co_await bars_.update_ohlcv_bars(symbol(below(traded_symbols)), "1m", std::move(made));
}

asio::awaitable<void> writer::remove_much()
{
    switch (below(4)) {
    case 0: co_await ticks_.delete_exchange_tickers(exchange(below(exchanges))); break;
    case 1: co_await accounts_.clean_positions(); break;
    case 2: co_await bots_.del_status(); break;
    default:
        co_await redis_.execute(fullon_cache::command("DEL", "order_status:" + exchange(below(exchanges))));
    }
}

} // namespace scale
