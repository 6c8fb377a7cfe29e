// What describes the API: OpenAPI, AsyncAPI and their pages.
#include <fullon_cache_api/impl/asyncapi.ipp>
#include <fullon_cache_api/impl/documentation.ipp>
#include <fullon_cache_api/impl/examples.ipp>
#include <fullon_cache_api/impl/openapi.ipp>
#include <fullon_cache_api/impl/plain_documentation.ipp>
