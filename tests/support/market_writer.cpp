// Bodies of market_writer.hpp.
#include "support/market_writer.hpp"

#include <fullon_cache_api/detail/wire/topics.hpp>
#include <fullon_orm/process_info.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace support {

namespace asio = boost::asio;
namespace json = boost::json;
namespace protocol = fullon_cache_api::protocol;

namespace {

// Of a hundred writes. The rest are bots.
constexpr std::size_t tickers_up_to = 35;
constexpr std::size_t positions_up_to = 50;
constexpr std::size_t orders_up_to = 65;
constexpr std::size_t processes_up_to = 70;
constexpr std::size_t trades_up_to = 82;
constexpr std::size_t bars_up_to = 89;

constexpr std::size_t most_processes = 4; // of one writer

} // namespace

market_writer::market_writer(fullon_cache::connection& redis, market what, std::size_t number, unsigned seed,
                             listener on_write)
    : what_(what), on_write_(std::move(on_write)), redis_(redis), ticks_(redis), accounts_(redis),
      orders_(redis), bots_(redis), processes_(redis), trades_(redis), bars_(redis),
      name_("writer_" + std::to_string(number)), random_(seed + static_cast<unsigned>(number)),
      number_(number)
{}

asio::awaitable<void> market_writer::write(std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        co_await write_one();
}

std::int64_t market_writer::mark(const std::string& topic)
{
    const auto made = ++marks_ * most_writers + static_cast<std::int64_t>(number_);
    if (on_write_)
        on_write_(topic, made);
    return made;
}

asio::awaitable<void> market_writer::report()
{
    for (const auto& id : running_)
        co_await processes_.update_process(id);
}

asio::awaitable<void> market_writer::write_one()
{
    ++made_;
    if (once_in(what_.writes_between_removals)) {
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
        co_await bots_.del_bot(what_.bot_id(below(what_.bots)));
    else
        co_await write_bot(once_in(4) ? what_.much_text : 0);
}

asio::awaitable<void> market_writer::write_bot(std::size_t text)
{
    const auto id = what_.bot_id(below(what_.bots));
    json::object feed;
    feed["n"] = mark(protocol::bot_topic(id));
    feed["status"] = once_in(2) ? "running" : "paused";
    if (text != 0)
        feed["text"] = std::string(text, 'x');
    json::object status;
    status["feed_1"] = std::move(feed);
    co_await bots_.update_bot(id, std::move(status));
}

asio::awaitable<void> market_writer::write_ticker()
{
    if (once_in(10)) {
        co_await ticks_.delete_ticker(what_.exchange(below(what_.exchanges)),
                                      what_.symbol(below(what_.symbols)));
        co_return;
    }
    co_await ticks_.set_ticker(make_tick());
}

asio::awaitable<void> market_writer::write_silent_ticker()
{
    const auto value = make_tick();
    co_await redis_.execute(
        fullon_cache::command("HSET", "tickers:" + value.exchange, value.symbol, fullon_orm::to_json(value)));
}

fullon_orm::tick market_writer::make_tick()
{
    fullon_orm::tick value;
    value.exchange = what_.exchange(below(what_.exchanges));
    value.symbol = what_.symbol(below(what_.symbols));
    value.price = static_cast<double>(mark(protocol::ticker_topic(value.exchange, value.symbol)));
    value.time = time_of_tick();
    if (!once_in(5)) {
        value.bid = value.price - 0.5;
        value.ask = value.price + 0.5;
        value.volume = value.price / 100;
    }
    return value;
}

// Time goes on, but not for everybody alike; some do not know it.
std::optional<double> market_writer::time_of_tick()
{
    constexpr double begin = 1'762'500'000;
    const auto made = static_cast<double>(made_);
    const auto jitter = static_cast<double>(below(40)) / 4;
    if (once_in(20))
        return std::nullopt;
    switch (clock_) {
    case clock::usual: return begin + made + jitter;
    case clock::milliseconds: return (begin + made) * 1000;
    case clock::whole_seconds: return begin + std::floor(made / 50);
    case clock::backwards: return begin - made;
    case clock::jumping: return begin + jitter * 3600;
    case clock::standing: return begin;
    case clock::none: break;
    }
    return std::nullopt;
}

asio::awaitable<void> market_writer::write_positions()
{
    const auto account = what_.account(below(what_.accounts));
    const auto make = [&] {
        fullon_orm::position made;
        made.ex_id = account;
        made.symbol = what_.symbol(below(what_.position_symbols));
        made.price = static_cast<double>(mark(protocol::positions_topic(account)));
        made.volume = (once_in(3) ? -1 : 1) * *made.price;
        made.cost = *made.price / 100;
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
    co_await accounts_.upsert_positions(account, std::move(all));
}

asio::awaitable<void> market_writer::write_order()
{
    fullon_orm::order value;
    const auto at = what_.exchange(below(what_.exchanges));
    value.order_id = what_.order_id(below(what_.orders));
    const auto how = below(8);
    if (how == 0) {
        co_await redis_.execute(fullon_cache::command("HDEL", "order_status:" + at, value.order_id));
        co_return;
    }
    value.symbol = what_.symbol(below(what_.symbols));
    value.price = static_cast<double>(mark(protocol::queue_topic(at)));
    value.status = how == 1 ? "canceled" : "open";
    if (how < 5)
        co_await orders_.save_order(at, std::move(value));
    else
        co_await orders_.save_order_data(at, std::move(value));
}

asio::awaitable<void> market_writer::write_process()
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
asio::awaitable<void> market_writer::write_trade()
{
    const auto at = what_.exchange(below(what_.exchanges));
    fullon_orm::trade value;
    value.symbol = what_.symbol(below(what_.traded_symbols));
    const auto key = protocol::trades_topic(at, slashless(value.symbol)); // the same
    const auto number = mark(key);
    value.trade_id = fullon_orm::stored_id(number);
    value.price = static_cast<double>(number);
    value.volume = value.price / 100;
    co_await trades_.push_trade(at, std::move(value));
    if (once_in(4))
        co_await redis_.execute(fullon_cache::command("LTRIM", key, -static_cast<long>(1 + below(50)), -1));
}

asio::awaitable<void> market_writer::write_bar()
{
    const auto symbol = what_.symbol(below(what_.traded_symbols));
    std::vector<fullon_orm::bar> made(1 + below(3));
    const auto now = 1'762'500'000 + 60.0 * static_cast<double>(made_ / what_.writes_of_a_bar);
    for (auto& one : made) {
        one.timestamp = now - 60.0 * static_cast<double>(below(3)); // also some that are closed
        one.volume = static_cast<double>(mark(protocol::bars_topic(slashless(symbol), "1m")));
        one.open = one.high = one.low = one.close = one.volume / 100;
    }
    co_await bars_.update_ohlcv_bars(symbol, "1m", std::move(made));
}

asio::awaitable<void> market_writer::remove_much()
{
    switch (below(4)) {
    case 0: co_await ticks_.delete_exchange_tickers(what_.exchange(below(what_.exchanges))); break;
    case 1: co_await accounts_.clean_positions(); break;
    case 2: co_await bots_.del_status(); break;
    default:
        co_await redis_.execute(
            fullon_cache::command("DEL", "order_status:" + what_.exchange(below(what_.exchanges))));
    }
}

} // namespace support
