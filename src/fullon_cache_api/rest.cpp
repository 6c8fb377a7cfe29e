// The REST gateway, without a socket.
#include <fullon_cache_api/detail/http/rest_answer.ipp>
#include <fullon_cache_api/detail/http/rest_target.ipp>
#include <fullon_cache_api/detail/http/route_table.ipp>
#include <fullon_cache_api/detail/http/visitors.ipp>
#include <fullon_cache_api/detail/metrics/prometheus_text.ipp>
#include <fullon_cache_api/detail/rest/cache_gateway.ipp>
#include <fullon_cache_api/detail/rest/rest_gateway.ipp>
#include <fullon_cache_api/detail/rest/service_routes.ipp>
