// Everything of fullon_log: a list, no logic.
#pragma once

#include <fullon_log/configuration_error.hpp>
#include <fullon_log/configure.hpp>
#include <fullon_log/cut_text.hpp>
#include <fullon_log/dotenv.hpp>
#include <fullon_log/environment.hpp>
#include <fullon_log/field.hpp>
#include <fullon_log/level.hpp>
#include <fullon_log/line_budget.hpp>
#include <fullon_log/logger.hpp>
#include <fullon_log/operation_scope.hpp>
