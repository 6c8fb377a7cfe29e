// TLS: the only file that compiles Asio's stream for it.
#include <fullon_cache_api/detail/net/tls_session.ipp>
