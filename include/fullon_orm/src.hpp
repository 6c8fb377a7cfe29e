// The bodies of fullon_orm: included by exactly one file.
#pragma once

#include <fullon_orm/impl/codec.ipp>
#include <fullon_orm/impl/iso_time.ipp>
#include <fullon_orm/impl/json_writer.ipp>
#include <fullon_orm/impl/number_text.ipp>
#include <fullon_orm/impl/read_error.ipp>
#include <fullon_orm/impl/symbol.ipp>
#include <fullon_orm/impl/tick.ipp>
