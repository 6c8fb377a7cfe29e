// HTTP messages: the only file that compiles Beast's HTTP parser for requests.
#include <fullon_cache_api/impl/http_reader.ipp>
#include <fullon_cache_api/impl/http_writer.ipp>
