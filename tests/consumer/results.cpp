// The umbrella header alone: the result of every kind of query is a complete type.
#include <fullon_cache_api/fullon_cache_api.hpp>

namespace asio = boost::asio;

asio::awaitable<std::size_t> ask_everything(fullon_cache_api::cache_calls& cache)
{
    std::size_t found = 0;
    if (auto status = co_await cache.get_bot_status("1"))
        found += status->bot_id.size();
    auto balance = co_await cache.get_balance("1", "BTC");
    found += balance ? 1 : 0;
    auto positions = co_await cache.get_positions("1");
    found += positions.size();
    auto order = co_await cache.get_order_status("binance", "1");
    found += order ? 1 : 0;
    auto bots = co_await cache.get_bots();
    for (const auto& [id, feeds] : bots)
        found += feeds.size();
    auto trades = co_await cache.get_trades("binance", "BTC/USDT");
    found += trades.size();
    auto written = co_await cache.get_trade_status("binance:BTC/USDT");
    found += written ? 1 : 0;
    auto bars = co_await cache.get_latest_ohlcv_bars("BTC/USDT", "1m");
    found += bars.size();
    auto processes = co_await cache.get_active_processes();
    found += processes.size();
    auto operations = co_await cache.list_operations();
    found += operations.operations.size();
    auto streams = co_await cache.list_streams();
    auto health = co_await cache.get_tickers_health();
    auto account = co_await cache.get_accounts_status("1");
    auto orders = co_await cache.get_orders_queue_size();
    auto coordination = co_await cache.get_bots_coordination_status();
    auto metrics = co_await cache.get_trades_performance_metrics();
    auto frames = co_await cache.get_ohlcv_timeframes("BTC/USDT");
    auto overview = co_await cache.get_processes_cache_overview();
    auto updates = co_await cache.stream_bot_status("1");
    if (auto update = co_await updates.next())
        found += update->bot_id.size();
    co_return found;
}
