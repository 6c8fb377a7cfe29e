// The operations that sum up.
#include <fullon_cache_api/detail/answers/account_overview.ipp>
#include <fullon_cache_api/detail/answers/health_rules.ipp>
#include <fullon_cache_api/detail/answers/market_overview.ipp>
#include <fullon_cache_api/detail/answers/order_overview.ipp>
#include <fullon_cache_api/detail/answers/process_overview.ipp>
#include <fullon_cache_api/detail/answers/trade_overview.ipp>
