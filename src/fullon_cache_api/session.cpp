// Sessions, the catalogue and the operations that they run.
#include <fullon_cache_api/detail/answers/entries.ipp>
#include <fullon_cache_api/detail/answers/operations.ipp>
#include <fullon_cache_api/detail/answers/queries.ipp>
#include <fullon_cache_api/detail/answers/streams.ipp>
#include <fullon_cache_api/detail/catalogue/catalogue.ipp>
#include <fullon_cache_api/detail/catalogue/failures.ipp>
#include <fullon_cache_api/detail/feed/metrics_source.ipp>
#include <fullon_cache_api/detail/metrics/server_metrics.ipp>
#include <fullon_cache_api/detail/net/reply_budget.ipp>
#include <fullon_cache_api/detail/server/in_process.ipp>
#include <fullon_cache_api/detail/server/local_stream.ipp>
#include <fullon_cache_api/detail/session/session.ipp>
#include <fullon_cache_api/detail/session/session_requests.ipp>
