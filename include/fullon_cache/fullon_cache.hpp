// Umbrella header of the cache library: a list, no logic.
#pragma once

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/command.hpp>
#include <fullon_cache/config.hpp>
#include <fullon_cache/connection.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/ohlcv_cache.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/overview_reader.hpp>
#include <fullon_cache/process_cache.hpp>
#include <fullon_cache/reply.hpp>
#include <fullon_cache/tick_cache.hpp>
#include <fullon_cache/trades_cache.hpp>
#include <fullon_coro/async_generator.hpp>
