// The operations that sum up.
#include <fullon_cache_api/impl/account_overview.ipp>
#include <fullon_cache_api/impl/health_rules.ipp>
#include <fullon_cache_api/impl/market_overview.ipp>
#include <fullon_cache_api/impl/order_overview.ipp>
#include <fullon_cache_api/impl/process_overview.ipp>
#include <fullon_cache_api/impl/trade_overview.ipp>
