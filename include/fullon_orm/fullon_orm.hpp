// All of fullon_orm that a user of the models needs. The codec of other described structs is in codec.hpp.
#pragma once

#include <fullon_orm/balance.hpp>
#include <fullon_orm/bar.hpp>
#include <fullon_orm/big_integer.hpp>
#include <fullon_orm/bot_status.hpp>
#include <fullon_orm/id.hpp>
#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/number_text.hpp>
#include <fullon_orm/order.hpp>
#include <fullon_orm/position.hpp>
#include <fullon_orm/process_info.hpp>
#include <fullon_orm/read_error.hpp>
#include <fullon_orm/symbol.hpp>
#include <fullon_orm/tick.hpp>
#include <fullon_orm/trade.hpp>
