// HTTP messages: the only file that compiles Beast's HTTP parser for requests.
#include <fullon_cache_api/detail/http/http_reader.ipp>
#include <fullon_cache_api/detail/http/http_writer.ipp>
