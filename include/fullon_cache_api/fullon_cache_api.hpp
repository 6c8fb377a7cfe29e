// Everything that a user of client, server and gateway needs. Not included: the result types of single
// queries (types/), and beast.hpp and handle_client.hpp, which bring Beast and sockets.
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
#include <fullon_cache_api/version.hpp>
