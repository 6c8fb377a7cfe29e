// The surfaces that are asked byte by byte: WebSocket and REST.
#pragma once

#include "surface.hpp"

#include <memory>

namespace faults {

std::unique_ptr<asker> ask_websocket(const server_place& at);
std::unique_ptr<watcher> watch_websocket(const server_place& at);
std::unique_ptr<asker> ask_rest(const server_place& at);

} // namespace faults
