// Every stream with every kind of write that it covers.
#pragma once

#include "bench/stream_scenario.hpp"

#include <memory>
#include <vector>

namespace bench {

std::vector<std::unique_ptr<any_scenario>> all_scenarios();

} // namespace bench
