// Sessions and the operations that they run.
#include <fullon_cache_api/impl/account_overview.ipp>
#include <fullon_cache_api/impl/catalogue.ipp>
#include <fullon_cache_api/impl/group_streams.ipp>
#include <fullon_cache_api/impl/health_rules.ipp>
#include <fullon_cache_api/impl/market_overview.ipp>
#include <fullon_cache_api/impl/messages.ipp>
#include <fullon_cache_api/impl/operations.ipp>
#include <fullon_cache_api/impl/order_overview.ipp>
#include <fullon_cache_api/impl/process_overview.ipp>
#include <fullon_cache_api/impl/queries.ipp>
#include <fullon_cache_api/impl/rest_answer.ipp>
#include <fullon_cache_api/impl/rest_gateway.ipp>
#include <fullon_cache_api/impl/rest_target.ipp>
#include <fullon_cache_api/impl/route_table.ipp>
#include <fullon_cache_api/impl/session.ipp>
#include <fullon_cache_api/impl/trade_overview.ipp>
