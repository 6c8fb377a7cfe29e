// Everything that a user of client, server and gateway needs, the results of all queries included. Not included: beast.hpp
// and handle_client.hpp, which bring Beast and sockets. A file that is to compile faster includes what it uses alone:
// client.hpp, and of types/ the results of its queries.
#pragma once

#include <fullon_cache_api/async_generator.hpp>
#include <fullon_cache_api/cache_api.hpp>
#include <fullon_cache_api/cache_calls.hpp>
#include <fullon_cache_api/cache_gateway.hpp>
#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/client_config.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/gateway_config.hpp>
#include <fullon_cache_api/http_message.hpp>
#include <fullon_cache_api/merge.hpp>
#include <fullon_cache_api/server_config.hpp>
#include <fullon_cache_api/stream.hpp>
#include <fullon_cache_api/types/account.hpp>
#include <fullon_cache_api/types/accounts.hpp>
#include <fullon_cache_api/types/accounts_overview.hpp>
#include <fullon_cache_api/types/bar.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_cache_api/types/bots.hpp>
#include <fullon_cache_api/types/bots_overview.hpp>
#include <fullon_cache_api/types/health.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>
#include <fullon_cache_api/types/ohlcv.hpp>
#include <fullon_cache_api/types/ohlcv_overview.hpp>
#include <fullon_cache_api/types/order.hpp>
#include <fullon_cache_api/types/orders.hpp>
#include <fullon_cache_api/types/orders_overview.hpp>
#include <fullon_cache_api/types/process.hpp>
#include <fullon_cache_api/types/process_health.hpp>
#include <fullon_cache_api/types/processes.hpp>
#include <fullon_cache_api/types/processes_overview.hpp>
#include <fullon_cache_api/types/queue.hpp>
#include <fullon_cache_api/types/streams.hpp>
#include <fullon_cache_api/types/ticker.hpp>
#include <fullon_cache_api/types/tickers.hpp>
#include <fullon_cache_api/types/tickers_overview.hpp>
#include <fullon_cache_api/types/trade.hpp>
#include <fullon_cache_api/types/trades.hpp>
#include <fullon_cache_api/types/trades_overview.hpp>
#include <fullon_cache_api/version.hpp>
