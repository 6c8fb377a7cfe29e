// The bodies of fullon_log: include it in exactly one file of a program.
#pragma once

#include <fullon_log/impl/config.ipp>
#include <fullon_log/impl/configuration_error.ipp>
#include <fullon_log/impl/dotenv.ipp>
#include <fullon_log/impl/environment.ipp>
#include <fullon_log/impl/level.ipp>
#include <fullon_log/impl/line_escape.ipp>
#include <fullon_log/impl/line_layout.ipp>
#include <fullon_log/impl/line_payload.ipp>
#include <fullon_log/impl/log_file.ipp>
#include <fullon_log/impl/logger.ipp>
#include <fullon_log/impl/operation_scope.ipp>
#include <fullon_log/impl/registry.ipp>
#include <fullon_log/impl/text.ipp>
#include <fullon_log/impl/writer.ipp>
