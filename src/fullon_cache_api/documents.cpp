// What describes the API: OpenAPI, AsyncAPI and their pages.
#include <fullon_cache_api/detail/documents/asyncapi.ipp>
#include <fullon_cache_api/detail/documents/documentation.ipp>
#include <fullon_cache_api/detail/documents/examples.ipp>
#include <fullon_cache_api/detail/documents/openapi.ipp>
#include <fullon_cache_api/detail/documents/plain_documentation.ipp>
