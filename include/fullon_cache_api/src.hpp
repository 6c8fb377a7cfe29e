// Header-only use: include this in exactly ONE file of the host. Brings the bodies of all four libraries, and
// Boost's sources unless FULLON_CACHE_API_NO_BOOST_SRC says that the host compiles them elsewhere.
#pragma once

#ifndef FULLON_CACHE_API_NO_BOOST_SRC
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
#include <boost/json/src.hpp>
#include <boost/redis/src.hpp>
#endif

#include <fullon_cache/src.hpp>
#include <fullon_log/src.hpp>
#include <fullon_orm/src.hpp>

#include <fullon_cache_api/impl/account_overview.ipp>
#include <fullon_cache_api/impl/bar_series.ipp>
#include <fullon_cache_api/impl/cache_websocket_server.ipp>
#include <fullon_cache_api/impl/catalogue.ipp>
#include <fullon_cache_api/impl/client.ipp>
#include <fullon_cache_api/impl/client_messages.ipp>
#include <fullon_cache_api/impl/client_overviews.ipp>
#include <fullon_cache_api/impl/client_queries.ipp>
#include <fullon_cache_api/impl/client_requests.ipp>
#include <fullon_cache_api/impl/client_state.ipp>
#include <fullon_cache_api/impl/connect_websocket.ipp>
#include <fullon_cache_api/impl/error.ipp>
#include <fullon_cache_api/impl/event_topic.ipp>
#include <fullon_cache_api/impl/group_book.ipp>
#include <fullon_cache_api/impl/group_source.ipp>
#include <fullon_cache_api/impl/group_streams.ipp>
#include <fullon_cache_api/impl/health_rules.ipp>
#include <fullon_cache_api/impl/hub.ipp>
#include <fullon_cache_api/impl/market_overview.ipp>
#include <fullon_cache_api/impl/merge_core.ipp>
#include <fullon_cache_api/impl/messages.ipp>
#include <fullon_cache_api/impl/objects.ipp>
#include <fullon_cache_api/impl/operations.ipp>
#include <fullon_cache_api/impl/order_overview.ipp>
#include <fullon_cache_api/impl/outbox.ipp>
#include <fullon_cache_api/impl/process_overview.ipp>
#include <fullon_cache_api/impl/queries.ipp>
#include <fullon_cache_api/impl/rest_answer.ipp>
#include <fullon_cache_api/impl/rest_gateway.ipp>
#include <fullon_cache_api/impl/rest_target.ipp>
#include <fullon_cache_api/impl/route_table.ipp>
#include <fullon_cache_api/impl/series_book.ipp>
#include <fullon_cache_api/impl/series_groups.ipp>
#include <fullon_cache_api/impl/server_config.ipp>
#include <fullon_cache_api/impl/session.ipp>
#include <fullon_cache_api/impl/session_streams.ipp>
#include <fullon_cache_api/impl/state_book.ipp>
#include <fullon_cache_api/impl/state_groups.ipp>
#include <fullon_cache_api/impl/stream_book.ipp>
#include <fullon_cache_api/impl/stream_channel.ipp>
#include <fullon_cache_api/impl/stream_track.ipp>
#include <fullon_cache_api/impl/ticker.ipp>
#include <fullon_cache_api/impl/ticker_book.ipp>
#include <fullon_cache_api/impl/ticker_source.ipp>
#include <fullon_cache_api/impl/trade_overview.ipp>
#include <fullon_cache_api/impl/trade_series.ipp>
#include <fullon_cache_api/impl/update_decoder.ipp>
#include <fullon_cache_api/impl/websocket_url.ipp>
