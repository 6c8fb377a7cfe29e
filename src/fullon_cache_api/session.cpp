// Sessions, the catalogue and the operations that they run.
#include <fullon_cache_api/impl/catalogue.ipp>
#include <fullon_cache_api/impl/group_streams.ipp>
#include <fullon_cache_api/impl/in_process.ipp>
#include <fullon_cache_api/impl/local_stream.ipp>
#include <fullon_cache_api/impl/metrics_source.ipp>
#include <fullon_cache_api/impl/operations.ipp>
#include <fullon_cache_api/impl/queries.ipp>
#include <fullon_cache_api/impl/server_metrics.ipp>
#include <fullon_cache_api/impl/session.ipp>
