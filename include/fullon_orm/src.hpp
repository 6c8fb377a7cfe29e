// The bodies of fullon_orm: included by exactly one file.
#pragma once

#include <fullon_orm/impl/balance.ipp>
#include <fullon_orm/impl/bar.ipp>
#include <fullon_orm/impl/bot_status.ipp>
#include <fullon_orm/impl/codec.ipp>
#include <fullon_orm/impl/iso_time.ipp>
#include <fullon_orm/impl/json_writer.ipp>
#include <fullon_orm/impl/number_text.ipp>
#include <fullon_orm/impl/order.ipp>
#include <fullon_orm/impl/parse.ipp>
#include <fullon_orm/impl/position.ipp>
#include <fullon_orm/impl/process_info.ipp>
#include <fullon_orm/impl/read_error.ipp>
#include <fullon_orm/impl/symbol.ipp>
#include <fullon_orm/impl/tick.ipp>
#include <fullon_orm/impl/trade.ipp>
