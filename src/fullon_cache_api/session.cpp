// Sessions and the operations that they run.
#include <fullon_cache_api/impl/asyncapi.ipp>
#include <fullon_cache_api/impl/cache_gateway.ipp>
#include <fullon_cache_api/impl/catalogue.ipp>
#include <fullon_cache_api/impl/documentation.ipp>
#include <fullon_cache_api/impl/examples.ipp>
#include <fullon_cache_api/impl/group_streams.ipp>
#include <fullon_cache_api/impl/messages.ipp>
#include <fullon_cache_api/impl/openapi.ipp>
#include <fullon_cache_api/impl/operations.ipp>
#include <fullon_cache_api/impl/plain_documentation.ipp>
#include <fullon_cache_api/impl/queries.ipp>
#include <fullon_cache_api/impl/rest_answer.ipp>
#include <fullon_cache_api/impl/rest_gateway.ipp>
#include <fullon_cache_api/impl/rest_target.ipp>
#include <fullon_cache_api/impl/route_table.ipp>
#include <fullon_cache_api/impl/service_routes.ipp>
#include <fullon_cache_api/impl/session.ipp>
