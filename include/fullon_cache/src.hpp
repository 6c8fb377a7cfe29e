// Every body of fullon_cache: for exactly one file of a host that uses the library header-only.
#pragma once

#include <fullon_cache/impl/async_generator.ipp>
#include <fullon_cache/impl/base_cache.ipp>
#include <fullon_cache/impl/config.ipp>
#include <fullon_cache/impl/connection.ipp>
#include <fullon_cache/impl/error.ipp>
#include <fullon_cache/impl/link.ipp>
#include <fullon_cache/impl/link_commands.ipp>
#include <fullon_cache/impl/notifier.ipp>
#include <fullon_cache/impl/reply.ipp>
#include <fullon_cache/impl/task_group.ipp>
#include <fullon_cache/impl/tick_cache.ipp>
#include <fullon_cache/impl/ticker_scan.ipp>
