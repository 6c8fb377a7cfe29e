// The REST gateway, without a socket.
#include <fullon_cache_api/impl/cache_gateway.ipp>
#include <fullon_cache_api/impl/prometheus_text.ipp>
#include <fullon_cache_api/impl/rest_answer.ipp>
#include <fullon_cache_api/impl/rest_gateway.ipp>
#include <fullon_cache_api/impl/rest_target.ipp>
#include <fullon_cache_api/impl/route_table.ipp>
#include <fullon_cache_api/impl/service_routes.ipp>
